"""Collections: works that somebody put in an order, with a note each."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from remixhub.domain.collections import Visibility
from remixhub.models.accounts import Account
from remixhub.models.base import CreatedAt, Id, Row, Word, one_of
from remixhub.models.works import Work


class Collection(Row):
    __tablename__ = "collections"
    __table_args__ = (
        one_of(Visibility, "visibility"),
        sa.Index("ix_collections_account_id_created_at", "account_id", "created_at", "id"),
    )

    id: Mapped[Id]
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"))
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)
    title: Mapped[str] = mapped_column(sa.String(120))
    text: Mapped[str] = mapped_column(sa.Text, default="")
    visibility: Mapped[Visibility] = mapped_column(Word(Visibility), default=Visibility.PRIVATE)
    revision: Mapped[int] = mapped_column(default=1)
    """Raised by whatever changes in it, its works and notes too."""
    created_at: Mapped[CreatedAt]
    taken_down_at: Mapped[dt.datetime | None]
    """By the house: it is private from then on, and stays so."""


class CollectedWork(Row):
    """The key is the rule: a work is in a collection once. What was withdrawn since stays, as a tombstone."""

    __tablename__ = "collected_works"

    collection_id: Mapped[str] = mapped_column(sa.ForeignKey("collections.id", ondelete="CASCADE"), primary_key=True)
    work_id: Mapped[str] = mapped_column(sa.ForeignKey("works.id", ondelete="CASCADE"), primary_key=True, index=True)
    work: Mapped[Work] = relationship(lazy="joined", innerjoin=True)
    position: Mapped[int]
    """Rises through the collection; numbers may be missing."""
    note: Mapped[str] = mapped_column(sa.Text, default="")
