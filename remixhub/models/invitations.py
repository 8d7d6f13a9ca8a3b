"""Invitations to this hub, and who came by them."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from remixhub.models.accounts import Account
from remixhub.models.base import CreatedAt, Digest, Id, Row


class Invitation(Row):
    """Good while it is not revoked, not expired, and used less often than `uses_limit`."""

    __tablename__ = "invitations"
    __table_args__ = (
        sa.CheckConstraint("uses >= 0 AND uses <= uses_limit", name="uses_within_limit"),
        sa.Index("ix_invitations_account_id_created_at", "account_id", "created_at"),
    )

    id: Mapped[Id]
    token_hash: Mapped[Digest] = mapped_column(unique=True)
    account_id: Mapped[str | None] = mapped_column(sa.ForeignKey("accounts.id"))
    """Who invites; None: the system."""
    account: Mapped[Account | None] = relationship(lazy="joined")
    note: Mapped[str] = mapped_column(sa.String(200), default="")
    """For whom it is, to its maker and the operators."""
    uses_limit: Mapped[int] = mapped_column(default=1)
    uses: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]

    arrivals: Mapped[list[Arrival]] = relationship(order_by="Arrival.arrived_at", lazy="selectin")


class Arrival(Row):
    """An account that was made by an invitation."""

    __tablename__ = "arrivals"

    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)
    invitation_id: Mapped[str] = mapped_column(sa.ForeignKey("invitations.id"), index=True)
    arrived_at: Mapped[CreatedAt]
