"""Tags, keys and credits are made uniform."""

from __future__ import annotations

import pytest

from remixhub.domain.errors import Invalid
from remixhub.domain.work_facts import (
    CreditsInvalid,
    KeyUnknown,
    TagsInvalid,
    clean_credits,
    clean_facts,
    clean_key,
    clean_tags,
)


def test_tags_are_lower_case_and_named_once() -> None:
    assert clean_tags(["#Techno", "techno ", "Late  Night", ""]) == ["techno", "late night"]


@pytest.mark.parametrize("tag", ['say "hi"', "a,b", "a\\b", "x" * 41, "bell\u0007"])
def test_tags_that_could_be_mistaken_are_refused(tag: str) -> None:
    with pytest.raises(TagsInvalid) as refused:
        clean_tags(["fine", tag])
    assert list(refused.value.violations) == ["/tags/1"]


def test_there_is_a_limit_to_tags_and_credits() -> None:
    with pytest.raises(TagsInvalid):
        clean_tags(f"t{number}" for number in range(21))
    with pytest.raises(CreditsInvalid):
        clean_credits({"name": f"n{number}"} for number in range(101))


def test_keys_get_their_classical_name() -> None:
    assert [clean_key(text) for text in ("Am", "8A", "a minor")] == ["A minor"] * 3
    with pytest.raises(KeyUnknown):
        clean_key("H")


def test_only_what_is_there_is_cleaned() -> None:
    assert clean_facts({"title": "One", "key": None}) == {"title": "One", "key": None}


@pytest.mark.parametrize("tempo_bpm", [19.9, 400.1, -120.0, float("nan"), float("inf")])
def test_what_is_no_tempo_is_refused(tempo_bpm: float) -> None:
    with pytest.raises(Invalid) as refused:
        clean_facts({"tempo_bpm": tempo_bpm})
    assert list(refused.value.violations) == ["/tempo_bpm"]
    assert clean_facts({"tempo_bpm": 20}) == {"tempo_bpm": 20}
