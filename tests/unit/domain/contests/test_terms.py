"""Terms: by hash, in plain words, and against what this hub proposes."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from typing import Any

import pytest

from remixhub.domain.contests.judging import Normalisation, RubricInvalid
from remixhub.domain.contests.standings import TieBreak
from remixhub.domain.contests.terms import (
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
from remixhub.domain.licences.terms import Licence

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
    assert list(refused.value.violations) == [where]


@pytest.mark.parametrize(
    "terms",
    [
        dataclasses.replace(JURY, entries_per_account=10),
        dataclasses.replace(BOTH, vote_share_percent=1),
        dataclasses.replace(BOTH, vote_share_percent=99),
        ContestTerms(vote=VoteKind.SCORES, vote_share_percent=100),
        dataclasses.replace(JURY, exclusivity=Exclusivity.EXCLUSIVE, release_by=dt.date(2999, 12, 31)),
        dataclasses.replace(JURY, exclusivity=Exclusivity.FIRST_OFFER, tie_breaks=()),
    ],
)
def test_terms_at_their_limits_can_be(terms: ContestTerms) -> None:
    check_terms(terms)


def test_a_jury_needs_a_rubric_that_can_be_used() -> None:
    with pytest.raises(RubricInvalid):
        check_terms(ContestTerms(rubric=({"key": "craft"},)))


def test_terms_with_every_field_are_dumped_as_json_and_come_back() -> None:
    terms = ContestTerms(
        text="Grüße", prizes=("A synth",), licence=Licence.BY, eligibility="Over 18", release_by=dt.date(2027, 1, 31),
        exclusivity=Exclusivity.FIRST_OFFER, ai_rule=AiRule.ALLOWED, entries_per_account=2, sealing=Sealing.HOST,
        needs_own_stems=True, rubric=RUBRIC, normalisation=Normalisation.RANK, are_judges_named=False,
        vote=VoteKind.DUELS, vote_share_percent=30, tie_breaks=(TieBreak.LOT,),
    )  # fmt: skip
    assert terms.dump() == {
        "text": "Grüße", "prizes": ["A synth"], "licence": "cc-by-4.0", "eligibility": "Over 18",
        "exclusivity": "first_offer", "release_by": "2027-01-31", "ai_rule": "allowed", "entries_per_account": 2,
        "sealing": "host", "needs_own_stems": True, "rubric": list(RUBRIC), "normalisation": "rank",
        "are_judges_named": False, "vote": "duels", "vote_share_percent": 30, "tie_breaks": ["lot"],
    }  # fmt: skip
    back = ContestTerms.parse(terms.dump())
    assert back == terms
    words = (
        back.licence,
        back.exclusivity,
        back.ai_rule,
        back.sealing,
        back.normalisation,
        back.vote,
        *back.tie_breaks,
    )
    assert [type(one) for one in words] == [Licence, Exclusivity, AiRule, Sealing, Normalisation, VoteKind, TieBreak]


def test_terms_without_a_licence_do_not_speak_of_it() -> None:
    assert "licence" not in JURY.dump()
    assert ContestTerms.parse({**JURY.dump(), "licence": None}).licence is None
    assert ContestTerms.parse(JURY.dump()) == JURY
    with pytest.raises(ContestTermsInvalid):
        ContestTerms.parse(ContestTerms().dump())


def test_the_hash_is_over_compact_json_so_that_those_that_are_stored_stay_good() -> None:
    written = (
        '{"ai_rule":"disclosed","are_judges_named":true,"eligibility":"","entries_per_account":1,"exclusivity":"none",'
        '"needs_own_stems":false,"normalisation":"z_score","prizes":["Möbel"],"release_by":null,"rubric":[],'
        '"sealing":"sealed","text":"","tie_breaks":["jury","votes","earliest","lot"],"vote":"none","vote_share_percent":0}'
    )
    assert ContestTerms(prizes=("Möbel",)).sha256() == hashlib.sha256(written.encode()).hexdigest()


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
    assert "Judges decide." in in_plain_words(JURY)
    scores = in_plain_words(ContestTerms(vote=VoteKind.SCORES, vote_share_percent=100))
    assert "The community decides by scores." in scores
    assert not any("core sheets" in sentence for sentence in scores)


def sentence_with(words: str, terms: ContestTerms) -> str | None:
    return next((sentence for sentence in in_plain_words(terms) if words in sentence), None)


def test_sentences_come_only_where_there_is_something_to_say() -> None:
    bare = dataclasses.replace(JURY, tie_breaks=())
    assert len(in_plain_words(bare)) == 8
    for change, words in (
        ({"licence": Licence.BY}, "under CC BY 4.0,"),
        ({"release_by": dt.date(2027, 1, 31)}, "free of the host's claims"),
        ({"needs_own_stems": True}, "stems of its own"),
        ({"tie_breaks": (TieBreak.LOT,)}, "Ties are broken by"),
    ):
        assert sentence_with(words, bare) is None
        changed = dataclasses.replace(bare, **change)  # type: ignore[arg-type]
        assert sentence_with(words, changed) is not None
        assert len(in_plain_words(changed)) == 9
    exclusive = dataclasses.replace(bare, exclusivity=Exclusivity.EXCLUSIVE, release_by=dt.date(2027, 1, 31))
    assert sentence_with("free of the host's claims", exclusive) is None


def test_ties_are_said_in_their_order() -> None:
    told = sentence_with("Ties", dataclasses.replace(JURY, tie_breaks=(TieBreak.LOT, TieBreak.EARLIEST)))
    assert told == "Ties are broken by a lot that nobody can steer, then who entered first."


def test_entries_can_be_known_where_they_are_not_sealed() -> None:
    sealed = sentence_with("score sheets", JURY)
    assert sealed == "Judges hear entries without names; their score sheets are published with their names."
    for sealing in (Sealing.HOST, Sealing.PUBLIC):
        told = sentence_with("score sheets", dataclasses.replace(JURY, sealing=sealing))
        assert told != sealed
        assert told is not None
        assert told.endswith("; their score sheets are published with their names.")


def test_a_day_is_named_where_exclusivity_ends_on_one() -> None:
    assert in_plain_words(JURY)[2] == in_plain_words(dataclasses.replace(JURY, release_by=dt.date(2027, 1, 31)))[2]


def test_only_what_differs_from_the_proposal_is_listed() -> None:
    assert differences(JURY) == []
    own = dataclasses.replace(BOTH, licence=Licence.BY, prizes=("A synth",))
    assert differences(own) == []
    assert differences(ContestTerms()) == []
    told = differences(dataclasses.replace(BOTH, ai_rule=AiRule.ALLOWED, entries_per_account=3))
    assert [(one.field, one.proposed, one.here) for one in told] == [
        ("ai_rule", "disclosed", "allowed"),
        ("entries_per_account", 1, 3),
    ]
