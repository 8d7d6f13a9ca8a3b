"""Putting jobs into the table, and what operators may do with them."""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from remixhub.domain.access import Actor
from remixhub.domain.errors import NotFound
from remixhub.domain.job_sizes import is_heavy
from remixhub.domain.states import JobKind, JobState
from remixhub.jobs.sizes import size_of
from remixhub.models import Job, new_id, now
from remixhub.models.changes import changed
from remixhub.models.jobs import ONE_ACTIVE
from remixhub.models.upsert import insert

ACTIVE = (JobState.PENDING, JobState.LEASED)
_DELAYED_AFTER_SECONDS = 20


_added: ContextVar[bool] = ContextVar("jobs_were_added", default=False)


class JobNotFound(NotFound):
    code = "job_not_found"
    title = "There is no such job"


def add_job(session: Session, actor: Actor, kind: JobKind, subject_id: str, *, max_attempts: int) -> str:
    """The id of the one active job of this kind on this subject, written in the caller's transaction.

    Whoever commits it may ring for it (`were_added`); if nobody does, the scheduler sees it in a moment.
    A job that is running cannot commit before that transaction has: what it reads while committing holds the caller's
    changes, or the caller's job is a new one.
    """
    _added.set(True)
    statement = insert(session, Job).values(
        id=new_id(),
        is_heavy=is_heavy(kind, size_of(session, kind, subject_id)),
        kind=kind,
        subject_id=subject_id,
        account_id=actor.account_id,
        request_id=structlog.contextvars.get_contextvars().get("request_id"),
        state=JobState.PENDING,
        fence=0,
        attempts=0,
        max_attempts=max_attempts,
        run_after_at=now(),
        progress_percent=0.0,
        progress_step="",
        created_at=now(),
    )
    touched = statement.on_conflict_do_update(
        index_elements=[Job.kind, Job.subject_id], index_where=ONE_ACTIVE, set_={"fence": Job.fence}
    )
    return session.scalars(touched.returning(Job.id), execution_options={"populate_existing": True}).one()


def were_added() -> bool:
    """Whether jobs were added since it was asked last, in this thread or request."""
    found = _added.get()
    _added.set(False)
    return found


def latest_job(session: Session, kind: JobKind, subject_id: str) -> Job | None:
    return session.scalars(
        sa.select(Job).where(Job.kind == kind, Job.subject_id == subject_id).order_by(Job.created_at.desc()).limit(1)
    ).first()


def list_jobs(session: Session, state: JobState | None = None, *, limit: int = 100) -> Sequence[Job]:
    query = sa.select(Job).order_by(Job.created_at.desc()).limit(limit)
    return session.scalars(query if state is None else query.where(Job.state == state)).all()


def resend_job(session: Session, job_id: str) -> None:
    """Gives a dead job a fresh set of attempts. Raises JobNotFound unless the job is dead."""
    revived = changed(
        session,
        sa.update(Job)
        .where(Job.id == job_id, Job.state == JobState.DEAD)
        .values(
            state=JobState.PENDING,
            attempts=0,
            run_after_at=now(),
            rung_at=None,
            error_code=None,
            error_detail=None,
            finished_at=None,
        ),
    )
    if revived == 0:
        raise JobNotFound(f"There is no dead job {job_id!r}; `jobs list --state dead` shows them.")


def is_delayed(session: Session) -> bool:
    """True when something has been due for a while and nobody took it: no carrier, no worker, or too few of them."""
    overdue = sa.select(Job.id).where(Job.state == JobState.PENDING, Job.run_after_at < now(-_DELAYED_AFTER_SECONDS))
    return session.scalar(overdue.limit(1)) is not None
