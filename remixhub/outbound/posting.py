"""Posting to an address that a user named, so that it reaches what is public and nothing else (OWASP ASVS 1.3.6).

The name is resolved once, all of its answers are judged, and the connection goes to one that was: a name server that
says something else a moment later is not asked again. The name stays what `Host`, SNI and the certificate are about.
Nothing is redirected, no proxy of the environment is used, and one deadline holds for all of it, whatever trickles.
"""

from __future__ import annotations

import errno
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from http.client import HTTPException, RemoteDisconnected
from typing import NamedTuple

import structlog

from remixhub.domain.errors import Unavailable
from remixhub.domain.networks import Address, Network, is_among, is_public
from remixhub.outbound.targets import Target
from remixhub.transactions import refuse_network

log = structlog.get_logger()

Resolve = Callable[[str, int], Sequence[tuple[str, int]]]
"""A host and a port into all network addresses and ports that they stand for. Raises OSError."""

DEADLINE_SECONDS = 15.0
"""From the question for the name to the last byte that is read: what the standard allows for (15 to 30 s)."""
CONNECT_SECONDS = 5.0
REFUSAL_SECONDS = 1.0
"""So long whoever tries an address waits to hear that its name leads nowhere: inner name servers answer faster."""
ANSWER_BYTES = 2048
_MOST_TRIED = 3
_OURS = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS, errno.EADDRNOTAVAIL})


class NotReached(Exception):
    """No answer: what was in the way, in words for who named the address."""

    def __init__(self, detail: str, *, is_slow: bool = False) -> None:
        super().__init__(detail)
        self.detail = detail
        self.is_slow = is_slow
        """It cost time: others at this host should not be waited for at once."""


class NotAllowed(NotReached):
    """The address leads where nothing is sent. Nothing was."""


class LeadsNowhere(NotReached):
    """By a name that has no address, or one where nothing is sent: which of the two it is tells of inner networks, so
    that stands in the log alone.
    """

    def __init__(self, host: str, why: str, *, is_slow: bool = False) -> None:
        super().__init__(
            f"{host} leads to no address of the public internet. Check how the name is written, and that it is known "
            "everywhere; the hub's operators can allow inner networks by REMIXHUB_HOOK_NETWORKS.",
            is_slow=is_slow,
        )
        self.why = why


class OutboundUnavailable(Unavailable):
    """This machine lacks what it takes; no address is at fault."""

    code = "outbound_unavailable"
    title = "Nothing can be sent at the moment"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    """By lower-case names."""
    body: bytes
    """Its beginning, at most `ANSWER_BYTES`, as it came."""


class Endpoint(NamedTuple):
    address: Address
    port: int


def ask_system(host: str, port: int) -> list[tuple[str, int]]:
    """The resolver of this machine, for the kinds of addresses that it has itself."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return [(str(one[4][0]), int(one[4][1])) for one in found]


@dataclass(frozen=True)
class Outbound:
    networks: Sequence[Network] = ()
    """Inner networks that may be reached all the same, by whatever port and without TLS."""
    allows_plain: bool = False
    """HTTP without TLS to public addresses too: in development."""
    resolve: Resolve = ask_system
    trust: ssl.SSLContext | None = None
    """Whose certificates count; the system's when None."""
    deadline_seconds: float = DEADLINE_SECONDS
    refusal_seconds: float = REFUSAL_SECONDS

    def endpoints_of(self, target: Target) -> list[Endpoint]:
        """Where it leads, and may. Raises NotAllowed, and LeadsNowhere after the same time for whatever reason."""
        refuse_network("An address of a user's")
        started = time.monotonic()
        try:
            return self._judged(target, started + self.deadline_seconds)
        except LeadsNowhere:
            time.sleep(max(0.0, started + self.refusal_seconds - time.monotonic()))
            raise

    def post(self, target: Target, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Raises NotReached, NotAllowed, OutboundUnavailable. Never inside a transaction."""
        refuse_network("An address of a user's")
        until = time.monotonic() + self.deadline_seconds
        endpoints = self._judged(target, until)
        try:
            answer = self._post(target, endpoints, body, headers, until)
        except (HTTPException, OSError, ValueError) as exc:  # a ValueError: headers of no shape
            if time.monotonic() >= until:
                raise self._too_slow() from None
            raise _not_reached(exc) from None
        if time.monotonic() >= until:
            raise self._too_slow()
        return answer

    def _judged(self, target: Target, until: float) -> list[Endpoint]:
        try:
            found = self._resolved(target, until)
            is_inner = all(is_among(one.address, self.networks) for one in found)
            if not is_inner and not all(is_public(one.address) for one in found):
                if target.literal is not None:
                    raise NotAllowed(
                        f"{target.host} lies in a private or reserved network. Name an address of the public internet; "
                        "the hub's operators can allow inner networks by REMIXHUB_HOOK_NETWORKS."
                    )
                raise LeadsNowhere(target.host, "it leads into a private or reserved network")
        except LeadsNowhere as exc:
            log.info("outbound_refused", host=target.host, why=exc.why)
            raise
        if not is_inner and target.port != {"https": 443, "http": 80}[target.scheme]:
            raise NotAllowed("Use port 443 of https, the usual one.")
        if not is_inner and target.scheme != "https" and not self.allows_plain:
            raise NotAllowed("Use an address that begins with `https://`.")
        return found

    def _resolved(self, target: Target, until: float) -> list[Endpoint]:
        if target.literal is not None:
            return [Endpoint(target.literal, target.port)]
        answers: list[tuple[str, int]] = []
        faults: list[OSError] = []

        def ask() -> None:
            try:
                answers.extend(self.resolve(target.host, target.port))
            except OSError as exc:
                faults.append(exc)
            except UnicodeError:  # a label of no length
                faults.append(socket.gaierror(socket.EAI_NONAME, "no name"))

        asking = threading.Thread(target=ask, name="resolves", daemon=True)  # it has no timeout of its own
        asking.start()
        asking.join(max(0.0, min(until - time.monotonic(), CONNECT_SECONDS)))
        if asking.is_alive():
            raise LeadsNowhere(target.host, "the name servers do not answer", is_slow=True)
        if faults:
            _raise_ours(faults[0])
            raise LeadsNowhere(target.host, "its name is not known")
        if not answers:
            raise LeadsNowhere(target.host, "its name has no address")
        try:
            return list(dict.fromkeys(Endpoint(ipaddress.ip_address(one), port) for one, port in answers))
        except ValueError:
            raise LeadsNowhere(target.host, "it leads to what is no network address") from None

    def _post(
        self, target: Target, endpoints: Sequence[Endpoint], body: bytes, headers: Mapping[str, str], until: float
    ) -> Answer:
        connection = _Pinned(target.host, target.port)
        with _connected(endpoints, until) as opened, _ended_at(until, opened):
            opened.settimeout(self.deadline_seconds)
            connection.sock = self._wrapped(opened, target)
            with closing(connection):
                named = {"Host": target.authority, "Accept-Encoding": "identity", "Connection": "close"}
                connection.request("POST", target.path, body, {**named, **headers})
                with closing(connection.getresponse()) as response:
                    beginning = response.read(ANSWER_BYTES)
                    told = {name.lower(): value for name, value in response.headers.items()}
                    return Answer(response.status, told, beginning)

    def _wrapped(self, opened: socket.socket, target: Target) -> socket.socket:
        """By TLS, with a certificate for the name."""
        if target.scheme == "http":
            return opened
        return (self.trust or _system_trust()).wrap_socket(opened, server_hostname=target.host)

    def _too_slow(self) -> NotReached:
        return NotReached(f"No whole answer within {self.deadline_seconds:g} seconds.", is_slow=True)


class _Pinned(http.client.HTTPConnection):
    """Its host is a name to speak of; where it leads is decided."""

    def connect(self) -> None:
        raise NotReached("It hung up before it answered.")


@contextmanager
def _ended_at(until: float, opened: socket.socket) -> Iterator[None]:
    """The connection is shut down then, whatever is going on in it: in the handshake, or between two bytes."""
    same = opened.dup()  # TLS takes the socket over, and this one stays

    def end() -> None:
        with suppress(OSError):
            same.shutdown(socket.SHUT_RDWR)

    clock = threading.Timer(max(0.0, until - time.monotonic()), end)
    clock.daemon = True
    clock.start()
    try:
        yield
    finally:
        clock.cancel()
        clock.join()
        same.close()


@cache
def _system_trust() -> ssl.SSLContext:
    """Reading the system's certificates takes some 20 ms."""
    return ssl.create_default_context()


def _connected(endpoints: Sequence[Endpoint], until: float) -> socket.socket:
    """To the first that answers, of a few."""
    fault: OSError | None = None
    for address, port in endpoints[:_MOST_TRIED]:
        patience = min(CONNECT_SECONDS, until - time.monotonic())
        if patience <= 0:
            break
        try:
            return socket.create_connection((str(address), port), patience)
        except OSError as exc:
            _raise_ours(exc)
            fault = exc
    raise fault or TimeoutError("no time is left to connect")


def _raise_ours(fault: OSError) -> None:
    if fault.errno in _OURS:
        raise OutboundUnavailable(f"This machine opens no more connections: {fault}") from None


def _not_reached(fault: Exception) -> NotReached:
    if isinstance(fault, ssl.SSLCertVerificationError):
        return NotReached(f"Its certificate does not prove who it is: {fault.verify_message}.")
    if isinstance(fault, ssl.SSLError):
        return NotReached("It does not speak TLS as is usual now.")
    if isinstance(fault, TimeoutError):
        return NotReached("It does not take connections: nothing answered in time.", is_slow=True)
    if isinstance(fault, ConnectionRefusedError):
        return NotReached("It refuses connections: nothing listens there.")
    if isinstance(fault, (ConnectionError, RemoteDisconnected)):
        return NotReached("It hung up before it answered.")
    if isinstance(fault, OSError):
        return NotReached(f"It cannot be reached from here: {fault.strerror or 'no connection'}.")
    return NotReached("What it answered is no HTTP.")
