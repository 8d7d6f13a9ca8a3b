"""The community's vote: strengths from pairwise duels, or from scores; and which duel to offer next.

Duels are rated by the model of Bradley and Terry (Rank Analysis of Incomplete Block Designs, Biometrika 39, 1952): the
chance that i beats j is 1 / (1 + exp(θj − θi)). A normal prior on each θ, centred on zero, keeps entries without duels,
or without a defeat, finite, and makes the strengths sum to zero. The maximum is found by Newton's method, the 95 %
intervals come from the inverse of the observed information. Wins are counted before anything is computed, so the order
of the duels cannot matter.
"""

from __future__ import annotations

import hashlib
import itertools
import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

PRIOR_SPREAD = 2.0
"""Of the strengths, in the model's logits: weak, since it lets a favourite win 98 of 100 duels with the average."""
_CONVERGED = 1e-12
_ROUNDS_LIMIT = 100
_Z_95 = 1.959963984540054


@dataclass(frozen=True)
class Duel:
    winner_id: str
    loser_id: str


@dataclass(frozen=True)
class Strength:
    value: float
    low: float
    high: float
    wins: int
    losses: int

    @property
    def chance(self) -> float:
        """To beat an average entry: from 0 to 1."""
        return 1 / (1 + math.exp(-self.value))


def strengths(entry_ids: Iterable[str], duels: Iterable[Duel]) -> dict[str, Strength]:
    """Of every entry; duels with others are left out. For n entries it takes n³ steps, a few seconds for 200."""
    ids = sorted(set(entry_ids))
    place = {id: i for i, id in enumerate(ids)}
    wins = [[0] * len(ids) for _ in ids]
    for duel in duels:
        if duel.winner_id in place and duel.loser_id in place and duel.winner_id != duel.loser_id:
            wins[place[duel.winner_id]][place[duel.loser_id]] += 1
    values = [0.0] * len(ids)
    for _ in range(_ROUNDS_LIMIT):
        slope, information = _derivatives(values, wins)
        step = _solved(_cholesky(information), slope)
        values = [value + change for value, change in zip(values, step, strict=True)]
        if all(abs(change) < _CONVERGED for change in step):
            break
    _, information = _derivatives(values, wins)
    spreads = [math.sqrt(one) for one in _inverse_diagonal(_cholesky(information))] if ids else []
    return {
        id: Strength(
            values[i], values[i] - _Z_95 * spreads[i], values[i] + _Z_95 * spreads[i],
            sum(wins[i]), sum(row[i] for row in wins),
        )
        for i, id in enumerate(ids)
    }  # fmt: skip


def next_pair(
    entry_ids: Iterable[str],
    duels: Iterable[Duel],
    *,
    barred: AbstractSet[str] = frozenset(),
    seen: AbstractSet[frozenset[str]] = frozenset(),
    seed: str,
) -> tuple[str, str] | None:
    """The pair to offer next, left and right; None when the voter had all.

    `barred` entries are the voter's own or those of people they work with, `seen` are pairs that they had. Preferred
    are entries that were heard seldom, are near in strength and did not meet yet: there an answer teaches most.
    Strengths are guessed from wins and losses, which is enough to choose by. Equal pairs are drawn by SHA-256 over
    the `seed`, and so are the sides.
    """
    ids = sorted(set(entry_ids) - barred)
    won, lost = dict.fromkeys(ids, 0), dict.fromkeys(ids, 0)
    met: dict[frozenset[str], int] = {}
    for duel in duels:
        if duel.winner_id in won and duel.loser_id in won:
            won[duel.winner_id] += 1
            lost[duel.loser_id] += 1
            pair = frozenset((duel.winner_id, duel.loser_id))
            met[pair] = met.get(pair, 0) + 1
    guess = {id: math.log((won[id] + 1) / (lost[id] + 1)) for id in ids}
    heard = {id: 1 + won[id] + lost[id] for id in ids}

    def worth(pair: tuple[str, str]) -> tuple[float, bytes]:
        one, other = pair
        chance = 1 / (1 + math.exp(guess[other] - guess[one]))
        meetings = 1 + met.get(frozenset(pair), 0)
        return chance * (1 - chance) / (heard[one] * heard[other] * meetings), _draw(seed, one, other)

    pairs = (pair for pair in itertools.combinations(ids, 2) if frozenset(pair) not in seen)
    best = max(pairs, key=worth, default=None)
    if best is None:
        return None
    return best if _draw(seed, *best)[-1] % 2 else (best[1], best[0])


def damped_means(scores: Mapping[str, Sequence[float]], *, weight: int) -> dict[str, float]:
    """Each entry's mean with `weight` further ballots at the median of all: few ballots cannot win by luck."""
    all_of_them = [score for given in scores.values() for score in given]
    if not all_of_them:
        return dict.fromkeys(scores, 0.0)
    median = statistics.median(all_of_them)
    return {
        entry: math.fsum([*sorted(given), median * weight]) / (len(given) + weight) if given or weight else 0.0
        for entry, given in scores.items()
    }


Matrix = list[list[float]]


def _derivatives(values: Sequence[float], wins: Sequence[Sequence[int]]) -> tuple[list[float], Matrix]:
    """The log posterior's slope, and its information: minus the matrix of second derivatives."""
    count, prior = len(values), PRIOR_SPREAD**-2
    slope = [-prior * value for value in values]
    information = [[prior if i == j else 0.0 for j in range(count)] for i in range(count)]
    for i, j in itertools.combinations(range(count), 2):
        fought = wins[i][j] + wins[j][i]
        if not fought:
            continue
        chance = 1 / (1 + math.exp(values[j] - values[i]))
        surprise = wins[i][j] - fought * chance
        slope[i] += surprise
        slope[j] -= surprise
        weight = fought * chance * (1 - chance)
        information[i][i] += weight
        information[j][j] += weight
        information[i][j] -= weight
        information[j][i] -= weight
    return slope, information


def _cholesky(matrix: Matrix) -> Matrix:
    """The lower triangle whose product with its transpose is the matrix (positive definite)."""
    lower: Matrix = []
    for i, row in enumerate(matrix):
        found: list[float] = []
        for j in range(i + 1):
            above = found if i == j else lower[j]
            rest = row[j] - sum(map(float.__mul__, found, above[:j]))
            found.append(math.sqrt(rest) if i == j else rest / above[j])
        lower.append(found)
    return lower


def _solved(lower: Matrix, right: Sequence[float]) -> list[float]:
    """x of lower · lowerᵀ · x = right."""
    middle: list[float] = []
    for i, row in enumerate(lower):
        middle.append((right[i] - sum(map(float.__mul__, row[:i], middle))) / row[i])
    found = [0.0] * len(middle)
    for i in range(len(lower) - 1, -1, -1):
        found[i] = (middle[i] - math.fsum(lower[k][i] * found[k] for k in range(i + 1, len(lower)))) / lower[i][i]
    return found


def _inverse_diagonal(lower: Matrix) -> list[float]:
    """Of the inverse of lower · lowerᵀ: the squares of the columns of lower⁻¹, summed."""
    count = len(lower)
    diagonal = [0.0] * count
    for column in range(count):
        found = [0.0] * count
        for i in range(column, count):
            unit = 1.0 if i == column else 0.0
            found[i] = (unit - sum(map(float.__mul__, lower[i][column:i], found[column:i]))) / lower[i][i]
        diagonal[column] = math.fsum(one * one for one in found[column:])
    return diagonal


def _draw(*words: str) -> bytes:
    return hashlib.sha256("\n".join(words).encode()).digest()
