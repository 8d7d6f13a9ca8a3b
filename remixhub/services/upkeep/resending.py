"""Another try for jobs that died, and for what they left behind: an upload, an original, a mixdown, a review."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_operator
from remixhub.domain.states import IngestState, JobKind, JobState, StemPackState
from remixhub.domain.troubles import BY_US, SET_ASIDE
from remixhub.jobs import deaths, table
from remixhub.models import Job, Mixdown, Original, StemPack, now
from remixhub.models.changes import changed
from remixhub.services.uploads import owed

_HURRIED = sa.and_(Job.state == JobState.PENDING, Job.delays > 0)


@dataclass(frozen=True)
class Resent:
    count: int
    left: Sequence[tuple[str, str]]
    """Jobs that cannot be sent again, and why."""


def resend(actor: Actor, parts: Parts, job_ids: Sequence[str] | None) -> Resent:
    """Gives dead jobs a fresh set of attempts and ends the pause of those that wait for a trouble of ours.

    `None`: all that did not die of their subject. Raises JobNotFound, before anything is sent, for one that is neither.
    """
    require_operator(actor)
    by_us = sa.and_(Job.state == JobState.DEAD, Job.error_code.in_(BY_US), ~table.FOLLOWED)
    wanted = sa.or_(by_us, _HURRIED) if job_ids is None else Job.id.in_(job_ids)
    with parts.database.reading() as session:
        jobs = session.scalars(sa.select(Job).where(wanted).order_by(Job.created_at)).all()
    for job_id in job_ids or ():
        if not any(job.id == job_id and (job.state is JobState.DEAD or job.delays) for job in jobs):
            raise table.JobNotFound(f"There is no dead job {job_id!r}; `jobs list --state dead` shows them.")
    left = [(job.id, why) for job in jobs if (why := _send(actor, parts, job)) is not None]
    return Resent(len(jobs) - len(left), left)


def _send(actor: Actor, parts: Parts, job: Job) -> str | None:
    """Why not, if not."""
    if job.state is not JobState.DEAD:
        with parts.database.writing() as session:
            session.execute(sa.update(Job).where(Job.id == job.id, _HURRIED).values(run_after_at=now()))
        return None
    revive = _REVIVED.get(job.kind)
    why = None if revive is None else revive(actor, parts, job.subject_id)
    if why is not None:
        return why
    with parts.database.writing() as session:
        deaths.forget(session, job.kind, job.subject_id)
        if table.is_active(session, job.kind, job.subject_id):
            return "It is under way already, as a newer job."
        table.resend_job(session, job.id)
    return None


def _revive_original(_actor: Actor, parts: Parts, sha256: str) -> str | None:
    with parts.database.reading() as session:
        original = session.get(Original, sha256)
    if original is None or parts.store.head(original.key) is None:
        return "The bytes of the original are gone; restore them, or ask its artist to send the file again."
    with parts.database.writing() as session:
        session.execute(
            sa.update(Original)
            .where(Original.sha256 == sha256, Original.refusal_code.in_(SET_ASIDE))
            .values(ingest_state=IngestState.PENDING, refusal_code=None, refusal_detail=None)
        )
    return None


def _revive_mixdown(_actor: Actor, parts: Parts, digest: str) -> str | None:
    with parts.database.writing() as session:
        session.execute(
            sa.update(Mixdown)
            .where(Mixdown.digest == digest, Mixdown.refusal_code.in_(SET_ASIDE))
            .values(state=IngestState.PENDING, refusal_code=None, refusal_detail=None)
        )
        is_there = changed(session, sa.update(Mixdown).where(Mixdown.digest == digest).values(created_at=now()))
    return None if is_there else "Nobody keeps this mix any more."


def _revive_review(_actor: Actor, parts: Parts, stem_pack_id: str) -> str | None:
    with parts.database.writing() as session:
        session.execute(
            sa.update(StemPack)
            .where(StemPack.id == stem_pack_id, StemPack.state == StemPackState.DRAFT)
            .values(reviewed_digest=None)
        )
    return None


_REVIVED: dict[JobKind, Callable[[Actor, Parts, str], str | None]] = {
    JobKind.VERIFY_UPLOAD: owed.bring_back,
    JobKind.INGEST_STEM: _revive_original,
    JobKind.RENDER_MIXDOWN: _revive_mixdown,
    JobKind.REVIEW_STEM_PACK: _revive_review,
}
