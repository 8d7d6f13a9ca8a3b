"""The judge's desk: what judges hear, when, and what of it counts."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from remixhub.domain.contests.entries import EntryNotFound, EntryState
from remixhub.domain.contests.judging import BallotOutsideRubric
from remixhub.domain.contests.labels import LabelMembersOnly, LabelRole
from remixhub.domain.contests.log import LogKind
from remixhub.domain.contests.phases import ContestDeadlineOver, ContestPhaseWrong, Phase
from remixhub.domain.states import WorkState
from remixhub.models import Account, Contest, ContestEntry, JudgeConflict, JudgeScores, SourceLink, Work
from remixhub.services.contests import judging, rulings
from remixhub.services.contests.conflicts import COLLABORATOR, OWN, SAME_LABEL, conflicts
from remixhub.services.contests.judging import JudgeConflicted, JudgesOnly
from remixhub.services.contests.juries import jury_of
from tests.unit.rows import actor_of
from tests.unit.services.contests.conftest import BOTH, JURY, Stage

FULL = {"craft": 10, "idea": 5}


def score(stage: Stage, judge: Account, entry: ContestEntry, scores: object = FULL, **facts: Any) -> JudgeScores:
    return judging.score(actor_of(judge), stage.parts, entry.contest_id, entry.id, scores, **facts)


def near(stage: Stage, contest: Contest, account: Account) -> dict[str, str]:
    with stage.parts.database.reading() as session:
        return conflicts(session, contest, [account.id])[account.id]


def missing(stage: Stage, contest: Contest) -> dict[str, int]:
    with stage.parts.database.reading() as session:
        jury = jury_of(session, contest)
        return {judge: len(jury.missing_of(judge)) for judge in jury.handles}


# The desk


@pytest.mark.parametrize("phase", [Phase.ANNOUNCED, Phase.OPEN])
def test_judges_hear_all_entries_or_none(stage: Stage, phase: Phase) -> None:
    contest = stage.contest(JURY, phase)
    judge = stage.judge(contest, "judge")
    with pytest.raises(ContestPhaseWrong):
        judging.desk(actor_of(judge), stage.parts, contest.id)


@pytest.mark.parametrize(
    ("phase", "is_open"),
    [(Phase.VOTING, False), (Phase.JUDGING, True), (Phase.VOTING_AND_JUDGING, True), (Phase.COUNTING, False)],
)
def test_the_desk_is_open_while_the_judges_listen(stage: Stage, phase: Phase, is_open: bool) -> None:
    contest = stage.contest(BOTH, phase)
    judge = stage.judge(contest, "judge")
    stage.entries(contest, 2)
    desk = judging.desk(actor_of(judge), stage.parts, contest.id)
    assert (desk.is_open, [entry.number for entry in desk.entries]) == (is_open, [1, 2])


def test_the_desk_is_for_judges_alone_not_even_for_the_host(stage: Stage) -> None:
    contest = stage.contest(JURY, Phase.JUDGING)
    (entry,) = stage.entries(contest, 1)
    member = stage.rows.account("member")
    stage.member(member, LabelRole.JUDGE)
    for account in (stage.host, member):
        with pytest.raises(JudgesOnly):
            judging.desk(actor_of(account), stage.parts, contest.id)
        with pytest.raises(JudgesOnly):
            score(stage, account, entry)


def test_each_judge_sees_their_own_scores_in_an_order_of_their_own(stage: Stage) -> None:
    contest = stage.contest(JURY, Phase.JUDGING)
    entries = stage.entries(contest, 6)
    one, other = stage.judge(contest, "one"), stage.judge(contest, "other")
    score(stage, one, entries[0], note="loud")
    desks = [judging.desk(actor_of(judge), stage.parts, contest.id) for judge in (one, other)]
    orders = [[entry.id for entry in desk.entries] for desk in desks]
    assert sorted(orders[0]) == sorted(orders[1]) == sorted(entry.id for entry in entries)
    assert orders[0] != orders[1]
    given = [{entry.id: (entry.scores, entry.note) for entry in desk.entries} for desk in desks]
    assert given[0][entries[0].id] == ({"craft": 10.0, "idea": 5.0}, "loud")
    assert given[1][entries[0].id] == (None, "")


# Scores


@pytest.mark.parametrize(
    ("phase", "error"),
    [(Phase.OPEN, ContestPhaseWrong), (Phase.VOTING, ContestDeadlineOver), (Phase.COUNTING, ContestDeadlineOver)],
)
def test_scores_have_their_time(stage: Stage, phase: Phase, error: type[ContestPhaseWrong]) -> None:
    contest = stage.contest(BOTH, phase)
    judge = stage.judge(contest, "judge")
    (entry,) = stage.entries(contest, 1)
    with pytest.raises(error):
        score(stage, judge, entry)
    with pytest.raises(error):
        judging.declare_conflict(actor_of(judge), stage.parts, contest.id, entry.id, "a friend")


@pytest.mark.parametrize(
    "scores",
    [
        {},
        {"craft": 10},
        {**FULL, "charm": 1},
        {**FULL, "idea": 5.5},
        {**FULL, "craft": 7.25},
        {**FULL, "craft": -1},
        [],
    ],
)
def test_a_ballot_outside_the_rubric_is_refused(stage: Stage, scores: object) -> None:
    contest = stage.contest(JURY, Phase.JUDGING)
    judge = stage.judge(contest, "judge")
    (entry,) = stage.entries(contest, 1)
    with pytest.raises(BallotOutsideRubric):
        score(stage, judge, entry, scores)
    assert stage.rows.all(JudgeScores) == []


def test_a_later_ballot_takes_the_place_of_the_earlier_and_the_log_has_both(stage: Stage) -> None:
    contest = stage.contest(JURY, Phase.JUDGING)
    judge = stage.judge(contest, "judge")
    (entry,) = stage.entries(contest, 1)
    score(stage, judge, entry, {"craft": 1, "idea": 0.5}, note="quiet")
    score(stage, judge, entry, {"craft": 2, "idea": 3})
    row = stage.rows.one(JudgeScores)
    assert (row.scores, row.note) == ({"craft": 2.0, "idea": 3.0}, "")
    lines = stage.log(contest, LogKind.SCORES)
    assert [line["scores"]["craft"] for line in lines] == [1.0, 2.0]
    assert lines[0]["judge"] == lines[1]["judge"] != judge.id


@pytest.mark.parametrize("state", [EntryState.WITHDRAWN, EntryState.RULED_OUT])
def test_an_entry_that_does_not_count_is_not_scored(stage: Stage, state: EntryState) -> None:
    contest = stage.contest(JURY, Phase.JUDGING)
    judge = stage.judge(contest, "judge")
    entry = stage.entry(contest, stage.rows.account("entrant"), state=state)
    with pytest.raises(EntryNotFound):
        score(stage, judge, entry)


# Too near


def test_a_judge_does_not_score_an_entry_with_their_own_work_in_it(stage: Stage) -> None:
    contest = stage.contest(JURY, Phase.JUDGING)
    judge = stage.judge(contest, "judge")
    tone = stage.rows.work(judge, "Tone")
    bridge = stage.rows.work(stage.rows.account("bridge"), "Bridge", [tone])
    entry, far = stage.entries(contest, 2)
    link = stage.rows.link(stage.rows.one(Work, Work.id == entry.work_id), bridge, position=1)
    early = contest.closes_at - dt.timedelta(minutes=5)
    stage.rows.change(SourceLink, declared_at=early)
    assert near(stage, contest, judge) == {entry.id: COLLABORATOR}
    with pytest.raises(JudgeConflicted):
        score(stage, judge, entry)
    score(stage, judge, far)
    stage.rows.change(SourceLink, SourceLink.source_id == link.source_id, declared_at=contest.closes_at)
    assert near(stage, contest, judge) == {}, "nobody can cite a judge away once the entries are in"


def test_the_contests_own_release_makes_nobody_a_collaborator(stage: Stage) -> None:
    contest = stage.contest(JURY, Phase.JUDGING)
    stage.entries(contest, 1)
    stage.rows.change(SourceLink, declared_at=contest.opens_at)
    assert near(stage, contest, stage.host) == {}


def test_entries_of_ones_own_and_of_a_label_in_common_are_too_near(stage: Stage) -> None:
    contest = stage.contest(JURY, Phase.JUDGING)
    judge = stage.judge(contest, "judge")
    mine, colleague = stage.entry(contest, judge), stage.rows.account("colleague")
    theirs = stage.entry(contest, colleague)
    stage.entries(contest, 1)
    assert near(stage, contest, judge) == {mine.id: OWN}
    for account in (judge, colleague):
        stage.member(account, LabelRole.JUDGE)
    assert near(stage, contest, judge) == {mine.id: OWN, theirs.id: SAME_LABEL}


def test_a_declared_conflict_takes_the_entry_off_the_desk_for_good(stage: Stage) -> None:
    contest = stage.contest(JURY, Phase.JUDGING)
    judge = stage.judge(contest, "judge")
    entry, other = stage.entries(contest, 2)
    score(stage, judge, entry)
    for reason in ("a friend", "a foe"):
        judging.declare_conflict(actor_of(judge), stage.parts, contest.id, entry.id, reason)
    assert stage.rows.one(JudgeConflict).reason == "a friend"
    desk = judging.desk(actor_of(judge), stage.parts, contest.id)
    assert ([one.id for one in desk.entries], desk.conflicts) == ([other.id], {entry.id: "a friend"})
    with pytest.raises(JudgeConflicted):
        score(stage, judge, entry)
    assert missing(stage, contest) == {judge.id: 1}


# Progress


def test_progress_counts_what_is_due_and_what_was_scored_of_it(stage: Stage) -> None:
    contest = stage.contest(JURY, Phase.JUDGING)
    one, other = stage.judge(contest, "one"), stage.judge(contest, "other")
    entries = stage.entries(contest, 3)
    score(stage, one, entries[0])
    score(stage, one, entries[1])
    judging.declare_conflict(actor_of(other), stage.parts, contest.id, entries[2].id, "a friend")
    seen = rulings.view_sheets(actor_of(stage.host), stage.parts, contest.id).judges
    assert {(line.handle, line.due, line.scored) for line in seen} == {("one", 3, 2), ("other", 2, 0)}
    assert missing(stage, contest) == {one.id: 1, other.id: 2}
    stage.rows.change(Work, Work.id == entries[0].work_id, state=WorkState.TAKEN_DOWN)
    seen = rulings.view_sheets(actor_of(stage.host), stage.parts, contest.id).judges
    assert {(line.handle, line.due, line.scored) for line in seen} == {("one", 2, 1), ("other", 1, 0)}


def test_progress_is_for_the_host(stage: Stage) -> None:
    contest = stage.contest(JURY, Phase.JUDGING)
    judge = stage.judge(contest, "judge")
    with pytest.raises(LabelMembersOnly):
        rulings.view_sheets(actor_of(judge), stage.parts, contest.id)
