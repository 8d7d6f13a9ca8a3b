"""The criteria of a contest's form: one a row, with keys that add, move and remove rows, also without script."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import flask

from remixhub.domain.contests.judging import CRITERIA_LIMIT, Rubric, RubricInvalid
from remixhub.domain.errors import Invalid
from remixhub.web.forms import Gathered, checked, typed, typed_whole

PARTS = ("key", "title", "weight", "max_score")
_NAME = re.compile(r"rubric_([1-9][0-9]?)_(key|title|weight|max_score)")
_ACT = re.compile(r"(up|down|out|add)(?:-([1-9][0-9]?))?")
_FRESH = {"key": "", "title": "", "weight": "1", "max_score": "10"}


@dataclass(frozen=True)
class Row:
    """A criterion as the form has it; fields are named `rubric_<number>_<part>`."""

    number: int
    values: Mapping[str, str]

    @property
    def named(self) -> dict[str, str]:
        """By the fields' names."""
        return {f"rubric_{self.number}_{part}": value for part, value in self.values.items()}

    @property
    def is_empty(self) -> bool:
        return not self.values["title"].strip()


def rows_of(values: Mapping[str, Any]) -> list[Row]:
    numbers = sorted({int(found[1]) for name in values if (found := _NAME.fullmatch(name))})
    return [Row(n, {part: str(values.get(f"rubric_{n}_{part}", "")) for part in PARTS}) for n in numbers]


def shown_rubric(rubric: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """As the form's fields have it."""
    return {f"rubric_{n}_{part}": str(one[part]) for n, one in enumerate(rubric, 1) for part in PARTS}


def without_rubric(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if not _NAME.fullmatch(name)}


def rearranged(values: Mapping[str, Any], act: str) -> dict[str, Any]:
    """The form's values after a row's key was pressed, such as `up-2`; rows are numbered from 1 again."""
    rows, found = [dict(row.values) for row in rows_of(values)], _ACT.fullmatch(act)
    at = int(found[2]) - 1 if found and found[2] else -1
    if found and 0 <= at < len(rows):
        row = rows.pop(at)
        if found[1] != "out":
            rows.insert(max(0, at + (1 if found[1] == "down" else -1)), row)
    elif found and found[1] == "add" and len(rows) < CRITERIA_LIMIT:
        rows.append(dict(_FRESH))
    return {**without_rubric(values), **shown_rubric(rows)}


def typed_rubric(gathered: Gathered) -> list[dict[str, Any]]:
    """Rows without a title are left out; empty when no judges decide."""
    rows = [row for row in rows_of(flask.request.form) if not row.is_empty]
    taken, found, places = {row.values["key"] for row in rows}, [], []
    for row in rows:
        name = f"rubric_{row.number}_"
        weight = gathered.read(partial(typed_whole, f"{name}weight"), None)
        most = gathered.read(partial(typed_whole, f"{name}max_score"), None)
        title = gathered.read(partial(checked, f"{name}title", at_least=1, at_most=80), "")
        if weight is not None and most is not None and title:
            key = typed(f"{name}key") or next(key for n in range(1, 99) if (key := f"c{n}") not in taken)
            taken.add(key)
            found.append({"key": key, "title": title, "weight": weight, "max_score": most})
            places.append(row.number)
    return gathered.read(partial(_parsed, found, places), []) if found else []


def _parsed(found: list[dict[str, Any]], places: Sequence[int]) -> list[dict[str, Any]]:
    """Raises Invalid that names the form's fields."""
    try:
        return Rubric.parse(found).dump()
    except RubricInvalid as exc:
        named = {_field(pointer, places): messages for pointer, messages in exc.violations.items()}
        raise Invalid(exc.detail, violations=named) from exc


def _field(pointer: str, places: Sequence[int]) -> str:
    """`/rubric/0/weight` is `/rubric_1_weight`, or whatever number the row has."""
    _, _, *rest = pointer.split("/")
    return f"/rubric_{places[int(rest[0])]}_{rest[1]}" if len(rest) == 2 else "/rubric"
