"""The community's vote of a contest: strengths from pairwise duels, which duel to offer next, and means of scores.

Duels are rated by the model of Bradley and Terry ("Rank analysis of incomplete block designs", Biometrika 39, 1952):
entry i wins against j with the chance 1 / (1 + exp(θj − θi)). A normal prior on every θ, centred on zero, gives a
maximum where there is none otherwise: without duels, without a defeat, and where no chain of duels joins all entries
(Hunter, "MM algorithms for generalized Bradley–Terry models", Annals of Statistics 32, 2004). The maximum is found by
Newton's method, each step shortened so that it never overshoots (Sun and Tran-Dinh, "Generalized self-concordant
functions", Mathematical Programming 178, 2019).

Whoever verifies a result must find the same numbers: duels are counted before anything is computed, entries are taken
in the order of their ids, every sum behind a strength is `math.fsum` (plain `sum` rounds differently since Python
3.12), and strengths are rounded, so that entries with equal records stay equal.
"""

from __future__ import annotations

import itertools
import math
import random
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from operator import mul
from typing import NamedTuple

PRIOR_SPREAD = 2.0
"""Standard deviation of the strengths, in logits. Weak: one above the average wins 88 duels of 100."""
DECIMALS = 9
_CLOSE_ENOUGH = 1e-11
_ROUNDS_LIMIT = 100
_GUESSING_ROUNDS = 8
Z_95 = 1.959963984540054
MOST_WEIGHED = 64
"""Entries whose pairs are weighed for one voter: what a choice costs does not grow with the contest."""


@dataclass(frozen=True)
class Duel:
    winner_id: str
    loser_id: str


class PairTally(NamedTuple):
    """All duels of two entries."""

    one_id: str
    other_id: str
    one_wins: int
    other_wins: int


@dataclass(frozen=True)
class Strength:
    """In logits, on average zero; between `low` and `high` with a chance of 95 %."""

    value: float
    low: float
    high: float
    wins: int
    losses: int

    @property
    def chance(self) -> float:
        """To win against an average entry: from 0 to 1."""
        return 1 / (1 + math.exp(-self.value))


def strengths(entry_ids: Iterable[str], duels: Iterable[Duel]) -> dict[str, Strength]:
    """Of every entry, in the order of ids; duels with any other entry are left out. Takes n³ steps for n entries.

    The values are where the posterior is greatest. The intervals come from the inverse of its observed information,
    less the variance of the common mean, which is zero by definition.
    """
    ids = sorted(set(entry_ids))
    met = _met(ids, tallied(duels))
    values = [0.0] * len(ids)
    for _ in range(_ROUNDS_LIMIT):
        step = _solved(_cholesky(_information(values, met)), _slope(values, met))
        reach = max(step, default=0.0) - min(step, default=0.0)
        part = math.log1p(reach) / reach if reach else 1.0
        values = [value + part * change for value, change in zip(values, step, strict=True)]
        if reach < _CLOSE_ENOUGH:
            break
    variances = _inverse_diagonal(_cholesky(_information(values, met)))
    margins = [Z_95 * math.sqrt(max(one - PRIOR_SPREAD**2 / len(ids), 0.0)) for one in variances]
    wins, losses = _record(len(ids), met)
    return {
        id: Strength(_rounded(value), _rounded(value - margin), _rounded(value + margin), won, lost)
        for id, value, margin, won, lost in zip(ids, values, margins, wins, losses, strict=True)
    }


def tallied(duels: Iterable[Duel]) -> list[PairTally]:
    """By the order of ids."""
    wins = Counter((duel.winner_id, duel.loser_id) for duel in duels if duel.winner_id != duel.loser_id)
    pairs = sorted({(min(pair), max(pair)) for pair in wins})
    return [PairTally(one, other, wins[one, other], wins[other, one]) for one, other in pairs]


def drawn_to_be_weighed(entry_ids: Iterable[str], *, barred: AbstractSet[str] = frozenset(), seed: str) -> list[str]:
    """All entries; of more than MOST_WEIGHED, so many of those that are not `barred`, by lot."""
    ids = sorted(set(entry_ids))
    if len(ids) <= MOST_WEIGHED:
        return ids
    free = [id for id in ids if id not in barred]
    return sorted(random.Random(seed).sample(free, min(MOST_WEIGHED, len(free))))  # noqa: S311  no secret


def next_pair(
    entry_ids: Iterable[str],
    so_far: Iterable[tuple[str, str, int, int]],
    *,
    barred: AbstractSet[str] = frozenset(),
    seen: AbstractSet[frozenset[str]] = frozenset(),
    seed: str,
) -> tuple[str, str] | None:
    """The pair to offer a voter, left and right; None when nothing is left.

    `so_far` are as `PairTally`, `barred` the entries of the voter and of people they work with, `seen` the pairs that
    the voter had. Most is learnt from entries that are near in strength, of which little is known, and that seldom met.
    What a pair teaches, to the power of four, is its weight in a lottery by `seed`: offering the best one to everybody
    who asks before the next answer arrives teaches less than pairs drawn blindly. Takes as many steps as pairs met.
    """
    ids = sorted(set(entry_ids))
    met = _met(ids, so_far)
    abilities, known = _guessed(len(ids), met)
    meetings = {(i, j): won + lost for i, j, won, lost in met}
    places = [i for i, id in enumerate(ids) if id not in barred]
    pairs = _unseen(ids, places, seen)
    if not pairs:
        return None
    weights = [
        (_uncertainty(abilities[i], abilities[j]) / (known[i] * known[j] * (1 + meetings.get((i, j), 0)))) ** 4
        for i, j in pairs
    ]
    drawn = random.Random(seed)  # noqa: S311  no secret
    (i, j), *_ = drawn.choices(pairs, weights)
    return (ids[i], ids[j]) if drawn.random() < 0.5 else (ids[j], ids[i])


def _unseen(ids: Sequence[str], places: Sequence[int], seen: AbstractSet[frozenset[str]]) -> list[tuple[int, int]]:
    """Pairs of these places that the voter did not have."""
    place = {id: i for i, id in enumerate(ids)}
    had = {(min(pair), max(pair)) for pair in ([place[id] for id in ids if id in place] for ids in seen) if pair}
    return [pair for pair in itertools.combinations(places, 2) if pair not in had]


def damped_means(scores: Mapping[str, Sequence[float]], *, weight: int) -> dict[str, float]:
    """Each entry's mean with `weight` further ballots at the median of all, so that a few ballots cannot win by luck.

    Entries without a ballot stand at the median; all of them at zero when nobody voted.
    """
    everything = [score for given in scores.values() for score in given]
    median = statistics.median(everything) if everything else 0.0
    return {
        id: _rounded((math.fsum(given) + weight * median) / (len(given) + weight) if given else median)
        for id, given in scores.items()
    }


Met = list[tuple[int, int, int, int]]
"""(i, j, wins of i over j, wins of j over i) of those who met, i < j, in order."""


def _met(ids: Sequence[str], tallies: Iterable[tuple[str, str, int, int]]) -> Met:
    place = {id: i for i, id in enumerate(ids)}
    met = []
    for one, other, won, lost in tallies:
        if one in place and other in place and won + lost:
            i, j = place[one], place[other]
            met.append((i, j, won, lost) if i < j else (j, i, lost, won))
    return sorted(met)


def _record(count: int, met: Met) -> tuple[list[int], list[int]]:
    """Each entry's wins, and its losses."""
    wins, losses = [0] * count, [0] * count
    for i, j, won, lost in met:
        wins[i] += won
        losses[i] += lost
        wins[j] += lost
        losses[j] += won
    return wins, losses


def _guessed(count: int, met: Met) -> tuple[list[float], list[float]]:
    """Abilities (exp θ) and the information on each, by some rounds of Hunter's MM: enough to choose by, and fast.

    A win and a defeat against an imagined entry of ability 1 stand in for the prior.
    """
    wins, losses = _record(count, met)
    abilities = [(won + 1) / (lost + 1) for won, lost in zip(wins, losses, strict=True)]
    duelled = [(i, j, won + lost) for i, j, won, lost in met]
    for _ in range(_GUESSING_ROUNDS):
        faced = [2 / (1 + ability) for ability in abilities]
        for i, j, duels in duelled:
            each = duels / (abilities[i] + abilities[j])
            faced[i] += each
            faced[j] += each
        abilities = [(won + 1) / each for won, each in zip(wins, faced, strict=True)]
    known = [2 * _uncertainty(ability, 1.0) for ability in abilities]
    for i, j, won, lost in met:
        taught = (won + lost) * _uncertainty(abilities[i], abilities[j])
        known[i] += taught
        known[j] += taught
    return abilities, known


def _uncertainty(one: float, other: float) -> float:
    """The variance of a duel's outcome between two abilities, which is what it teaches of θ: from 0 to 1/4."""
    return one * other / (one + other) ** 2


Matrix = list[list[float]]


def _chance(values: Sequence[float], i: int, j: int) -> float:
    return 1 / (1 + math.exp(values[j] - values[i]))


def _slope(values: Sequence[float], met: Met) -> list[float]:
    terms = [[-value / PRIOR_SPREAD**2] for value in values]
    for i, j, won, lost in met:
        surprise = won - (won + lost) * _chance(values, i, j)
        terms[i].append(surprise)
        terms[j].append(-surprise)
    return [math.fsum(one) for one in terms]


def _taught(values: Sequence[float], met: Met) -> Iterator[tuple[int, int, float]]:
    """The information that the duels of each pair gave on the difference of its strengths."""
    for i, j, won, lost in met:
        chance = _chance(values, i, j)
        yield i, j, (won + lost) * chance * (1 - chance)


def _own_information(values: Sequence[float], met: Met) -> list[float]:
    """The diagonal of `_information`."""
    terms = [[PRIOR_SPREAD**-2] for _ in values]
    for i, j, taught in _taught(values, met):
        terms[i].append(taught)
        terms[j].append(taught)
    return [math.fsum(one) for one in terms]


def _information(values: Sequence[float], met: Met) -> Matrix:
    """Minus the second derivatives of the log posterior."""
    matrix = [[0.0] * len(values) for _ in values]
    for i, one in enumerate(_own_information(values, met)):
        matrix[i][i] = one
    for i, j, taught in _taught(values, met):
        matrix[i][j] = matrix[j][i] = -taught
    return matrix


def _cholesky(matrix: Matrix) -> Matrix:
    """The rows, each up to the diagonal, of the lower L with L · Lᵀ = matrix."""
    lower: Matrix = []
    for i, row in enumerate(matrix):
        found: list[float] = []
        for j, above in enumerate(lower):
            found.append((row[j] - math.fsum(map(mul, found, above))) / above[j])
        found.append(math.sqrt(row[i] - math.fsum(map(mul, found, found))))
        lower.append(found)
    return lower


def _solved(lower: Matrix, right: Sequence[float]) -> list[float]:
    """x with L · Lᵀ · x = right."""
    middle: list[float] = []
    for row, wanted in zip(lower, right, strict=True):
        middle.append((wanted - math.fsum(map(mul, row, middle))) / row[-1])
    found: list[float] = []
    for i in range(len(lower) - 1, -1, -1):
        below = (lower[k][i] for k in range(len(lower) - 1, i, -1))
        found.append((middle[i] - math.fsum(map(mul, below, found))) / lower[i][i])
    return found[::-1]


def _inverse_diagonal(lower: Matrix) -> list[float]:
    """Of (L · Lᵀ)⁻¹: the columns of L⁻¹, squared and summed."""
    diagonal = []
    for start in range(len(lower)):
        found = [1 / lower[start][start]]
        for row in itertools.islice(lower, start + 1, None):
            found.append(-math.fsum(map(mul, row[start:], found)) / row[-1])
        diagonal.append(math.fsum(map(mul, found, found)))
    return diagonal


def _rounded(value: float) -> float:
    return round(value, DECIMALS) + 0.0  # not -0.0
