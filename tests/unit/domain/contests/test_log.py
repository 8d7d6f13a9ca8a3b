"""The log holds as it was written, and says where it was changed."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from remixhub.domain.contests.log import GENESIS, LogLine, canonical, first_fault, next_sha256

RECORDS = ({"kind": "entry", "entry": "é"}, {"kind": "due", "judge": "j", "entries": ["b", "a"]}, {"kind": "decided"})


def chained() -> list[LogLine]:
    lines: list[LogLine] = []
    for number, record in enumerate(RECORDS, 1):
        before = lines[-1].sha256 if lines else GENESIS
        lines.append(LogLine(number, record, next_sha256(before, record)))
    return lines


def test_records_are_compact_with_sorted_names_in_their_own_letters() -> None:
    assert canonical({"b": [1, 2.5, None], "a": "é"}) == '{"a":"é","b":[1,2.5,null]}'
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical(float("nan"))


def test_a_hash_is_over_the_hash_before_and_the_record() -> None:
    written = "0" * 64 + '\n{"entry":"é","kind":"entry"}'
    assert next_sha256(GENESIS, RECORDS[0]) == hashlib.sha256(written.encode()).hexdigest()


def test_a_chain_that_nobody_touched_holds() -> None:
    assert first_fault([]) is None
    assert first_fault(chained()) is None


def test_the_first_line_that_was_touched_is_named() -> None:
    lines = chained()
    assert first_fault([lines[0], replace(lines[1], record={"kind": "due"}), lines[2]]) == (
        "Line 2 of the log is not what its hash says."
    )
    assert first_fault([replace(lines[0], number=0), *lines[1:]]) == "Line 1 of the log says that it is number 0."
    assert first_fault([lines[0], lines[2]]) == "Line 2 of the log says that it is number 3."
    gap = [lines[0], replace(lines[2], number=2)]
    assert first_fault(gap) == "Line 2 of the log is not what its hash says."
