"""`docs/security.md` answers each requirement of ASVS 5.0 up to level 2 once, and points at what is there."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
# How many requirements of levels 1 and 2 each section has; in the standard they come before those of level 3.
SECTIONS = {
    1: (2, 9, 11, 3, 2), 2: (3, 3, 4, 1), 3: (0, 2, 4, 6, 5, 0, 2), 4: (3, 1, 2, 4), 5: (1, 3, 2, 3),
    6: (3, 12, 4, 4, 5, 3, 0, 4), 7: (3, 4, 2, 5, 2, 2), 8: (2, 3, 1, 1), 9: (3, 4), 10: (2, 2, 4, 11, 5, 2, 3),
    11: (2, 3, 3, 4, 1, 1), 12: (3, 2, 4), 13: (1, 5, 2, 5), 14: (2, 4, 3), 15: (3, 3, 7), 16: (1, 5, 4, 3, 3),
    17: (1, 4, 2),
}  # fmt: skip
ROWS = re.findall(r"^\| (\d[^|]*) \| ([^|]*) \| ([^|]*) \|(?: ([^|]*))? \|$", PAGE, re.MULTILINE)


def numbers(listed: str) -> list[str]:
    found = []
    for one in listed.split(", "):
        first, _, last = one.partition("–")
        section, _, number = first.rpartition(".")
        until = int(last.rpartition(".")[2]) if last else int(number)
        assert not last or last.startswith(f"{section}."), one
        found += [f"{section}.{each}" for each in range(int(number), until + 1)]
    return found


def test_each_requirement_is_answered_once() -> None:
    wanted = [
        f"{chapter}.{section}.{number}"
        for chapter, counts in SECTIONS.items()
        for section, count in enumerate(counts, 1)
        for number in range(1, count + 1)
    ]
    assert len(wanted) == 253
    assert Counter(one for listed, *_ in ROWS for one in numbers(listed)) == Counter(wanted)


def test_each_answer_has_a_state_and_says_how_or_why() -> None:
    for listed, state, how, shown in ROWS:
        assert state in ("met", "partly", "open", "not here"), listed
        assert how, listed
        for path in re.findall(r"`([^`]+/[^`]+)`", f"{how} {shown}"):
            places = [ROOT / "remixhub" / path, ROOT / "tests" / path]
            assert path.startswith("/") or any(place.exists() for place in places), f"{listed}: {path} is not there"
