"""Duels and scores: each answer is given once, and kept with where it came from."""

from __future__ import annotations

import pytest

from remixhub.domain.contests.entries import BallotState, BallotTwice, EntryState, VoterNotEligible
from remixhub.domain.contests.judging import BallotOutsideRubric
from remixhub.domain.contests.labels import LabelMembersOnly, LabelRole
from remixhub.domain.contests.log import LogKind
from remixhub.domain.errors import NotFound
from remixhub.models import (
    Account,
    ContestBallot,
    ContestEntry,
    DuelOffer,
)
from remixhub.services.contests import screening, voting
from remixhub.services.contests.duel_offers import Offer
from remixhub.services.contests.voting import DuelNotOffered, Whence
from tests.unit.rows import actor_of
from tests.unit.services.contests.conftest import HOME, SCORES, Stage

# Duels


def test_what_is_asked_does_not_depend_on_who_else_answered_or_where(stage: Stage, voter: Account) -> None:
    here, away = stage.contest(), stage.contest()
    entrants = [stage.rows.account(handle) for handle in ("ann", "ben")]
    for contest in (here, away):
        left, right = (stage.entry(contest, by) for by in entrants)
        stage.hear(voter, contest, left, right)
        stage.offered(voter, contest)
        stage.answered(voter, contest, left, right)
        assert stage.offered(voter, contest) == Offer(None, None, 1)
    neighbour = stage.rows.account("neighbour")
    assert stage.offered(neighbour, here).answered == 0


def test_a_duel_waits_until_it_is_answered(stage: Stage, voter: Account) -> None:
    contest = stage.contest()
    stage.entries(contest, 4)
    assert stage.offered(voter, contest) == stage.offered(voter, contest)
    assert len(stage.rows.all(DuelOffer)) == 1


def test_an_answered_duel_gives_place_to_the_next_until_there_is_none(stage: Stage, voter: Account) -> None:
    contest = stage.contest()
    by_id = {entry.id: entry for entry in stage.entries(contest, 3)}
    stage.hear(voter, contest, *by_id.values())
    pairs = set()
    for number in range(3):
        duel = stage.offered(voter, contest)
        assert duel.answered == number
        assert duel.left_id is not None
        assert duel.right_id is not None
        pairs.add(frozenset((duel.left_id, duel.right_id)))
        stage.answered(voter, contest, by_id[duel.left_id], by_id[duel.right_id])
    assert len(pairs) == 3
    assert stage.offered(voter, contest) == Offer(None, None, 3)


def test_only_the_duel_that_was_offered_can_be_answered(stage: Stage, voter: Account) -> None:
    contest = stage.contest()
    entries = stage.entries(contest, 3)
    stage.hear(voter, contest, *entries)
    with pytest.raises(DuelNotOffered):
        stage.answered(voter, contest, entries[0], entries[1])
    duel = stage.offered(voter, contest)
    missing = next(entry for entry in entries if entry.id not in (duel.left_id, duel.right_id))
    present = next(entry for entry in entries if entry.id == duel.left_id)
    with pytest.raises(DuelNotOffered):
        stage.answered(voter, contest, present, missing)


def test_a_pair_is_answered_once_in_either_order(stage: Stage, voter: Account) -> None:
    contest = stage.contest()
    left, right = stage.entries(contest, 2)
    stage.hear(voter, contest, left, right)
    stage.offered(voter, contest)
    stage.answered(voter, contest, left, right)
    for favoured, other in ((left, right), (right, left)):
        with pytest.raises(BallotTwice):
            stage.answered(voter, contest, favoured, other)
    assert len(stage.rows.all(ContestBallot)) == 1


def test_an_offer_with_an_entry_that_left_is_dealt_anew(stage: Stage, voter: Account) -> None:
    contest = stage.contest()
    entries = stage.entries(contest, 3)
    duel = stage.offered(voter, contest)
    stage.rows.change(ContestEntry, ContestEntry.id == duel.left_id, state=EntryState.RULED_OUT)
    anew = stage.offered(voter, contest)
    assert {anew.left_id, anew.right_id} == {entry.id for entry in entries} - {duel.left_id}


def test_nobody_is_offered_their_own_entry_or_that_of_a_label_in_common(stage: Stage, voter: Account) -> None:
    contest = stage.contest()
    colleague = stage.rows.account("colleague")
    for near in (voter, colleague):
        stage.member(near, LabelRole.JUDGE)
        stage.entry(contest, near)
    far = stage.entries(contest, 2)
    duel = stage.offered(voter, contest)
    assert {duel.left_id, duel.right_id} == {entry.id for entry in far}
    stage.hear(voter, contest, *far)
    stage.answered(voter, contest, *far)
    assert stage.offered(voter, contest) == Offer(None, None, 1)


def test_a_ballot_is_kept_with_where_it_came_from_and_logged_without_the_name(stage: Stage, voter: Account) -> None:
    contest = stage.contest()
    left, right = stage.entries(contest, 2)
    stage.hear(voter, contest, left, right)
    stage.offered(voter, contest)
    ballot = stage.answered(voter, contest, right, left)
    assert (ballot.account_id, ballot.favoured_id, ballot.against_id, ballot.score) == (
        voter.id,
        right.id,
        left.id,
        None,
    )
    assert (ballot.origin, ballot.agent, ballot.state) == ("origin", "agent", BallotState.COUNTED)
    (line,) = stage.log(contest)
    assert line == {
        "kind": LogKind.BALLOT, "ballot": ballot.id, "voter": line["voter"], "favoured": right.id, "against": left.id,
    }  # fmt: skip
    assert len(line["voter"]) == 16
    assert line["voter"] not in (voter.id, voter.handle)


# Scores


@pytest.mark.parametrize("score", [-0.5, 10.5, 3.25, 7.1])
def test_a_score_is_from_0_to_10_in_halves(stage: Stage, voter: Account, score: float) -> None:
    contest = stage.contest(SCORES)
    entry = stage.entry(contest, stage.rows.account("entrant"))
    stage.hear(voter, contest, entry)
    with pytest.raises(BallotOutsideRubric):
        voting.give_score(actor_of(voter), stage.parts, contest.id, entry.id, score, HOME)


@pytest.mark.parametrize("score", [0, 0.5, 10])
def test_an_entry_is_scored_once(stage: Stage, voter: Account, score: float) -> None:
    contest = stage.contest(SCORES)
    entry = stage.entry(contest, stage.rows.account("entrant"))
    stage.hear(voter, contest, entry)
    assert voting.give_score(actor_of(voter), stage.parts, contest.id, entry.id, score, HOME).score == score
    with pytest.raises(BallotTwice):
        voting.give_score(actor_of(voter), stage.parts, contest.id, entry.id, 7, HOME)
    assert stage.rows.one(ContestBallot).score == score
    assert [line["score"] for line in stage.log(contest, LogKind.BALLOT)] == [score]


def test_who_scores_sees_what_they_gave_themselves(stage: Stage, voter: Account) -> None:
    contest = stage.contest(SCORES)
    entry = stage.entry(contest, stage.rows.account("entrant"))
    neighbour = stage.rows.account("neighbour")
    stage.hear(voter, contest, entry)
    voting.give_score(actor_of(voter), stage.parts, contest.id, entry.id, 4, HOME)
    with stage.parts.database.reading() as session:
        assert voting.to_score(session, actor_of(voter), contest) == {entry.id: 4}
        assert voting.to_score(session, actor_of(neighbour), contest) == {entry.id: None}


def test_nobody_scores_their_own_entry(stage: Stage, voter: Account) -> None:
    contest = stage.contest(SCORES)
    mine, theirs = stage.entry(contest, voter), stage.entry(contest, stage.rows.account("entrant"))
    stage.hear(voter, contest, mine, theirs)
    with pytest.raises(VoterNotEligible):
        voting.give_score(actor_of(voter), stage.parts, contest.id, mine.id, 10, HOME)
    voting.give_score(actor_of(voter), stage.parts, contest.id, theirs.id, 2.5, HOME)
    with stage.parts.database.reading() as session:
        assert voting.to_score(session, actor_of(voter), contest) == {theirs.id: 2.5}


def test_voters_hear_the_entries_in_orders_of_their_own(stage: Stage) -> None:
    contest = stage.contest(SCORES)
    entries = {entry.id for entry in stage.entries(contest, 8)}
    voters = [stage.rows.account(f"voter{number}") for number in range(4)]
    with stage.parts.database.reading() as session:
        orders = [tuple(voting.to_score(session, actor_of(one), contest)) for one in voters]
    assert all(set(order) == entries for order in orders)
    assert len(set(orders)) > 1


# Where ballots come from


def test_a_network_is_known_by_a_hash_of_its_first_digits(stage: Stage) -> None:
    def origin(address: str, contest_id: str = "c") -> str:
        return voting.whence(stage.parts, contest_id, address, "").origin

    assert origin("192.0.2.1") == origin("192.0.2.254") != origin("192.0.3.1")
    assert origin("2001:db8:1::1") == origin("2001:db8:1:ffff::2") != origin("2001:db8:2::1")
    assert origin("192.0.2.1") != origin("192.0.2.1", "another contest")
    assert len(origin("192.0.2.1")) == 64
    assert voting.whence(stage.parts, "c", "no address", "") == Whence("", "")
    assert len(voting.whence(stage.parts, "c", "", "Mozilla").agent) == 64
    devices = [voting.whence(stage.parts, contest, "", "", "one device").device for contest in "ccd"]
    assert devices[0] == devices[1] != devices[2], "the same device, in one contest"
    assert "one device" not in devices[0]


# What the host reviews


def test_excluded_ballots_stay_and_can_count_again(stage: Stage, voter: Account) -> None:
    contest = stage.contest(SCORES)
    entry = stage.entry(contest, stage.rows.account("entrant"))
    stage.hear(voter, contest, entry)
    ballot = voting.give_score(actor_of(voter), stage.parts, contest.id, entry.id, 5, HOME)
    host, ids = actor_of(stage.host), [ballot.id]
    assert voting.review_ballots(host, stage.parts, contest.id, ids, exclude=True, reason="one room") == 1
    kept = stage.rows.one(ContestBallot)
    assert (kept.state, kept.review_note, kept.reviewed_by_id) == (BallotState.EXCLUDED, "one room", stage.host.id)
    assert voting.review_ballots(host, stage.parts, contest.id, ids, exclude=True, reason="again") == 0
    assert voting.review_ballots(host, stage.parts, contest.id, ids, exclude=False, reason="sorry") == 1
    assert stage.rows.one(ContestBallot).state is BallotState.COUNTED
    out, back = stage.log(contest, LogKind.BALLOT_OUT, LogKind.BALLOT_BACK)
    assert (out["kind"], out["ballot"], out["reason"]) == (LogKind.BALLOT_OUT, ballot.id, "one room")
    assert (back["kind"], back["reason"]) == (LogKind.BALLOT_BACK, "sorry")


def test_only_hosts_review_ballots_and_only_those_of_their_contest(stage: Stage, voter: Account) -> None:
    contest, other = stage.contest(SCORES), stage.contest(SCORES)
    entry = stage.entry(other, stage.rows.account("entrant"))
    stage.hear(voter, other, entry)
    foreign = voting.give_score(actor_of(voter), stage.parts, other.id, entry.id, 5, HOME)
    judge = stage.rows.account("judge")
    stage.member(judge, LabelRole.JUDGE)
    for account in (voter, judge):
        with pytest.raises(LabelMembersOnly):
            voting.review_ballots(actor_of(account), stage.parts, other.id, [foreign.id], exclude=True, reason="")
        with pytest.raises(LabelMembersOnly):
            screening.get_screening(actor_of(account), stage.parts, other.id)
        with pytest.raises(LabelMembersOnly):
            screening.order_now(actor_of(account), stage.parts, other.id)
    with pytest.raises(NotFound):
        voting.review_ballots(actor_of(stage.host), stage.parts, contest.id, [foreign.id], exclude=True, reason="")
    assert stage.rows.one(ContestBallot).state is BallotState.COUNTED
    assert screening.get_screening(actor_of(stage.host), stage.parts, other.id).flags == []
