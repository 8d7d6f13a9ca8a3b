"""How a worker and its work-horse end: what a crash leaves in the tables, and that a stop leaves nothing in hand."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from remixhub.app import create_app
from remixhub.compose import Parts, build_parts
from remixhub.config import Settings
from remixhub.domain.access import SYSTEM
from remixhub.domain.states import JobKind, JobState
from remixhub.jobs.table import add_job
from remixhub.models import Death, Job, new_id
from remixhub.storage.s3 import ObjectStore
from tests.faults.crew import Crew, children_of
from tests.faults.test_fairness import add_stem, silence
from tests.faults.test_kills import _wait_until
from tests.integration.conftest import Hub

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Both end alike on either; the storm of kills runs on both."""


def _hub(settings: Settings) -> Hub:
    settings.work_dir.mkdir(parents=True)
    ObjectStore(settings).ensure_bucket([settings.public_url])
    parts = build_parts(settings)
    return Hub(create_app(settings, parts), parts)


def _add_trivial(parts: Parts, count: int) -> None:
    """Covers of works that nobody knows."""
    with parts.database.writing() as session:
        for _ in range(count):
            add_job(session, SYSTEM, JobKind.PRINT_COVER, new_id(), max_attempts=5)


def test_a_crash_of_a_work_horse_is_noted_with_its_job_and_a_fresh_worker_does_the_job(
    settings: Settings, tmp_path: Path
) -> None:
    hub = _hub(settings)
    artist = hub.account()
    work = artist.post("/releases", {"title": "Long", "licence": "cc-by-4.0"}).get_json()
    upload = artist.send_upload(silence(tmp_path / "long.flac", 600, 1))
    hub.drain()
    add_stem(artist, work["id"], upload)

    def ingest() -> Job:
        (job,) = [one for one in hub.rows(Job) if one.kind is JobKind.INGEST_STEM]
        return job

    with Crew(settings, tmp_path, workers=1) as crew:
        _wait_until(lambda: ingest().progress_percent > 10)
        (worker,) = crew.worker_pids()
        (horse,) = children_of(worker)
        os.kill(horse, signal.SIGSEGV)
        _wait_until(lambda: bool(hub.rows(Death)))
        _wait_until(lambda: ingest().state is JobState.DONE)
        _wait_until(lambda: crew.worker_pids() not in ([], [worker]))
    (death,) = hub.rows(Death)
    job = ingest()
    assert (death.job_id, death.signal, death.is_evidence, death.worker == job.worker) == (job.id, 11, True, False)
    assert death.peak_rss_bytes > 10_000_000
    assert job.attempts == 0
    hub.parts.close()


def test_a_worker_that_is_stopped_between_jobs_leaves_none_in_hand(settings: Settings, tmp_path: Path) -> None:
    hub = _hub(settings)

    def states() -> set[JobState]:
        return {job.state for job in hub.rows(Job) if job.kind is JobKind.PRINT_COVER}

    with Crew(settings, tmp_path, workers=1):
        _add_trivial(hub.parts, 600)
        _wait_until(lambda: JobState.DONE in states())
    assert states() == {JobState.DONE, JobState.PENDING}, "it was in the middle, and nothing is leased"
    hub.parts.close()
