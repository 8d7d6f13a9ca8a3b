"""The decision: once, from the log alone, and public when no embargo holds it back."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

import pytest

from remixhub.domain.access import VISITOR
from remixhub.domain.contests.coverage import JuryIncomplete, Ruling
from remixhub.domain.contests.entries import EntryState
from remixhub.domain.contests.export import result_sha256
from remixhub.domain.contests.labels import LabelMembersOnly, LabelRole
from remixhub.domain.contests.log import LogKind, first_fault
from remixhub.domain.contests.phases import ContestPhaseWrong, ContestState, Phase
from remixhub.domain.states import WorkState
from remixhub.models import Account, Contest, ContestEntry, Work, now
from remixhub.services.contests import decisions, entries, judges, judging, voting
from remixhub.services.contests.rulings import rule_on
from tests.unit.rows import actor_of
from tests.unit.services.contests.conftest import HOME, JURY, SCORES, Stage

GOOD, FAIR = {"craft": 10, "idea": 5}, {"craft": 5, "idea": 2.5}


def entered(stage: Stage, contest: Contest, *handles: str) -> dict[str, str]:
    """The ids of their entries."""
    found = {}
    for handle in handles:
        by = stage.rows.account(handle)
        receipt = entries.submit(actor_of(by), stage.parts, contest.id, stage.remix(by).id)
        found[handle] = str(receipt.entry_id)
    return found


def judged(stage: Stage, judge: Account, contest: Contest, given: dict[str, dict[str, float]]) -> None:
    for entry_id, scores in given.items():
        judging.score(actor_of(judge), stage.parts, contest.id, entry_id, scores)


def decided(stage: Stage, contest: Contest) -> Contest:
    stage.move(contest, Phase.COUNTING)
    decisions.decide(actor_of(stage.host), stage.parts, contest.id)
    return stage.rows.one(Contest, Contest.id == contest.id)


def points(contest: Contest) -> dict[str, Decimal]:
    assert contest.result is not None
    return {line["entry_id"]: Decimal(line["points"]) for line in contest.result["standings"]}


@pytest.fixture
def judged_contest(stage: Stage) -> tuple[Contest, dict[str, str], Account, Account]:
    """Two judges who found the entry of `ann` good and that of `ben` fair."""
    contest = stage.contest(JURY, Phase.OPEN)
    found = entered(stage, contest, "ann", "ben")
    judges = stage.judge(contest, "one"), stage.judge(contest, "other")
    stage.move(contest, Phase.JUDGING)
    for judge in judges:
        judged(stage, judge, contest, {found["ann"]: GOOD, found["ben"]: FAIR})
    return contest, found, *judges


def test_the_result_is_computed_from_the_log_and_closed_into_it(
    stage: Stage, judged_contest: tuple[Contest, dict[str, str], Account, Account]
) -> None:
    contest, found, *_ = judged_contest
    contest = decided(stage, contest)
    assert contest.state is ContestState.DECIDED
    assert contest.decided_at is not None
    assert points(contest) == {found["ann"]: 1, found["ben"]: Decimal("0.5")}
    assert contest.result is not None
    assert contest.result["missing_scores"] == []
    with stage.parts.database.reading() as session:
        lines = decisions.log_lines(session, contest.id)
    assert first_fault(lines) is None
    assert [line.record["kind"] for line in lines[-4:]] == [LogKind.DUE, LogKind.DUE, LogKind.NAMES, LogKind.DECIDED]
    assert lines[-1].record["result_sha256"] == result_sha256(contest.result)
    assert contest.log_head == lines[-1].sha256


@pytest.mark.parametrize("phase", [Phase.OPEN, Phase.JUDGING])
def test_it_is_decided_when_all_ballots_are_in(stage: Stage, phase: Phase) -> None:
    contest = stage.contest(JURY, phase)
    with pytest.raises(ContestPhaseWrong):
        decisions.decide(actor_of(stage.host), stage.parts, contest.id)


def test_it_is_decided_once_and_by_the_host(
    stage: Stage, judged_contest: tuple[Contest, dict[str, str], Account, Account]
) -> None:
    contest, _, judge, _ = judged_contest
    stage.move(contest, Phase.COUNTING)
    member = stage.rows.account("member")
    stage.member(member, LabelRole.JUDGE)
    for account in (judge, member):
        with pytest.raises(LabelMembersOnly):
            decisions.decide(actor_of(account), stage.parts, contest.id)
    head = decided(stage, contest).log_head
    with pytest.raises(ContestPhaseWrong):
        decided(stage, contest)
    assert stage.rows.one(Contest).log_head == head


@pytest.mark.parametrize("state", [WorkState.WITHDRAWN, WorkState.TAKEN_DOWN])
def test_what_is_gone_since_it_was_entered_does_not_count_and_the_log_says_so(
    stage: Stage, judged_contest: tuple[Contest, dict[str, str], Account, Account], state: WorkState
) -> None:
    contest, found, *_ = judged_contest
    gone = stage.rows.one(ContestEntry, ContestEntry.id == found["ann"])
    stage.rows.change(Work, Work.id == gone.work_id, state=state)
    contest = decided(stage, contest)
    assert points(contest) == {found["ben"]: Decimal("0.5")}
    entry = stage.rows.one(ContestEntry, ContestEntry.id == found["ann"])
    assert entry.state is EntryState.RULED_OUT
    (line,) = stage.log(contest, LogKind.ENTRY_OUT)
    assert (line["entry"], line["by"]) == (entry.id, "system")
    assert state.replace("_", " ") in line["reason"]
    assert contest.result is not None
    assert contest.result["entries_out"] == {entry.id: line["reason"]}


def test_an_entry_ruled_out_is_in_no_standings(
    stage: Stage, judged_contest: tuple[Contest, dict[str, str], Account, Account]
) -> None:
    contest, found, *_ = judged_contest
    entries.rule_out(actor_of(stage.host), stage.parts, found["ann"], "because")
    assert list(points(decided(stage, contest))) == [found["ben"]]


def test_scores_of_a_judge_who_was_removed_or_is_too_near_do_not_count(
    stage: Stage, judged_contest: tuple[Contest, dict[str, str], Account, Account]
) -> None:
    contest, found, one, other = judged_contest
    judged(stage, one, contest, {found["ann"]: FAIR})
    judged(stage, other, contest, {found["ben"]: GOOD})
    judging.declare_conflict(actor_of(one), stage.parts, contest.id, found["ann"], "a friend")
    judges.remove_judge(actor_of(stage.host), stage.parts, contest.id, "other", "fell ill")
    stage.move(contest, Phase.COUNTING)
    rule_on(actor_of(stage.host), stage.parts, contest.id, [found["ann"]], Ruling.UNPLACED, "nobody is left")
    contest = decided(stage, contest)
    assert points(contest) == {found["ben"]: Decimal("0.5")}
    assert contest.result is not None
    assert list(contest.result["judges_out"].values()) == ["fell ill"]


def test_one_missing_sheet_decides_nothing(stage: Stage) -> None:
    contest = stage.contest(JURY, Phase.OPEN)
    found = entered(stage, contest, "ann", "ben")
    judge = stage.judge(contest, "one")
    stage.move(contest, Phase.JUDGING)
    judged(stage, judge, contest, {found["ann"]: FAIR})
    with pytest.raises(JuryIncomplete) as refused:
        decided(stage, contest)
    assert refused.value.context["entries"] == [{"entry_id": found["ben"], "scored": 0, "needed": 1}]
    contest = stage.rows.one(Contest, Contest.id == contest.id)
    assert (contest.state, stage.log(contest, LogKind.DUE)) == (ContestState.ANNOUNCED, [])


def test_a_jury_that_is_too_near_to_an_entry_does_not_put_it_last(stage: Stage) -> None:
    contest = stage.contest(JURY, Phase.OPEN)
    found = entered(stage, contest, "ann", "ben")
    judge = stage.judge(contest, "one")
    stage.move(contest, Phase.JUDGING)
    judged(stage, judge, contest, {found["ann"]: FAIR})
    judging.declare_conflict(actor_of(judge), stage.parts, contest.id, found["ben"], "a friend")
    with pytest.raises(JuryIncomplete):
        decided(stage, contest)


def test_excluded_ballots_are_in_the_raw_standings_alone(stage: Stage) -> None:
    contest = stage.contest(SCORES, Phase.OPEN)
    found = entered(stage, contest, "ann", "ben")
    stage.move(contest, Phase.VOTING)
    ballots = []
    for number in range(6):
        voter = stage.rows.account(f"voter{number}")
        for handle, score in (("ann", 10), ("ben", 5)):
            entry = stage.rows.one(ContestEntry, ContestEntry.id == found[handle])
            stage.hear(voter, contest, entry)
            ballots.append(voting.give_score(actor_of(voter), stage.parts, contest.id, entry.id, score, HOME))
    excluded = [one.id for one in ballots if one.favoured_id == found["ann"]]
    host = actor_of(stage.host)
    voting.review_ballots(host, stage.parts, contest.id, excluded, exclude=True, reason="one room")
    contest = decided(stage, contest)
    assert contest.result is not None
    assert (contest.result["ballots_cast"], contest.result["ballots_counted"]) == (12, 6)
    assert contest.result["ballots_excluded"] == dict.fromkeys(excluded, "one room")
    tallies = [
        {line["entry_id"]: line["tally"]["scores"] for line in contest.result[name]}
        for name in ("standings", "raw_standings")
    ]
    assert tallies == [{found["ann"]: 0, found["ben"]: 6}, {found["ann"]: 6, found["ben"]: 6}]
    assert contest.result["raw_standings"][0]["entry_id"] == found["ann"]


# When it is public


def test_an_embargo_holds_the_result_back_from_all_but_the_host(
    stage: Stage, judged_contest: tuple[Contest, dict[str, str], Account, Account]
) -> None:
    contest, found, *_ = judged_contest
    with pytest.raises(ContestPhaseWrong):
        decisions.get_result(VISITOR, stage.parts, contest.id)
    decided(stage, contest)
    stage.rows.change(Contest, embargo_until=now(60))
    entrant = actor_of(stage.rows.one(Account, Account.handle == "ann"))
    for actor in (VISITOR, entrant):
        with pytest.raises(ContestPhaseWrong):
            decisions.get_result(actor, stage.parts, contest.id)
        with pytest.raises(ContestPhaseWrong):
            decisions.export(actor, stage.parts, contest.id)
    assert decisions.get_result(actor_of(stage.host), stage.parts, contest.id).result
    stage.rows.change(Contest, embargo_until=now(-1))
    published = decisions.get_result(VISITOR, stage.parts, contest.id)
    assert [winner.entry_id for winner in published.winners] == [found["ann"]]


@pytest.mark.parametrize(("named", "judges"), [(True, {"One", "Other"}), (False, {"Judge 1", "Judge 2"})])
def test_score_sheets_bear_names_only_where_the_terms_say_so(stage: Stage, named: bool, judges: set[str]) -> None:
    contest = stage.contest(dataclasses.replace(JURY, are_judges_named=named), Phase.OPEN)
    found = entered(stage, contest, "ann")
    panel = [stage.judge(contest, "one"), stage.judge(contest, "other")]
    stage.move(contest, Phase.JUDGING)
    for judge in panel:
        judged(stage, judge, contest, {found["ann"]: GOOD})
    decided(stage, contest)
    published = decisions.get_result(VISITOR, stage.parts, contest.id)
    assert {sheet.judge for sheet in published.score_sheets} == judges


def test_the_export_of_a_contest_is_the_same_each_time(
    stage: Stage, judged_contest: tuple[Contest, dict[str, str], Account, Account]
) -> None:
    contest, *_ = judged_contest
    decided(stage, contest)
    first, second = (decisions.export(VISITOR, stage.parts, contest.id) for _ in range(2))
    assert first == second


def test_sheets_that_do_not_count_are_published_as_such(
    stage: Stage, judged_contest: tuple[Contest, dict[str, str], Account, Account]
) -> None:
    contest, found, one, _ = judged_contest
    stage.move(contest, Phase.JUDGING)
    judging.declare_conflict(actor_of(one), stage.parts, contest.id, found["ann"], "a friend")
    decided(stage, contest)
    published = decisions.get_result(VISITOR, stage.parts, contest.id)
    set_aside = [(sheet.judge, sheet.entry_id) for sheet in published.score_sheets if not sheet.counts]
    assert set_aside == [("One", found["ann"])]
    assert len(published.score_sheets) > 1
