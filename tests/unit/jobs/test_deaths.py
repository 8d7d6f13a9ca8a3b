"""What the end of a work-horse says of the job that it had in hand."""

from __future__ import annotations

import signal
from dataclasses import replace

import pytest

from remixhub.compose import Parts
from remixhub.domain.states import JobKind, JobState
from remixhub.jobs.deaths import memory_limit, note_death, note_excess
from remixhub.jobs.lease import Lease, claim
from remixhub.jobs.runner import Plan, perform
from remixhub.models import Death, Job, now
from tests.unit.rows import Rows

MIB = 1024**2


def held(parts: Parts, rows: Rows, worker: str) -> Lease:
    rows.change(Job, run_after_at=now())
    lease = claim(parts.database, rows.one(Job).id, seconds=60, worker=worker)
    assert lease is not None
    return lease


def dies(parts: Parts, rows: Rows, worker: str, by: int | None, **seen: int) -> bool:
    held(parts, rows, worker)
    return note_death(parts.database, worker=worker, signal=by, **seen)  # type: ignore[arg-type]


def try_it(parts: Parts, rows: Rows) -> tuple[Job, list[tuple[str, ...]]]:
    """The next attempt, which would go well."""
    told: list[tuple[str, ...]] = []

    def work(lease: Lease) -> None:
        with lease.committing():
            return

    rows.change(Job, run_after_at=now())
    plan = Plan(work, reject=lambda _session, *words: told.append(words))
    perform(parts.settings, parts.database, rows.one(Job).id, plan)
    return rows.one(Job), told


@pytest.mark.parametrize(
    ("by", "seen", "is_evidence"),
    [
        (signal.SIGSEGV, {}, True),
        (signal.SIGABRT, {}, True),
        (signal.SIGXCPU, {}, True),
        (signal.SIGBUS, {}, False),
        (signal.SIGTERM, {}, False),
        (signal.SIGKILL, {}, False),
        (signal.SIGKILL, {"peak_rss_bytes": 900 * MIB, "limit_bytes": 1024 * MIB}, True),
        (signal.SIGKILL, {"peak_rss_bytes": 500 * MIB, "limit_bytes": 1024 * MIB}, False),
        (signal.SIGKILL, {"peak_rss_bytes": 900 * MIB}, False),
        (None, {}, False),
    ],
)
def test_crashes_and_kills_at_a_stated_limit_are_evidence_and_no_other_end(
    parts: Parts, rows: Rows, by: int | None, seen: dict[str, int], is_evidence: bool
) -> None:
    rows.job(kind=JobKind.INGEST_STEM, subject_id="s")
    assert dies(parts, rows, "one", by, **seen) is is_evidence
    death = rows.one(Death)
    assert (death.kind, death.subject_id, death.worker, death.signal) == ("ingest_stem", "s", "one", by)
    assert (death.peak_rss_bytes, death.limit_bytes) == (seen.get("peak_rss_bytes"), seen.get("limit_bytes"))
    job = rows.one(Job)
    assert (job.state, job.attempts, job.delays, job.error_code) == (JobState.PENDING, 0, 1, "worker_died")


def test_two_deaths_with_evidence_in_two_workers_make_a_poison_file(parts: Parts, rows: Rows) -> None:
    rows.job(kind=JobKind.INGEST_STEM, subject_id="s")
    dies(parts, rows, "one", signal.SIGSEGV)
    dies(parts, rows, "two", signal.SIGSEGV)
    job, told = try_it(parts, rows)
    assert (job.state, job.error_code) == (JobState.DEAD, "poison_file")
    [(subject, code, words)] = told
    assert (subject, code, "crashed twice" in words) == ("s", "poison_file", True)


@pytest.mark.parametrize("deaths", [[("one", signal.SIGSEGV)] * 3, [(f"{n}", signal.SIGKILL) for n in range(40)]])
def test_one_worker_that_crashes_and_any_number_of_kills_do_not(
    parts: Parts, rows: Rows, deaths: list[tuple[str, int]]
) -> None:
    rows.job(kind=JobKind.INGEST_STEM, subject_id="s")
    for worker, by in deaths:
        dies(parts, rows, worker, by)
    job, told = try_it(parts, rows)
    assert (job.state, told) == (JobState.DONE, [])


def test_what_another_worker_has_in_hand_stays_there(parts: Parts, rows: Rows) -> None:
    rows.job(kind=JobKind.INGEST_STEM, subject_id="s")
    held(parts, rows, "one")
    assert note_death(parts.database, worker="two", signal=signal.SIGSEGV) is False
    assert (rows.one(Job).state, rows.all(Death)) == (JobState.LEASED, [])


def test_a_job_that_runs_into_the_limit_and_lives_is_evidence_too(parts: Parts, rows: Rows) -> None:
    rows.job(kind=JobKind.INGEST_STEM, subject_id="s")
    settings = replace(parts.settings, worker_memory_bytes=512 * MIB)

    def eats(_lease: Lease) -> None:
        raise MemoryError

    for worker in ("one", "two"):
        rows.change(Job, run_after_at=now())
        perform(settings, parts.database, rows.one(Job).id, Plan(eats), worker=worker)
    assert [death.limit_bytes for death in rows.all(Death)] == [512 * MIB] * 2
    assert try_it(parts, rows)[0].error_code == "poison_file"


def test_without_a_limit_no_memory_is_the_machines_trouble(parts: Parts, rows: Rows) -> None:
    rows.job(kind=JobKind.INGEST_STEM, subject_id="s")
    lease = held(parts, rows, "one")
    assert rows.all(Death) == []
    note_excess(lease, 1)
    assert len(rows.all(Death)) == 1


def test_the_limit_is_as_set_or_the_containers(parts: Parts) -> None:
    limit = memory_limit(replace(parts.settings, worker_memory_bytes=7))
    assert limit is not None
    assert (limit.bytes, limit.said_by) == (7, "setting")
