"""What stems are like, of those that were ingested before that was measured: a few at a time, the newest first."""

from __future__ import annotations

import sqlalchemy as sa

from remixhub.audio.ingest import sound_of
from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM
from remixhub.domain.media import Cancelled, Refused
from remixhub.domain.states import JobKind, JobState
from remixhub.domain.stems.sound import RECIPE
from remixhub.jobs.lease import Lease, LeaseLost
from remixhub.jobs.table import ACTIVE, add_job
from remixhub.jobs.troubles import is_verdict
from remixhub.models import Job, Original
from remixhub.models.uploads import UNMEASURED
from remixhub.services import workbench

_AT_A_TIME = 4
_FETCHED = 15.0
"""Percent of the job's progress."""


def order_due(parts: Parts) -> None:
    """Only while none is under way. What died waits for an operator to send it again."""
    under_way = sa.select(Job.id).where(Job.kind == JobKind.MEASURE_SOUND, Job.state.in_(ACTIVE)).limit(1)
    died = sa.exists().where(
        Job.kind == JobKind.MEASURE_SOUND, Job.subject_id == Original.sha256, Job.state == JobState.DEAD
    )
    due = sa.select(Original.sha256).where(UNMEASURED, ~died).order_by(Original.created_at.desc()).limit(_AT_A_TIME)
    with parts.database.reading() as session:
        if session.scalar(under_way) is not None:
            return
        subjects = session.scalars(due).all()
    if subjects:
        with parts.database.writing() as session:
            for sha256 in sorted(subjects):
                add_job(session, SYSTEM, JobKind.MEASURE_SOUND, sha256, max_attempts=parts.settings.job_attempts)


def measure_sound(parts: Parts, lease: Lease) -> None:
    """A job on an original; safe to repeat: equal bytes are alike."""
    with parts.database.reading() as session:
        original = session.get(Original, lease.subject_id)
    is_due = original is not None and original.sound_recipe != RECIPE
    sound = _heard(parts, lease, original) if original is not None and is_due else None
    with lease.committing() as session:
        if is_due:
            due = sa.update(Original).where(Original.sha256 == lease.subject_id)
            session.execute(due.values(sound=sound, sound_recipe=RECIPE))


def _heard(parts: Parts, lease: Lease, original: Original) -> bytes | None:
    """None for what cannot be decoded any more: it is like nothing."""
    with workbench.own_folder(parts, lease) as folder:
        fetched = workbench.fetch_originals(parts, lease, [original], folder, to_percent=_FETCHED)
        try:
            return sound_of(
                fetched[original.sha256],
                parts.sandbox,
                on_progress=lambda share, step: lease.progress(_FETCHED + (100 - _FETCHED) * share, step),
                cancelled=lambda: lease.lost,
            )
        except Cancelled as exc:
            raise LeaseLost(lease.job_id) from exc
        except Refused as exc:
            if not is_verdict(exc):
                raise
            return None
