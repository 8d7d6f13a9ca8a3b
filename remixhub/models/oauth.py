"""Apps that act for people: registered clients, the leave that people gave them, and what is asked on a device."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from remixhub.models.accounts import Account
from remixhub.models.base import CreatedAt, Digest, Id, Row


class OAuthClient(Row):
    """An app that somebody registered; what every hub knows has no row (`domain.oauth.words`)."""

    __tablename__ = "oauth_clients"

    id: Mapped[Id]
    """The client's identifier, which is public."""
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)
    name: Mapped[str] = mapped_column(sa.String(60))
    homepage: Mapped[str] = mapped_column(sa.String(300), default="")
    secret_hash: Mapped[Digest | None]
    """None: it is public, since whoever has the program has what is in it."""
    redirects: Mapped[list[str]]
    scopes: Mapped[list[str]]
    """The most it may ask for."""
    uses_devices: Mapped[bool] = mapped_column(default=False)
    """It may ask by a code that is typed on another device."""
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[CreatedAt]


class AppGrant(Row):
    """Leave that somebody gave an app, once; all its tokens came of it and end with it."""

    __tablename__ = "app_grants"
    __table_args__ = (sa.Index("ix_app_grants_account_id_client_id", "account_id", "client_id"),)

    id: Mapped[Id]
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"))
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)
    client_id: Mapped[str] = mapped_column(sa.String(32), index=True)
    """Of an `OAuthClient`, or of an app without a row."""
    name: Mapped[str] = mapped_column(sa.String(60))
    """Of the app, as it was read when leave was given."""
    scopes: Mapped[list[str]]
    code_hash: Mapped[Digest | None] = mapped_column(unique=True)
    """Of the code that takes it; None where a device asked."""
    redirect: Mapped[str | None] = mapped_column(sa.Text)
    challenge: Mapped[str | None] = mapped_column(sa.String(128))
    """Of PKCE, S256."""
    taken_at: Mapped[dt.datetime | None]
    """When the app got its first tokens: a code or a device is good for one time."""
    last_used_at: Mapped[dt.datetime | None]
    expires_at: Mapped[dt.datetime]
    """Until it is taken, or used again."""
    revoked_at: Mapped[dt.datetime | None]
    created_at: Mapped[CreatedAt]


class RefreshToken(Row):
    """Each is taken once; one that comes a second time was stolen, from whoever came first or second."""

    __tablename__ = "refresh_tokens"

    token_hash: Mapped[Digest] = mapped_column(primary_key=True)
    grant_id: Mapped[str] = mapped_column(sa.ForeignKey("app_grants.id", ondelete="CASCADE"), index=True)
    used_at: Mapped[dt.datetime | None]
    created_at: Mapped[CreatedAt]


class DeviceRequest(Row):
    """A device that waits until somebody types its code elsewhere."""

    __tablename__ = "device_requests"

    device_hash: Mapped[Digest] = mapped_column(primary_key=True)
    user_hash: Mapped[Digest] = mapped_column(unique=True)
    """Keyed: eight letters could be guessed by a bare hash."""
    client_id: Mapped[str] = mapped_column(sa.String(32), index=True)
    scopes: Mapped[list[str]]
    poll_seconds: Mapped[int]
    polled_at: Mapped[dt.datetime | None]
    grant_id: Mapped[str | None] = mapped_column(sa.ForeignKey("app_grants.id", ondelete="CASCADE"), index=True)
    denied_at: Mapped[dt.datetime | None]
    expires_at: Mapped[dt.datetime] = mapped_column(index=True)
    created_at: Mapped[CreatedAt]
