"""Submitting, replacing, taking back and ruling out: what counts, what keeps its place, and what the receipts say."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from remixhub.domain.contests.entries import (
    EntrantIsHost,
    EntrantIsJudge,
    EntryLimitReached,
    EntryNotFound,
    EntryNotPublished,
    EntryNotYours,
    EntryOutsideLineage,
    EntryRefused,
    EntryState,
    EntryTwice,
    EntryWithoutStems,
)
from remixhub.domain.contests.labels import LabelMembersOnly, LabelRole
from remixhub.domain.contests.log import LogKind
from remixhub.domain.contests.phases import ContestDeadlineOver, ContestPhaseWrong, Phase
from remixhub.domain.contests.terms import ContestTerms, Sealing
from remixhub.domain.errors import NotFound
from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import IngestState, WorkState
from remixhub.models import Account, Contest, ContestEntry, EntryReceipt, Notice, Original, Work
from remixhub.services.contests import entries
from tests.unit.rows import actor_of
from tests.unit.services.contests.conftest import JURY, Stage

SEALED = dataclasses.replace(JURY, sealing=Sealing.SEALED)
HOST_SEES = dataclasses.replace(JURY, sealing=Sealing.HOST)


@pytest.fixture
def fan(stage: Stage) -> Account:
    return stage.rows.account("fan")


def submit(stage: Stage, contest: Contest, by: Account, work: Work | None = None, **facts: Any) -> EntryReceipt:
    work = work or stage.remix(by, title=f"Remix {len(stage.rows.all(Work))}")
    return entries.submit(actor_of(by), stage.parts, contest.id, work.id, **facts)


def refused(
    stage: Stage, error: type[Exception], contest: Contest, by: Account, work: Work | None = None, **facts: Any
) -> None:
    before = [entry.id for entry in stage.rows.all(ContestEntry, ContestEntry.state == EntryState.COUNTED)]
    with pytest.raises(error) as seen:
        submit(stage, contest, by, work, **facts)
    receipt = stage.rows.one(EntryReceipt, EntryReceipt.id == seen.value.context["receipt_id"])
    assert (receipt.is_counted, receipt.entry_id, receipt.code) == (False, None, seen.value.code)
    assert [entry.id for entry in stage.rows.all(ContestEntry, ContestEntry.state == EntryState.COUNTED)] == before


# What counts


def test_the_first_entry_freezes_the_terms_and_every_entry_has_a_receipt(stage: Stage, fan: Account) -> None:
    stage.rows.change(Work, Work.id == stage.release.id, licence=Licence.BY_NC)
    contest = stage.contest(JURY, Phase.OPEN)
    work = stage.remix(fan, licence=Licence.BY_NC)
    receipt = submit(stage, contest, fan, work, note="no AI")
    entry = stage.rows.one(ContestEntry)
    assert (entry.work_id, entry.slot, entry.state, entry.note, entry.audio_sha256) == (
        work.id, 1, EntryState.COUNTED, "no AI", work.mix_sha256,
    )  # fmt: skip
    assert (receipt.is_counted, receipt.entry_id, receipt.audio_sha256) == (True, entry.id, work.mix_sha256)
    held = stage.rows.one(Contest)
    assert held.terms_frozen_at is not None
    assert held.parsed_terms.licence is Licence.BY_NC, "as it is at the first entry"
    terms, line = stage.log(contest)
    assert (terms["kind"], terms["terms_sha256"]) == (LogKind.TERMS, held.parsed_terms.sha256())
    assert (line["kind"], line["entry"]) == (LogKind.ENTRY, entry.id)
    assert fan.id not in line.values()
    submit(stage, contest, stage.rows.account("second"))
    assert [line["kind"] for line in stage.log(contest)] == [LogKind.TERMS, LogKind.ENTRY, LogKind.ENTRY]


@pytest.mark.parametrize(
    ("phase", "error"),
    [(Phase.ANNOUNCED, ContestPhaseWrong), (Phase.JUDGING, ContestDeadlineOver), (Phase.COUNTING, ContestDeadlineOver)],
)
def test_entries_have_their_time(stage: Stage, fan: Account, phase: Phase, error: type[Exception]) -> None:
    refused(stage, error, stage.contest(JURY, phase), fan)


@pytest.mark.parametrize("limit", [1, 2])
def test_an_account_has_as_many_entries_as_the_terms_allow(stage: Stage, fan: Account, limit: int) -> None:
    contest = stage.contest(dataclasses.replace(JURY, entries_per_account=limit), Phase.OPEN)
    for _ in range(limit):
        submit(stage, contest, fan)
    refused(stage, EntryLimitReached, contest, fan)
    submit(stage, contest, stage.rows.account("another"))


def test_a_remix_is_entered_once(stage: Stage, fan: Account) -> None:
    contest = stage.contest(dataclasses.replace(JURY, entries_per_account=2), Phase.OPEN)
    work = stage.remix(fan)
    submit(stage, contest, fan, work)
    refused(stage, EntryTwice, contest, fan, work)


def test_only_ones_own_remix_of_the_release_is_entered(stage: Stage, fan: Account) -> None:
    contest = stage.contest(JURY, Phase.OPEN)
    other = stage.rows.account("other")
    refused(stage, EntryNotYours, contest, fan, stage.remix(other))
    elsewhere = stage.rows.work(other, "Elsewhere")
    refused(stage, EntryOutsideLineage, contest, fan, stage.remix(fan, sources=[elsewhere], title="Outside"))
    refused(stage, EntryOutsideLineage, contest, fan, stage.remix(fan, sources=[], title="Original"))
    silent = stage.rows.work(fan, "Silent", [stage.release])
    refused(stage, EntryNotPublished, contest, fan, silent)
    further = stage.remix(fan, sources=[stage.remix(other, title="Between")], title="Further")
    assert submit(stage, contest, fan, further).is_counted, "a remix of a remix comes from the release too"


@pytest.mark.parametrize("state", [WorkState.WITHDRAWN, WorkState.TAKEN_DOWN])
def test_what_is_gone_is_not_entered(stage: Stage, fan: Account, state: WorkState) -> None:
    contest, work = stage.contest(JURY, Phase.OPEN), stage.remix(fan)
    stage.rows.change(Work, Work.id == work.id, state=state)
    refused(stage, EntryNotPublished, contest, fan, work)


def test_a_draft_is_entered_where_entries_are_sealed_and_it_could_be_published(stage: Stage, fan: Account) -> None:
    sealed, public = stage.contest(SEALED, Phase.OPEN), stage.contest(JURY, Phase.OPEN)
    draft = stage.remix(fan, state=WorkState.DRAFT)
    refused(stage, EntryNotPublished, public, fan, draft)
    stage.rows.change(Original, ingest_state=IngestState.PENDING)
    refused(stage, EntryNotPublished, sealed, fan, draft)
    stage.rows.change(Original, ingest_state=IngestState.READY)
    assert submit(stage, sealed, fan, draft).is_counted


def test_a_strangers_draft_is_not_there(stage: Stage, fan: Account) -> None:
    draft = stage.remix(stage.rows.account("other"), state=WorkState.DRAFT)
    with pytest.raises(NotFound):
        submit(stage, stage.contest(SEALED, Phase.OPEN), fan, draft)
    assert stage.rows.all(EntryReceipt) == []


def test_hosts_and_judges_do_not_enter(stage: Stage) -> None:
    contest = stage.contest(JURY, Phase.OPEN)
    manager = stage.rows.account("manager")
    stage.member(manager, LabelRole.MANAGER)
    for host in (stage.host, manager):
        refused(stage, EntrantIsHost, contest, host)
    refused(stage, EntrantIsJudge, contest, stage.judge(contest, "judge"))
    member = stage.rows.account("member")
    stage.member(member, LabelRole.JUDGE)
    assert submit(stage, contest, member).is_counted, "a member who judges other contests may enter"


def test_stems_of_its_own_are_asked_for_where_the_terms_do(stage: Stage, fan: Account) -> None:
    contest = stage.contest(dataclasses.replace(JURY, needs_own_stems=True), Phase.OPEN)
    work = stage.remix(fan)
    refused(stage, EntryWithoutStems, contest, fan, work)
    stage.rows.pack(work, [])
    refused(stage, EntryWithoutStems, contest, fan, work)
    with_stems = stage.remix(fan, title="With stems")
    stage.rows.pack(with_stems, [stage.rows.original("stem")])
    assert submit(stage, contest, fan, with_stems).is_counted


# Replacing and taking back


def test_a_replacement_takes_the_place_of_an_entry(stage: Stage, fan: Account) -> None:
    contest = stage.contest(JURY, Phase.OPEN)
    first = submit(stage, contest, fan)
    second = submit(stage, contest, fan, replaces=first.entry_id)
    states = {entry.id: (entry.state, entry.slot) for entry in stage.rows.all(ContestEntry)}
    assert states == {first.entry_id: (EntryState.REPLACED, 1), second.entry_id: (EntryState.COUNTED, 1)}
    assert [line["entry"] for line in stage.log(contest, LogKind.ENTRY_OUT)] == [first.entry_id]
    refused(stage, EntryRefused, contest, fan, replaces=first.entry_id)


def test_nobody_replaces_anothers_entry(stage: Stage, fan: Account) -> None:
    contest = stage.contest(JURY, Phase.OPEN)
    theirs = submit(stage, contest, stage.rows.account("other"))
    with pytest.raises(EntryNotFound):
        submit(stage, contest, fan, replaces=theirs.entry_id)
    with pytest.raises(EntryNotFound):
        entries.take_back(actor_of(fan), stage.parts, str(theirs.entry_id))
    assert stage.rows.one(ContestEntry).state is EntryState.COUNTED


def test_an_entry_taken_back_gives_its_place_to_another(stage: Stage, fan: Account) -> None:
    contest = stage.contest(JURY, Phase.OPEN)
    entry_id = str(submit(stage, contest, fan).entry_id)
    for _ in range(2):
        assert entries.take_back(actor_of(fan), stage.parts, entry_id).state is EntryState.WITHDRAWN
    assert [line["by"] for line in stage.log(contest, LogKind.ENTRY_OUT)] == ["entrant"]
    assert submit(stage, contest, fan).is_counted


def test_an_entry_is_taken_back_until_the_close(stage: Stage, fan: Account) -> None:
    contest = stage.contest(JURY, Phase.OPEN)
    entry_id = str(submit(stage, contest, fan).entry_id)
    stage.move(contest, Phase.JUDGING)
    with pytest.raises(ContestDeadlineOver):
        entries.take_back(actor_of(fan), stage.parts, entry_id)


def test_when_an_account_goes_its_entries_in_open_contests_go_and_others_stay(stage: Stage, fan: Account) -> None:
    open_contest, closed = stage.contest(JURY, Phase.OPEN), stage.contest(JURY, Phase.OPEN)
    gone, kept = (submit(stage, contest, fan).entry_id for contest in (open_contest, closed))
    stage.move(closed, Phase.JUDGING)
    with stage.parts.database.writing() as session:
        entries.leave_contests(session, fan.id)
    states = {entry.id: entry.state for entry in stage.rows.all(ContestEntry)}
    assert states == {gone: EntryState.WITHDRAWN, kept: EntryState.COUNTED}


# Ruling


def test_what_the_host_rules_out_keeps_its_place_and_can_count_again(stage: Stage, fan: Account) -> None:
    contest = stage.contest(JURY, Phase.OPEN)
    entry_id = str(submit(stage, contest, fan).entry_id)
    host = actor_of(stage.host)
    ruled = entries.rule_out(host, stage.parts, entry_id, "a sample of somebody else's")
    assert (ruled.state, ruled.reason) == (EntryState.RULED_OUT, "a sample of somebody else's")
    assert [notice.account_id for notice in stage.rows.all(Notice)] == [fan.id]
    refused(stage, EntryLimitReached, contest, fan)
    with pytest.raises(EntryRefused):
        entries.take_back(actor_of(fan), stage.parts, entry_id)
    with pytest.raises(EntryRefused):
        entries.rule_out(host, stage.parts, entry_id, "again")
    assert entries.let_in(host, stage.parts, entry_id, "cleared").state is EntryState.COUNTED
    with pytest.raises(EntryRefused):
        entries.let_in(host, stage.parts, entry_id, "again")
    out, back = stage.log(contest, LogKind.ENTRY_OUT, LogKind.ENTRY_BACK)
    assert (out["by"], back["kind"], back["reason"]) == ("host", LogKind.ENTRY_BACK, "cleared")


def test_only_hosts_rule(stage: Stage, fan: Account) -> None:
    contest = stage.contest(JURY, Phase.OPEN)
    entry_id = str(submit(stage, contest, fan).entry_id)
    judge = stage.rows.account("judge")
    stage.member(judge, LabelRole.JUDGE)
    for account in (fan, judge):
        with pytest.raises(LabelMembersOnly):
            entries.rule_out(actor_of(account), stage.parts, entry_id, "because")


def test_sealed_entries_are_ruled_when_all_ballots_are_in(stage: Stage, fan: Account) -> None:
    contest = stage.contest(SEALED, Phase.OPEN)
    entry_id = str(submit(stage, contest, fan).entry_id)
    for phase in (Phase.OPEN, Phase.JUDGING):
        stage.move(contest, phase)
        with pytest.raises(ContestPhaseWrong):
            entries.rule_out(actor_of(stage.host), stage.parts, entry_id, "because")
    stage.move(contest, Phase.COUNTING)
    assert entries.rule_out(actor_of(stage.host), stage.parts, entry_id, "because").state is EntryState.RULED_OUT


# Who sees whose


@pytest.mark.parametrize(
    ("terms", "phase", "seen"),
    [
        (SEALED, Phase.OPEN, {"fan": 1, "host": 0, "other": 0}),
        (SEALED, Phase.JUDGING, {"fan": 1, "host": 0, "other": 0}),
        (SEALED, Phase.COUNTING, {"fan": 1, "host": 1, "other": 1}),
        (HOST_SEES, Phase.OPEN, {"fan": 1, "host": 1, "other": 0}),
        (JURY, Phase.OPEN, {"fan": 1, "host": 1, "other": 1}),
    ],
)
def test_names_are_seen_as_the_terms_seal_them(
    stage: Stage, fan: Account, terms: ContestTerms, phase: Phase, seen: dict[str, int]
) -> None:
    contest = stage.contest(terms, Phase.OPEN)
    submit(stage, contest, fan)
    stage.move(contest, phase)
    people = {"fan": fan, "host": stage.host, "other": stage.rows.account("other")}
    counts = {
        name: len(entries.list_entries(actor_of(person), stage.parts, contest.id, after=None, limit=10).rows)
        for name, person in people.items()
    }
    assert counts == seen


def test_entries_that_do_not_count_are_shown_to_the_host_alone_and_drafts_taken_back_to_nobody(
    stage: Stage, fan: Account
) -> None:
    contest = stage.contest(HOST_SEES, Phase.OPEN)
    ruled = submit(stage, contest, stage.rows.account("other")).entry_id
    entries.rule_out(actor_of(stage.host), stage.parts, str(ruled), "because")
    taken_back = submit(stage, contest, fan, stage.remix(fan, state=WorkState.DRAFT)).entry_id
    entries.take_back(actor_of(fan), stage.parts, str(taken_back))
    stage.move(contest, Phase.COUNTING)

    def seen(by: Account) -> set[str]:
        page = entries.list_entries(actor_of(by), stage.parts, contest.id, after=None, limit=10)
        return {entry.id for entry in page.rows}

    assert seen(stage.host) == {ruled}
    assert seen(stage.rows.account("visitor")) == set()
