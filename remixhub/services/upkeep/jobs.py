"""Background jobs: how far one's own is, and what whoever runs the hub does about those that died."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account, require_operator
from remixhub.domain.states import JobKind, JobState, Scope
from remixhub.jobs import table
from remixhub.jobs.table import Delayed, JobNotFound
from remixhub.models import Job
from remixhub.models.changes import changed


def get_job(actor: Actor, parts: Parts, job_id: str) -> Job:
    """Raises JobNotFound, also for what somebody else caused; the system sees all."""
    query = sa.select(Job).where(Job.id == job_id)
    if not actor.is_system:
        query = query.where(Job.account_id == require_account(actor, Scope.READ))
    with parts.database.reading() as session:
        job = session.scalars(query).one_or_none()
    if job is None:
        raise JobNotFound(f"There is no job {job_id!r}, or it is not yours.")
    return job


def list_jobs(actor: Actor, parts: Parts, state: JobState | None, *, limit: int) -> Sequence[Job]:
    """The newest first, whoever caused them."""
    require_operator(actor)
    with parts.database.reading() as session:
        return table.list_jobs(session, state, limit=limit)


def forget(actor: Actor, parts: Parts, kinds: Sequence[JobKind]) -> int:
    """Before a hub goes back to a release that knows nothing of these; how many there were."""
    require_operator(actor)
    with parts.database.writing() as session:
        return changed(session, sa.delete(Job).where(Job.kind.in_(kinds)))


def measure_delays(parts: Parts) -> Sequence[Delayed]:
    """What waits by our fault, by what for."""
    with parts.database.reading() as session:
        return table.delayed_jobs(session)


def facts_of(job: Job) -> dict[str, Any]:
    """All that the row says, by column."""
    return {column.key: getattr(job, column.key) for column in sa.inspect(Job).columns}
