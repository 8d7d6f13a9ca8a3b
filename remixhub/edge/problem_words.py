"""What problem codes mean and what helps, as `docs/problems.md` says it: the one list for pages and for the API's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

_PROBLEMS = Path(__file__).resolve().parents[2] / "docs" / "problems.md"
_ROW = re.compile(r"^\| `(\w+)` \| (\d*) *\| (.+?) \| (.+?) \|$", re.MULTILINE)


class ProblemWords(NamedTuple):
    status: str
    """Of HTTP; empty for codes that never answer a request, such as those of files."""
    meaning: str
    remedy: str


@cache
def problem_words() -> Mapping[str, ProblemWords]:
    rows = _ROW.findall(_PROBLEMS.read_text(encoding="utf-8"))
    return {code: ProblemWords(*words) for code, *words in rows}
