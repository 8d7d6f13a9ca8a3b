"""Addresses that answers are sent to: which may be registered, and when a given one is one of them.

OAuth 2.1, section 2.3, and RFC 8252: compared letter by letter, but for the port of an app that listens on its own
machine, which the system gives it anew each time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from remixhub.domain.oauth.words import REDIRECT_MAX

LOOPBACK = ("127.0.0.1", "[::1]")
_WRITTEN = re.compile(r"[A-Za-z0-9._~:/?@!$&'()*+,;=%\[\]-]+")
_PRIVATE = re.compile(r"[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+")
"""A domain backwards (RFC 8252, section 7.1): whoever holds the domain may, so names do not meet by chance."""
_PORT = re.compile(r"\A(http://(?:127\.0\.0\.1|\[::1\]))(?::([0-9]{1,5}))?(?=[/?]|\Z)")


def fault_of(address: str, *, is_confidential: bool) -> str | None:
    """What is wrong with it as an address to register; None when nothing is."""
    if not 1 <= len(address) <= REDIRECT_MAX:
        return f"Give an address of at most {REDIRECT_MAX} characters."
    if not _WRITTEN.fullmatch(address) or "#" in address or "*" in address:
        return "Write it in full, in plain letters: without #, * or spaces."
    try:
        asked = urlsplit(address)
        host = asked.hostname or ""
        _ = asked.port
    except ValueError:
        return "This is no address."
    if "@" in asked.netloc:
        return "Leave out the name before the @."
    if asked.scheme == "https":
        return None if host else "An https address needs a host."
    if asked.scheme == "http":
        if _PORT.match(address):
            return "A program on somebody's own machine keeps no secret: make it public." if is_confidential else None
        return "Use https; http is for programs on one's own machine, at 127.0.0.1 or [::1]."
    if is_confidential:
        return "An app with a secret runs on a server: use https."
    if not _PRIVATE.fullmatch(address.split(":", 1)[0]):
        return "A scheme of one's own is a domain backwards, such as org.example.plugin:/signed-in."
    if asked.netloc or not asked.path.startswith("/"):
        return "Write one slash after the scheme, such as org.example.plugin:/signed-in."
    return None


def is_registered(address: str, registered: Iterable[str]) -> bool:
    plain = _without_port(address)
    return any(address == one or (plain is not None and plain == _without_port(one)) for one in registered)


def is_own_machine(address: str) -> bool:
    return _PORT.match(address) is not None


def origin_of(address: str) -> str:
    """As a content security policy names it: scheme and host, or a scheme alone."""
    asked = urlsplit(address)
    return f"{asked.scheme}://{asked.netloc}" if asked.netloc else f"{asked.scheme}:"


def _without_port(address: str) -> str | None:
    """None for what is not on one's own machine."""
    found = _PORT.match(address)
    if found is None or not _WRITTEN.fullmatch(address) or (found[2] and not 0 < int(found[2]) < 65536):
        return None
    return found[1] + address[found.end() :]
