"""Permissions: what was asked of artists whose licence stands in the way of a remix, and what they answered."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from remixhub.domain.licences.permissions import PermissionScope, PermissionState
from remixhub.domain.licences.terms import Licence
from remixhub.models.accounts import Account
from remixhub.models.base import CreatedAt, Digest, Id, Row, Word, one_of
from remixhub.models.works import Work

_ASKED = sa.text("state = 'asked'")


class Permission(Row):
    """One question and its answer; `text` and its digest are what the remix stands on once it is granted."""

    __tablename__ = "permissions"
    __table_args__ = (
        one_of(PermissionState, "state"),
        one_of(PermissionScope, "scope"),
        sa.Index(
            "uq_permissions_one_asked", "remix_id", "work_id", unique=True, sqlite_where=_ASKED, postgresql_where=_ASKED
        ),
        sa.Index("ix_permissions_account_id_created_at", "account_id", "created_at", "id"),
        sa.Index("ix_permissions_artist_id_created_at", "artist_id", "created_at", "id"),
        sa.Index("ix_permissions_work_seq", "work_seq"),
    )

    id: Mapped[Id]
    state: Mapped[PermissionState] = mapped_column(Word(PermissionState), default=PermissionState.ASKED)
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"))
    """Who asks."""
    account: Mapped[Account] = relationship(foreign_keys=[account_id], lazy="joined", innerjoin=True)
    artist_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"))
    """Who made the work, and answers."""
    artist: Mapped[Account] = relationship(foreign_keys=[artist_id], lazy="joined", innerjoin=True)
    work_id: Mapped[str] = mapped_column(sa.ForeignKey("works.id"), index=True)
    """Whose licence stands in the way."""
    work: Mapped[Work] = relationship(foreign_keys=[work_id], lazy="joined", innerjoin=True)
    work_seq: Mapped[int] = mapped_column(sa.BigInteger)
    """Of the work, which never changes: walks over the lineage know works by it."""
    source_id: Mapped[str] = mapped_column(sa.ForeignKey("works.id"), index=True)
    """What the remix cites: the work itself, or one that was made from it."""
    source: Mapped[Work] = relationship(foreign_keys=[source_id], lazy="joined", innerjoin=True)
    remix_id: Mapped[str | None] = mapped_column(sa.ForeignKey("works.id", ondelete="SET NULL"), index=True)
    """None when its draft was deleted."""
    remix: Mapped[Work | None] = relationship(foreign_keys=[remix_id], lazy="joined")
    remix_title: Mapped[str] = mapped_column(sa.String(200))
    """When it was asked."""
    wanted: Mapped[Licence] = mapped_column(Word(Licence))
    """Under which the remix would be published."""
    note: Mapped[str] = mapped_column(sa.Text, default="")
    created_at: Mapped[CreatedAt]

    scope: Mapped[PermissionScope | None] = mapped_column(Word(PermissionScope))
    licence: Mapped[Licence | None] = mapped_column(Word(Licence))
    """Under which the remix may be published; when re-licensed, the new licence of the work."""
    is_commercial: Mapped[bool | None]
    words: Mapped[str] = mapped_column(sa.Text, default="")
    """The artist's own."""
    text: Mapped[str] = mapped_column(sa.Text, default="")
    text_sha256: Mapped[Digest | None]
    """Over `text`: `domain.licences.permissions.text_sha256`."""
    answered_at: Mapped[dt.datetime | None]
    used_at: Mapped[dt.datetime | None]
    """When a remix that stands on it was published first."""
    ended_at: Mapped[dt.datetime | None]
    """When it was withdrawn or revoked, or lapsed."""
