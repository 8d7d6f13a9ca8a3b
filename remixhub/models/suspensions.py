"""Suspensions of accounts, each with its appeal and what came of it."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from remixhub.domain.moderation import SuspensionReason, SuspensionState
from remixhub.models.accounts import Account
from remixhub.models.base import CreatedAt, Id, Row, Word, now, one_of


class Suspension(Row):
    """At most one of an account is in force: whoever adds one holds the account's row."""

    __tablename__ = "suspensions"
    __table_args__ = (
        one_of(SuspensionReason, "reason"),
        one_of(SuspensionState, "state"),
        sa.Index("ix_suspensions_state_created_at", "state", "created_at", "id"),
    )

    id: Mapped[Id]
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    account: Mapped[Account] = relationship(foreign_keys=[account_id], lazy="joined", innerjoin=True)
    made_by_id: Mapped[str | None] = mapped_column(sa.ForeignKey("accounts.id"))
    """None: the system."""
    made_by: Mapped[Account | None] = relationship(foreign_keys=[made_by_id], lazy="joined")
    reason: Mapped[SuspensionReason] = mapped_column(Word(SuspensionReason))
    note: Mapped[str] = mapped_column(sa.Text, default="")
    state: Mapped[SuspensionState] = mapped_column(Word(SuspensionState), default=SuspensionState.STANDING)
    created_at: Mapped[CreatedAt]
    ends_at: Mapped[dt.datetime | None]
    """None: until it is lifted."""
    appeal_note: Mapped[str] = mapped_column(sa.Text, default="")
    appealed_at: Mapped[dt.datetime | None]
    decided_by_id: Mapped[str | None] = mapped_column(sa.ForeignKey("accounts.id"))
    decided_by: Mapped[Account | None] = relationship(foreign_keys=[decided_by_id], lazy="joined")
    decided_at: Mapped[dt.datetime | None]
    decision_note: Mapped[str] = mapped_column(sa.Text, default="")


def in_force() -> sa.ColumnElement[bool]:
    """By the database's clock: a suspension that has an end ends by itself."""
    return sa.and_(
        Suspension.state != SuspensionState.LIFTED, sa.or_(Suspension.ends_at.is_(None), Suspension.ends_at > now())
    )


def is_suspended(account_id: sa.SQLColumnExpression[str]) -> sa.ColumnElement[bool]:
    return sa.exists().where(Suspension.account_id == account_id, in_force())
