"""Winners' rights: what the host says is released in time, and what is the artist's again by itself."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from remixhub.domain.contests.labels import LabelMembersOnly
from remixhub.domain.contests.phases import ContestPhaseWrong, ContestState, Phase
from remixhub.domain.contests.terms import ContestTerms, Exclusivity
from remixhub.domain.contests.winner_rights import WinnerRights
from remixhub.models import Account, Contest, ContestEntry, Notice, WinnerRelease
from remixhub.services.contests import winner_rights
from remixhub.services.contests.winner_rights import EntryNotWinning, RightsReverted
from tests.unit.rows import actor_of
from tests.unit.services.contests.conftest import JURY, Stage

URL = "https://label.example/harbour"


def exclusive(stage: Stage, days: int) -> ContestTerms:
    """To be released until the end of the day that is so many days from now."""
    day = (stage.rows.moment() + dt.timedelta(days=days)).date()
    return dataclasses.replace(JURY, exclusivity=Exclusivity.EXCLUSIVE, release_by=day)


def decided(stage: Stage, terms: ContestTerms) -> tuple[Contest, list[ContestEntry]]:
    """A contest that the first of two entries has won."""
    contest = stage.contest(terms, Phase.COUNTING)
    entries = stage.entries(contest, 2)
    standings = [{"entry_id": entry.id, "rank": rank} for rank, entry in enumerate(entries, 1)]
    facts = {"state": ContestState.DECIDED, "decided_at": stage.rows.moment(), "result": {"standings": standings}}
    stage.rows.change(Contest, Contest.id == contest.id, **facts)
    return stage.rows.one(Contest, Contest.id == contest.id), entries


def rights(stage: Stage, contest: Contest) -> list[WinnerRights]:
    with stage.parts.database.reading() as session:
        return [winner.rights for winner in winner_rights.winners(session, contest)]


def record(stage: Stage, contest: Contest, entry: ContestEntry, by: Account | None = None) -> None:
    """As it was seen last."""
    revision = stage.rows.one(Contest, Contest.id == contest.id).revision
    actor = actor_of(by or stage.host)
    winner_rights.record_release(actor, stage.parts, contest.id, entry.id, URL, revision=revision)


def test_rights_are_held_through_the_last_day_and_revert_after_it(stage: Stage) -> None:
    contest, _ = decided(stage, exclusive(stage, 0))
    assert rights(stage, contest) == [WinnerRights.EXCLUSIVE]
    stage.rows.change(Contest, terms=exclusive(stage, -1).dump())
    assert rights(stage, stage.rows.one(Contest)) == [WinnerRights.REVERTED]


def test_what_is_released_in_time_stays_so(stage: Stage) -> None:
    contest, entries = decided(stage, exclusive(stage, 1))
    record(stage, contest, entries[0])
    assert [notice.account_id for notice in stage.rows.all(Notice)] == [entries[0].account_id]
    stage.rows.change(Contest, terms=exclusive(stage, -1).dump())
    assert rights(stage, stage.rows.one(Contest)) == [WinnerRights.RELEASED]
    record(stage, contest, entries[0])
    assert stage.rows.one(WinnerRelease).url == URL


def test_what_has_reverted_is_not_said_to_be_released(stage: Stage) -> None:
    contest, entries = decided(stage, exclusive(stage, -1))
    with pytest.raises(RightsReverted):
        record(stage, contest, entries[0])
    assert stage.rows.all(WinnerRelease) == []


def test_only_a_winner_is_released_by_a_host_after_the_decision(stage: Stage) -> None:
    contest, entries = decided(stage, exclusive(stage, 1))
    with pytest.raises(EntryNotWinning):
        record(stage, contest, entries[1])
    with pytest.raises(LabelMembersOnly):
        record(stage, contest, entries[0], by=stage.rows.account("stranger"))
    undecided = stage.contest(JURY, Phase.COUNTING)
    with pytest.raises(ContestPhaseWrong):
        record(stage, undecided, entries[0])


def test_as_many_win_as_there_are_prizes(stage: Stage) -> None:
    contest, entries = decided(stage, dataclasses.replace(JURY, prizes=("A synth", "A cable")))
    with stage.parts.database.reading() as session:
        won = winner_rights.winners(session, contest)
    assert [(one.entry_id, one.rights, one.until) for one in won] == [
        (entry.id, WinnerRights.FREE, None) for entry in entries
    ]


def test_artists_whose_rights_came_back_are_told(stage: Stage) -> None:
    contest, entries = decided(stage, exclusive(stage, -1))
    with stage.parts.database.writing() as session:
        winner_rights.tell_of_reversion(session, session.get_one(Contest, contest.id))
    assert [notice.account_id for notice in stage.rows.all(Notice)] == [entries[0].account_id]
