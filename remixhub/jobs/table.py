"""Putting jobs into the table, and what operators may do with them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from contextvars import ContextVar
from dataclasses import dataclass

import sqlalchemy as sa
import sqlalchemy.orm
import structlog
from sqlalchemy.orm import Session

from remixhub.domain.access import Actor
from remixhub.domain.errors import NotFound
from remixhub.domain.job_sizes import is_heavy
from remixhub.domain.states import JobKind, JobState
from remixhub.domain.troubles import BY_US, FAILED, OVERDUE, USED_UP, Delay, delay
from remixhub.jobs.sizes import size_of
from remixhub.models import Job, new_id, now
from remixhub.models.changes import changed
from remixhub.models.jobs import HUB, ONE_ACTIVE
from remixhub.models.upsert import insert

ACTIVE = (JobState.PENDING, JobState.LEASED)
_DELAYED_AFTER_SECONDS = 20
_OVERDUE = sa.and_(Job.state == JobState.PENDING, Job.run_after_at < now(-_DELAYED_AFTER_SECONDS))
_later = sa.orm.aliased(Job)
FOLLOWED = sa.exists().where(
    _later.kind == Job.kind, _later.subject_id == Job.subject_id, _later.created_at > Job.created_at
)
"""A newer job has taken over what the job was for."""


_added: ContextVar[bool] = ContextVar("jobs_were_added", default=False)


class JobNotFound(NotFound):
    code = "job_not_found"
    title = "There is no such job"


def add_job(
    session: Session,
    actor: Actor,
    kind: JobKind,
    subject_id: str,
    *,
    max_attempts: int,
    after_seconds: float = 0.0,
    payer: str | None = None,
) -> str:
    """The id of the one active job of this kind on this subject, written in the caller's transaction.

    `after_seconds`: not before then, so that what comes meanwhile is done by the same job. `payer` where it is another
    than the actor, or the hub for want of an account.

    Whoever commits it may ring for it (`were_added`); if nobody does, the scheduler sees it in a moment.
    A job that is running cannot commit before that transaction has: what it reads while committing holds the caller's
    changes, or the caller's job is a new one. One that waits since its payer's day is used up goes on for whoever else
    wants it.
    """
    _added.set(True)
    payer = payer or actor.account_id or HUB
    statement = insert(session, Job).values(
        id=new_id(),
        is_heavy=is_heavy(kind, size_of(session, kind, subject_id)),
        kind=kind,
        subject_id=subject_id,
        account_id=actor.account_id,
        payer=payer,
        request_id=structlog.contextvars.get_contextvars().get("request_id"),
        state=JobState.PENDING,
        fence=0,
        attempts=0,
        max_attempts=max_attempts,
        delays=0,
        run_after_at=now(after_seconds),
        progress_percent=0.0,
        progress_step="",
        created_at=now(),
    )
    put_off = sa.and_(Job.state == JobState.PENDING, Job.error_code == USED_UP.code, Job.payer != payer)
    taken_over = {Job.payer: payer, Job.run_after_at: now(), Job.error_code: sa.null(), Job.error_detail: sa.null()}
    touched = statement.on_conflict_do_update(
        index_elements=[Job.kind, Job.subject_id],
        index_where=ONE_ACTIVE,
        set_={column.key: sa.case((put_off, value), else_=column) for column, value in taken_over.items()},
    )
    return session.scalars(touched.returning(Job.id), execution_options={"populate_existing": True}).one()


def add_new_jobs(
    session: Session, kind: JobKind, subject_ids: Collection[str], *, payer: str, max_attempts: int
) -> None:
    """For many subjects that nobody has a job for yet, by one statement; `payer` is nobody's account."""
    if not subject_ids:
        return
    _added.set(True)
    shared = {"kind": kind, "payer": payer, "max_attempts": max_attempts}
    session.execute(
        sa.insert(Job), [{"id": new_id(), "subject_id": subject_id, **shared} for subject_id in subject_ids]
    )


def add_jobs_if_missing(
    session: Session, kind: JobKind, subject_ids: Collection[str], *, max_attempts: int, after_seconds: float
) -> None:
    """As `add_job` for many subjects, by one statement, at the hub's expense."""
    _added.set(True)
    shared = {
        "kind": kind, "payer": HUB, "max_attempts": max_attempts, "run_after_at": now(after_seconds), "fence": 0,
        "state": JobState.PENDING, "attempts": 0, "delays": 0, "progress_percent": 0.0, "progress_step": "",
        "is_heavy": False, "created_at": now(),
    }  # fmt: skip
    rows = [{"id": new_id(), "subject_id": subject_id, **shared} for subject_id in subject_ids]
    # whoever does one of them now waits for this transaction, or its job is over and this is a new one
    locked = (
        insert(session, Job)
        .values(rows)
        .on_conflict_do_update(
            index_elements=[Job.kind, Job.subject_id], index_where=ONE_ACTIVE, set_={Job.kind.key: Job.kind}
        )
    )
    session.execute(locked)


def hurry(session: Session, kind: JobKind, subject_id: str, *, after_seconds: float = 0.0) -> None:
    """A job that waits for its time need not wait any longer, or than `after_seconds`."""
    waiting = sa.and_(Job.kind == kind, Job.subject_id == subject_id, Job.state == JobState.PENDING)
    sooner = sa.update(Job).where(waiting, Job.run_after_at > now(after_seconds))
    session.execute(sooner.values(run_after_at=now(after_seconds)))
    _added.set(True)


def were_added() -> bool:
    """Whether jobs were added since it was asked last, in this thread or request."""
    found = _added.get()
    _added.set(False)
    return found


def latest_job(session: Session, kind: JobKind, subject_id: str) -> Job | None:
    return session.scalars(
        sa.select(Job).where(Job.kind == kind, Job.subject_id == subject_id).order_by(Job.created_at.desc()).limit(1)
    ).first()


def failure_of(job: Job) -> str:
    """What a dead job's artist is told of its end."""
    waits = delay_of(job)
    return waits.detail if waits is not None else job.error_detail or "It could not be made."


def active(kind: JobKind, subject_id: str) -> sa.Select[str]:
    """The one, if there is one."""
    return sa.select(Job.id).where(Job.kind == kind, Job.subject_id == subject_id, Job.state.in_(ACTIVE))


def is_active(session: Session, kind: JobKind, subject_id: str) -> bool:
    return session.scalar(active(kind, subject_id).limit(1)) is not None


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
            delays=0,
            run_after_at=now(),
            error_code=None,
            error_detail=None,
            finished_at=None,
        ),
    )
    if revived == 0:
        raise JobNotFound(f"There is no dead job {job_id!r}; `jobs list --state dead` shows them.")


def delay_of(job: Job | None) -> Delay | None:
    """Why the job waits by our fault, in the words for artists; None while nothing is known to be in its way."""
    return None if job is None else _delay(job.state, job.error_code)


def _delay(state: JobState, code: str | None) -> Delay | None:
    if code is not None and state is JobState.DEAD:
        return delay(code, is_dead=True) if code in BY_US else None
    return delay(code) if code is not None and state is JobState.PENDING else None


@dataclass(frozen=True)
class Delayed:
    """Jobs that wait by our fault, for one and the same."""

    code: str
    count: int
    oldest_at: dt.datetime
    """When the first of them was accepted."""
    is_dead: bool
    """They wait for an operator."""


def delayed_jobs(session: Session) -> Sequence[Delayed]:
    is_dead = Job.state == JobState.DEAD
    waiting = sa.and_(Job.state == JobState.PENDING, Job.delays > 0)
    by_us = sa.and_(is_dead, Job.error_code.in_(BY_US), ~FOLLOWED)
    rows = session.execute(
        sa.select(Job.error_code, sa.func.count(), sa.func.min(Job.created_at), is_dead)
        .where(sa.or_(waiting, by_us))
        .group_by(Job.error_code, is_dead)
        .order_by(Job.error_code)
    )
    return [Delayed(code or FAILED, count, oldest_at, bool(dead)) for code, count, oldest_at, dead in rows]


def delays_of(session: Session, kind: JobKind, subject_ids: Collection[str]) -> dict[str, Delay]:
    """By subject, of those that wait by our fault."""
    mine = sa.select(Job).where(Job.kind == kind, Job.subject_id.in_(subject_ids), ~FOLLOWED)
    found = {job.subject_id: delay_of(job) for job in session.scalars(mine)}
    return {subject_id: why for subject_id, why in found.items() if why is not None}


def why_delayed(session: Session, subject_ids: Collection[str]) -> Delay | None:
    """What jobs on these subjects wait for by our fault; or that nothing at all is taken up."""
    waiting = sa.or_(
        sa.and_(Job.state == JobState.PENDING, Job.error_code.is_not(None)),
        sa.and_(Job.state == JobState.DEAD, Job.error_code.in_(BY_US), ~FOLLOWED),
    )
    own = sa.select(Job.state, Job.error_code).where(Job.subject_id.in_(subject_ids), waiting).limit(1).subquery()
    other = sa.select(Job.state, sa.null().label("error_code")).where(_OVERDUE).limit(1).subquery()
    found = session.execute(sa.union_all(sa.select(own), sa.select(other))).all()
    by_us = [_delay(state, code) for state, code in found if code is not None]
    return by_us[0] if by_us else OVERDUE if found else None
