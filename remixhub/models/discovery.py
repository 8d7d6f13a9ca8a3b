"""How one work is found among many: who follows whom and what, and what the house picked."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from remixhub.models.accounts import Account
from remixhub.models.base import CreatedAt, Id, Row
from remixhub.models.labels import Label
from remixhub.models.works import Work


class Follow(Row):
    """An account follows another one, or a label."""

    __tablename__ = "follows"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "artist_id"),
        sa.UniqueConstraint("account_id", "label_id"),
        sa.CheckConstraint("(artist_id IS NULL) <> (label_id IS NULL)", name="one_of_two"),
        sa.CheckConstraint("artist_id <> account_id", name="somebody_else"),
    )

    id: Mapped[Id]
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"))
    artist_id: Mapped[str | None] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    artist: Mapped[Account | None] = relationship(foreign_keys=artist_id)
    label_id: Mapped[str | None] = mapped_column(sa.ForeignKey("labels.id"), index=True)
    label: Mapped[Label | None] = relationship()
    created_at: Mapped[CreatedAt]


class WorkFollow(Row):
    """An account is told of remixes of a work. A table of its own: the release before knows artists and labels."""

    __tablename__ = "work_follows"
    __table_args__ = (sa.UniqueConstraint("account_id", "work_id"),)

    id: Mapped[Id]
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"))
    work_id: Mapped[str] = mapped_column(sa.ForeignKey("works.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[CreatedAt]


class TagFollow(Row):
    __tablename__ = "tag_follows"
    __table_args__ = (sa.UniqueConstraint("account_id", "tag"),)

    id: Mapped[Id]
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"))
    tag: Mapped[str] = mapped_column(sa.String(40))
    created_at: Mapped[CreatedAt]


class Pick(Row):
    """A work that the house puts in front, with a word on why; the newest of a published work counts."""

    __tablename__ = "picks"
    __table_args__ = (sa.Index("ix_picks_created_at", "created_at", "id"),)

    id: Mapped[Id]
    work_id: Mapped[str] = mapped_column(sa.ForeignKey("works.id", ondelete="CASCADE"), unique=True)
    work: Mapped[Work] = relationship(lazy="joined", innerjoin=True)
    picked_by_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"))
    note: Mapped[str] = mapped_column(sa.Text)
    created_at: Mapped[CreatedAt]
