"""A lease on a job: claimed by one UPDATE, kept by heartbeat, committed only under its fence."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from remixhub.domain.states import JobKind, JobState
from remixhub.models import Database, DatabaseUnavailable, Job, now
from remixhub.models.changes import changed
from remixhub.models.jobs import HUB

log = structlog.get_logger()

GiveUp = Callable[[Session, str, str, str], None]
"""Takes the session, the subject's id, a code and a detail, in the transaction that ends a job for good."""

_PROGRESS_EVERY_PERCENT = 2.0


class WorkerStopping(BaseException):
    """Raised in the middle of a job when its worker has to go; no `except Exception` may swallow it."""


class TurnsOutHeavy(Exception):
    """A job that was taken for short holds more than that; raised before it has written anything."""


class LeaseLost(Exception):
    """Another worker has the job now, or it was cancelled: stop and write nothing."""


@dataclass
class Lease:
    """While entered, a thread renews the lease. `lost` tells long work to stop."""

    database: Database
    job_id: str
    kind: JobKind
    subject_id: str
    fence: int
    attempts: int
    max_attempts: int
    seconds: int
    account_id: str | None = None
    request_id: str | None = None
    payer: str = HUB
    delays: int = 0
    """Troubles of the hub's in a row before this attempt."""
    worker: str = ""
    is_heavy: bool = False
    committed: bool = False
    _lost: threading.Event = field(default_factory=threading.Event)
    _stop: threading.Event = field(default_factory=threading.Event)
    _beat: threading.Thread | None = None
    _shown_percent: float = 0.0
    _shown_step: str = ""

    @property
    def lost(self) -> bool:
        return self._lost.is_set()

    def __enter__(self) -> Self:
        self._beat = threading.Thread(target=self._keep, name=f"lease-{self.job_id}", daemon=True)
        self._beat.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        assert self._beat is not None
        self._beat.join()

    def progress(self, percent: float, step: str) -> None:
        """Shows how far the job is; writes only when it moved noticeably. Raises LeaseLost."""
        if self.lost:
            raise LeaseLost(self.job_id)
        if step == self._shown_step and percent - self._shown_percent < _PROGRESS_EVERY_PERCENT:
            return
        self._shown_percent, self._shown_step = percent, step
        self._update(progress_percent=min(percent, 100.0), progress_step=step[:60])

    @contextmanager
    def committing(self) -> Iterator[Session]:
        """One transaction that ends the job and holds its results; raises LeaseLost before anything is written."""
        with self.database.writing() as session:
            self._change(
                session, state=JobState.DONE, finished_at=now(), progress_percent=100.0, progress_step="done",
                error_code=None, error_detail=None, delays=0,
            )  # fmt: skip
            yield session
        self.committed = True

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction of a job that goes on after it; raises LeaseLost before anything is written."""
        with self.database.writing() as session:
            self._change(session, leased_until_at=now(self.seconds))
            yield session

    def retry_later(self, error_code: str, detail: str, *, delay_seconds: float) -> None:
        """Counted: nobody knows of a trouble that would be over by then."""
        self._wait(error_code, detail, delay_seconds, attempts=Job.attempts + 1)

    def wait_out(self, code: str, detail: str, *, delay_seconds: float) -> bool:
        """A trouble of the hub's: not counted, however often it comes. True for the first job that waits for it."""
        waiting = sa.select(Job.id).where(Job.state == JobState.PENDING, Job.delays > 0, Job.error_code == code)
        with self.database.reading() as session:
            is_first = session.scalar(waiting.limit(1)) is None
        self._wait(code, detail, delay_seconds, delays=Job.delays + 1)
        return is_first

    def give_back(self, *, as_heavy: bool = False) -> None:
        """On an orderly stop, or to be claimed among the heavy ones: pending again at once."""
        heavy = {"is_heavy": True} if as_heavy else {}
        self._update(state=JobState.PENDING, run_after_at=now(), **heavy)

    def bury(self, error_code: str, detail: str, tell: GiveUp) -> None:
        """Declares the job dead and, in the same transaction, tells its subject by `tell`."""
        with self.database.writing() as session:
            self._change(
                session, state=JobState.DEAD, finished_at=now(), error_code=error_code, error_detail=detail[:2000]
            )
            tell(session, self.subject_id, error_code, detail)

    def _wait(self, error_code: str, detail: str, seconds: float, **counted: object) -> None:
        self._update(
            state=JobState.PENDING,
            run_after_at=now(seconds),
            error_code=error_code,
            error_detail=detail[:2000],
            **counted,
        )

    def _update(self, **values: object) -> None:
        try:
            with self.database.writing() as session:
                self._change(session, **values)
        except LeaseLost:
            self._lost.set()
            raise

    def _change(self, session: Session, **values: object) -> None:
        mine = sa.update(Job).where(Job.id == self.job_id, Job.fence == self.fence, Job.state == JobState.LEASED)
        if changed(session, mine.values(**values)) == 0:
            raise LeaseLost(self.job_id)

    def _keep(self) -> None:
        while not self._stop.wait(self.seconds / 4):
            try:
                self._update(leased_until_at=now(self.seconds))
            except LeaseLost:
                return
            except DatabaseUnavailable:
                log.warning("lease_renewal_delayed", job_id=self.job_id)


def claim(database: Database, job_id: str, *, seconds: int, worker: str = "") -> Lease | None:
    """None when the job is done, dead, not yet due, or in other hands: a duplicate ring is harmless."""
    free = sa.or_(
        sa.and_(Job.state == JobState.PENDING, Job.run_after_at <= now()),
        sa.and_(Job.state == JobState.LEASED, Job.leased_until_at < now()),
    )
    with database.writing() as session:
        row = session.execute(as_leased(Job.id == job_id, free, seconds=seconds, worker=worker)).one_or_none()
    return None if row is None else lease_of(database, row, seconds=seconds, worker=worker)


def as_leased(*which: sa.ColumnElement[bool], seconds: int, worker: str) -> ReturningUpdate[*tuple[Any, ...]]:
    """The one statement by which a job comes into somebody's hands; its row is for `lease_of`."""
    return (
        sa.update(Job)
        .where(*which)
        .values(
            state=JobState.LEASED,
            fence=Job.fence + 1,
            worker=worker or None,
            leased_until_at=now(seconds),
            progress_percent=0.0,
            progress_step="started",
        )
        .returning(
            Job.id, Job.kind, Job.subject_id, Job.fence, Job.attempts, Job.max_attempts, Job.account_id,
            Job.request_id, Job.payer, Job.delays, Job.is_heavy,
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip


def lease_of(database: Database, row: sa.Row[Any], *, seconds: int, worker: str) -> Lease:
    return Lease(
        database, row.id, row.kind, row.subject_id, row.fence, row.attempts, row.max_attempts, seconds,
        row.account_id, row.request_id, row.payer, row.delays, worker, row.is_heavy,
    )  # fmt: skip
