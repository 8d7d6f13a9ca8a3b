"""Searches that people keep, and are told of."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from remixhub.domain.discovery.written import Searched
from remixhub.models.base import CreatedAt, Id, Row, Word, one_of


class SavedSearch(Row):
    """A question of an account, as `domain.discovery.written` writes it."""

    __tablename__ = "saved_searches"
    __table_args__ = (
        one_of(Searched, "searched"),
        sa.Index("ix_saved_searches_account_id", "account_id", "created_at", "id"),
        sa.Index("ix_saved_searches_seen_seq", "tells", "seen_seq", "id"),
    )

    id: Mapped[Id]
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"))
    name: Mapped[str] = mapped_column(sa.String(120))
    searched: Mapped[Searched] = mapped_column(Word(Searched))
    words: Mapped[dict[str, str]] = mapped_column(sa.JSON(none_as_null=True))
    tells: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    """Whether what it finds anew is told."""
    seen_seq: Mapped[int] = mapped_column(sa.BigInteger)
    """Works up to this one were there when it was saved, or looked at since."""
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    created_at: Mapped[CreatedAt]
