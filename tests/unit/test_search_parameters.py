"""The parameters of a search are read in two places, strictly by the API and kindly by pages: as the same question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import marshmallow as ma
import pytest

from remixhub.api.search import StemsSearchQuery, WorksSearchQuery, stems_asked, works_asked
from remixhub.domain.discovery.may import May
from remixhub.domain.discovery.written import LONGEST_SECONDS, LUFS, NAME_LIMIT, YEARS, stems_of, words_of, works_of
from remixhub.domain.errors import Invalid
from remixhub.domain.states import WorkKind
from remixhub.domain.stems.roles import StemRole
from remixhub.domain.work_facts import TEMPO_BPM

OF_LISTS = {"cursor", "limit", "with_count"}
READ: dict[type[ma.Schema], tuple[Any, Any]] = {
    WorksSearchQuery: (works_asked, works_of),
    StemsSearchQuery: (stems_asked, stems_of),
}
_NUMBERS = [
    str(bound + step) for low, high in (TEMPO_BPM, LUFS, YEARS, (0, int(LONGEST_SECONDS)))
    for bound in (int(low), int(high)) for step in (-1, 0, 1)
]  # fmt: skip
VALUES = [
    *_NUMBERS, "124.5", "1999", "rain", "8A", "Am", "F# minor", "H", "true", "false", "newest", "relevance",
    "x" * 64, "x" * NAME_LIMIT, "x" * (NAME_LIMIT + 1), "é日本", *May, *WorkKind, *StemRole,
]  # fmt: skip


class Noted(Mapping[str, str]):
    """Nothing, and which words were asked for."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def parameters(query: type[ma.Schema]) -> dict[str, ma.fields.Field[Any]]:
    fields = {field.data_key or name: field for name, field in query().fields.items()}
    return {name: field for name, field in fields.items() if name not in OF_LISTS}


@pytest.mark.parametrize("query", READ)
def test_both_read_the_same_parameters(query: type[ma.Schema]) -> None:
    noted = Noted()
    READ[query][1](noted)
    assert noted.names == parameters(query).keys()


@pytest.mark.parametrize(("query", "name"), [(query, name) for query in READ for name in parameters(query)])
def test_what_the_api_takes_pages_read_as_the_same_question(query: type[ma.Schema], name: str) -> None:
    asks, reads = READ[query]
    taken = 0
    for value in VALUES:
        words = {name: value, **({"min_tempo_bpm": "120"} if name == "with_half_and_double" else {})}
        try:
            asked = asks(query().load(words))
        except ma.ValidationError:
            continue
        taken += 1
        assert reads(words) == asked, (name, value)
        assert reads(words_of(asked)) == asked, (name, value)
    assert taken, f"none of the values is one of {name}"


@pytest.mark.parametrize(("query", "name"), [(query, name) for query in READ for name in parameters(query)])
def test_numbers_and_words_that_the_api_refuses_pages_refuse_too(query: type[ma.Schema], name: str) -> None:
    for value in VALUES:
        try:
            query().load({name: value})
        except ma.ValidationError:
            if name in ("mixes_with", "combines_with"):  # ids: too long a one is of no work
                continue
            with pytest.raises(Invalid):
                READ[query][1]({name: value})
