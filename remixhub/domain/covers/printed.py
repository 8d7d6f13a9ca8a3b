"""A whole cover: which composition a work has, and its two plates, one of them laid a little askew."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from remixhub.domain.covers import columns, land, rounds
from remixhub.domain.covers.inks import Inks, inks_of
from remixhub.domain.covers.score import Score
from remixhub.domain.covers.shapes import Plate, Point

PRINTING = "1"
"""To be raised, with a migration that sets `printed_revision` to 0, whenever the same score gives another print."""
COMPOSITIONS = (
    land.hills, rounds.record, columns.bars, land.water, rounds.reels, columns.halftone,
    land.town, rounds.fan, columns.comb, land.strata, rounds.arches, columns.stairs,
)  # fmt: skip


@dataclass(frozen=True)
class Cover:
    inks: Inks
    first: Plate
    second: Plate
    askew: Point
    """By how much the second plate lies beside its place."""


def print_cover(score: Score) -> Cover:
    composition = score.pick("composition", COMPOSITIONS)
    first, second = composition(score)
    askew = (score.pick("askew-x", (-7, -5, 5, 7)), score.pick("askew-y", (-6, -4, 4, 6)))
    return Cover(inks_of(score), first, second, askew)


def digest_of(score: Score) -> str:
    """SHA-256 of all that the print depends on."""
    key = score.key.name if score.key else ""
    told = f"{PRINTING}/{score.work_id}/{score.envelope.hex()}/{score.tempo_bpm or ''}/{key}"
    return hashlib.sha256(told.encode()).hexdigest()
