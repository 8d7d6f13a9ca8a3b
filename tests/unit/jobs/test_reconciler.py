"""What is due is rung, at once and once; what the carrier lost is rung again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from remixhub.compose import Parts
from remixhub.dev.ports import LOOPBACK, free_ports
from remixhub.domain.states import JobKind, JobState
from remixhub.jobs.carrier import Carrier, CarrierUnavailable
from remixhub.jobs.reconciler import ON_ITS_WAY_SECONDS, ring_due
from remixhub.models import Job, now
from tests.unit.rows import LONG_AGO, Rows


class Queue(Carrier):
    """A carrier's queue in memory, first in, first out."""

    def __init__(self) -> None:
        self.rung: list[tuple[str, JobKind]] = []

    def waiting(self) -> int:
        return len(self.rung)

    def ring(self, jobs: Sequence[tuple[str, JobKind]]) -> None:
        self.rung += jobs

    def take_all(self) -> list[str]:
        """What workers do, whether or not they live to claim it."""
        taken, self.rung = self.rung, []
        return [job_id for job_id, _ in taken]


@pytest.fixture
def queue() -> Queue:
    return Queue()


@pytest.fixture
def busy(queue: Queue) -> Iterator[Queue]:
    """A queue with a ring in it that no worker takes: nothing can be told to be lost."""
    queue.ring([("another", JobKind.SWEEP)])
    yield queue
    assert queue.rung[0] == ("another", JobKind.SWEEP)


def test_a_new_job_is_rung_once_by_its_kind(parts: Parts, rows: Rows, queue: Queue) -> None:
    job = rows.job(kind=JobKind.INGEST_STEM)
    assert ring_due(parts.database, queue) == 1
    assert queue.rung == [(job.id, JobKind.INGEST_STEM)]
    assert rows.one(Job).rung_at is not None
    assert ring_due(parts.database, queue) == 0


def test_a_job_is_rung_when_it_is_due_and_not_before(parts: Parts, rows: Rows, queue: Queue) -> None:
    rows.job(run_after_at=now(30))
    assert ring_due(parts.database, queue) == 0
    rows.change(Job, run_after_at=now())
    assert ring_due(parts.database, queue) == 1


@pytest.mark.parametrize("state", [JobState.DONE, JobState.DEAD])
def test_what_has_ended_is_not_rung(parts: Parts, rows: Rows, queue: Queue, state: JobState) -> None:
    rows.job(state=state, leased_until_at=LONG_AGO)
    assert ring_due(parts.database, queue) == 0


def test_an_expired_lease_is_rung_at_once_and_once(parts: Parts, rows: Rows, busy: Queue) -> None:
    job = rows.job(state=JobState.LEASED, rung_at=now(-3), leased_until_at=now(-1))
    assert ring_due(parts.database, busy) == 1
    assert busy.rung[1:] == [(job.id, JobKind.SWEEP)]
    assert ring_due(parts.database, busy) == 0


def test_a_lease_that_still_runs_is_left_alone(parts: Parts, rows: Rows, queue: Queue) -> None:
    rows.job(state=JobState.LEASED, rung_at=LONG_AGO, leased_until_at=now(30))
    assert ring_due(parts.database, queue) == 0


def test_a_ring_that_was_lost_is_repeated_once_the_queue_is_empty(parts: Parts, rows: Rows, queue: Queue) -> None:
    job = rows.job()
    ring_due(parts.database, queue)
    rows.change(Job, rung_at=now(-ON_ITS_WAY_SECONDS - 1))
    assert ring_due(parts.database, queue) == 0, "it waits in the queue"
    queue.take_all()
    assert ring_due(parts.database, queue) == 1
    assert queue.take_all() == [job.id]


def test_a_job_between_the_queue_and_its_claim_is_not_rung_again(parts: Parts, rows: Rows, queue: Queue) -> None:
    rows.job()
    ring_due(parts.database, queue)
    queue.take_all()
    assert ring_due(parts.database, queue) == 0


def test_an_expired_lease_whose_ring_was_lost_is_rung_again(parts: Parts, rows: Rows, queue: Queue) -> None:
    rows.job(state=JobState.LEASED, leased_until_at=LONG_AGO, rung_at=now(-ON_ITS_WAY_SECONDS - 1))
    assert ring_due(parts.database, queue) == 1


def test_two_hundred_are_rung_at_a_time_those_that_wait_longest_first(parts: Parts, rows: Rows, queue: Queue) -> None:
    ages = range(1, 202)
    with parts.database.writing() as session:
        session.add_all(
            Job(kind=JobKind.SWEEP, subject_id=str(age), max_attempts=5, run_after_at=now(-age)) for age in ages
        )
    assert ring_due(parts.database, queue) == 200
    assert [job.subject_id for job in rows.all(Job, Job.rung_at.is_(None))] == ["1"]
    assert ring_due(parts.database, queue) == 1


def test_while_redis_is_away_nothing_counts_as_rung(parts: Parts, rows: Rows) -> None:
    rows.job()
    away = Carrier(f"redis://{LOOPBACK}:{free_ports(1)[0]}", "none")
    with pytest.raises(CarrierUnavailable):
        ring_due(parts.database, away)
    assert rows.one(Job).rung_at is None


def test_redis_is_not_asked_while_nothing_is_due(parts: Parts) -> None:
    assert ring_due(parts.database, parts.carrier) == 0
