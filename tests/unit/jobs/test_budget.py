"""What is beyond an account's processing time of a day is kept and waits for the next."""

from __future__ import annotations

import datetime as dt

import pytest

from remixhub.compose import Parts
from remixhub.domain.states import JobKind, JobState
from remixhub.jobs import budget
from remixhub.jobs.claims import claim_next
from remixhub.jobs.table import add_job
from remixhub.models import Account, Job, ProcessingDay
from tests.unit.rows import Rows, actor_of

HOUR = 3600


def claimed(parts: Parts, *, daily_seconds: int = HOUR) -> str | None:
    lease = claim_next(parts.database, "w", heavy=False, seconds=60, daily_seconds=daily_seconds)
    return None if lease is None else lease.subject_id


@pytest.fixture
def artist(rows: Rows) -> Account:
    return rows.account()


def test_work_beyond_the_days_time_goes_on_at_midnight_utc_and_says_so(
    parts: Parts, rows: Rows, artist: Account
) -> None:
    rows.job(kind=JobKind.INGEST_STEM, subject_id="s", account_id=artist.id)
    budget.spend(parts.database, artist.id, HOUR - 1)
    budget.spend(parts.database, artist.id, 1)
    assert claimed(parts) is None
    job = rows.one(Job)
    assert (job.state, job.attempts, job.error_code) == (JobState.PENDING, 0, "processing_time_used_up")
    assert job.error_detail == "Today's processing time is used up; it goes on at 00:00 UTC."
    moment = rows.moment()
    assert job.run_after_at.time() == dt.time(0)
    assert moment < job.run_after_at <= moment + dt.timedelta(days=1)


def test_others_go_on_and_so_does_what_costs_no_processing(parts: Parts, rows: Rows, artist: Account) -> None:
    other = rows.account("other")
    budget.spend(parts.database, artist.id, HOUR)
    rows.job(kind=JobKind.INGEST_STEM, subject_id="1", account_id=artist.id)
    rows.job(kind=JobKind.SETTLE_LINEAGE, subject_id="2", account_id=artist.id)
    rows.job(kind=JobKind.INGEST_STEM, subject_id="3", account_id=other.id)
    rows.job(kind=JobKind.INGEST_STEM, subject_id="4")
    assert {claimed(parts) for _ in range(4)} == {"2", "3", "4", None}


def test_nobody_waits_for_the_day_of_another_who_wanted_the_same(parts: Parts, rows: Rows, artist: Account) -> None:
    other = rows.account("other")
    rows.job(kind=JobKind.BUILD_ARCHIVE, subject_id="s", account_id=artist.id)
    budget.spend(parts.database, artist.id, HOUR)
    assert claimed(parts) is None
    for account in (artist, other):
        with parts.database.writing() as session:
            add_job(session, actor_of(account), JobKind.BUILD_ARCHIVE, "s", max_attempts=5)
    assert claimed(parts) == "s"
    job = rows.one(Job)
    assert (job.payer, job.error_code, job.error_detail) == (other.id, None, None)


@pytest.mark.parametrize(("seconds", "daily"), [(HOUR - 1, HOUR), (99 * HOUR, 0)])
def test_below_the_limit_and_without_one_work_goes_on(
    parts: Parts, rows: Rows, artist: Account, seconds: int, daily: int
) -> None:
    rows.job(kind=JobKind.INGEST_STEM, subject_id="s", account_id=artist.id)
    budget.spend(parts.database, artist.id, seconds)
    assert claimed(parts, daily_seconds=daily) == "s"


def test_an_operator_has_no_limit(parts: Parts, rows: Rows) -> None:
    operator = rows.account(is_operator=True)
    rows.job(kind=JobKind.INGEST_STEM, subject_id="s", account_id=operator.id)
    budget.spend(parts.database, operator.id, 2 * HOUR)
    assert claimed(parts) == "s"


def test_what_was_spent_yesterday_counts_no_more(parts: Parts, rows: Rows, artist: Account) -> None:
    rows.job(kind=JobKind.INGEST_STEM, subject_id="s", account_id=artist.id)
    budget.spend(parts.database, artist.id, HOUR)
    rows.change(ProcessingDay, day=ProcessingDay.day - 1)
    assert claimed(parts) == "s"
