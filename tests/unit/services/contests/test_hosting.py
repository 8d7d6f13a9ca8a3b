"""The host's side: what changes until when, who judges, and what everybody is told."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest

from remixhub.domain.access import VISITOR
from remixhub.domain.contests.labels import LabelMembersOnly, LabelRole
from remixhub.domain.contests.log import LogKind
from remixhub.domain.contests.phases import (
    ContestDatesInvalid,
    ContestPhaseWrong,
    ContestState,
    ContestTermsFrozen,
    Deadlines,
    Phase,
)
from remixhub.domain.contests.terms import ContestTermsInvalid
from remixhub.domain.errors import NotFound, PreconditionFailed
from remixhub.models import Contest, ContestAnnouncement, ContestJudge, ContestSlot, Notice, now
from remixhub.services.contests import announcing, hosting, judges, reading, tending
from remixhub.services.contests.judges import JudgeHasVoted, JudgeIsEntrant, JudgeNotAMember
from tests.unit.rows import actor_of
from tests.unit.services.contests.conftest import BOTH, DUELS, JURY, Stage

HOUR = dt.timedelta(hours=1)


def edit(stage: Stage, contest: Contest, revision: int = 1, **changes: Any) -> Contest:
    return hosting.edit_contest(actor_of(stage.host), stage.parts, contest.id, changes, revision=revision)


def dates(stage: Stage, *hours: float | None) -> Deadlines:
    """The opening, the close, and the ends of the vote and the judging, from now."""
    moment = stage.rows.moment()
    opens, closes, *ballots = (None if one is None else moment + one * HOUR for one in hours)
    assert opens is not None
    assert closes is not None
    return Deadlines(opens, closes, *ballots)


def create(stage: Stage, **facts: Any) -> Contest:
    known = {
        "label": "NightShift", "title": "Remix it", "terms": JURY, "deadlines": dates(stage, 1, 2, None, 3),
        "release_id": stage.release.id, **facts,
    }  # fmt: skip
    return hosting.create_contest(actor_of(stage.host), stage.parts, **known)


# Drafting


def test_a_draft_is_its_hosts_alone_and_has_a_slot_for_each_entry(stage: Stage) -> None:
    contest = create(stage, terms=dataclasses.replace(JURY, entries_per_account=3))
    assert [slot.slot for slot in stage.rows.all(ContestSlot)] == [1, 2, 3]
    judge = stage.rows.account("judge")
    stage.member(judge, LabelRole.JUDGE)
    for actor in (VISITOR, actor_of(judge)):
        with pytest.raises(NotFound):
            reading.get_contest(actor, stage.parts, contest.id)
    assert reading.get_contest(actor_of(stage.host), stage.parts, contest.id).phase is Phase.DRAFT
    judges.add_judge(actor_of(stage.host), stage.parts, contest.id, "judge")
    announcing.announce(actor_of(stage.host), stage.parts, contest.id)
    assert reading.get_contest(VISITOR, stage.parts, contest.id).phase is Phase.ANNOUNCED


def test_only_hosts_make_contests(stage: Stage) -> None:
    judge = stage.rows.account("judge")
    stage.member(judge, LabelRole.JUDGE)
    facts = {"title": "Mine", "terms": JURY, "deadlines": dates(stage, 1, 2, None, 3), "release_id": stage.release.id}
    with pytest.raises(LabelMembersOnly):
        hosting.create_contest(actor_of(judge), stage.parts, label="nightshift", **facts)


@pytest.mark.parametrize(
    ("terms", "hours"),
    [(JURY, (1, 2, 3, 3)), (JURY, (1, 2, 3, None)), (DUELS, (1, 2, None, 3)), (BOTH, (1, 2, 3, None))],
)
def test_the_dates_are_those_that_the_terms_need(stage: Stage, terms: Any, hours: tuple[float | None, ...]) -> None:
    with pytest.raises(ContestDatesInvalid):
        create(stage, terms=terms, deadlines=dates(stage, *hours))


def test_a_contest_has_a_release_and_a_secret_remixer_none(stage: Stage) -> None:
    with pytest.raises(ContestTermsInvalid):
        create(stage, release_id=None)
    with pytest.raises(ContestTermsInvalid):
        create(stage, is_secret_remixer=True)
    assert create(stage, is_secret_remixer=True, release_id=None).release_id is None


def test_a_result_is_held_back_for_ninety_days_at_most(stage: Stage) -> None:
    deadlines = dates(stage, 1, 2, None, 3)
    longest = deadlines.ends_at + dt.timedelta(days=90)
    create(stage, deadlines=deadlines, embargo_until=longest)
    with pytest.raises(ContestDatesInvalid):
        create(stage, deadlines=deadlines, embargo_until=longest + dt.timedelta(milliseconds=1))


def test_a_contest_that_would_be_closed_already_is_not_announced(stage: Stage) -> None:
    contest = create(stage)
    stage.judge(contest, "judge")
    stage.move(contest, Phase.JUDGING)
    with pytest.raises(ContestDatesInvalid):
        announcing.announce(actor_of(stage.host), stage.parts, contest.id)
    assert stage.rows.one(Contest).state is ContestState.DRAFT


# Editing


def test_terms_change_until_the_first_entry_with_notice_and_titles_after_it(stage: Stage) -> None:
    contest = stage.contest(JURY, Phase.OPEN)
    judge = stage.judge(contest, "judge")
    edited = edit(stage, contest, terms=dataclasses.replace(JURY, entries_per_account=2))
    assert (edited.revision, len(stage.rows.all(ContestSlot))) == (2, 2)
    assert [notice.account_id for notice in stage.rows.all(Notice)] == [judge.id]
    stage.rows.change(Contest, terms_frozen_at=now())
    for changes in ({"terms": JURY}, {"brief": "Louder."}):
        with pytest.raises(ContestTermsFrozen):
            edit(stage, contest, 2, **changes)
    assert edit(stage, contest, 2, title="Remix it again").title == "Remix it again"


def test_a_contest_is_edited_as_it_was_seen_and_by_hosts(stage: Stage) -> None:
    contest = stage.contest(JURY, Phase.OPEN)
    edit(stage, contest, title="First")
    with pytest.raises(PreconditionFailed):
        edit(stage, contest, 1, title="Second")
    stranger = actor_of(stage.rows.account("stranger"))
    with pytest.raises(LabelMembersOnly):
        hosting.edit_contest(stranger, stage.parts, contest.id, {"title": "Mine"}, revision=2)
    assert stage.rows.one(Contest).title == "First"


def test_announced_dates_are_not_edited(stage: Stage) -> None:
    contest = stage.contest(JURY, Phase.OPEN)
    with pytest.raises(ContestDatesInvalid):
        edit(stage, contest, closes_at=contest.closes_at + dt.timedelta(minutes=1))
    draft = stage.contest(JURY, Phase.DRAFT)
    later = draft.closes_at + dt.timedelta(minutes=1)
    assert edit(stage, draft, closes_at=later).closes_at == later


def test_the_embargo_stays_once_entries_are_closed(stage: Stage) -> None:
    contest = stage.contest(JURY, Phase.JUDGING)
    with pytest.raises(ContestPhaseWrong):
        edit(stage, contest, embargo_until=contest.closes_at + 9 * HOUR)


# Extending and cancelling


def test_deadlines_move_later_with_a_public_note(stage: Stage) -> None:
    contest = stage.contest(JURY, Phase.OPEN)
    later = {"closes_at": contest.closes_at + HOUR / 2}
    extended = hosting.extend(actor_of(stage.host), stage.parts, contest.id, later, "a storm")
    assert extended.closes_at == later["closes_at"]
    (line,) = stage.log(contest, LogKind.EXTENDED)
    assert line["note"] == "a storm"
    assert line["before"]["closes_at"] < line["after"]["closes_at"]
    assert "a storm" in stage.rows.one(ContestAnnouncement).text
    with pytest.raises(ContestDatesInvalid):
        hosting.extend(actor_of(stage.host), stage.parts, contest.id, {"closes_at": contest.closes_at}, "back")


def test_a_deadline_that_is_over_stays_over(stage: Stage) -> None:
    contest = stage.contest(JURY, Phase.JUDGING)
    later = {"closes_at": stage.rows.moment() + HOUR / 2}
    with pytest.raises(ContestDatesInvalid):
        hosting.extend(actor_of(stage.host), stage.parts, contest.id, later, "please")


@pytest.mark.parametrize("state", [ContestState.DECIDED, ContestState.CANCELLED])
def test_what_is_over_is_not_cancelled(stage: Stage, state: ContestState) -> None:
    over = {"state": state}
    if state is ContestState.DECIDED:
        over |= {"decided_at": stage.rows.moment(), "result": {}}
    contest = stage.contest(JURY, Phase.COUNTING, **over)
    with pytest.raises(ContestPhaseWrong):
        hosting.cancel(actor_of(stage.host), stage.parts, contest.id, "never mind")


# Judges


def test_a_judge_is_a_member_who_has_neither_entered_nor_voted(stage: Stage) -> None:
    contest = stage.contest(BOTH, Phase.VOTING_AND_JUDGING)
    people = {handle: stage.rows.account(handle) for handle in ("outsider", "entrant", "voter", "judge")}
    for handle in ("entrant", "voter", "judge"):
        stage.member(people[handle], LabelRole.JUDGE)
    stage.entry(contest, people["entrant"])
    far = stage.entries(contest, 2)
    stage.hear(people["voter"], contest, *far)
    stage.offered(people["voter"], contest)
    stage.answered(people["voter"], contest, *far)
    refusals = {"outsider": JudgeNotAMember, "entrant": JudgeIsEntrant, "voter": JudgeHasVoted}
    for handle, error in refusals.items():
        with pytest.raises(error):
            judges.add_judge(actor_of(stage.host), stage.parts, contest.id, handle)
    for _ in range(2):
        judges.add_judge(actor_of(stage.host), stage.parts, contest.id, "@Judge")
    assert [judge.account_id for judge in stage.rows.all(ContestJudge)] == [people["judge"].id]


def test_nobody_becomes_a_judge_when_judging_is_over(stage: Stage) -> None:
    contest = stage.contest(JURY, Phase.COUNTING)
    stage.member(stage.rows.account("judge"), LabelRole.JUDGE)
    with pytest.raises(ContestPhaseWrong):
        judges.add_judge(actor_of(stage.host), stage.parts, contest.id, "judge")


def test_a_judge_leaves_with_a_reason_in_the_log(stage: Stage) -> None:
    contest = stage.contest(JURY, Phase.JUDGING)
    judge = stage.judge(contest, "judge")
    judges.remove_judge(actor_of(stage.host), stage.parts, contest.id, "judge", "fell ill")
    assert stage.rows.all(ContestJudge) == []
    (line,) = stage.log(contest, LogKind.JUDGE_OUT)
    assert (line["reason"], line["judge"] != judge.id) == ("fell ill", True)
    with pytest.raises(NotFound):
        judges.remove_judge(actor_of(stage.host), stage.parts, contest.id, "judge", "again")


# What is due by itself


def test_what_is_due_next_is_the_reminder_before_the_close(stage: Stage) -> None:
    contest = stage.contest(JURY, Phase.ANNOUNCED)
    moment = contest.closes_at - 49 * HOUR
    tending.begin(contest, moment)
    assert contest.tend_after_at == contest.closes_at - 48 * HOUR
    tending.begin(contest, contest.closes_at - 48 * HOUR)
    assert contest.tend_after_at is not None
    assert contest.tend_after_at > contest.closes_at - 48 * HOUR
    tending.begin(contest, contest.deadlines.ends_at)
    assert contest.tend_after_at is None
