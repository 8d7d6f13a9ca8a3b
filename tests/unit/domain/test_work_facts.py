"""Tags, keys and credits are made uniform."""

from __future__ import annotations

import pytest

from remixhub.domain.errors import Invalid
from remixhub.domain.lineage.shares import SharesInvalid
from remixhub.domain.work_facts import (
    CreditsInvalid,
    KeyUnknown,
    TagsInvalid,
    clean_credits,
    clean_facts,
    clean_key,
    clean_tags,
    tag_searched,
)


def test_tags_are_lower_case_and_named_once() -> None:
    assert clean_tags(["#Techno", "techno ", "Late  Night", ""]) == ["techno", "late night"]


def test_tags_are_found_however_they_are_composed_and_keep_their_spaces_and_joiners() -> None:
    assert clean_tags(["E\u0301te\u0301", "#Été", "海\u3000歌", "می\u200cخواهم"]) == [
        "été",
        "海\u3000歌",
        "می\u200cخواهم",
    ]
    assert tag_searched(" #E\u0301te\u0301  x ") == "été x"


def test_a_refused_tag_is_named_by_its_place_in_what_was_given() -> None:
    with pytest.raises(TagsInvalid) as refused:
        clean_tags(["a", "A", "", "b\u202e"])
    assert "RIGHT-TO-LEFT OVERRIDE" in refused.value.violations["/tags/3"][0]


def test_credits_are_compared_composed_and_kept_as_typed() -> None:
    given = [{"name": "Zoe\u0308"}, {"name": "Zo\u00eb"}]
    assert clean_credits(given) == [{"name": "Zoe\u0308", "role": ""}]


@pytest.mark.parametrize("tag", ['say "hi"', "a,b", "a\\b", "x" * 41, "bell\u0007"])
def test_tags_that_could_be_mistaken_are_refused(tag: str) -> None:
    with pytest.raises(TagsInvalid) as refused:
        clean_tags(["fine", tag])
    assert list(refused.value.violations) == ["/tags/1"]


def test_there_is_a_limit_to_tags_and_credits() -> None:
    tags = [f"t{number}" for number in range(21)]
    assert clean_tags(tags[:20]) == tags[:20]
    with pytest.raises(TagsInvalid, match="these are 21") as refused:
        clean_tags(tags)
    assert list(refused.value.violations) == ["/tags"]
    names = [{"name": f"n{number}"} for number in range(101)]
    assert len(clean_credits(names[:100])) == 100
    with pytest.raises(CreditsInvalid, match="these are 101") as too_many:
        clean_credits(names)
    assert list(too_many.value.violations) == ["/credits"]


def test_a_tag_has_forty_characters_at_most() -> None:
    assert clean_tags(["x" * 40]) == ["x" * 40]
    with pytest.raises(TagsInvalid, match=f"'{'x' * 60}'"):
        clean_tags(["x" * 80])


def test_credits_keep_their_order_and_share_and_name_nobody_twice_for_a_role() -> None:
    given = [
        {"name": " Ann ", "role": " mix ", "share_percent": 60},
        {"name": "Bob"},
        {"name": "Ann", "role": "mix", "share_percent": 10},
        {"name": "Ann", "role": "", "share_percent": 0},
    ]
    assert clean_credits(given) == [
        {"name": "Ann", "role": "mix", "share_percent": 60},
        {"name": "Bob", "role": ""},
        {"name": "Ann", "role": ""},
    ]
    with pytest.raises(SharesInvalid):
        clean_credits([{"name": "Ann", "share_percent": 101}])


def test_keys_get_their_classical_name() -> None:
    assert [clean_key(text) for text in ("Am", "8A", "a minor")] == ["A minor"] * 3
    with pytest.raises(KeyUnknown, match="'H'") as refused:
        clean_key("H")
    assert list(refused.value.violations) == ["/key"]


def test_only_what_is_there_is_cleaned() -> None:
    assert clean_facts({"title": "One", "key": None}) == {"title": "One", "key": None}
    facts = {"tags": ["#A"], "key": "Am", "credits": [{"name": "Ann "}], "inherited_shares": [20, 0.25, 0]}
    assert clean_facts(facts) == {
        "tags": ["a"], "key": "A minor", "credits": [{"name": "Ann", "role": ""}], "inherited_shares": [2000, 25],
    }  # fmt: skip
    assert facts["tags"] == ["#A"], "what was given stays as it was"


@pytest.mark.parametrize("tempo_bpm", [19.9, 400.1, -120.0, float("nan"), float("inf")])
def test_what_is_no_tempo_is_refused(tempo_bpm: float) -> None:
    with pytest.raises(Invalid) as refused:
        clean_facts({"tempo_bpm": tempo_bpm})
    assert list(refused.value.violations) == ["/tempo_bpm"]
    for tempo_at_a_limit in (20, 400):
        assert clean_facts({"tempo_bpm": tempo_at_a_limit}) == {"tempo_bpm": tempo_at_a_limit}
