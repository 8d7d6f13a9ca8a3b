"""Addresses of works that are not on this hub, written in one way: two that name the same page are one text.

Nothing is ever fetched from them. After RFC 3986, 6.2.2 and 6.2.3; hosts in ASCII after RFC 3490.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
from urllib.parse import quote, unquote_to_bytes, urlsplit

from remixhub.domain.errors import Invalid
from remixhub.domain.lineage.sites import is_known_host

LONGEST = 1_000
_OWN_PORTS = {"http": 80, "https": 443}
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_UNLIKE_IN_IDNA = frozenset("ßς\u200c\u200d")
"""What older and newer rules turn into different hosts."""
_STRANGE = re.compile(r"[\x00-\x20\x7f-\x9f\s\\<>\"`{}|^]")
_PATH, _QUERY = "-._~!$&'()*+,;=:@/", "-._~!$&'()*+,;=:@/?"
_MIRROR = re.compile(r"^(?:(?:www|m)\.)+(?=.*\.)")
_ESCAPE = re.compile(r"%([0-9a-fA-F]{2})")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_WORK = re.compile(r"/(?:api/v1/)?works/([0-9a-f]{32})(?:/.*)?")


class ElsewhereAddressInvalid(Invalid):
    code = "elsewhere_address_invalid"
    title = "This is no address of a work elsewhere"


def normalised(text: str) -> str:
    """Raises ElsewhereAddressInvalid, which says what is wrong with it."""
    given = text.strip()
    if len(given) > LONGEST:
        raise _refused(f"It is longer than {LONGEST} characters.")
    if _STRANGE.search(given):
        raise _refused("It has a space or a sign that no address has.")
    try:
        parts = urlsplit(given)
        scheme, port = parts.scheme.lower(), parts.port
    except ValueError as exc:
        raise _refused("It cannot be read as an address.") from exc
    if scheme not in _OWN_PORTS or not parts.netloc:
        raise _refused("Begin it with https:// or http://, as it stands in the browser.")
    if "@" in parts.netloc:
        raise _refused("Leave out what stands before the @: names and passwords are nobody's business.")
    host = _host(parts.hostname or "")
    if is_known_host(host):  # which are all there by TLS, with and without the www
        scheme, port, host = "https", None, _MIRROR.sub("", host)
    own = port in (None, _OWN_PORTS[scheme])
    path = quote(_without_dots(_escaped(parts.path, _PATH)) or "/", safe=f"%{_PATH}")
    query = f"?{_escaped(parts.query, _QUERY)}" if parts.query else ""
    address = f"{scheme}://{f'[{host}]' if ':' in host else host}{'' if own else f':{port}'}{path}{query}"
    if len(address) > LONGEST:
        raise _refused(f"Written out it is longer than {LONGEST} characters.")
    return address


def node_id(address: str) -> str:
    """By which the lineage knows what stands at a normalised address: its SHA-256. A work's id is half as long."""
    return hashlib.sha256(address.encode()).hexdigest()


def is_node_id(id: str) -> bool:
    return len(id) == 64


def work_here(given: str, hub: str) -> str | None:
    """The id of the work whose page on this hub it is; empty for another of its pages, None for an address elsewhere.

    `given` need not be normalised: a hub of this machine alone has an address that nobody else could find.
    """
    own = urlsplit(hub)
    try:
        one = urlsplit(given.strip())
        is_own = _place(one.hostname, one.port) == _place(own.hostname, own.port)
    except ValueError:
        return None
    if not is_own:
        return None
    found = _WORK.fullmatch(one.path)
    return found[1] if found else ""


def _place(host: str | None, port: int | None) -> tuple[str, int | None]:
    """Both schemes of one host are the same hub."""
    return (host or "").rstrip("."), None if port in _OWN_PORTS.values() else port


def _host(host: str) -> str:
    if ":" in host:
        try:
            return ipaddress.IPv6Address(host).compressed
        except ValueError as exc:
            raise _refused("What stands in brackets is no address of a host.") from exc
    host = host.rstrip(".")
    if _UNLIKE_IN_IDNA & set(host):
        raise _refused("Its host can be read in two ways: write it as the browser sends it, beginning with xn--.")
    try:
        plain = host.encode("idna").decode("ascii").lower()
    except UnicodeError as exc:
        raise _refused("Its host is no name that a host can have.") from exc
    labels = plain.split(".")
    if len(labels) < 2 or len(plain) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise _refused("Its host is no name by which others could find it.")
    return plain


def _escaped(text: str, safe: str) -> str:
    """Escapes in capitals, none where there need be none, and all others as UTF-8."""
    plain = _ESCAPE.sub(_unescaped, text)
    kept = re.sub(r"%(?![0-9A-F]{2})", "%25", plain)
    return quote(kept, safe=f"%{safe}")


def _unescaped(found: re.Match[str]) -> str:
    (byte,) = unquote_to_bytes(found[0])
    return chr(byte) if byte in _UNRESERVED else found[0].upper()


def _without_dots(path: str) -> str:
    """RFC 3986, 5.2.4."""
    kept: list[str] = []
    steps = path.split("/")
    for step in steps[1:]:
        if step == "..":
            kept = kept[:-1]
        elif step != ".":
            kept.append(step)
    if steps[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def _refused(said: str) -> ElsewhereAddressInvalid:
    return ElsewhereAddressInvalid(
        f"{said} Such as https://freesound.org/people/somebody/sounds/1234/.", violations={"/address": [said]}
    )
