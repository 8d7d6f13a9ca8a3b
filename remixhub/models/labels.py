"""Labels: organisations with members, invitations by link, and releases of their own."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from remixhub.domain.contests.labels import LabelRole
from remixhub.models.accounts import Account
from remixhub.models.base import CreatedAt, Digest, Id, Row, Word, one_of


class Label(Row):
    __tablename__ = "labels"

    id: Mapped[Id]
    handle: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    description: Mapped[str] = mapped_column(sa.Text, default="")
    time_zone: Mapped[str] = mapped_column(sa.String(60), default="UTC")
    """An IANA name; dates are kept in UTC and shown in it."""
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    """Of the label and its members."""
    created_at: Mapped[CreatedAt]

    members: Mapped[list[LabelMember]] = relationship(order_by="LabelMember.joined_at, LabelMember.account_id")


class LabelMember(Row):
    __tablename__ = "label_members"
    __table_args__ = (one_of(LabelRole, "role"),)

    label_id: Mapped[str] = mapped_column(sa.ForeignKey("labels.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), primary_key=True, index=True)
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)
    role: Mapped[LabelRole] = mapped_column(Word(LabelRole))
    joined_at: Mapped[CreatedAt]


class LabelInvitation(Row):
    """Good for one account, by whoever has the link."""

    __tablename__ = "label_invitations"
    __table_args__ = (one_of(LabelRole, "role"),)

    id: Mapped[Id]
    label_id: Mapped[str] = mapped_column(sa.ForeignKey("labels.id"), index=True)
    label: Mapped[Label] = relationship(lazy="joined", innerjoin=True)
    role: Mapped[LabelRole] = mapped_column(Word(LabelRole))
    token_hash: Mapped[Digest] = mapped_column(unique=True)
    invited_by_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"))
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[dt.datetime]
    accepted_by_id: Mapped[str | None] = mapped_column(sa.ForeignKey("accounts.id"))
    accepted_at: Mapped[dt.datetime | None]


class LabelRelease(Row):
    """A work that a label counts among its own, put there by its artist, a member."""

    __tablename__ = "label_releases"
    __table_args__ = (sa.Index("ix_label_releases_label_id_work_seq", "label_id", "work_seq"),)

    work_id: Mapped[str] = mapped_column(sa.ForeignKey("works.id", ondelete="CASCADE"), primary_key=True)
    label_id: Mapped[str] = mapped_column(sa.ForeignKey("labels.id"))
    work_seq: Mapped[int | None] = mapped_column(sa.BigInteger)
    """The newest are found by it."""
    added_at: Mapped[CreatedAt]
