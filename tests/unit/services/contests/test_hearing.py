"""What counts as heard: time that passed between beats of one entry, and no silence."""

from __future__ import annotations

import datetime as dt

import pytest

from remixhub.domain.contests.entries import EntryNotFound, EntryNotHeard, EntryState
from remixhub.domain.states import WorkState
from remixhub.models import (
    Account,
    ContestEntry,
    Hearing,
    Work,
)
from remixhub.services.contests import voting
from tests.unit.rows import actor_of
from tests.unit.services.contests.conftest import HOME, SCORES, Stage


def heard_ms(stage: Stage, voter: Account, entry: ContestEntry) -> int:
    beat = voting.beat(actor_of(voter), stage.parts, entry.contest_id, entry.id)
    assert stage.rows.one(Hearing, Hearing.entry_id == entry.id).heard_ms == beat.heard_ms
    return beat.heard_ms


def pass_time(stage: Stage, seconds: float) -> None:
    """Since the last beats."""
    for hearing in stage.rows.all(Hearing):
        earlier = hearing.last_beat_at - dt.timedelta(seconds=seconds)
        stage.rows.change(Hearing, Hearing.entry_id == hearing.entry_id, last_beat_at=earlier)


def test_time_counts_from_beat_to_beat(stage: Stage, voter: Account) -> None:
    entry = stage.entry(stage.contest(), stage.rows.account("entrant"))
    assert heard_ms(stage, voter, entry) == 0
    pass_time(stage, 10)
    first = heard_ms(stage, voter, entry)
    assert 10_000 <= first < 15_000
    pass_time(stage, 5)
    assert 5_000 <= heard_ms(stage, voter, entry) - first < 15_000


@pytest.mark.parametrize("silence", [15.001, 3600])
def test_a_silence_is_not_heard(stage: Stage, voter: Account, silence: float) -> None:
    entry = stage.entry(stage.contest(), stage.rows.account("entrant"))
    heard_ms(stage, voter, entry)
    pass_time(stage, 8)
    before = heard_ms(stage, voter, entry)
    pass_time(stage, silence)
    assert heard_ms(stage, voter, entry) == before
    pass_time(stage, 8)
    assert heard_ms(stage, voter, entry) >= before + 8_000, "and from there it goes on"


def test_one_account_hears_one_entry_at_a_time(stage: Stage, voter: Account) -> None:
    one, other = stage.entries(stage.contest(), 2)
    assert heard_ms(stage, voter, one) == 0
    pass_time(stage, 5)
    assert heard_ms(stage, voter, other) == 0
    assert heard_ms(stage, voter, one) == 0
    pass_time(stage, 5)
    assert heard_ms(stage, voter, one) >= 5_000
    assert stage.rows.one(Hearing, Hearing.entry_id == other.id).heard_ms == 0


def test_each_account_hears_for_itself(stage: Stage, voter: Account) -> None:
    entry = stage.entry(stage.contest(), stage.rows.account("entrant"))
    heard_ms(stage, voter, entry)
    pass_time(stage, 5)
    beat = voting.beat(actor_of(stage.rows.account("neighbour")), stage.parts, entry.contest_id, entry.id)
    assert beat.heard_ms == 0


@pytest.mark.parametrize(("seconds", "needed_ms"), [(60.0, 20_000), (40.0, 20_000), (30.0, 15_000), (1.0, 500)])
def test_twenty_seconds_of_an_entry_or_half_of_it_are_enough(
    stage: Stage, voter: Account, seconds: float, needed_ms: int
) -> None:
    contest = stage.contest(SCORES)
    entry = stage.entry(contest, stage.rows.account("entrant"), seconds=seconds)
    stage.hear(voter, contest, entry, ms=needed_ms - 1)
    with pytest.raises(EntryNotHeard):
        voting.give_score(actor_of(voter), stage.parts, contest.id, entry.id, 5, HOME)
    stage.rows.change(Hearing, heard_ms=needed_ms)
    assert voting.give_score(actor_of(voter), stage.parts, contest.id, entry.id, 5, HOME).score == 5


def test_both_of_a_duel_are_heard_before_the_answer(stage: Stage, voter: Account) -> None:
    contest = stage.contest()
    left, right = stage.entries(contest, 2)
    stage.offered(voter, contest)
    stage.hear(voter, contest, left)
    for favoured, other in ((left, right), (right, left)):
        with pytest.raises(EntryNotHeard) as unheard:
            stage.answered(voter, contest, favoured, other)
        assert unheard.value.context["entry"] == right.id
    stage.hear(voter, contest, right)
    assert stage.answered(voter, contest, left, right).favoured_id == left.id


@pytest.mark.parametrize("state", [EntryState.WITHDRAWN, EntryState.REPLACED, EntryState.RULED_OUT])
def test_an_entry_that_does_not_count_is_not_heard(stage: Stage, voter: Account, state: EntryState) -> None:
    entry = stage.entry(stage.contest(), stage.rows.account("entrant"), state=state)
    with pytest.raises(EntryNotFound):
        heard_ms(stage, voter, entry)


@pytest.mark.parametrize("state", [WorkState.WITHDRAWN, WorkState.TAKEN_DOWN])
def test_an_entry_whose_remix_is_gone_is_not_heard(stage: Stage, voter: Account, state: WorkState) -> None:
    entry = stage.entry(stage.contest(), stage.rows.account("entrant"))
    stage.rows.change(Work, Work.id == entry.work_id, state=state)
    with pytest.raises(EntryNotFound):
        heard_ms(stage, voter, entry)


def test_beats_elsewhere_do_not_break_off_what_is_heard_here(stage: Stage, voter: Account) -> None:
    """Another voter's of another entry, and one's own in another contest, all later than the last beat here."""
    one, other = stage.entries(stage.contest(), 2)
    away = stage.entry(stage.contest(), stage.rows.account("elsewhere"))
    heard_ms(stage, voter, one)
    pass_time(stage, 8)
    voting.beat(actor_of(stage.rows.account("neighbour")), stage.parts, other.contest_id, other.id)
    heard_ms(stage, voter, away)
    assert heard_ms(stage, voter, one) >= 8_000
