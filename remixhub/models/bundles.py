"""What was ordered of bundles, as long as what was made of it stays."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from remixhub.models.base import CreatedAt, Id, Row


class BundleOrder(Row):
    """Each time that a worker was to make one, or that one was there already, which costs no bytes."""

    __tablename__ = "bundle_orders"
    __table_args__ = (sa.Index("ix_bundle_orders_payer_created_at", "payer", "created_at"),)

    id: Mapped[Id]
    payer: Mapped[str] = mapped_column(sa.String(32))
    """As that of its job."""
    subject_id: Mapped[str] = mapped_column(sa.String(64), index=True)
    """Of its job: which bundle, and whose."""
    digest: Mapped[str] = mapped_column(sa.String(64), index=True)
    """Of the bundle as it was when it was ordered, then as it was made."""
    size_bytes: Mapped[int] = mapped_column(sa.BigInteger)
    """About; 0 where it was there already."""
    created_at: Mapped[CreatedAt]
