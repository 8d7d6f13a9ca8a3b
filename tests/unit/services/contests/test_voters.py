"""Who may vote, when, and in which way."""

from __future__ import annotations

import datetime as dt

import pytest

from remixhub.domain.access import VISITOR
from remixhub.domain.contests.entries import VoterNotEligible
from remixhub.domain.contests.phases import ContestDeadlineOver, ContestPhaseWrong, Phase
from remixhub.domain.errors import Unauthenticated
from remixhub.models import (
    Account,
    ContestBallot,
    ContestJudge,
    DuelOffer,
    now,
)
from remixhub.services.contests import duel_offers, voting
from remixhub.services.contests.voters import VoteOfAnotherKind
from tests.unit.rows import actor_of
from tests.unit.services.contests.conftest import BOTH, DUELS, HOME, JURY, SCORES, Stage

MILLISECOND = dt.timedelta(milliseconds=1)


def test_an_address_verified_before_the_opening_may_vote(stage: Stage, voter: Account) -> None:
    contest = stage.contest()
    stage.entries(contest, 2)
    stage.rows.change(Account, Account.id == voter.id, email_verified_at=contest.opens_at - MILLISECOND)
    assert stage.offered(voter, contest).left_id is not None


@pytest.mark.parametrize("late", [dt.timedelta(), MILLISECOND, dt.timedelta(hours=1)], ids=str)
def test_an_address_verified_at_the_opening_or_later_may_not_vote(
    stage: Stage, voter: Account, late: dt.timedelta
) -> None:
    contest = stage.contest()
    stage.entries(contest, 2)
    stage.rows.change(Account, Account.id == voter.id, email_verified_at=contest.opens_at + late)
    with pytest.raises(VoterNotEligible):
        stage.offered(voter, contest)


def test_an_address_that_was_never_verified_may_not_vote(stage: Stage, voter: Account) -> None:
    contest = stage.contest()
    stage.entries(contest, 2)
    stage.rows.change(Account, Account.id == voter.id, email_verified_at=None)
    with pytest.raises(VoterNotEligible):
        stage.offered(voter, contest)


def test_the_rule_stands_before_every_way_to_vote(stage: Stage, voter: Account) -> None:
    duels, scores = stage.contest(DUELS), stage.contest(SCORES)
    left, right = stage.entries(duels, 2)
    scored = stage.entry(scores, stage.rows.account("other"))
    stage.hear(voter, duels, left, right)
    stage.hear(voter, scores, scored)
    stage.rows.add(DuelOffer(contest_id=duels.id, account_id=voter.id, left_id=left.id, right_id=right.id))
    stage.rows.change(Account, Account.id == voter.id, email_verified_at=now(-60))
    actor, parts = actor_of(voter), stage.parts
    with pytest.raises(VoterNotEligible):
        stage.answered(voter, duels, left, right)
    with pytest.raises(VoterNotEligible):
        voting.give_score(actor, parts, scores.id, scored.id, 5, HOME)
    with parts.database.reading() as session, pytest.raises(VoterNotEligible):
        voting.to_score(session, actor, scores)
    assert stage.rows.all(ContestBallot) == []


def test_judges_do_not_vote(stage: Stage, voter: Account) -> None:
    contest = stage.contest(BOTH, Phase.VOTING_AND_JUDGING)
    stage.entries(contest, 2)
    stage.rows.add(ContestJudge(contest_id=contest.id, account_id=voter.id))
    with pytest.raises(VoterNotEligible):
        stage.offered(voter, contest)


def test_a_visitor_does_not_vote(stage: Stage) -> None:
    contest = stage.contest()
    with pytest.raises(Unauthenticated):
        duel_offers.offer_duel(VISITOR, stage.parts, contest.id)
    with pytest.raises(Unauthenticated):
        voting.beat(VISITOR, stage.parts, contest.id, "entry")


def test_a_contest_votes_in_its_own_way_alone(stage: Stage, voter: Account) -> None:
    actor, parts = actor_of(voter), stage.parts
    for terms, phase in ((SCORES, Phase.VOTING), (JURY, Phase.JUDGING)):
        with pytest.raises(VoteOfAnotherKind):
            duel_offers.offer_duel(actor, parts, stage.contest(terms, phase).id)
    for terms, phase in ((DUELS, Phase.VOTING), (JURY, Phase.JUDGING)):
        contest = stage.contest(terms, phase)
        with parts.database.reading() as session, pytest.raises(VoteOfAnotherKind):
            voting.to_score(session, actor, contest)


@pytest.mark.parametrize(
    ("phase", "error"),
    [
        (Phase.ANNOUNCED, ContestPhaseWrong),
        (Phase.OPEN, ContestPhaseWrong),
        (Phase.JUDGING, ContestDeadlineOver),
        (Phase.COUNTING, ContestDeadlineOver),
    ],
)
def test_votes_and_hearing_have_their_time(
    stage: Stage, voter: Account, phase: Phase, error: type[ContestPhaseWrong]
) -> None:
    contest = stage.contest(BOTH, phase)
    entry, _ = stage.entries(contest, 2)
    with pytest.raises(error):
        stage.offered(voter, contest)
    with pytest.raises(error):
        voting.beat(actor_of(voter), stage.parts, contest.id, entry.id)
