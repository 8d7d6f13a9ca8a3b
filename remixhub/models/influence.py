"""How far the works of accounts have reached, counted by jobs."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from remixhub.models.base import Row

UNREACHED = sa.text("is_uncounted")


class AccountReach(Row):
    """Counts over everything published; of an account without a row, or with an uncounted one, they are not known."""

    __tablename__ = "account_reaches"
    __table_args__ = (
        sa.Index("ix_account_reaches_uncounted", "account_id", sqlite_where=UNREACHED, postgresql_where=UNREACHED),
    )

    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), primary_key=True)
    is_uncounted: Mapped[bool] = mapped_column(default=True)
    works: Mapped[int] = mapped_column(default=0)
    remixes_by_others: Mapped[int] = mapped_column(default=0)
    remixers: Mapped[int] = mapped_column(default=0)
    """As many as there are rows of `Remixer`."""
    descendants: Mapped[int] = mapped_column(default=0)
    descendants_by_others: Mapped[int] = mapped_column(default=0)


class Remixer(Row):
    """One of the other accounts that made a work directly from one of an account's."""

    __tablename__ = "remixers"

    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), primary_key=True)
    remixer_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), primary_key=True)
