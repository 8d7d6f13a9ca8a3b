"""What `login` keeps, and how it lets one in: a personal token, or OAuth's device flow (RFC 8628) with tokens that are
renewed. A refresh token is good for one time, so whoever renews holds the file's lock and writes before anything else.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from remixhub.client.credentials import Credentials, Keep
from remixhub.client.failures import ClientFailure, NotSignedIn, Unreachable, UsageWrong
from remixhub.client.telling import Teller
from remixhub.client.wire import AGENT, Access, Answer, NoAccess, Pauses, PlainToken, Wire, was_never_sent

CLIENT_ID = "remixhub-cli"
SCOPES = "read publish contest"
_DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_EARLY_SECONDS = 60
"""So long before its end a token is renewed, as clocks differ."""
_PATIENCE_SECONDS = 30.0
_SENT = "is_renewal_sent"
"""Kept from before a refresh token is sent until its answer is here."""
_HEADERS = {"Accept": "application/json", "User-Agent": AGENT}
_FORM_HEADERS = {**_HEADERS, "Content-Type": "application/x-www-form-urlencoded"}


class SignInFailed(NotSignedIn):
    code = "sign_in_failed"


def access_of(kept: Credentials, hub: str, tell: Teller | None = None) -> Access:
    """A visitor's where nobody has signed in."""
    known = kept.hubs.get(hub, {})
    if "refresh_token" in known:
        return RenewedToken(kept, hub, tell)
    return PlainToken(str(known["token"])) if known.get("token") else NoAccess()


class RenewedToken:
    """Of the credentials file, which several processes may share."""

    def __init__(self, kept: Credentials, hub: str, tell: Teller | None = None) -> None:
        self._kept, self._hub = kept, hub
        self._wire = Wire(hub, tell=tell)
        self._known = dict(kept.hubs[hub])

    def token(self) -> str:
        if time.time() > self._known["expires_at"] - _EARLY_SECONDS:
            self.renewed(self._known["access_token"])
        return str(self._known["access_token"])

    def renewed(self, used: str | None) -> bool:
        """Whether there is another one than `used` now. Raises NotSignedIn where the leave has ended."""

        def renew(known: Mapping[str, Any], keep: Keep) -> Mapping[str, Any]:
            if "refresh_token" not in known:
                raise NotSignedIn(f"Somebody signed out of {self._hub}.", "Sign in with `remixhub login`.")
            if known["access_token"] != used:
                return known  # another thread or process was quicker
            if _SENT in known:
                raise self._lost()
            answer = self._exchanged(known, keep)
            said = _fields(answer)
            if answer.status == 200:
                return {**known, **_tokens(said, known)}
            keep(known)
            if answer.status >= 500 or answer.status == 429:
                raise Unreachable(f"{self._hub} answers {answer.status} and lets nobody in.", "Run the same later.")
            raise NotSignedIn(
                f"What {self._hub} granted has ended ({said.get('error', answer.status)}).",
                "Sign in again with `remixhub login`.",
                code=str(said.get("error", "sign_in_failed")),
            )

        self._known = dict(self._kept.change(self._hub, renew))
        return bool(self._known["access_token"] != used)

    def _exchanged(self, known: Mapping[str, Any], keep: Keep) -> Answer:
        """Sent once, which is noted before: a refresh token that comes twice is taken as stolen."""
        form = {"grant_type": "refresh_token", "refresh_token": str(known["refresh_token"]), "client_id": CLIENT_ID}
        pauses = Pauses(_PATIENCE_SECONDS, self._wire.stopping)
        while True:
            keep({**known, _SENT: True})
            try:
                answer = self._wire.once("POST", str(known["token_endpoint"]), urlencode(form).encode(), _FORM_HEADERS)
            except Exception as exc:
                if not was_never_sent(exc):
                    raise self._lost() from exc
                keep(known)
                self._wire.rest_unanswered(pauses, exc)
                continue
            if answer.status == 504:  # what stands before the hub did not hear what became of it
                raise self._lost()
            return answer

    def _lost(self) -> NotSignedIn:
        return NotSignedIn(
            f"{self._hub} was asked to renew your sign-in, and its answer was lost.",
            f"Sign in again with `remixhub login`; you can end the old one at {self._hub}/settings under “Apps”.",
            code="renewal_lost",
        )


def sign_in(hub: str, tell: Teller) -> dict[str, Any]:
    """Asks the person to open a page of the hub and say yes there; what is to be kept of it.

    Raises SignInFailed, and UsageWrong for a hub that knows no device flow.
    """
    wire = Wire(hub, tell=tell)
    known = _discovered(wire)
    status, asked = _asked(wire, str(known["device_authorization_endpoint"]), {"client_id": CLIENT_ID, "scope": SCOPES})
    if status != 200:
        raise SignInFailed(_told(asked, status), "Sign in with --token and a personal access token.")
    page, code = str(asked["verification_uri"]), str(asked["user_code"])
    whole = str(asked.get("verification_uri_complete", page))
    tell.say(
        "sign_in",
        f"Open {whole if _is_of(hub, whole) else page}\nand say yes there, if it shows the code {code}.",
        verification_uri=page,
        verification_uri_complete=whole,
        user_code=code,
        expires_in=asked.get("expires_in"),
    )
    tell.waiting("waiting for your yes in the browser")
    form = {"grant_type": _DEVICE_GRANT, "device_code": str(asked["device_code"]), "client_id": CLIENT_ID}
    pause_seconds = float(asked.get("interval", 5))
    until = time.monotonic() + float(asked.get("expires_in", 600))
    while time.monotonic() < until:
        wire.stopping.wait(pause_seconds)
        status, answer = _asked(wire, str(known["token_endpoint"]), form)
        if status == 200:
            ends = ("token_endpoint", "revocation_endpoint")
            return {**{name: known[name] for name in ends if name in known}, **_tokens(answer, {})}
        error = answer.get("error")
        if error == "slow_down":
            pause_seconds += 5
        elif error == "access_denied":
            raise SignInFailed(
                "You said no in the browser.", "Run it again if that was not meant.", code="access_denied"
            )
        elif error != "authorization_pending":
            raise SignInFailed(_told(answer, status), "Run `remixhub login` again.", code=str(error))
    raise SignInFailed("The code was not confirmed in time.", "Run `remixhub login` again.", code="expired_token")


def sign_out(hub: str, known: Mapping[str, Any]) -> bool:
    """Whether the hub took back what it granted; a personal token it keeps."""
    if "refresh_token" not in known or "revocation_endpoint" not in known:
        return False
    form = {"token": str(known["refresh_token"]), "client_id": CLIENT_ID}
    try:
        return _asked(Wire(hub), str(known["revocation_endpoint"]), form)[0] == 200
    except ClientFailure:
        return False


def _discovered(wire: Wire) -> dict[str, Any]:
    """Metadata of RFC 8414; everything in it has to be of the hub that was asked."""
    status, known = _read(wire, "GET", f"{wire.url}/.well-known/oauth-authorization-server", None)
    if status != 200 or "device_authorization_endpoint" not in known:
        raise UsageWrong(
            f"{wire.url} lets no terminal in by a browser.", "Sign in with --token.", code="no_device_flow"
        )
    issuer = str(known.get("issuer", "")).rstrip("/")
    if issuer != wire.url:
        raise UsageWrong(f"The hub at {wire.url} calls itself {issuer}.", f"Use `remixhub login {issuer}`.")
    for name in ("device_authorization_endpoint", "token_endpoint", "revocation_endpoint"):
        if name in known and not _is_of(wire.url, str(known[name])):
            raise SignInFailed(f"{wire.url} sends to {known[name]}, which is another place.", "Ask the hub's operator.")
    return known


def _is_of(hub: str, address: str) -> bool:
    return address.startswith(f"{hub}/")


def _asked(wire: Wire, address: str, form: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
    return _read(wire, "POST", address, urlencode(form).encode())


def _read(wire: Wire, method: str, address: str, body: bytes | None) -> tuple[int, dict[str, Any]]:
    """With some patience for lost connections before anything was answered, and for a hub that is just starting."""
    headers = _HEADERS if body is None else _FORM_HEADERS
    pauses = Pauses(_PATIENCE_SECONDS, wire.stopping)
    while True:
        try:
            answer = wire.once(method, address, body, headers)
        except Exception as exc:  # noqa: BLE001 - urllib3's, http.client's and ssl's have no common one
            wire.rest_unanswered(pauses, exc)
            continue
        if answer.status in (502, 503, 504):
            wire.tell_retrying(f"{wire.url} answers {answer.status}")
            pauses.rest(answer.headers.get("Retry-After"), SignInFailed(f"{wire.url} answered {answer.status}."))
            continue
        return answer.status, _fields(answer)


def _fields(answer: Answer) -> dict[str, Any]:
    try:
        read = json.loads(answer.body)
    except ValueError:
        read = {}
    return read if isinstance(read, dict) else {}


def _tokens(answer: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return {
            "access_token": str(answer["access_token"]),
            "refresh_token": str(answer.get("refresh_token") or before["refresh_token"]),
            "expires_at": time.time() + float(answer.get("expires_in", 3600)),
            "scope": str(answer.get("scope", "")),
        }
    except (KeyError, ValueError) as exc:
        raise SignInFailed("The hub's answer lacks a token.", "Ask the hub's operator.") from exc


def _told(answer: Mapping[str, Any], status: int) -> str:
    return str(answer.get("error_description") or answer.get("error") or f"The hub answered {status}.")
