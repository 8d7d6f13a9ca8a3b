"""The standings of a contest: the jury's and the community's parts brought together, and ties broken as announced."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum


class TieBreak(StrEnum):
    """What decides between equal points, in the order that the terms announce."""

    JURY = "jury"
    VOTES = "votes"
    EARLIEST = "earliest"
    """Who submitted first."""
    LOT = "lot"
    """The SHA-256 of the contest's seed and the entry; nobody can steer it."""


DEFAULT_TIE_BREAKS = (TieBreak.JURY, TieBreak.VOTES, TieBreak.EARLIEST, TieBreak.LOT)


@dataclass(frozen=True)
class EntryFact:
    entry_id: str
    submitted_at: str
    """RFC 3339 in UTC, all to the same fraction, so that they sort as text."""


@dataclass(frozen=True)
class StandingLine:
    rank: int
    """Equal for ties that nothing breaks; the next rank then leaves room, as in 1, 1, 3."""
    entry_id: str
    points: str
    """From 0 to 1 with nine decimals: the last bits of a float decide nothing."""
    jury: str | None
    votes: str | None
    tie_broken_by: TieBreak | None
    """What set it apart from a neighbour with equal points."""


def standings(
    entries: Sequence[EntryFact],
    *,
    jury: Mapping[str, float] | None,
    votes: Mapping[str, float] | None,
    vote_share_percent: int,
    tie_breaks: Sequence[TieBreak],
    seed: str,
    by_community: Collection[str] = (),
) -> list[StandingLine]:
    """Best first. `jury` and `votes` are from 0 to 1; the one that is there alone decides alone.

    points = ((100 − share) · jury + share · votes) / 100, rounded half to even. Entries `by_community` have no jury
    part of their own and are `lent` one.
    """
    share = 100 if jury is None else 0 if votes is None else vote_share_percent
    parts = {one.entry_id: (_rounded(jury, one.entry_id), _rounded(votes, one.entry_id)) for one in entries}
    scored = [part for id, part in parts.items() if id not in by_community]
    for id in parts.keys() & set(by_community):
        parts[id] = lent(parts[id][1] or Decimal(0), scored), parts[id][1]
    points = {
        id: _nine((Decimal(100 - share) * (by_jury or 0) + Decimal(share) * (by_votes or 0)) / 100)
        for id, (by_jury, by_votes) in parts.items()
    }
    breakers = {one.entry_id: _breakers(one, parts[one.entry_id], tie_breaks, seed) for one in entries}
    ordered = sorted(points, key=lambda id: (-points[id], *(value for _, value in breakers[id]), id))
    lines: list[StandingLine] = []
    for place, id in enumerate(ordered):
        around = [other for other in ordered[max(0, place - 1) : place + 2] if other != id]
        broken = [_first_difference(breakers[id], breakers[other]) for other in around if points[other] == points[id]]
        is_equal = place > 0 and points[ordered[place - 1]] == points[id] and broken[0] is None
        rank = lines[-1].rank if is_equal else place + 1
        by = next((one for one in broken if one is not None), None)
        by_jury, by_votes = (None if part is None else f"{part:f}" for part in parts[id])
        lines.append(StandingLine(rank, id, f"{points[id]:f}", by_jury, by_votes, by))
    return lines


def lent(votes: Decimal, scored: Sequence[tuple[Decimal | None, Decimal | None]]) -> Decimal:
    """The jury part of an entry that no judge scored, from the jury and votes parts of those that were scored.

    It gets the place with the jury that the community gives it: with p of n others below it in the votes, ties half,
    the mean of the jury parts at the places ⌈p⌉ and ⌊p⌋ + 1 of n, from the least, the ends standing for what lies
    beyond. Where no entry was scored its votes count whole.
    """
    marks = sorted(jury or Decimal(0) for jury, _ in scored)
    if not marks:
        return votes
    below = sum(
        (Decimal(1) if (other or 0) < votes else Decimal("0.5")) for _, other in scored if (other or 0) <= votes
    )
    low, high = max(0, math.ceil(below) - 1), min(len(marks) - 1, math.floor(below))
    return _nine((marks[low] + marks[high]) / 2)


def _breakers(
    entry: EntryFact, parts: tuple[Decimal | None, Decimal | None], tie_breaks: Sequence[TieBreak], seed: str
) -> list[tuple[TieBreak, Decimal | str]]:
    """Smaller is better."""
    values: dict[TieBreak, Decimal | str] = {
        TieBreak.JURY: -(parts[0] or Decimal(0)),
        TieBreak.VOTES: -(parts[1] or Decimal(0)),
        TieBreak.EARLIEST: entry.submitted_at,
        TieBreak.LOT: hashlib.sha256(f"{seed}\n{entry.entry_id}".encode()).hexdigest(),
    }
    return [(one, values[one]) for one in tie_breaks]


def _first_difference(
    one: Sequence[tuple[TieBreak, Decimal | str]], other: Sequence[tuple[TieBreak, Decimal | str]]
) -> TieBreak | None:
    return next((rule for (rule, mine), (_, theirs) in zip(one, other, strict=True) if mine != theirs), None)


def _rounded(values: Mapping[str, float] | None, id: str) -> Decimal | None:
    return None if values is None else _nine(Decimal(values.get(id, 0.0)))


def _nine(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.000000001"), rounding=ROUND_HALF_EVEN)
