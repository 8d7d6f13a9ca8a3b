"""Receipts: under which licence an account took which stems, and when."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from remixhub.domain.licences.terms import Licence
from remixhub.models.base import CreatedAt, Digest, Id, Row, Word
from remixhub.models.works import StemPack


class Receipt(Row):
    """One for each account, stem (or whole pack) and licence, by the first download."""

    __tablename__ = "receipts"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "stem_pack_id", "stem_id", "licence"),
        sa.Index("ix_receipts_account_id_created_at", "account_id", "created_at"),
    )

    id: Mapped[Id]
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id", ondelete="CASCADE"))
    stem_pack_id: Mapped[str] = mapped_column(sa.ForeignKey("stem_packs.id", ondelete="CASCADE"))
    stem_pack: Mapped[StemPack] = relationship(lazy="joined", innerjoin=True)
    stem_id: Mapped[str] = mapped_column(sa.String(32), default="")
    """Empty for the whole pack as a ZIP: NULLs would not be unique."""
    stem_name: Mapped[str] = mapped_column(sa.String(120), default="")
    licence: Mapped[Licence] = mapped_column(Word(Licence))
    licence_sha256: Mapped[Digest]
    created_at: Mapped[CreatedAt]
