"""Questions written into addresses and read again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.discovery.asked import Facets, Order, StemsAsked, WorksAsked
from remixhub.domain.discovery.may import May
from remixhub.domain.discovery.music import TempoRange
from remixhub.domain.discovery.written import stems_of, words_of, works_of
from remixhub.domain.errors import Invalid
from remixhub.domain.musical_key import MusicalKey, parse_key
from remixhub.domain.states import WorkKind
from remixhub.domain.stems.roles import StemRole

BPM = st.integers(200, 4000).map(lambda tenths: tenths / 10)
KEYS = st.sampled_from([f"{number}{letter}" for number in range(1, 13) for letter in "AB"]).map(parse_key)
SECONDS = st.integers(0, 86_400_000).map(lambda ms: ms / 1000)
NAMES = st.text("abcdefgh0123456789", min_size=1, max_size=32)
TEXTS = st.text(st.characters(categories=["L", "N"]), max_size=50)
TEMPOS = st.builds(TempoRange, BPM, st.none() | BPM, st.booleans())
FACETS = st.builds(
    Facets, st.none() | TEMPOS, st.none() | KEYS, st.none() | KEYS, st.none() | NAMES,
    st.none() | st.sampled_from(May), st.none() | NAMES, st.none() | SECONDS, st.none() | SECONDS,
)  # fmt: skip
ROLES = st.sampled_from([(), *((role,) for role in StemRole)])
YEARS = st.none() | st.integers(1970, 9999)
WORKS = st.builds(
    WorksAsked, TEXTS, FACETS, st.none() | st.sampled_from(WorkKind), ROLES, st.sampled_from([None, True]), YEARS,
    YEARS, st.none() | NAMES, st.none() | NAMES, st.booleans(), st.sampled_from(Order),
)  # fmt: skip
LUFS = st.none() | st.integers(-1000, 200).map(lambda tenths: tenths / 10)
STEMS = st.builds(StemsAsked, TEXTS, FACETS, ROLES, LUFS, LUFS, st.sampled_from(Order))


@given(WORKS)
def test_a_question_about_works_is_read_as_it_was_written(asked: WorksAsked) -> None:
    assert works_of(words_of(asked)) == asked


@given(STEMS)
def test_a_question_about_stems_is_read_as_it_was_written(asked: StemsAsked) -> None:
    assert stems_of(words_of(asked)) == asked


def test_what_a_form_sends_empty_is_not_asked_for() -> None:
    names = [*words_of(WorksAsked()), "q", "key", "min_tempo_bpm", "may", "has_stems", "min_seconds", "role", "order"]
    assert works_of(dict.fromkeys(names, " ")) == WorksAsked()


def test_it_is_read_as_kindly_as_people_type() -> None:
    words = {"key": "Am", "min_tempo_bpm": "123,5", "max_seconds": "3:30", "has_stems": "on", "q": " rain "}
    asked = works_of(words)
    assert asked.facets.key == MusicalKey(9, asked.facets.key.mode) if asked.facets.key else False
    assert asked.facets.tempo == TempoRange(123.5, None)
    assert (asked.facets.max_seconds, asked.has_stems, asked.text) == (210.0, True, "rain")


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("key", "H double flat"), ("mixes_with_key", "99Z"), ("min_tempo_bpm", "fast"), ("max_tempo_bpm", "1e9"),
        ("min_tempo_bpm", "nan"), ("max_seconds", "1:99"), ("min_seconds", "99:00:00"), ("may", "steal"),
        ("kind", "song"), ("role", "tuba"), ("order", "random"), ("has_stems", "perhaps"), ("min_year", "12"),
        ("max_year", "20²6"), ("q", "x" * 201), ("q", "a\x00b"), ("label", "y" * 201),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named(name: str, word: str) -> None:
    with pytest.raises(Invalid) as caught:
        works_of({name: word, "q" if name != "q" else "tag": "fine"})
    assert list(caught.value.violations) == [f"/{name}"]


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(Invalid) as caught:
        stems_of({"min_lufs": "-1000", "key": "?", "may": "no"})
    assert set(caught.value.violations) == {"/min_lufs", "/key", "/may"}
