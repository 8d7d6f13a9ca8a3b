"""Background jobs: how far one's own is, and what whoever runs the hub does about those that died."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account, require_operator
from remixhub.domain.states import JobKind, JobState, Scope
from remixhub.jobs import table
from remixhub.jobs.table import FOLLOWED, Delayed, JobNotFound
from remixhub.models import Job, now
from remixhub.models.changes import changed

KEPT_SECONDS = 3 * 24 * 3600
"""So long whoever caused a job may read that it is done; longer than the answer that named it is repeated."""
_AT_ONCE, _TIMES = 1000, 20
_other = orm.aliased(Job)


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


def forget_done(parts: Parts) -> None:
    """Those that were done days ago, by small transactions. The newest stays where an older one of its subject is dead:
    it says that nobody has to care for that any more.
    """
    long_ago = now(-KEPT_SECONDS)
    # what is done was due before: the index over that finds it
    over = sa.and_(Job.state == JobState.DONE, Job.run_after_at < long_ago, Job.finished_at < long_ago)
    of_same = sa.and_(_other.kind == Job.kind, _other.subject_id == Job.subject_id)
    follows_dead = sa.exists().where(of_same, _other.state == JobState.DEAD, _other.created_at < Job.created_at)
    old = sa.select(Job.id).where(over, sa.or_(~follows_dead, FOLLOWED)).order_by(Job.run_after_at).limit(_AT_ONCE)
    for _ in range(_TIMES):
        with parts.database.writing() as session:
            ids = session.scalars(old.with_for_update(of=Job, skip_locked=True)).all()
            session.execute(sa.delete(Job).where(Job.id.in_(ids)))
        if len(ids) < _AT_ONCE:
            break


def measure_delays(parts: Parts) -> Sequence[Delayed]:
    """What waits by our fault, by what for."""
    with parts.database.reading() as session:
        return table.delayed_jobs(session)


def facts_of(job: Job) -> dict[str, Any]:
    """All that the row says, by column."""
    return {column.key: getattr(job, column.key) for column in sa.inspect(Job).columns}
