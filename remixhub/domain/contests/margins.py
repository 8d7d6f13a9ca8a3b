"""How much of a vote would have turned first and second of a result: what arranged votes that nobody sees could do."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from remixhub.domain.contests.coverage import Ruling
from remixhub.domain.contests.duels import Z_95
from remixhub.domain.contests.result import DAMPING, SCORE_LIMIT

_MOST = 1_000_000
_FARTHEST = 60.0
"""Logits that further duels may move an entry."""
Line = Mapping[str, Any]


def ballots_to_turn(result: Mapping[str, Any], vote_share_percent: int) -> int | None:
    """About how many further ballots for the second, duels won or scores of 10, would put it level with the first.

    From the published result alone: others are taken to stay as they are, so it is good to about a third.
    None where nobody votes, where no number would do, and where the votes lend either a jury part (`standings.lent`).
    """
    lines: Sequence[Line] = result["standings"]
    rulings: Mapping[str, Mapping[str, str]] = result.get("rulings", {})
    if len(lines) < 2 or any(line["votes"] is None for line in lines[:2]):
        return None
    first, second = lines[:2]
    if any(rulings.get(line["entry_id"], {}).get("ruling") == Ruling.COMMUNITY for line in (first, second)):
        return None
    parts = _by_duels(lines) if "wins" in second["tally"] else _by_scores(first, second)
    gap = float(first["points"]) - float(second["points"])

    def turns(ballots: int) -> bool:
        mine, theirs = parts(ballots)
        gained = (mine - float(second["votes"])) + (float(first["votes"]) - theirs)
        return gained * vote_share_percent / 100 >= gap

    return _least(turns)


def _by_scores(first: Line, second: Line) -> Callable[[int], tuple[float, float]]:
    """Votes parts of the second and the first with so many further scores of 10 for the second."""
    mean, weight = float(second["tally"]["damped_mean"]), second["tally"]["scores"] + DAMPING

    def parts(ballots: int) -> tuple[float, float]:
        raised = (mean * weight + SCORE_LIMIT * ballots) / (weight + ballots)
        return raised / SCORE_LIMIT, float(first["votes"])

    return parts


def _by_duels(lines: Sequence[Line]) -> Callable[[int], tuple[float, float]]:
    """The same for duels that the second wins, evenly against all others; both move as their intervals let them."""
    first, second, *rest = _strengths(lines)
    others = [value for value, _ in (first, *rest)]

    def parts(ballots: int) -> tuple[float, float]:
        mine, spread = second
        rise = _root(
            lambda up: up / spread - ballots * math.fsum(_chance(one - mine - up) for one in others) / len(others)
        )
        theirs, spread_of_first = first
        fall = _root(lambda down: down / spread_of_first - ballots / len(others) * _chance(theirs - down - mine - rise))
        return _chance(mine + rise), _chance(theirs - fall)

    return parts


def _strengths(lines: Sequence[Line]) -> list[tuple[float, float]]:
    """In logits, with what a duel moves each: its variance, and what all others together move against it."""
    found, shared = [], len(lines) / (len(lines) - 1)
    for line in lines:
        value, low, high = (float(line["tally"][name]) for name in ("value", "low", "high"))
        found.append((value, max(((high - low) / (2 * Z_95)) ** 2 * shared, 1e-9)))
    return found


def _root(rising: Callable[[float], float]) -> float:
    low, high = 0.0, _FARTHEST
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)
    return high


def _least(is_enough: Callable[[int], bool]) -> int | None:
    """From 1 on, for what stays true; None when even the most is not enough."""
    high = 1
    while not is_enough(high):
        high *= 2
        if high > _MOST:
            return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return high


def _chance(odds: float) -> float:
    return 1 / (1 + math.exp(-odds))
