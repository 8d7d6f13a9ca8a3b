"""Sources that a draft names and does not cite: refused so far, or left out."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from remixhub.domain.states import SourceKind, WishState
from remixhub.models.base import CreatedAt, Row, Word, one_of
from remixhub.models.works import Work


class SourceWish(Row):
    """What a source link would say, without a licence: that is judged anew whenever somebody looks."""

    __tablename__ = "source_wishes"
    __table_args__ = (
        one_of(WishState, "state"),
        one_of(SourceKind, "kind"),
        sa.Index("ix_source_wishes_source_id", "source_id"),
    )

    derivative_id: Mapped[str] = mapped_column(sa.ForeignKey("works.id", ondelete="CASCADE"), primary_key=True)
    source_id: Mapped[str] = mapped_column(sa.ForeignKey("works.id"), primary_key=True)
    source: Mapped[Work] = relationship(foreign_keys=[source_id], lazy="joined", innerjoin=True)
    state: Mapped[WishState] = mapped_column(Word(WishState))
    kind: Mapped[SourceKind] = mapped_column(Word(SourceKind), default=SourceKind.REMIX)
    stems: Mapped[list[str]] = mapped_column(default=list)
    """Ids of the source's stems that were used; empty when the remixer did not say."""
    starts_seconds: Mapped[float | None]
    ends_seconds: Mapped[float | None]
    note: Mapped[str] = mapped_column(sa.Text, default="")
    created_at: Mapped[CreatedAt]
