"""What a rung worker does: short jobs first, then what is heavy; and what waited long is not put off for ever."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import pytest
import sqlalchemy as sa

from remixhub.compose import Parts
from remixhub.domain.states import JobKind, JobState
from remixhub.jobs.carrier import Carrier
from remixhub.jobs.stopping import Stopping
from remixhub.models import Job, now
from remixhub.services.upkeep import background
from remixhub.services.upkeep.health import measure_load
from tests.unit.rows import Rows


class Bell:
    rings = 0

    def ring_soon(self) -> None:
        self.rings += 1


@pytest.fixture
def bell() -> Bell:
    return Bell()


@pytest.fixture
def hub(parts: Parts, bell: Bell) -> Parts:
    return replace(parts, carrier=cast(Carrier, bell))


def job(rows: Rows, name: str, **facts: object) -> None:
    """A cover of a work that nobody knows."""
    rows.job(kind=JobKind.PRINT_COVER, subject_id=name, **facts)


def done(rows: Rows) -> set[str]:
    return {one.subject_id for one in rows.all(Job) if one.state is JobState.DONE}


def test_the_only_worker_does_what_is_short_and_then_one_heavy_job(hub: Parts, rows: Rows, bell: Bell) -> None:
    for name in ("s1", "s2"):
        job(rows, name)
    for name in ("h1", "h2"):
        job(rows, name, is_heavy=True)
    background.work_through(hub, "w", Stopping())
    assert done(rows) == {"s1", "s2", "h1"}
    assert bell.rings == 1, "when the first job was taken; of the heavy ones no second may run"
    background.work_through(hub, "w", Stopping())
    assert done(rows) == {"s1", "s2", "h1", "h2"}


@pytest.mark.parametrize(("waited", "heavy"), [(10, set()), (40, {"h1"})])
def test_a_heavy_job_that_waited_for_long_comes_after_a_lot_of_short_ones(
    hub: Parts, rows: Rows, bell: Bell, monkeypatch: pytest.MonkeyPatch, waited: int, heavy: set[str]
) -> None:
    monkeypatch.setattr(background, "SHORT_JOBS", 2)
    for number in range(3):
        job(rows, f"s{number}")
    job(rows, "h1", is_heavy=True, run_after_at=now(-waited))
    background.work_through(hub, "w", Stopping())
    assert len(done(rows) - {"h1"}) == 2
    assert done(rows) & {"h1"} == heavy
    assert bell.rings > 1, "short ones are left"


def test_a_database_that_is_busy_ends_the_work_quietly(hub: Parts, rows: Rows) -> None:
    job(rows, "s1")
    with hub.database.writing():
        background.work_through(hub, "w", Stopping())
    assert done(rows) == set()


def test_what_a_newer_release_has_ordered_waits_uncounted_and_holds_nothing_up(hub: Parts, rows: Rows) -> None:
    """While a hub is upgraded, workers of two releases ask the same table."""
    with hub.database.writing() as session:
        session.execute(sa.text("PRAGMA ignore_check_constraints = ON"))
        new = Job(kind=JobKind.SWEEP, subject_id="new", max_attempts=5)
        session.add(new)
        session.flush()
        session.execute(sa.text("UPDATE jobs SET kind = 'fold_time'"))
        session.execute(sa.text("PRAGMA ignore_check_constraints = OFF"))
    job(rows, "old")
    background.work_through(hub, "w", Stopping())
    assert done(rows) == {"old"}
    (waiting,) = rows.all(Job, Job.subject_id == "new")
    assert (waiting.kind, waiting.state, waiting.attempts) == ("fold_time", JobState.PENDING, 0)
    assert waiting.error_code == "job_of_newer_release"
    assert ("fold_time", JobState.PENDING, 1) in measure_load(hub).jobs
