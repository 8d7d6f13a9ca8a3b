"""Renditions whose objects are gone or damaged are made anew: by the jobs that made them, or when somebody asks."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM
from remixhub.domain.states import IngestState, JobKind, RenditionKind
from remixhub.jobs.table import add_job
from remixhub.models import Mixdown, Original, Rendition, Stem, Work
from remixhub.services import journal

_AT_ONCE = 200


def remake(parts: Parts, keys: Collection[str]) -> int:
    """How many of these renditions are ordered, or forgotten until somebody wants them."""
    listed = sorted(keys)
    count = 0
    for begin in range(0, len(listed), _AT_ONCE):
        wanted = sa.and_(Rendition.key.in_(listed[begin : begin + _AT_ONCE]), Rendition.kind != RenditionKind.COVER)
        with parts.database.writing() as session:
            renditions = session.scalars(sa.select(Rendition).where(wanted)).all()
            subjects = {one.subject_digest for one in renditions}
            session.execute(sa.delete(Rendition).where(wanted))
            for subject in sorted(subjects):
                _order(session, parts, subject)
            count += len(renditions)
    return count


def _order(session: Session, parts: Parts, subject: str) -> None:
    """Whatever it is the digest of; archives and other formats of mixdowns wait for who asks."""
    journal.record(session, SYSTEM, "renditions.lost", "rendition", subject)

    def add(kind: JobKind, subject_id: str) -> None:
        add_job(session, SYSTEM, kind, subject_id, max_attempts=parts.settings.job_attempts)

    if session.get(Original, subject) is not None:
        # not pending: what is published goes on being heard as far as it is there
        session.execute(sa.update(Original).where(Original.sha256 == subject).values(engine_version=None))
        add(JobKind.INGEST_STEM, subject)
    elif session.scalar(sa.select(Stem.id).where(Stem.resampled_digest == subject).limit(1)) is not None:
        add(JobKind.PREPARE_STEM, subject)
    elif session.get(Mixdown, subject) is not None:
        session.execute(sa.update(Mixdown).where(Mixdown.digest == subject).values(state=IngestState.PENDING))
        add(JobKind.RENDER_MIXDOWN, subject)
    shown = sa.or_(Work.print_digest == subject, Work.cover_digest == subject, Work.thumbnail_digest == subject)
    for work_id in session.scalars(sa.select(Work.id).where(shown)):
        session.execute(sa.update(Work).where(Work.id == work_id).values(printed_revision=0))
        add(JobKind.PRINT_COVER, work_id)
