"""HTTP to one hub: tokens to nobody else, patience with troubles that pass, problems as `Refused`."""

from __future__ import annotations

import json
import platform
import random
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any, Protocol
from urllib.parse import urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3

from remixhub import __version__
from remixhub.client.failures import NotSignedIn, Refused, Unreachable, UsageWrong
from remixhub.client.telling import Silent, Teller

AGENT = f"remixhub-client/{__version__} (Python {platform.python_version()})"
PATIENCE_SECONDS = 120.0
_FIRST_PATIENCE_SECONDS = 3.0
"""With a place where nobody has answered yet, and whose name or port nobody has."""
_LONGEST_PAUSE_SECONDS = 15.0
_TIMEOUT = urllib3.Timeout(connect=10, read=90)
_PASSING = (408, 429, 502, 503, 504)
"""The hub, or what stands before it, did not do what was asked."""
_TROUBLES = (urllib3.exceptions.HTTPError, OSError)


class Access(Protocol):
    """What lets one in; `renewed` is asked once after the token `used` was refused."""

    def token(self) -> str | None: ...
    def renewed(self, used: str | None) -> bool: ...


class NoAccess:
    def token(self) -> str | None:
        return None

    def renewed(self, used: str | None) -> bool:
        return False


@dataclass(frozen=True)
class PlainToken:
    """A personal access token."""

    text: str

    def token(self) -> str | None:
        return self.text

    def renewed(self, used: str | None) -> bool:
        return False


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body) if self.body else None


class Wire:
    """Safe to be used from several threads."""

    def __init__(
        self,
        url: str,
        access: Access | None = None,
        *,
        patience_seconds: float = PATIENCE_SECONDS,
        tell: Teller | None = None,
    ) -> None:
        self.url = hub_address(url)
        self.access = access or NoAccess()
        self.patience_seconds = patience_seconds
        self.stopping = threading.Event()
        """Set, it ends every pause at once."""
        self._tell = tell or Silent()
        self._has_answered = self._is_told = False
        self._pools: dict[str | None, urllib3.PoolManager] = {}

    def call(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        idempotency_key: str | None = None,
    ) -> Answer:
        """One operation below `/api/v1`. POSTs bear a key, so that one whose answer was lost can be sent again.

        Raises Refused, NotSignedIn and Unreachable.
        """
        whole = {"Accept": "application/json, text/plain, */*", "User-Agent": AGENT, **(headers or {})}
        sent: bytes | None = None
        if method in ("POST", "PUT", "PATCH") or body is not None:
            sent = json.dumps({} if body is None else body, ensure_ascii=False).encode()
            whole["Content-Type"] = "application/json"
        if method == "POST":
            whole["Idempotency-Key"] = idempotency_key or str(uuid.uuid4())
        address = f"{self.url}/api/v1{path}{_query(query)}"
        answer = self._patiently(method, address, sent, whole)
        if answer.status >= 400:
            raise _refused(answer)
        return answer

    def _patiently(self, method: str, address: str, sent: bytes | None, headers: Mapping[str, str]) -> Answer:
        pauses, may_renew = Pauses(self.patience_seconds, self.stopping), True
        while True:
            token = self.access.token()
            try:
                answer = self.once(method, address, sent, {**headers, **_bearing(token)})
            except _TROUBLES as exc:
                self.rest_unanswered(pauses, exc)
                continue
            if answer.status == 401 and may_renew and self.access.renewed(token):
                may_renew = False
                continue
            code = _problem(answer).get("code") if answer.status >= 400 else None
            if answer.status not in _PASSING and code != "idempotency_in_progress":
                self._is_told = False
                return answer
            if answer.status in (502, 503, 504):
                self.tell_retrying(f"{self.url} answers {answer.status}")
            pauses.rest(answer.headers.get("Retry-After"), _refused(answer))

    def once(
        self, method: str, address: str, body: bytes | IO[bytes] | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """To whatever address, such as a presigned one, without a token of its own. Raises what urllib3 raises."""
        answer = self._pool(address).request(method, address, body=body, headers=headers, redirect=False)
        self._has_answered = self._has_answered or address.startswith(f"{self.url}/")
        return Answer(answer.status, answer.headers, answer.data)

    def rest_unanswered(self, pauses: Pauses, exc: Exception) -> None:
        """Before the hub is asked again. Raises Unreachable when the patience is over."""
        if not self._has_answered and _is_nobody_there(exc):
            pauses.shorten(_FIRST_PATIENCE_SECONDS)
        self.tell_retrying(f"no answer from {self.url}")
        pauses.rest(None, why_unreachable(self.url, exc))

    def tell_retrying(self, why: str) -> None:
        """Once until there is an answer again."""
        if not self._is_told:
            self._is_told = True
            self._tell.say("retrying", f"{why}; trying again, Ctrl-C stops", hub=self.url)

    def stream(self, address: str, headers: Mapping[str, str]) -> urllib3.BaseHTTPResponse:
        """A body that is read bit by bit; whoever asks for it releases it."""
        return self._pool(address).request(
            "GET", address, headers={"User-Agent": AGENT, **headers}, redirect=False, preload_content=False
        )

    def _pool(self, address: str) -> urllib3.PoolManager:
        """Direct, or by the proxy that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name for this address."""
        split = urlsplit(address)
        host = split.hostname or ""
        direct = _is_loopback(split.netloc) or proxy_bypass(host)
        proxy = None if direct else getproxies().get(split.scheme)
        if proxy not in self._pools:
            more: dict[str, Any] = {"retries": False, "timeout": _TIMEOUT, "maxsize": 8, "blocksize": 2**17}
            made = urllib3.PoolManager(**more) if proxy is None else urllib3.ProxyManager(proxy, **more)
            self._pools.setdefault(proxy, made)
        return self._pools[proxy]

    def own_headers(self, address: str) -> dict[str, str]:
        """The token, for addresses of the hub itself, and for no others."""
        return _bearing(self.access.token()) if address.startswith(f"{self.url}/") else {}


class Pauses:
    """Between attempts: as long as was asked for, else longer each time, until the patience is over."""

    def __init__(self, patience_seconds: float, stopping: threading.Event, tell: Teller | None = None) -> None:
        """`tell` hears of the first one."""
        self._until = time.monotonic() + patience_seconds
        self._stopping, self._tell = stopping, tell
        self._next_seconds = 0.5

    def shorten(self, patience_seconds: float) -> None:
        """From the first time that it is asked for."""
        self._until = min(self._until, time.monotonic() + patience_seconds)

    def rest(self, asked: str | None, failure: Exception) -> None:
        """Raises `failure` when there is no time left for it."""
        if self._tell is not None:
            self._tell.say("retrying", f"{getattr(failure, 'detail', failure)} Trying again; Ctrl-C stops.")
            self._tell = None
        seconds = self._next_seconds * random.uniform(0.8, 1.2)  # noqa: S311 - it spreads clients, it hides nothing
        self._next_seconds = min(self._next_seconds * 2, _LONGEST_PAUSE_SECONDS)
        if asked is not None and asked.isdecimal():
            seconds = max(float(asked), seconds)
        if time.monotonic() + seconds > self._until or self._stopping.wait(seconds):
            raise failure


def hub_address(text: str) -> str:
    """`hub.example`, or any address of a hub's, as scheme and host. Raises UsageWrong."""
    text = text.strip()
    split = urlsplit(text if "://" in text else f"{'http' if _is_loopback(text) else 'https'}://{text}")
    if split.scheme not in ("http", "https") or not split.hostname or split.username is not None:
        raise UsageWrong(f"{text!r} is no address of a hub.", "Give one such as https://hub.example.")
    return f"{split.scheme}://{split.netloc}"


def _is_loopback(text: str) -> bool:
    return (urlsplit(f"//{text}").hostname or "") in ("localhost", "127.0.0.1", "::1")


def is_readable_by_others(url: str) -> bool:
    """A hub that is asked without TLS over a network: tokens could be read on the way."""
    split = urlsplit(url)
    return split.scheme == "http" and not _is_loopback(split.netloc)


def was_never_sent(exc: Exception) -> bool:
    """It failed before there was a connection, so that nothing of it can have been done."""
    return _is_nobody_there(exc) or isinstance(exc, urllib3.exceptions.ConnectTimeoutError)


def _is_nobody_there(exc: Exception) -> bool:
    """There is no such name, nobody listens there, or it is not whom its certificate should name."""
    while isinstance(exc, urllib3.exceptions.ProxyError):
        exc = exc.original_error
    is_stranger = isinstance(exc, urllib3.exceptions.SSLError) and "CERTIFICATE" in str(exc)
    return is_stranger or isinstance(exc, urllib3.exceptions.NewConnectionError)


def why_unreachable(url: str, exc: Exception) -> Unreachable:
    reason = getattr(exc, "reason", None) or exc
    name = type(reason).__name__.removesuffix("Error")
    return Unreachable(f"{url} cannot be reached ({name}).", "Look at your connection, then run the same again.")


def _bearing(token: str | None) -> dict[str, str]:
    return {} if token is None else {"Authorization": f"Bearer {token}"}


def _query(query: Mapping[str, Any] | None) -> str:
    given = {name: value for name, value in (query or {}).items() if value is not None}
    said = {name: str(value).lower() if isinstance(value, bool) else value for name, value in given.items()}
    return f"?{urlencode(said, doseq=True)}" if said else ""


def _problem(answer: Answer) -> Mapping[str, Any]:
    try:
        read = json.loads(answer.body)
    except ValueError:
        read = None
    return read if isinstance(read, dict) else {}


def _refused(answer: Answer) -> Exception:
    problem = _problem(answer)
    if answer.status == 401 and problem.get("code") in (None, "unauthenticated"):
        return NotSignedIn("Nobody is signed in to this hub.", "Sign in with `remixhub login`.", code="unauthenticated")
    return Refused(answer.status, problem or {"detail": f"The hub answered {answer.status} without saying why."})
