"""The jobs table: the truth about background work."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from remixhub.domain.states import JobKind, JobState
from remixhub.models.base import CreatedAt, Id, Row, Word, one_of

ONE_ACTIVE = sa.text("state IN ('pending', 'leased')")


class Job(Row):
    """One thing to do, written in the transaction that caused it."""

    __tablename__ = "jobs"
    __table_args__ = (
        one_of(JobState, "state"),
        one_of(JobKind, "kind"),
        sa.Index("ix_jobs_state_run_after_at", "state", "run_after_at"),
        sa.Index("ix_jobs_kind_subject_id", "kind", "subject_id"),
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
    kind: Mapped[JobKind] = mapped_column(Word(JobKind))
    subject_id: Mapped[str] = mapped_column(sa.String(64))
    """Id or digest of what the job works on; at most one active job for a kind and subject."""
    account_id: Mapped[str | None] = mapped_column(sa.ForeignKey("accounts.id"))
    """Whose act caused it."""
    request_id: Mapped[str | None] = mapped_column(sa.String(64))
    state: Mapped[JobState] = mapped_column(Word(JobState), default=JobState.PENDING)
    fence: Mapped[int] = mapped_column(default=0)
    """Rises with every claim; only the latest claimant may commit."""
    attempts: Mapped[int] = mapped_column(default=0)
    max_attempts: Mapped[int]
    run_after_at: Mapped[CreatedAt]
    rung_at: Mapped[dt.datetime | None]
    """When the carrier was last told."""
    leased_until_at: Mapped[dt.datetime | None]
    progress_percent: Mapped[float] = mapped_column(default=0.0)
    progress_step: Mapped[str] = mapped_column(sa.String(60), default="")
    error_code: Mapped[str | None] = mapped_column(sa.String(60))
    error_detail: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[CreatedAt]
    finished_at: Mapped[dt.datetime | None]
