"""Jobs go into the table once for each thing to do, and come back from the dead by an operator alone."""

from __future__ import annotations

from typing import Any

import pytest
import structlog

from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM
from remixhub.domain.states import JobKind, JobState
from remixhub.domain.troubles import OVERDUE
from remixhub.jobs.table import JobNotFound, add_job, latest_job, list_jobs, resend_job, why_delayed
from remixhub.models import Job, now
from tests.unit.rows import LONG_AGO, Rows, actor_of


def ordered(parts: Parts, subject_id: str = "hub", kind: JobKind = JobKind.SWEEP) -> str:
    with parts.database.writing() as session:
        return add_job(session, SYSTEM, kind, subject_id, max_attempts=5)


@pytest.mark.parametrize("state", [JobState.PENDING, JobState.LEASED])
def test_what_is_asked_for_again_while_it_is_on_its_way_is_the_same_job(
    parts: Parts, rows: Rows, state: JobState
) -> None:
    first = ordered(parts)
    rows.change(Job, state=state)
    assert ordered(parts) == first
    assert ordered(parts, "another") != first
    assert ordered(parts, kind=JobKind.BUILD_ARCHIVE) != first
    assert len(rows.all(Job)) == 3


@pytest.mark.parametrize("state", [JobState.DONE, JobState.DEAD])
def test_what_is_asked_for_after_its_end_is_a_new_job(parts: Parts, rows: Rows, state: JobState) -> None:
    first = ordered(parts)
    rows.change(Job, state=state)
    assert ordered(parts) != first


def test_asking_again_gives_a_running_job_neither_a_new_fence_nor_new_attempts(parts: Parts, rows: Rows) -> None:
    rows.job(state=JobState.LEASED, fence=3, attempts=2, leased_until_at=now(60))
    ordered(parts)
    job = rows.one(Job)
    assert (job.state, job.fence, job.attempts) == (JobState.LEASED, 3, 2)


def test_a_new_job_is_due_at_once_and_says_whose_act_caused_it(parts: Parts, rows: Rows) -> None:
    artist = rows.account()
    with parts.database.writing() as session:
        add_job(session, actor_of(artist), JobKind.VERIFY_UPLOAD, "one", max_attempts=7)
    job = rows.one(Job)
    assert (job.state, job.attempts, job.max_attempts, job.fence) == (JobState.PENDING, 0, 7, 0)
    assert job.account_id == artist.id
    assert job.run_after_at <= rows.moment()


def test_a_job_is_not_there_before_what_caused_it_is_committed(parts: Parts, rows: Rows) -> None:
    def order_and_fail() -> None:
        with parts.database.writing() as session:
            add_job(session, SYSTEM, JobKind.SWEEP, "hub", max_attempts=5)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        order_and_fail()
    assert rows.all(Job) == []


def test_a_dead_job_that_is_sent_again_has_all_of_its_attempts(parts: Parts, rows: Rows) -> None:
    dead = rows.job(
        state=JobState.DEAD, attempts=5, run_after_at=LONG_AGO, error_code="internal",
        error_detail="it broke", finished_at=LONG_AGO,
    )  # fmt: skip
    with parts.database.writing() as session:
        resend_job(session, dead.id)
    job = rows.one(Job)
    assert (job.state, job.attempts) == (JobState.PENDING, 0)
    assert (job.error_code, job.error_detail, job.finished_at) == (None, None, None)
    assert LONG_AGO < job.run_after_at <= rows.moment()


@pytest.mark.parametrize("state", [JobState.PENDING, JobState.LEASED, JobState.DONE])
def test_only_a_dead_job_is_sent_again(parts: Parts, rows: Rows, state: JobState) -> None:
    job = rows.job(state=state, attempts=2)
    with pytest.raises(JobNotFound), parts.database.writing() as session:
        resend_job(session, job.id)
    assert (rows.one(Job).state, rows.one(Job).attempts) == (state, 2)


def test_jobs_are_listed_newest_first_and_by_their_state(parts: Parts, rows: Rows) -> None:
    old, new = (rows.job(state=JobState.DEAD, created_at=now(-age), subject_id=str(age)) for age in (20, 10))
    rows.job(state=JobState.DONE)
    with parts.database.reading() as session:
        assert [job.id for job in list_jobs(session, JobState.DEAD)] == [new.id, old.id]
        assert [job.id for job in list_jobs(session, JobState.DEAD, limit=1)] == [new.id]
        assert len(list_jobs(session)) == 3


def test_the_latest_job_on_a_subject_is_the_newest_of_its_kind(parts: Parts, rows: Rows) -> None:
    rows.job(state=JobState.DEAD, created_at=now(-20))
    newest = rows.job(state=JobState.DONE, created_at=now(-10))
    rows.job(kind=JobKind.BUILD_ARCHIVE)
    rows.job(subject_id="another")
    with parts.database.reading() as session:
        latest = latest_job(session, JobKind.SWEEP, "hub")
        assert latest is not None
        assert latest.id == newest.id
        assert latest_job(session, JobKind.INGEST_STEM, "hub") is None


def test_a_new_job_is_written_as_nobody_has_begun_it(parts: Parts, rows: Rows) -> None:
    before = rows.moment()
    with structlog.contextvars.bound_contextvars(request_id="asked"):
        id = ordered(parts)
    job = rows.one(Job)
    assert (job.id, job.request_id, job.progress_percent, job.progress_step) == (id, "asked", 0.0, "")
    assert (job.account_id, job.leased_until_at, job.finished_at) == (None, None, None)
    assert before <= job.created_at <= rows.moment()
    assert before <= job.run_after_at <= rows.moment()


@pytest.mark.parametrize(
    ("facts", "is_late"),
    [
        ({"run_after_at": now(-25)}, True),
        ({"run_after_at": now(-15)}, False),
        ({"run_after_at": now(60)}, False),
        ({"run_after_at": now(-25), "state": JobState.LEASED}, False),
        ({"run_after_at": now(-25), "state": JobState.DONE}, False),
    ],
)
def test_work_is_delayed_when_something_was_due_for_twenty_seconds_and_nobody_took_it(
    parts: Parts, rows: Rows, facts: dict[str, Any], is_late: bool
) -> None:
    rows.job(**facts)
    rows.job(kind=JobKind.BUILD_ARCHIVE, run_after_at=now(60))
    with parts.database.reading() as session:
        assert why_delayed(session, []) is (OVERDUE if is_late else None)


def test_of_two_dead_jobs_the_named_one_comes_back(parts: Parts, rows: Rows) -> None:
    one, other = (rows.job(subject_id=subject, state=JobState.DEAD) for subject in ("one", "other"))
    with parts.database.writing() as session:
        resend_job(session, one.id)
    assert {job.id: job.state for job in rows.all(Job)} == {one.id: JobState.PENDING, other.id: JobState.DEAD}
