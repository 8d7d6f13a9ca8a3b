"""Originals of before are measured a few at a time, the newest first, and none twice."""

from __future__ import annotations

from remixhub.compose import Parts
from remixhub.domain.states import IngestState, JobKind, JobState
from remixhub.models import Job
from remixhub.services.stems.sounds import order_due
from tests.unit.rows import LONG_AGO, Rows


def ordered(rows: Rows) -> set[str]:
    return {job.subject_id for job in rows.all(Job, Job.kind == JobKind.MEASURE_SOUND, Job.state == JobState.PENDING)}


def test_the_newest_that_are_not_measured_are_ordered_and_others_wait_for_them(parts: Parts, rows: Rows) -> None:
    rows.original("measured", sound_recipe=1)
    rows.original("pending", ingest_state=IngestState.PENDING)
    rows.original("oldest", created_at=LONG_AGO)
    newest = {rows.original(f"new {n}").sha256 for n in range(4)}
    order_due(parts)
    assert ordered(rows) == newest
    rows.original("newer still")
    order_due(parts)
    assert ordered(rows) == newest


def test_what_died_is_left_to_operators(parts: Parts, rows: Rows) -> None:
    dead = rows.original("dead")
    rows.job(kind=JobKind.MEASURE_SOUND, subject_id=dead.sha256, state=JobState.DEAD)
    order_due(parts)
    assert ordered(rows) == set()
