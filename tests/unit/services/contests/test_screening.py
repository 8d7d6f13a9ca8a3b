"""The screening is a job soon after ballots; what it finds is kept, and what the host decided about stays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

import pytest

from remixhub.domain.contests.entries import BallotState
from remixhub.domain.contests.vote_screening import CastBallot, Flag, Reason
from remixhub.domain.states import JobKind, JobState
from remixhub.jobs.lease import claim
from remixhub.models import Account, BallotFlag, Contest, ContestBallot, ContestEntry, Hearing, Job
from remixhub.services.contests import screening, voting
from tests.unit.rows import actor_of
from tests.unit.services.contests.conftest import SCORES, Stage

Screen = Callable[[Sequence[CastBallot], dt.datetime | None], list[Flag]]


def flagging(*ballot_ids: str, words: str = "Odd.") -> Screen:
    return lambda _ballots, _at: [Flag(id, (Reason.SHARED_ORIGIN,), words) for id in ballot_ids]


def scored(stage: Stage, contest: Contest, entry: ContestEntry, *handles: str) -> list[ContestBallot]:
    found = []
    for handle in handles:
        voter = stage.rows.account(handle)
        stage.hear(voter, contest, entry)
        source = voting.Whence("origin", "agent", "device")
        found.append(voting.give_score(actor_of(voter), stage.parts, contest.id, entry.id, 5, source))
    return found


def run(stage: Stage, contest: Contest) -> None:
    """The job that waits, as if its time had come."""
    stage.rows.change(Job, Job.state == JobState.PENDING, run_after_at=stage.rows.moment() - dt.timedelta(seconds=1))
    (job,) = stage.rows.all(Job, Job.state == JobState.PENDING, Job.subject_id == contest.id)
    lease = claim(stage.parts.database, job.id, seconds=60)
    assert lease
    screening.screen_ballots(stage.parts, lease)


def seen(stage: Stage, contest: Contest) -> screening.Screening:
    return screening.get_screening(actor_of(stage.host), stage.parts, contest.id)


@pytest.fixture
def contest(stage: Stage) -> Contest:
    return stage.contest(SCORES)


@pytest.fixture
def entry(stage: Stage, contest: Contest) -> ContestEntry:
    return stage.entry(contest, stage.rows.account("entrant"))


def test_ballots_order_one_job_that_waits_for_more_of_them(stage: Stage, contest: Contest, entry: ContestEntry) -> None:
    began = stage.rows.moment()
    scored(stage, contest, entry, "one", "two")
    job = stage.rows.one(Job)
    assert (job.kind, job.subject_id, job.account_id) == (JobKind.SCREEN_BALLOTS, contest.id, None)
    waits = (job.run_after_at - began).total_seconds()
    assert 0 <= waits - screening.QUIET_SECONDS < 20
    assert seen(stage, contest) == screening.Screening(None, 2, True, [], 0, 0)
    run(stage, contest)
    found = seen(stage, contest)
    assert (found.since, found.is_underway) == (0, False)
    scored(stage, contest, entry, "three")
    assert (seen(stage, contest).since, seen(stage, contest).is_underway) == (1, True)


def test_a_host_need_not_wait(stage: Stage, contest: Contest, entry: ContestEntry) -> None:
    scored(stage, contest, entry, "one")
    assert stage.rows.one(Job).run_after_at > stage.rows.moment()
    assert screening.order_now(actor_of(stage.host), stage.parts, contest.id).is_underway
    assert stage.rows.one(Job).run_after_at <= stage.rows.moment()


def test_what_was_decided_about_stays_and_the_rest_is_found_anew(
    stage: Stage, contest: Contest, entry: ContestEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, back, dropped, new = (one.id for one in scored(stage, contest, entry, "out", "back", "dropped", "new"))
    monkeypatch.setattr(screening, "screen", flagging(out, back, dropped))
    run(stage, contest)
    host = actor_of(stage.host)
    voting.review_ballots(host, stage.parts, contest.id, [out, back], exclude=True, reason="one room")
    voting.review_ballots(host, stage.parts, contest.id, [back], exclude=False, reason="a family")
    monkeypatch.setattr(screening, "screen", flagging(out, new, words="Odder."))
    screening.order_now(host, stage.parts, contest.id)
    run(stage, contest)
    found = seen(stage, contest)
    assert {(flag.ballot_id, flag.words, ballot.state) for flag, ballot in found.flags} == {
        (out, "Odd.", BallotState.EXCLUDED),
        (back, "Odd.", BallotState.COUNTED),
        (new, "Odder.", BallotState.COUNTED),
    }
    assert found.flags[0][1].id == new, "first what nobody has decided about"
    assert (found.flagged, found.undecided) == (3, 1), "of `new` alone"
    assert {tuple(one.reasons) for one in stage.rows.all(BallotFlag)} == {("shared_origin",)}


def test_ballots_that_came_while_it_looked_get_a_job_of_their_own(
    stage: Stage, contest: Contest, entry: ContestEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(_ballots: Sequence[CastBallot], _at: dt.datetime | None) -> list[Flag]:
        scored(stage, contest, entry, "late")
        return []

    scored(stage, contest, entry, "early")
    monkeypatch.setattr(screening, "screen", meanwhile)
    run(stage, contest)
    assert sorted(job.state for job in stage.rows.all(Job)) == [JobState.DONE, JobState.PENDING]
    found = seen(stage, contest)
    assert (found.since, found.is_underway) == (1, True)


def test_what_is_screened_is_what_was_cast_with_what_was_heard(
    stage: Stage, contest: Contest, entry: ContestEntry, voter: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[tuple[Sequence[CastBallot], dt.datetime | None]] = []
    (ballot,) = scored(stage, contest, entry, "one")
    stage.rows.change(Hearing, Hearing.entry_id == entry.id, heard_ms=30_000)
    monkeypatch.setattr(screening, "screen", lambda *asked: given.append(asked) or [])
    run(stage, contest)
    by = stage.rows.one(Account, Account.id == ballot.account_id)
    cast = CastBallot(
        ballot.id, by.id, entry.id, None, 5, ballot.cast_at, by.created_at, "origin", "agent", "device", 1.5
    )
    assert given == [([cast], contest.announced_at)], "20 seconds of a minute have to be heard"


def test_a_job_that_failed_for_good_is_ordered_anew(stage: Stage, contest: Contest, entry: ContestEntry) -> None:
    scored(stage, contest, entry, "one")
    stage.rows.change(Job, state=JobState.DEAD)
    assert (seen(stage, contest).since, seen(stage, contest).is_underway) == (1, False)
    screening.order_now(actor_of(stage.host), stage.parts, contest.id)
    run(stage, contest)
    assert (seen(stage, contest).since, seen(stage, contest).is_underway) == (0, False)
