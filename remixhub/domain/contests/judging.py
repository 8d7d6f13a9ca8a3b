"""The jury of a contest: the rubric, ballots that fit it, listening orders, and judges made comparable.

Everything here is deterministic and blind to the order of its input, since whoever verifies a result computes it again.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from remixhub.domain.errors import Invalid

CRITERIA_LIMIT = 12
STEP = 0.5
"""Scores are given in halves."""
_KEY = re.compile(r"[a-z0-9_]{1,32}")


class RubricInvalid(Invalid):
    code = "rubric_invalid"
    title = "This rubric cannot be used"


class BallotOutsideRubric(Invalid):
    code = "ballot_outside_rubric"
    title = "The ballot does not fit the rubric"


class Normalisation(StrEnum):
    """How judges are made comparable."""

    NONE = "none"
    Z_SCORE = "z_score"
    """By each judge's own mean and spread: a strict judge weighs as much as a mild one."""
    RANK = "rank"
    """By each judge's own order alone."""


@dataclass(frozen=True)
class Criterion:
    key: str
    title: str
    weight: int
    max_score: int


@dataclass(frozen=True)
class Rubric:
    criteria: tuple[Criterion, ...]

    @classmethod
    def parse(cls, value: object) -> Rubric:
        """From the JSON of `dump`. Raises RubricInvalid naming each fault by JSON pointer."""
        if not isinstance(value, list) or not 1 <= len(value) <= CRITERIA_LIMIT:
            message = f"A list of 1 to {CRITERIA_LIMIT} criteria."
            raise RubricInvalid("Judges need something to judge by.", violations={"/rubric": [message]})
        faults: dict[str, list[str]] = {}
        for i, one in enumerate(value):
            _check_criterion(one, f"/rubric/{i}", faults)
        keys = [one["key"] for one in value if isinstance(one, dict) and isinstance(one.get("key"), str)]
        if len(set(keys)) < len(keys):
            faults["/rubric"] = ["Every criterion needs a key of its own."]
        if faults:
            raise RubricInvalid("Mend the rubric as listed.", violations=faults)
        return cls(tuple(Criterion(one["key"], one["title"], one["weight"], one["max_score"]) for one in value))

    def dump(self) -> list[dict[str, Any]]:
        return [
            {"key": one.key, "title": one.title, "weight": one.weight, "max_score": one.max_score}
            for one in self.criteria
        ]


def checked_scores(rubric: Rubric, scores: object) -> dict[str, float]:
    """One score for each criterion, from 0 to its maximum in halves. Raises BallotOutsideRubric."""
    faults: dict[str, list[str]] = {}
    given: dict[str, Any] = scores if isinstance(scores, dict) else {}
    for key in given.keys() - {one.key for one in rubric.criteria}:
        faults[f"/scores/{key}"] = ["The rubric has no such criterion."]
    for one in rubric.criteria:
        score: Any = given.get(one.key)
        is_number = isinstance(score, int | float) and not isinstance(score, bool)
        if not is_number or not 0 <= score <= one.max_score or score / STEP != int(score / STEP):
            faults[f"/scores/{one.key}"] = [f"A number from 0 to {one.max_score} in halves."]
    if faults:
        raise BallotOutsideRubric("Score each criterion of the rubric, and no other.", violations=faults)
    return {one.key: float(given[one.key]) for one in rubric.criteria}


def weighted(rubric: Rubric, scores: Mapping[str, float]) -> float:
    """From 0 to 1: each score over its maximum, by the criteria's weights."""
    total = sum(one.weight for one in rubric.criteria)
    reached = sum(Fraction(scores[one.key]) / one.max_score * one.weight for one in rubric.criteria)
    return float(reached / total)


def normalised(method: Normalisation, ballots: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """Each judge's marks made comparable; `ballots` are marks by entry, by judge.

    z_score: deviations from the judge's mean in population standard deviations; a judge who marks all alike says
    nothing and gives 0. rank: the share of the judge's other entries that are beaten, ties counting half; a judge of
    one gives a half.
    """
    if method is Normalisation.NONE:
        return {judge: dict(marks) for judge, marks in ballots.items()}
    rule = _z_scores if method is Normalisation.Z_SCORE else _ranks
    return {judge: rule(marks) for judge, marks in ballots.items()}


@dataclass(frozen=True)
class JuryResult:
    by_entry: Mapping[str, float]
    """From 0 to 1, for every entry that somebody scored."""
    ballots_counted: int
    missing: tuple[tuple[str, str], ...]
    """Judge and entry: ballots that were due and did not come. Never guessed."""


def jury_scores(
    rubric: Rubric,
    method: Normalisation,
    ballots: Mapping[str, Mapping[str, Mapping[str, float]]],
    expected: Mapping[str, AbstractSet[str]],
) -> JuryResult:
    """The mean over the judges who scored an entry. `ballots` are scores by entry, by judge.

    Ballots that nobody expected do not count. Means of z-scores are mapped to 0…1 by the normal distribution.
    """
    marks = {
        judge: {entry: weighted(rubric, scores) for entry, scores in given.items() if entry in expected.get(judge, ())}
        for judge, given in ballots.items()
    }
    comparable = normalised(method, {judge: given for judge, given in marks.items() if given})
    entries = {entry for due in expected.values() for entry in due}
    by_entry = {}
    for entry in sorted(entries):
        given = sorted(one[entry] for one in comparable.values() if entry in one)
        if given:
            mean = math.fsum(given) / len(given)
            is_z = method is Normalisation.Z_SCORE
            by_entry[entry] = 0.5 * (1 + math.erf(mean / math.sqrt(2))) if is_z else mean
    missing = sorted((judge, one) for judge, due in expected.items() for one in due if one not in marks.get(judge, ()))
    return JuryResult(by_entry, sum(len(given) for given in marks.values()), tuple(missing))


def listening_orders(judge_ids: Sequence[str], entry_ids: Sequence[str], seed: str) -> dict[str, list[str]]:
    """Each judge's own order, in which every entry is heard early by some judge.

    The entries are shuffled and cut into as many blocks as there are judges; judge k begins with block k and hears the
    blocks in turn, each shuffled anew. Order is by SHA-256 over the seed, so that anybody can compute it again.
    """
    judges = sorted(judge_ids, key=lambda judge: _draw(seed, "judge", judge))
    entries = sorted(entry_ids, key=lambda entry: _draw(seed, "entry", entry))
    count = len(judges)
    blocks = [entries[len(entries) * k // count : len(entries) * (k + 1) // count] for k in range(count)]
    orders = {}
    for first, judge in enumerate(judges):
        turns = blocks[first:] + blocks[:first]
        shuffled = [sorted(block, key=lambda entry: _draw(seed, judge, entry)) for block in turns]
        orders[judge] = [entry for block in shuffled for entry in block]
    return orders


def _check_criterion(one: object, pointer: str, faults: dict[str, list[str]]) -> None:
    if not isinstance(one, dict) or one.keys() != {"key", "title", "weight", "max_score"}:
        faults[pointer] = ["An object of `key`, `title`, `weight` and `max_score`."]
        return
    if not isinstance(one["key"], str) or not _KEY.fullmatch(one["key"]):
        faults[f"{pointer}/key"] = ["1 to 32 small letters, digits or underscores."]
    if not isinstance(one["title"], str) or not 1 <= len(one["title"].strip()) <= 80:
        faults[f"{pointer}/title"] = ["1 to 80 characters."]
    for name in ("weight", "max_score"):
        if isinstance(one[name], bool) or not isinstance(one[name], int) or not 1 <= one[name] <= 100:
            faults[f"{pointer}/{name}"] = ["A whole number from 1 to 100."]


def _z_scores(marks: Mapping[str, float]) -> dict[str, float]:
    mean = math.fsum(sorted(marks.values())) / len(marks)
    spread = math.sqrt(math.fsum(sorted((mark - mean) ** 2 for mark in marks.values())) / len(marks))
    return {entry: (mark - mean) / spread if spread > 1e-12 else 0.0 for entry, mark in marks.items()}


def _ranks(marks: Mapping[str, float]) -> dict[str, float]:
    if len(marks) == 1:
        return dict.fromkeys(marks, 0.5)
    beaten = {
        entry: sum((other < mark) + (other == mark) / 2 for other in marks.values()) - 0.5
        for entry, mark in marks.items()
    }
    return {entry: share / (len(marks) - 1) for entry, share in beaten.items()}


def _draw(*words: str) -> bytes:
    return hashlib.sha256("\n".join(words).encode()).digest()
