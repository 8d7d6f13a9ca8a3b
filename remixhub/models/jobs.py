"""The jobs table: the truth about background work."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column

from remixhub.domain.states import JobKind, JobState
from remixhub.models.base import CreatedAt, Id, Row, Word, one_of

ONE_ACTIVE = sa.text("state IN ('pending', 'leased')")
HUB = "hub"
"""The payer of what the service does for itself."""
STRANGER = "stranger-"
"""How payers begin that are networks of visitors, as keyed hashes: they take turns, and no day of theirs is counted."""
_PENDING = sa.text("state = 'pending'")
_LEASED = sa.text("state = 'leased'")


def _payer(context: DefaultExecutionContext) -> str:
    account_id: str | None = context.get_current_parameters().get("account_id")  # type: ignore[no-untyped-call]
    return account_id or HUB


class Job(Row):
    """One thing to do, written in the transaction that caused it."""

    __tablename__ = "jobs"
    __table_args__ = (
        one_of(JobState, "state"),
        one_of(JobKind, "kind"),
        sa.Index("ix_jobs_state_run_after_at", "state", "run_after_at"),
        sa.Index("ix_jobs_kind_subject_id_state", "kind", "subject_id", "state"),
        sa.Index(
            "ix_jobs_waiting",
            "is_heavy",
            "payer",
            "run_after_at",
            sqlite_where=_PENDING,
            postgresql_where=_PENDING,
        ),
        sa.Index("ix_jobs_leased", "leased_until_at", sqlite_where=_LEASED, postgresql_where=_LEASED),
        sa.Index(
            "uq_jobs_one_active",
            "kind",
            "subject_id",
            unique=True,
            sqlite_where=ONE_ACTIVE,
            postgresql_where=ONE_ACTIVE,
        ),
    )

    id: Mapped[Id]
    kind: Mapped[JobKind] = mapped_column(Word(JobKind, strange=True))
    """While a hub is upgraded there may be kinds of which this release knows nothing."""
    subject_id: Mapped[str] = mapped_column(sa.String(64))
    """Id or digest of what the job works on; at most one active job for a kind and subject."""
    account_id: Mapped[str | None] = mapped_column(sa.ForeignKey("accounts.id"))
    """Whose act caused it."""
    payer: Mapped[str] = mapped_column(sa.String(32), default=_payer, server_default=HUB)
    """Whose turn and processing time it takes: the account, or the hub itself."""
    is_heavy: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """It keeps a worker for long, by what is known of its subject."""
    request_id: Mapped[str | None] = mapped_column(sa.String(64))
    state: Mapped[JobState] = mapped_column(Word(JobState), default=JobState.PENDING)
    fence: Mapped[int] = mapped_column(default=0)
    """Rises with every claim; only the latest claimant may commit."""
    attempts: Mapped[int] = mapped_column(default=0)
    """Failures that were nobody's trouble: after `max_attempts` of them it waits for an operator."""
    max_attempts: Mapped[int]
    delays: Mapped[int] = mapped_column(default=0)
    """How often in a row a trouble of the hub's has sent it to wait; the pauses grow."""
    worker: Mapped[str | None] = mapped_column(sa.String(120))
    """Who claimed it last."""
    run_after_at: Mapped[CreatedAt]
    rung_at: Mapped[dt.datetime | None]
    """Of release 0.1, whose rings named a job: kept as it was, written and read by nobody."""
    leased_until_at: Mapped[dt.datetime | None]
    progress_percent: Mapped[float] = mapped_column(default=0.0)
    progress_step: Mapped[str] = mapped_column(sa.String(60), default="")
    error_code: Mapped[str | None] = mapped_column(sa.String(60))
    error_detail: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[CreatedAt]
    finished_at: Mapped[dt.datetime | None]


class Turn(Row):
    """Whose jobs were claimed last, of the short ones and of the heavy; the next in the order of ids comes next."""

    __tablename__ = "turns"

    is_heavy: Mapped[bool] = mapped_column(primary_key=True, autoincrement=False)
    payer: Mapped[str] = mapped_column(sa.String(32))


class ProcessingDay(Row):
    """What the jobs of a payer took of processors on a day."""

    __tablename__ = "processing_days"

    day: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Since 1970, UTC."""
    payer: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    cpu_seconds: Mapped[float]


class Death(Row):
    """A work-horse ended in the middle of a job: what was seen of it, and whether that says anything of the subject."""

    __tablename__ = "deaths"
    __table_args__ = (sa.Index("ix_deaths_kind_subject_id", "kind", "subject_id"),)

    id: Mapped[Id]
    job_id: Mapped[str] = mapped_column(sa.String(32))
    kind: Mapped[str] = mapped_column(sa.String(40))
    subject_id: Mapped[str] = mapped_column(sa.String(64))
    worker: Mapped[str] = mapped_column(sa.String(120))
    signal: Mapped[int | None]
    peak_rss_bytes: Mapped[int | None] = mapped_column(sa.BigInteger)
    limit_bytes: Mapped[int | None] = mapped_column(sa.BigInteger)
    cpu_seconds: Mapped[float | None]
    is_evidence: Mapped[bool]
    died_at: Mapped[CreatedAt]
