"""Terms: by hash, in plain words, and against what this hub proposes."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest

from remixhub.domain.contest_terms import (
    AiRule,
    ContestTerms,
    ContestTermsInvalid,
    Exclusivity,
    Sealing,
    VoteKind,
    check_terms,
    differences,
    in_plain_words,
)

RUBRIC = ({"key": "craft", "title": "Craft", "weight": 1, "max_score": 10},)
JURY = ContestTerms(rubric=RUBRIC)
BOTH = dataclasses.replace(JURY, vote=VoteKind.DUELS, vote_share_percent=30)


def test_terms_come_back_from_their_json_with_the_same_hash() -> None:
    terms = dataclasses.replace(BOTH, release_by=dt.date(2027, 1, 31), prizes=("A synth",), sealing=Sealing.HOST)
    assert ContestTerms.parse(terms.dump()) == terms
    assert ContestTerms.parse(terms.dump()).sha256() == terms.sha256()
    changed = [
        dataclasses.replace(terms, **{name: value})
        for name, value in {
            "text": "x", "prizes": (), "eligibility": "x", "exclusivity": Exclusivity.FIRST_OFFER, "release_by": None,
            "ai_rule": AiRule.ALLOWED, "entries_per_account": 2, "needs_own_stems": True, "vote_share_percent": 31,
            "are_judges_named": False, "tie_breaks": (), "sealing": Sealing.PUBLIC,
        }.items()
    ]  # fmt: skip
    assert len({one.sha256() for one in [terms, *changed]}) == len(changed) + 1


@pytest.mark.parametrize(
    ("terms", "where"),
    [
        (ContestTerms(), "/rubric"),
        (dataclasses.replace(JURY, entries_per_account=0), "/entries_per_account"),
        (dataclasses.replace(JURY, entries_per_account=11), "/entries_per_account"),
        (dataclasses.replace(JURY, vote_share_percent=5), "/vote_share_percent"),
        (dataclasses.replace(BOTH, vote_share_percent=100), "/vote_share_percent"),
        (ContestTerms(vote=VoteKind.SCORES), "/vote_share_percent"),
        (dataclasses.replace(JURY, exclusivity=Exclusivity.EXCLUSIVE), "/release_by"),
        (dataclasses.replace(JURY, release_by=dt.date(9999, 12, 31)), "/release_by"),
        (dataclasses.replace(JURY, tie_breaks=(*JURY.tie_breaks, *JURY.tie_breaks)), "/tie_breaks"),
    ],
)
def test_terms_that_cannot_be_say_where(terms: ContestTerms, where: str) -> None:
    with pytest.raises(ContestTermsInvalid) as refused:
        check_terms(terms)
    assert where in refused.value.violations


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, "You may enter once. Everybody with an account may take part."),
        ({"entries_per_account": 3}, "You may enter up to 3 times."),
        (
            {"exclusivity": Exclusivity.EXCLUSIVE, "release_by": dt.date(2027, 1, 31)},
            "until the end of 31 January 2027",
        ),
        ({"release_by": dt.date(2027, 1, 31)}, "What is not released by the end of 31 January 2027 (UTC) is free"),
        ({"ai_rule": AiRule.FORBIDDEN}, "Nothing in your remix may be made by generative AI."),
        ({"needs_own_stems": True}, "Your entry needs stems of its own."),
        ({"are_judges_named": False}, "without their names"),
        ({}, "You keep all rights in your remix"),
    ],
)
def test_every_term_has_its_sentence(change: dict[str, Any], words: str) -> None:
    assert any(words in sentence for sentence in in_plain_words(dataclasses.replace(JURY, **change)))


def test_shares_of_the_decision_are_said() -> None:
    assert "Judges decide 70 % of the result, the community's duels 30 %." in in_plain_words(BOTH)


def test_only_what_differs_from_the_proposal_is_listed() -> None:
    assert differences(JURY) == []
    told = differences(dataclasses.replace(BOTH, ai_rule=AiRule.ALLOWED, entries_per_account=3))
    assert [(one.field, one.proposed, one.here) for one in told] == [
        ("ai_rule", "disclosed", "allowed"),
        ("entries_per_account", 1, 3),
    ]
