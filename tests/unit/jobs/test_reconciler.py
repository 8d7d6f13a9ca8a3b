"""While something is due it is rung, whatever becomes of the rings."""

from __future__ import annotations

import pytest

from remixhub.compose import Parts
from remixhub.dev.ports import LOOPBACK, free_ports
from remixhub.domain.states import JobState
from remixhub.jobs.carrier import Carrier, CarrierUnavailable
from remixhub.jobs.reconciler import ring_due
from remixhub.models import Job, now
from tests.unit.rows import LONG_AGO, Rows


class Bell(Carrier):
    """Rings that are counted; a worker may take them, whether or not it lives to claim anything."""

    def __init__(self) -> None:
        self.rings = 0

    def ring(self) -> bool:
        self.rings += 1
        return True


@pytest.fixture
def bell() -> Bell:
    return Bell()


def test_what_is_due_is_rung_until_somebody_claims_it(parts: Parts, rows: Rows, bell: Bell) -> None:
    rows.job()
    assert ring_due(parts.database, bell)
    assert ring_due(parts.database, bell), "the first ring may be lost"
    rows.change(Job, state=JobState.LEASED, leased_until_at=now(60))
    assert not ring_due(parts.database, bell)
    assert bell.rings == 2


def test_a_heavy_job_alone_is_rung_as_well(parts: Parts, rows: Rows, bell: Bell) -> None:
    rows.job(is_heavy=True)
    assert ring_due(parts.database, bell)


def test_a_heavy_job_that_may_not_run_yet_wakes_nobody(parts: Parts, rows: Rows, bell: Bell) -> None:
    rows.job(subject_id="1", is_heavy=True, state=JobState.LEASED, leased_until_at=now(60))
    rows.job(subject_id="2", is_heavy=True)
    assert not ring_due(parts.database, bell)


def test_a_job_is_rung_when_it_is_due_and_not_before(parts: Parts, rows: Rows, bell: Bell) -> None:
    rows.job(run_after_at=now(30))
    assert not ring_due(parts.database, bell)
    rows.change(Job, run_after_at=now())
    assert ring_due(parts.database, bell)


@pytest.mark.parametrize("state", [JobState.DONE, JobState.DEAD])
def test_what_has_ended_is_not_rung(parts: Parts, rows: Rows, bell: Bell, state: JobState) -> None:
    rows.job(state=state, leased_until_at=LONG_AGO)
    assert not ring_due(parts.database, bell)


def test_an_expired_lease_is_rung_and_one_that_runs_is_left_alone(parts: Parts, rows: Rows, bell: Bell) -> None:
    rows.job(state=JobState.LEASED, leased_until_at=now(30))
    assert not ring_due(parts.database, bell)
    rows.change(Job, leased_until_at=now(-1))
    assert ring_due(parts.database, bell)


def test_while_redis_is_away_the_scheduler_is_told(parts: Parts, rows: Rows) -> None:
    rows.job()
    with pytest.raises(CarrierUnavailable):
        ring_due(parts.database, Carrier(f"redis://{LOOPBACK}:{free_ports(1)[0]}", "none"))


def test_redis_is_not_asked_while_nothing_is_due(parts: Parts) -> None:
    assert not ring_due(parts.database, parts.carrier)
