"""What people paste: ids, or addresses of pages and of the API."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from remixhub.client.failures import UsageWrong

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PLACES = ("works", "collections", "contests", "stem-packs", "mixes")


def place_in(text: str, hub: str) -> tuple[str | None, str]:
    """The kind and the id: `works` and `ab12` of `https://hub.example/works/ab12`; None and the id of a bare one.

    Raises UsageWrong, also for another hub's address.
    """
    text = text.strip()
    if _ID.fullmatch(text):
        return None, text
    split = urlsplit(text)
    if f"{split.scheme}://{split.netloc}" != hub:
        raise UsageWrong(f"{text!r} is neither an id nor an address of {hub}.", "Give --hub for another hub.")
    steps = split.path.removeprefix("/api/v1").strip("/").split("/")
    if len(steps) >= 2 and steps[0] in _PLACES and _ID.fullmatch(steps[1]):
        return steps[0], steps[1]
    raise UsageWrong(f"{text!r} is no address of a work, a collection or a contest.", "Copy it from the page.")


def id_in(text: str, kind: str, hub: str) -> str:
    """Of something of this kind. Raises UsageWrong."""
    found, named = place_in(text, hub)
    if found not in (None, kind):
        raise UsageWrong(f"{text!r} is no address of {kind}.", f"Give one such as {hub}/{kind}/….")
    return named
