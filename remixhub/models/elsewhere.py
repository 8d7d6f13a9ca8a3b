"""Sources from elsewhere, as remixes declare them, and what was said of them since."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from remixhub.domain.licences.terms import Licence
from remixhub.domain.lineage.elsewhere import Leave, Seen, titled
from remixhub.domain.lineage.sites import site_of
from remixhub.domain.states import LinkAct, LinkState, SourceKind
from remixhub.models.accounts import Account
from remixhub.models.base import CreatedAt, Digest, Id, Row, Word, one_of


class ElsewhereSource(Row):
    """Derivative → an address that is not on this hub. A leaf: nothing can go round in a circle by it.

    Remixes that declare the same address share the node; each keeps what it declared of it.
    """

    __tablename__ = "elsewhere_sources"
    __table_args__ = (
        one_of(SourceKind, "kind"),
        one_of(LinkState, "state"),
        sa.ForeignKeyConstraint(["derivative_id", "derivative_seq"], ["works.id", "works.seq"], ondelete="CASCADE"),
        sa.CheckConstraint("NOT is_wanted OR derivative_seq IS NULL", name="wanted_in_drafts"),
        sa.CheckConstraint("(leave_licence IS NULL) = (leave_on IS NULL)", name="leave_is_whole"),
        sa.Index("ix_elsewhere_sources_node", "node_id", "derivative_seq"),
        sa.Index("ix_elsewhere_sources_upwards", "derivative_seq"),
    )

    derivative_id: Mapped[str] = mapped_column(sa.ForeignKey("works.id", ondelete="CASCADE"), primary_key=True)
    node_id: Mapped[Digest] = mapped_column(primary_key=True)
    """Of the address, `domain.lineage.foreign_addresses.node_id`."""
    derivative_seq: Mapped[int | None] = mapped_column(sa.BigInteger)
    """None while the derivative is a draft."""
    position: Mapped[int]
    state: Mapped[LinkState] = mapped_column(Word(LinkState), default=LinkState.STANDING)
    is_wanted: Mapped[bool] = mapped_column(default=False)
    """Named by a draft whose licences do not go with it so far: it is not cited yet, and nothing is published."""
    kind: Mapped[SourceKind] = mapped_column(Word(SourceKind), default=SourceKind.SAMPLE)
    address: Mapped[str] = mapped_column(sa.String(1000))
    """Normalised."""
    title: Mapped[str] = mapped_column(sa.String(200))
    artist: Mapped[str] = mapped_column(sa.String(200))
    licence: Mapped[Licence] = mapped_column(Word(Licence))
    """As declared."""
    seen_on: Mapped[dt.date]
    note: Mapped[str] = mapped_column(sa.Text, default="")
    starts_seconds: Mapped[float | None]
    ends_seconds: Mapped[float | None]
    leave_licence: Mapped[Licence | None] = mapped_column(Word(Licence))
    """Under which its artist lets the derivative be published, as declared."""
    leave_words: Mapped[str] = mapped_column(sa.Text, default="")
    leave_on: Mapped[dt.date | None]
    declared_at: Mapped[CreatedAt]

    @property
    def site(self) -> str:
        return site_of(self.address)

    @property
    def path_title(self) -> str:
        return titled(self.title, self.site)

    @property
    def leave(self) -> Leave | None:
        if self.leave_licence is None or self.leave_on is None:
            return None
        return Leave(self.leave_licence, self.leave_words, self.leave_on)

    @property
    def seen(self) -> Seen:
        return Seen(self.site, self.seen_on, self.leave_on)


class ElsewhereEvent(Row):
    """Who did what to such a source after publication, when, and with which words. Only ever added to."""

    __tablename__ = "elsewhere_events"
    __table_args__ = (
        one_of(LinkAct, "act"),
        sa.Index("ix_elsewhere_events_derivative", "derivative_id", "created_at"),
    )

    id: Mapped[Id]
    derivative_id: Mapped[str] = mapped_column(sa.ForeignKey("works.id", ondelete="CASCADE"))
    node_id: Mapped[Digest]
    title: Mapped[str] = mapped_column(sa.String(200))
    """As it was declared; what is removed is gone."""
    act: Mapped[LinkAct] = mapped_column(Word(LinkAct))
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"))
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)
    note: Mapped[str] = mapped_column(sa.Text, default="")
    created_at: Mapped[CreatedAt]
