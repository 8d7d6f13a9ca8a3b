"""A feed and what stands in it. Addresses are absolute, ids never change, times bear their offset."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to write (2.2), lone surrogates among it, which no UTF-8 has either."""


@dataclass(frozen=True)
class Person:
    name: str
    url: str | None = None


@dataclass(frozen=True)
class Link:
    url: str
    title: str


@dataclass(frozen=True)
class Enclosure:
    url: str
    """Answers HEAD and Range as well, after a redirect."""
    media_type: str
    size_bytes: int
    duration_seconds: float | None = None


@dataclass(frozen=True)
class FeedEntry:
    id: str
    url: str
    title: str
    published_at: dt.datetime
    updated_at: dt.datetime
    """When it last changed in a way that somebody who read it would want to know."""
    text: str
    """In plain words."""
    html: str = ""
    """The same, and more, as HTML without relative addresses; empty where the text is all."""
    by: Sequence[Person] = ()
    with_: Sequence[Person] = ()
    """Who else is credited."""
    tags: Sequence[str] = ()
    picture: str | None = None
    sound: Enclosure | None = None
    licence: Link | None = None
    sources: Sequence[Link] = ()
    """What it was made from."""
    figures: Mapping[str, object] = field(default_factory=dict)
    """For programs that know this hub: JSON values under our own name."""


@dataclass(frozen=True)
class Feed:
    """One page of it: `next` has older entries (RFC 5005, 3)."""

    id: str
    title: str
    about: str
    page: str
    """Where people read the same."""
    first: str
    here: str
    next: str | None
    updated_at: dt.datetime
    by: Person
    icon: str
    entries: Sequence[FeedEntry]


def writable(text: str) -> str:
    """With the replacement character for what cannot be written: one odd title never breaks a whole feed."""
    return _NO_XML.sub("\ufffd", text)
