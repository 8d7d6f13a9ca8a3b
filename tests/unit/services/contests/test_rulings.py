"""Score sheets that are missing: who is told, what a host may do about it, and when the judging opens again."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest

from remixhub.domain.contests.coverage import JuryIncomplete, Ruling, RulingNotPossible
from remixhub.domain.contests.entries import EntryNotFound
from remixhub.domain.contests.labels import LabelMembersOnly
from remixhub.domain.contests.log import LogKind
from remixhub.domain.contests.next_step import HostAct
from remixhub.domain.contests.phases import ContestDatesInvalid, ContestPhaseWrong, Phase
from remixhub.domain.contests.terms import ContestTerms, Sealing
from remixhub.models import Account, Contest, Notice, Suspension, now
from remixhub.services.contests import announcing, decisions, entries, hosting, judges, judging, rulings, tending
from remixhub.services.contests.dashboard import view_dashboard
from remixhub.services.contests.judging import ScoresStand
from remixhub.services.contests.rulings import JudgesReminded, Sheets
from tests.unit.rows import actor_of
from tests.unit.services.contests.conftest import BOTH, JURY, Stage

FAIR = {"craft": 5, "idea": 2.5}


def played(stage: Stage, terms: ContestTerms = BOTH) -> tuple[Contest, dict[str, str], Account, Account]:
    """Counting: `one` has scored both entries, `other` that of `ann` alone."""
    contest = stage.contest(terms, Phase.OPEN)
    found = {}
    for handle in ("ann", "ben"):
        by = stage.rows.account(handle)
        found[handle] = str(entries.submit(actor_of(by), stage.parts, contest.id, stage.remix(by).id).entry_id)
    one, other = stage.judge(contest, "one"), stage.judge(contest, "other")
    stage.move(contest, Phase.JUDGING)
    score(stage, contest, one, *found.values())
    score(stage, contest, other, found["ann"])
    stage.move(contest, Phase.COUNTING)
    return contest, found, one, other


def score(stage: Stage, contest: Contest, judge: Account, *entry_ids: str, scores: Any = FAIR) -> None:
    for entry_id in entry_ids:
        judging.score(actor_of(judge), stage.parts, contest.id, entry_id, scores)


def seen(stage: Stage, contest: Contest) -> Sheets:
    return rulings.view_sheets(actor_of(stage.host), stage.parts, contest.id)


def rule(stage: Stage, contest: Contest, ruling: Ruling, *entry_ids: str) -> Sheets:
    return rulings.rule_on(actor_of(stage.host), stage.parts, contest.id, entry_ids, ruling, "The judge fell ill.")


def decide(stage: Stage, contest: Contest) -> dict[str, Any]:
    result = decisions.decide(actor_of(stage.host), stage.parts, contest.id).result
    assert result is not None
    return result


def more_time(stage: Stage, contest: Contest, **later: dt.datetime) -> None:
    later = later or {"judging_closes_at": stage.rows.moment() + dt.timedelta(hours=5)}
    hosting.extend(actor_of(stage.host), stage.parts, contest.id, later, "A judge was ill.")


def titles(stage: Stage, handle: str) -> list[str]:
    account = stage.rows.one(Account, Account.handle == handle)
    return [one.title for one in stage.rows.all(Notice, Notice.account_id == account.id)]


def test_the_host_sees_who_lacks_what_and_rules_with_a_reason(stage: Stage) -> None:
    contest, found, *_ = played(stage)
    (lacking,) = seen(stage, contest).entries or ()
    assert (lacking.entry_id, lacking.scored, lacking.needed, lacking.missing) == (found["ben"], 1, 2, ["other"])
    for ruling in (Ruling.COMMUNITY, Ruling.UNPLACED):
        with pytest.raises(RulingNotPossible):
            rule(stage, contest, ruling, found["ben"])
    with pytest.raises(RulingNotPossible):
        rule(stage, contest, Ruling.FEWER_JUDGES, found["ann"])
    with pytest.raises(EntryNotFound):
        rule(stage, contest, Ruling.FEWER_JUDGES, "nothing")
    after = rule(stage, contest, Ruling.FEWER_JUDGES, found["ben"])
    assert (after.lacking, after.unsettled) == (1, 0)
    assert "Your entry to “Remix the harbour” is placed by the judges who scored it" in titles(stage, "ben")
    (line,) = stage.log(contest, LogKind.RULING)
    assert line["entry"] == found["ben"]
    assert (line["ruling"], line["reason"], line["by"]) == ("fewer_judges", "The judge fell ill.", "host")
    result = decide(stage, contest)
    assert result["rulings"] == {found["ben"]: {"ruling": "fewer_judges", "reason": "The judge fell ill."}}


def test_what_all_judges_are_too_near_to_is_placed_by_the_community_or_not_at_all(stage: Stage) -> None:
    contest, found, one, other = played(stage)
    stage.move(contest, Phase.JUDGING)
    for judge in (one, other):
        judging.declare_conflict(actor_of(judge), stage.parts, contest.id, found["ben"], "a friend")
    stage.move(contest, Phase.COUNTING)
    (lacking,) = seen(stage, contest).entries or ()
    assert (lacking.scored, lacking.needed, lacking.missing, lacking.excused) == (0, 1, [], ["one", "other"])
    with pytest.raises(JuryIncomplete):
        decide(stage, contest)
    rule(stage, contest, Ruling.UNPLACED, found["ben"])
    rule(stage, contest, Ruling.COMMUNITY, found["ben"])
    lines = decide(stage, contest)["standings"]
    assert len({line["jury"] for line in lines}) == 1, "among two the votes alone decide"


def test_the_last_judge_who_is_removed_leaves_no_noughts(stage: Stage) -> None:
    contest, found, *_ = played(stage, JURY)
    for handle in ("one", "other"):
        judges.remove_judge(actor_of(stage.host), stage.parts, contest.id, handle, "left")
    assert seen(stage, contest).unsettled == 2
    with pytest.raises(RulingNotPossible, match="does not vote"):
        rule(stage, contest, Ruling.COMMUNITY, *found.values())
    rule(stage, contest, Ruling.UNPLACED, *found.values())
    assert decide(stage, contest)["standings"] == []


def test_an_entry_let_in_after_the_judging_waits_for_sheets(stage: Stage) -> None:
    contest, found, _, other = played(stage)
    stage.move(contest, Phase.JUDGING)
    score(stage, contest, other, found["ben"])
    entries.rule_out(actor_of(stage.host), stage.parts, found["ben"], "late")
    third = stage.entry(contest, stage.rows.account("cy"))
    entries.rule_out(actor_of(stage.host), stage.parts, third.id, "late")
    stage.move(contest, Phase.COUNTING)
    assert seen(stage, contest).unsettled == 0
    for entry in (found["ben"], third.id):
        entries.let_in(actor_of(stage.host), stage.parts, entry, "it was not")
    assert [one.entry_id for one in seen(stage, contest).entries or ()] == [third.id]


@pytest.mark.parametrize("phase", [Phase.OPEN, Phase.JUDGING, Phase.VOTING])
def test_it_is_ruled_when_no_sheet_can_come_any_more(stage: Stage, phase: Phase) -> None:
    contest, found, *_ = played(stage)
    stage.move(contest, phase)
    with pytest.raises(ContestPhaseWrong):
        rule(stage, contest, Ruling.FEWER_JUDGES, found["ben"])


def test_rulings_and_reminders_are_the_hosts(stage: Stage) -> None:
    contest, found, one, _ = played(stage)
    with pytest.raises(LabelMembersOnly):
        rulings.rule_on(actor_of(one), stage.parts, contest.id, [found["ben"]], Ruling.FEWER_JUDGES, "mine")
    with pytest.raises(LabelMembersOnly):
        rulings.remind_judges(actor_of(one), stage.parts, contest.id)


def test_who_is_excused_from_what_is_not_told_while_entries_are_sealed(stage: Stage) -> None:
    contest, found, *_ = played(stage, dataclasses.replace(BOTH, sealing=Sealing.SEALED))
    stage.move(contest, Phase.JUDGING)
    sheets = seen(stage, contest)
    assert (sheets.lacking, sheets.unsettled, sheets.entries) == (1, 1, None)
    assert {(one.handle, one.scored) for one in sheets.judges} == {("one", 2), ("other", 1)}
    stage.move(contest, Phase.COUNTING)
    assert [one.entry_id for one in seen(stage, contest).entries or ()] == [found["ben"]]


# More time


def test_the_judging_opens_again_for_what_is_missing_and_nothing_else(stage: Stage) -> None:
    contest, found, one, other = played(stage)
    with pytest.raises(ContestDatesInvalid):
        more_time(stage, contest, judging_closes_at=stage.rows.moment() - dt.timedelta(minutes=1))
    late = stage.rows.moment() + dt.timedelta(hours=5)
    with pytest.raises(ContestDatesInvalid):
        more_time(stage, contest, judging_closes_at=late, voting_closes_at=late)
    more_time(stage, contest)
    with pytest.raises(ScoresStand):
        score(stage, contest, one, found["ben"], scores={"craft": 10, "idea": 5})
    with pytest.raises(ScoresStand):
        judging.declare_conflict(actor_of(one), stage.parts, contest.id, found["ben"], "a foe")
    assert {entry.id: entry.stands for entry in judging.desk(actor_of(other), stage.parts, contest.id).entries} == {
        found["ann"]: True, found["ben"]: False
    }  # fmt: skip
    score(stage, contest, other, found["ben"])
    score(stage, contest, other, found["ben"])
    stage.rows.change(Contest, Contest.id == contest.id, judging_closes_at=now(-1))
    with pytest.raises(ContestPhaseWrong):
        more_time(stage, contest)
    assert "rulings" not in decide(stage, contest)


def test_a_judge_is_brought_in_when_the_judging_opens_again(stage: Stage) -> None:
    contest, found, *_ = played(stage, dataclasses.replace(JURY, judges_per_entry=2))
    more_time(stage, contest)
    third = stage.judge(contest, "third")
    score(stage, contest, third, found["ben"])
    stage.rows.change(Contest, Contest.id == contest.id, judging_closes_at=now(-1))
    result = decide(stage, contest)
    assert len(result["missing_scores"]) == 2, "theirs of the one, the other judge's of the other"
    assert "rulings" not in result


# Who is told


def test_judges_are_reminded_once_in_a_while(stage: Stage) -> None:
    contest, *_ = played(stage)
    with pytest.raises(ContestPhaseWrong):
        rulings.remind_judges(actor_of(stage.host), stage.parts, contest.id)
    stage.move(contest, Phase.JUDGING)
    assert rulings.remind_judges(actor_of(stage.host), stage.parts, contest.id) == 1
    assert [any("waits for your scores" in one for one in titles(stage, judge)) for judge in ("one", "other")] == [
        False, True
    ]  # fmt: skip
    with pytest.raises(JudgesReminded):
        rulings.remind_judges(actor_of(stage.host), stage.parts, contest.id)
    stage.rows.change(Contest, judges_reminded_at=now(-13 * 3600))
    assert rulings.remind_judges(actor_of(stage.host), stage.parts, contest.id) == 1


def test_the_host_is_told_when_the_judging_has_closed_and_sheets_are_missing(stage: Stage) -> None:
    contest, found, *_ = played(stage)
    ends = [at for at, say in tending._reminders(contest) if say is rulings.tell_hosts_of_missing]
    assert ends == [contest.judging_closes_at]
    with stage.parts.database.writing() as session:
        rulings.tell_hosts_of_missing(session, session.get_one(Contest, contest.id))
    (notice,) = [one for one in stage.rows.all(Notice) if "cannot be decided yet" in one.title]
    assert (notice.account_id, "@other (1)" in notice.text) == (stage.host.id, True)
    rule(stage, contest, Ruling.FEWER_JUDGES, found["ben"])
    with stage.parts.database.writing() as session:
        rulings.tell_hosts_of_missing(session, session.get_one(Contest, contest.id))
    assert len([one for one in stage.rows.all(Notice) if "cannot be decided yet" in one.title]) == 1


@pytest.mark.parametrize("absence", ["deleted", "suspended"])
def test_the_host_is_told_that_a_judge_cannot_score_any_more(stage: Stage, absence: str) -> None:
    contest, _, _one, other = played(stage)
    if absence == "deleted":
        stage.rows.change(Account, Account.id == other.id, deleted_at=now())
    else:
        stage.rows.add(Suspension(account_id=other.id, reason="spam", note=""))
    assert {judge.handle: judge.absence for judge in seen(stage, contest).judges} == {"one": None, "other": absence}
    with stage.parts.database.writing() as session:
        rulings.tell_hosts_of_missing(session, session.get_one(Contest, contest.id))
    (notice,) = [one for one in stage.rows.all(Notice) if "cannot be decided yet" in one.title]
    assert f"@other (1, account {absence})" in notice.text
    stage.move(contest, Phase.JUDGING)
    step = view_dashboard(actor_of(stage.host), stage.parts, contest.id).next_step
    assert (step.act, "@other cannot score any more" in step.advice) == (HostAct.JUDGES, True)
    assert rulings.remind_judges(actor_of(stage.host), stage.parts, contest.id) == 0
    found = announcing.view_announcement(actor_of(stage.host), stage.parts, contest.id).findings
    assert "judge_alone" in {one.code for one in found}, "who cannot score is no judge to announce with"
