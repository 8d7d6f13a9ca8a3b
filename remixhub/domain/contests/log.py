"""The log of a contest: every entry, ballot and decision as a line that only the next line can follow.

Each record is JSON; its hash is SHA-256 over the hash of the line before it (64 zeros at the start), a line break, and
the record as compact JSON with sorted names in UTF-8. Whoever knows the last hash, the head, knows that nothing before
it was changed, left out or put in.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

GENESIS = "0" * 64


class LogKind(StrEnum):
    TERMS = "terms"
    """`terms_sha256`, `seed_commitment` and `dates`: frozen; dates move later by `extended` alone."""
    ENTRY = "entry"
    """`entry`, `entrant`, `audio_sha256`, `submitted_at`"""
    ENTRY_OUT = "entry_out"
    """`entry`, `reason`, `by`: taken back, replaced or ruled out."""
    ENTRY_BACK = "entry_back"
    """`entry`, `reason`, `by`"""
    DUE = "due"
    """`judge`, `entries`: whom a judge has to score."""
    JUDGE_OUT = "judge_out"
    """`judge`, `reason`: removed by the host; none of their scores counts."""
    SCORES = "scores"
    """`judge`, `entry`, `scores`: the last one counts."""
    RULING = "ruling"
    """`entry`, `ruling`, `reason`, `by`: how an entry that lacks sheets is placed; the last one counts."""
    BALLOT = "ballot"
    """`ballot`, `voter`, `favoured`, and `against` (a duel) or `score`"""
    BALLOT_OUT = "ballot_out"
    """`ballot`, `reason`, `by`"""
    BALLOT_BACK = "ballot_back"
    """`ballot`, `reason`, `by`"""
    EXTENDED = "extended"
    """the deadlines, before and after, and the public `note`"""
    NAMES = "names"
    """At the decision: all of `contest.json` but the seed, the terms (here by their hash) and the head."""
    DECIDED = "decided"
    """`result_sha256`"""


MEMBERS: dict[LogKind, dict[str, type]] = {
    LogKind.TERMS: {"terms_sha256": str, "seed_commitment": str},
    LogKind.ENTRY: {"entry": str, "audio_sha256": str, "submitted_at": str},
    LogKind.ENTRY_OUT: {"entry": str, "reason": str},
    LogKind.ENTRY_BACK: {"entry": str},
    LogKind.DUE: {"judge": str, "entries": list},
    LogKind.JUDGE_OUT: {"judge": str, "reason": str},
    LogKind.SCORES: {"judge": str, "entry": str, "scores": dict},
    LogKind.RULING: {"entry": str, "ruling": str, "reason": str},
    LogKind.BALLOT: {"ballot": str, "voter": str, "favoured": str},
    LogKind.BALLOT_OUT: {"ballot": str, "reason": str},
    LogKind.BALLOT_BACK: {"ballot": str},
    LogKind.EXTENDED: {"before": dict, "after": dict, "note": str},
    LogKind.NAMES: {"entries": dict, "judges": dict, "deal": dict},
    LogKind.DECIDED: {"result_sha256": str},
}
"""What a record of each kind has at least, beside its `kind`."""


@dataclass(frozen=True)
class LogLine:
    number: int
    """From 1."""
    record: Mapping[str, Any]
    sha256: str


def next_sha256(before: str, record: Mapping[str, Any]) -> str:
    return hashlib.sha256(f"{before}\n{canonical(record)}".encode()).hexdigest()


def canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def first_fault(lines: Iterable[LogLine]) -> str | None:
    """What is wrong with the chain, and where; None when it holds."""
    before = GENESIS
    for place, line in enumerate(lines, 1):
        if line.number != place:
            return f"Line {place} of the log says that it is number {line.number}."
        if next_sha256(before, line.record) != line.sha256:
            return f"Line {place} of the log is not what its hash says."
        before = line.sha256
    return None
