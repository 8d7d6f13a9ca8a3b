"""What happened to source links after publication, claims of them, and the shortlists of their descendants."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from remixhub.domain.states import ClaimState, LinkAct, SourceKind
from remixhub.models.accounts import Account
from remixhub.models.base import CreatedAt, Id, Row, Word, one_of
from remixhub.models.works import Work

_OPEN = sa.text("state = 'open'")


class LinkEvent(Row):
    """Who did what to the link between two works, when, and with which words. Only ever added to."""

    __tablename__ = "link_events"
    __table_args__ = (
        one_of(LinkAct, "act"),
        sa.Index("ix_link_events_pair", "derivative_id", "source_id"),
        sa.Index("ix_link_events_source_id", "source_id"),
    )

    id: Mapped[Id]
    derivative_id: Mapped[str] = mapped_column(sa.ForeignKey("works.id"))
    source_id: Mapped[str] = mapped_column(sa.ForeignKey("works.id"))
    act: Mapped[LinkAct] = mapped_column(Word(LinkAct))
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"))
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)
    note: Mapped[str] = mapped_column(sa.Text, default="")
    created_at: Mapped[CreatedAt]


class LinkClaim(Row):
    """A source's artist says that a work was made from it; no link until the claim is accepted."""

    __tablename__ = "link_claims"
    __table_args__ = (
        one_of(ClaimState, "state"),
        one_of(SourceKind, "kind"),
        sa.Index(
            "uq_link_claims_one_open",
            "derivative_id",
            "source_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        sa.Index("ix_link_claims_source_id", "source_id"),
    )

    id: Mapped[Id]
    derivative_id: Mapped[str] = mapped_column(sa.ForeignKey("works.id"))
    derivative: Mapped[Work] = relationship(foreign_keys=[derivative_id], lazy="joined", innerjoin=True)
    source_id: Mapped[str] = mapped_column(sa.ForeignKey("works.id"))
    source: Mapped[Work] = relationship(foreign_keys=[source_id], lazy="joined", innerjoin=True)
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"))
    kind: Mapped[SourceKind] = mapped_column(Word(SourceKind), default=SourceKind.REMIX)
    note: Mapped[str] = mapped_column(sa.Text, default="")
    state: Mapped[ClaimState] = mapped_column(Word(ClaimState), default=ClaimState.OPEN)
    decided_by: Mapped[str | None] = mapped_column(sa.ForeignKey("accounts.id"))
    decided_at: Mapped[dt.datetime | None]
    created_at: Mapped[CreatedAt]


class ShortlistedDescendant(Row):
    """Of works with very many descendants: the oldest and the newest ones, so that their first pages are one seek.

    Without foreign keys: with them the database would look through this table whenever a work is given its `seq`, which
    never changes afterwards.
    """

    __tablename__ = "shortlisted_descendants"

    work_seq: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    is_newest: Mapped[bool] = mapped_column(primary_key=True)
    """Of the newest ones; else of the oldest."""
    descendant_seq: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
