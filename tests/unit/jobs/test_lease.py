"""A lease is one worker's: whoever comes later has a higher fence, and whoever lost it writes nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.states import JobKind, JobState
from remixhub.jobs.lease import Lease, LeaseLost, claim
from remixhub.models import Account, Job, now
from tests.unit.rows import LONG_AGO, Rows

SECONDS = 60


def claimed(parts: Parts, job: Job) -> Lease:
    lease = claim(parts.database, job.id, seconds=SECONDS)
    assert lease is not None
    return lease


def lost(parts: Parts, rows: Rows) -> Lease:
    """The lease of a worker that was silent for too long: another one has the job now."""
    lease = claimed(parts, rows.job())
    rows.change(Job, leased_until_at=now(-1))
    claimed(parts, rows.one(Job))
    return lease


def facts(rows: Rows) -> dict[str, Any]:
    job = rows.one(Job)
    return {column.key: getattr(job, column.key) for column in Job.__table__.columns}


def never(_session: Session, _subject: str, _code: str, _detail: str) -> None:
    pytest.fail("The subject was told of a job in other hands.")


def test_a_claim_raises_the_fence_starts_anew_and_is_no_attempt_yet(parts: Parts, rows: Rows) -> None:
    job = rows.job(
        kind=JobKind.INGEST_STEM, subject_id="s", fence=4, attempts=1, max_attempts=7, request_id="r",
        progress_percent=80.0, progress_step="decoding",
    )  # fmt: skip
    before = rows.moment()
    lease = claimed(parts, job)
    assert (lease.kind, lease.subject_id, lease.fence, lease.attempts, lease.max_attempts, lease.request_id) == (
        JobKind.INGEST_STEM, "s", 5, 1, 7, "r",
    )  # fmt: skip
    job = rows.one(Job)
    assert (job.state, job.fence, job.attempts) == (JobState.LEASED, 5, 1)
    assert (job.progress_percent, job.progress_step) == (0.0, "started")
    assert job.leased_until_at is not None
    assert SECONDS <= (job.leased_until_at - before).total_seconds() < SECONDS + 10


def test_of_two_claims_one_has_the_job(parts: Parts, rows: Rows) -> None:
    job = rows.job()
    claimed(parts, job)
    assert claim(parts.database, job.id, seconds=SECONDS) is None
    assert rows.one(Job).fence == 1


def test_a_job_that_is_not_due_yet_is_not_claimed(parts: Parts, rows: Rows) -> None:
    job = rows.job(run_after_at=now(30))
    assert claim(parts.database, job.id, seconds=SECONDS) is None


@pytest.mark.parametrize("state", [JobState.DONE, JobState.DEAD])
def test_what_has_ended_is_not_claimed(parts: Parts, rows: Rows, state: JobState) -> None:
    job = rows.job(state=state, run_after_at=LONG_AGO, leased_until_at=LONG_AGO)
    assert claim(parts.database, job.id, seconds=SECONDS) is None
    assert claim(parts.database, "no such job", seconds=SECONDS) is None


def test_a_lease_that_ran_out_is_anybodys(parts: Parts, rows: Rows) -> None:
    first = claimed(parts, rows.job())
    rows.change(Job, leased_until_at=now(-1))
    second = claimed(parts, rows.one(Job))
    assert (second.fence, second.attempts) == (first.fence + 1, 0)


def test_the_end_of_a_job_and_its_results_are_one_transaction(parts: Parts, rows: Rows) -> None:
    def commit_half() -> None:
        with lease.committing() as session:
            session.add(Account(handle="half", display_name="Half"))
            raise ZeroDivisionError

    lease = claimed(parts, rows.job(error_code="internal", error_detail="once"))
    with pytest.raises(ZeroDivisionError):
        commit_half()
    assert (rows.one(Job).state, rows.all(Account), lease.committed) == (JobState.LEASED, [], False)
    with lease.committing() as session:
        session.add(Account(handle="whole", display_name="Whole"))
    job = rows.one(Job)
    assert (job.state, job.progress_percent, job.error_code, job.error_detail) == (JobState.DONE, 100.0, None, None)
    assert job.finished_at is not None
    assert [one.handle for one in rows.all(Account)] == ["whole"]
    assert lease.committed


ACTS: dict[str, Callable[[Lease], Any]] = {
    "progress": lambda lease: lease.progress(50, "further"),
    "retry": lambda lease: lease.retry_later("internal", "it broke", delay_seconds=5),
    "wait out": lambda lease: lease.wait_out("scratch_full", "it is full", delay_seconds=5),
    "give back": lambda lease: lease.give_back(),
    "bury": lambda lease: lease.bury("internal", "it broke", never),
}


@pytest.mark.parametrize("act", ACTS)
def test_who_lost_the_lease_changes_nothing(parts: Parts, rows: Rows, act: str) -> None:
    lease = lost(parts, rows)
    before = facts(rows)
    with pytest.raises(LeaseLost):
        ACTS[act](lease)
    assert facts(rows) == before


@pytest.mark.parametrize("transaction", [Lease.committing, Lease.writing])
def test_who_lost_the_lease_writes_no_results(parts: Parts, rows: Rows, transaction: Callable[[Lease], Any]) -> None:
    lease = lost(parts, rows)
    with pytest.raises(LeaseLost), transaction(lease) as session:
        session.add(Account(handle="late", display_name="Late"))
    assert rows.all(Account) == []
    assert rows.one(Job).state is JobState.LEASED
    assert not lease.committed


def test_a_job_that_was_ended_for_its_worker_is_lost_to_it(parts: Parts, rows: Rows) -> None:
    lease = claimed(parts, rows.job())
    rows.change(Job, state=JobState.DEAD)
    with pytest.raises(LeaseLost):
        lease.progress(10, "further")
    assert lease.lost
    with pytest.raises(LeaseLost):
        lease.progress(10, "further")


def test_writing_on_the_way_keeps_the_lease(parts: Parts, rows: Rows) -> None:
    lease = claimed(parts, rows.job())
    rows.change(Job, leased_until_at=now(1))
    before = rows.moment()
    with lease.writing() as session:
        session.add(Account(handle="first", display_name="First"))
    job = rows.one(Job)
    assert job.state is JobState.LEASED
    assert job.leased_until_at is not None
    assert (job.leased_until_at - before).total_seconds() >= SECONDS
    assert len(rows.all(Account)) == 1


def test_progress_is_written_when_it_moved_by_two_percent_or_the_step_is_another(parts: Parts, rows: Rows) -> None:
    lease = claimed(parts, rows.job())
    seen = []
    for percent, step in ((10.0, "one"), (11.9, "one"), (12.0, "one"), (12.1, "two"), (250.0, "two")):
        lease.progress(percent, step)
        seen.append((rows.one(Job).progress_percent, rows.one(Job).progress_step))
    assert seen == [(10.0, "one"), (10.0, "one"), (12.0, "one"), (12.1, "two"), (100.0, "two")]


def test_a_job_given_back_is_due_at_once_and_has_lost_no_attempt(parts: Parts, rows: Rows) -> None:
    lease = claimed(parts, rows.job(attempts=2, run_after_at=LONG_AGO))
    lease.give_back()
    job = rows.one(Job)
    assert (job.state, job.attempts) == (JobState.PENDING, 2)
    assert LONG_AGO < job.run_after_at <= rows.moment()


def test_a_dead_job_and_what_its_subject_is_told_are_one_transaction(parts: Parts, rows: Rows) -> None:
    lease = claimed(parts, rows.job(subject_id="s"))
    told = []

    def tell(session: Session, *words: str) -> None:
        told.append(words)
        session.add(Account(handle="told", display_name="Told"))

    def fail(session: Session, *_words: str) -> None:
        tell(session)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        lease.bury("broken", "it broke", fail)
    assert (rows.one(Job).state, rows.all(Account)) == (JobState.LEASED, [])
    lease.bury("broken", "x" * 3000, tell)
    job = rows.one(Job)
    assert (job.state, job.error_code, job.error_detail) == (JobState.DEAD, "broken", "x" * 2000)
    assert job.finished_at is not None
    assert told[-1] == ("s", "broken", "x" * 3000)


def await_the_end_of_the_beat(lease: Lease) -> None:
    for thread in threading.enumerate():
        if thread.name == f"lease-{lease.job_id}":
            thread.join(30)


def test_the_heartbeat_renews_the_lease_until_the_work_ends(parts: Parts, rows: Rows) -> None:
    lease = claim(parts.database, rows.job().id, seconds=0)  # beats without a pause
    assert lease is not None
    rows.change(Job, leased_until_at=LONG_AGO)
    with lease:
        renewed = (True for _ in range(100_000) if rows.one(Job).leased_until_at != LONG_AGO)
        assert next(renewed, False)
        assert not lease.lost
    assert f"lease-{lease.job_id}" not in {thread.name for thread in threading.enumerate()}


def test_the_heartbeat_tells_long_work_that_its_lease_is_lost(parts: Parts, rows: Rows) -> None:
    lease = claim(parts.database, rows.job().id, seconds=0)
    assert lease is not None
    rows.change(Job, fence=lease.fence + 1)
    with lease:
        await_the_end_of_the_beat(lease)
        assert lease.lost


def test_a_claim_takes_the_job_that_was_rung_and_says_whose_it_is(parts: Parts, rows: Rows) -> None:
    artist = rows.account()
    other, mine = rows.job(subject_id="other"), rows.job(subject_id="mine", account_id=artist.id)
    lease = claimed(parts, mine)
    assert (lease.subject_id, lease.account_id) == ("mine", artist.id)
    assert {job.id: job.state for job in rows.all(Job)} == {other.id: JobState.PENDING, mine.id: JobState.LEASED}


def test_a_lease_writes_to_its_own_job_alone(parts: Parts, rows: Rows) -> None:
    mine, other = claimed(parts, rows.job(subject_id="mine")), claimed(parts, rows.job(subject_id="other"))
    mine.progress(50.0, "half")
    steps = {job.id: job.progress_step for job in rows.all(Job)}
    assert steps == {mine.job_id: "half", other.job_id: "started"}


def test_long_words_are_cut_to_what_the_table_holds(parts: Parts, rows: Rows) -> None:
    lease = claimed(parts, rows.job())
    lease.progress(1.0, "x" * 61)
    assert rows.one(Job).progress_step == "x" * 60
    lease.retry_later("internal", "y" * 2001, delay_seconds=0)
    assert rows.one(Job).error_detail == "y" * 2000


def test_who_has_lost_the_lease_is_told_which_job_it_was(parts: Parts, rows: Rows) -> None:
    late = lost(parts, rows)
    for _ in range(2):
        with pytest.raises(LeaseLost, match=f"^{late.job_id}$"):
            late.progress(50.0, "half")
    assert late.lost
