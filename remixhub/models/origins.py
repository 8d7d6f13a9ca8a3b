"""Where works and their artists came from, that a bundle of another hub brought in."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from remixhub.models.base import CreatedAt, Row


class BroughtHub(Row):
    """By whose key a hub's bundles are signed: another key is not that hub's until an operator says so."""

    __tablename__ = "brought_hubs"

    hub_url: Mapped[str] = mapped_column(sa.String(500), primary_key=True)
    key_id: Mapped[str] = mapped_column(sa.String(16))
    created_at: Mapped[CreatedAt]


class BroughtWork(Row):
    """By it a work is brought in once, however often its bundle comes. What is shown of it is `Work.brought_from`."""

    __tablename__ = "brought_works"

    hub_url: Mapped[str] = mapped_column(sa.String(500), primary_key=True)
    origin_id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    """The work's id there."""
    work_id: Mapped[str] = mapped_column(sa.ForeignKey("works.id", ondelete="CASCADE"), unique=True)
    created_at: Mapped[CreatedAt]


class BroughtArtist(Row):
    """Whose account here the works of somebody there have; by `hub_url` of its own for what nobody has checked."""

    __tablename__ = "brought_artists"

    hub_url: Mapped[str] = mapped_column(sa.String(500), primary_key=True)
    origin: Mapped[str] = mapped_column(sa.String(500), primary_key=True)
    """The address of their page there, or where there is none their name."""
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    is_made: Mapped[bool] = mapped_column(default=False)
    """The account was made for it."""
    created_at: Mapped[CreatedAt]
