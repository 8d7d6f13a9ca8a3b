"""What an address says, read in one way: whoever reads it twice in two ways is sent elsewhere.

Strict where browsers are kind: no user and password, no fragment, no escapes or letters beyond ASCII in the host, and a
host that ends in a number is an IPv4 address in four decimal numbers or nothing.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from remixhub.domain.networks import Address

LONGEST = 2000
_PORTS = {"https": 443, "http": 80}
_PLAIN = re.compile(r"[!-~]+")
_PATH = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@%/?\[\]{}|^-]*")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_PORT = re.compile(r"[0-9]{1,5}")


class TargetUnfit(ValueError):
    """Says what is wrong with the address, and what would be right."""


@dataclass(frozen=True)
class Target:
    scheme: str
    host: str
    """In lower case, without a dot at its end; an IPv6 address without brackets."""
    port: int
    path: str
    """With the query; begins with a slash."""

    @property
    def literal(self) -> Address | None:
        """The network address that the host is, if it is none by name."""
        try:
            return ipaddress.ip_address(self.host)
        except ValueError:
            return None

    @property
    def is_ordinary(self) -> bool:
        """HTTPS where it is expected, which is all that goes to the internet at large."""
        return self.scheme == "https" and self.port == 443

    @property
    def authority(self) -> str:
        """As the header `Host` has it (RFC 9110, 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def parse_target(text: str) -> Target:
    """Raises TargetUnfit."""
    if len(text) > LONGEST:
        raise TargetUnfit(f"An address is of at most {LONGEST} characters.")
    if not _PLAIN.fullmatch(text) or "\\" in text:
        raise TargetUnfit(
            "Write the address in plain ASCII, without spaces and backslashes; a name in other letters begins with "
            "`xn--` in it."
        )
    scheme, found, rest = text.partition("://")
    if not found or scheme.lower() not in _PORTS:
        raise TargetUnfit("Write a whole address that begins with `https://`.")
    if "#" in rest:
        raise TargetUnfit("Leave out what follows `#`: it is not sent.")
    authority = re.split(r"[/?]", rest, maxsplit=1)[0]
    if "@" in authority:
        raise TargetUnfit("Leave out the user and the password: what is sent is signed.")
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018  raises for what is no port
    except ValueError as exc:
        raise TargetUnfit(f"This address cannot be read: {exc}.") from None
    host, port = _host_and_port(authority)
    tail = rest[len(authority) :]
    path = tail if tail.startswith("/") else f"/{tail}"
    if not _PATH.fullmatch(path):
        raise TargetUnfit("Escape what is no letter, number or usual mark in the path, such as `%20` for a space.")
    return Target(scheme.lower(), host, port or _PORTS[scheme.lower()], path)


def _host_and_port(authority: str) -> tuple[str, int | None]:
    if authority.startswith("["):
        inner, closed, after = authority[1:].partition("]")
        if not closed or (after and not after.startswith(":")):
            raise TargetUnfit("This address cannot be read: its brackets do not close.")
        return _ipv6(inner), _port(after[1:]) if after else None
    host, colon, port = authority.partition(":")
    return _name(host.lower().removesuffix(".")), _port(port) if colon else None


def _ipv6(text: str) -> str:
    try:
        address = ipaddress.IPv6Address(text)
    except ValueError:
        raise TargetUnfit(f"`{text}` is no IPv6 address.") from None
    if address.scope_id is not None:
        raise TargetUnfit("Leave the zone out: it means something on one machine only.")
    return str(address)


def _name(host: str) -> str:
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):  # to some that is an IPv4 address, in octal or in one number
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError:
            raise TargetUnfit("Write an IPv4 address as four decimal numbers.") from None
    if len(host) > 253 or not all(map(_LABEL.fullmatch, labels)):
        raise TargetUnfit("The host is no name: letters, digits and hyphens, with dots between.")
    return host


def _port(text: str) -> int:
    if not _PORT.fullmatch(text) or not 1 <= int(text) <= 65535:
        raise TargetUnfit("The port is a number from 1 to 65535.")
    return int(text)
