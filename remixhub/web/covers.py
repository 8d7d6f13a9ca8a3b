"""Where the pictures of works are found: the house's prints, and small ones of what artists upload."""

from __future__ import annotations

from typing import Protocol

from remixhub.domain.covers.printed import digest_of
from remixhub.domain.covers.score import Score
from remixhub.domain.covers.thumbnails import SIDES_PIXELS

DIGITS = 12


class Pictured(Protocol):
    """A work, or a node of the lineage."""

    @property
    def id(self) -> str: ...

    @property
    def thumbnail_digest(self) -> str | None: ...

    @property
    def print_digest(self) -> str | None: ...


def print_version(work: Pictured) -> str:
    """What the address of a printed cover ends with, so that browsers keep it until there is another."""
    return (work.print_digest or digest_of(Score(work.id)))[:DIGITS]


def thumbnail(work: Pictured, side_pixels: int) -> str:
    """For a work that has a `thumbnail_digest`."""
    assert work.thumbnail_digest is not None
    return f"/media/works/{work.id}/thumbnail-{side_pixels}?v={work.thumbnail_digest[:DIGITS]}"


def thumbnails(work: Pictured, most_pixels: int = 768) -> str:
    """As `srcset`, from which browsers take what fits."""
    sides = (side for side in SIDES_PIXELS.values() if side <= most_pixels)
    return ", ".join(f"{thumbnail(work, side)} {side}w" for side in sides)
