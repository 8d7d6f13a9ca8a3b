"""Accounts, their browser sessions and access tokens, and the counters that slow attempts down."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from remixhub.domain.comments import CommentPolicy
from remixhub.models.base import CreatedAt, Digest, Id, Row, Word


class Account(Row):
    __tablename__ = "accounts"
    __table_args__ = (sa.CheckConstraint("stored_bytes >= 0", name="stored_bytes_positive"),)

    id: Mapped[Id]
    handle: Mapped[str] = mapped_column(sa.String(40), unique=True)
    """Lower case; stays taken after deletion, so that credits cannot be impersonated."""
    email: Mapped[str | None] = mapped_column(sa.String(254), unique=True)
    """Lower case; None once deleted."""
    email_verified_at: Mapped[dt.datetime | None]
    """When somebody with access to the address said so; None again when it changes."""
    address_bounced_at: Mapped[dt.datetime | None]
    """Since when nothing arrives at the address; None again when it is verified anew, or changes."""
    pending_email: Mapped[str | None] = mapped_column(sa.String(254))
    """What the address becomes once somebody with access to it says so."""
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))
    """Argon2id; None once deleted."""
    display_name: Mapped[str] = mapped_column(sa.String(80))
    """What is shown of it as an artist, also once it is deleted; never empty: its handle, unless it gave a name."""
    bio: Mapped[str] = mapped_column(sa.Text, default="")
    links: Mapped[list[str]] = mapped_column(default=list)
    is_operator: Mapped[bool] = mapped_column(default=False)
    guesses_told_at: Mapped[dt.datetime | None]
    """When its owner was last told that strangers guess at the password."""
    guesses_seen_at: Mapped[dt.datetime | None]
    """When its owner, signing in, was last shown so."""
    quota_bytes: Mapped[int | None] = mapped_column(sa.BigInteger)
    """None: the hub's default."""
    stored_bytes: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    """Bytes of the uploads that count against the quota."""
    accepted_rules: Mapped[int | None]
    """Which revision of the house's rules it has accepted, or said to have read."""
    comment_policy: Mapped[CommentPolicy] = mapped_column(
        Word(CommentPolicy), default=CommentPolicy.OPEN, server_default="open"
    )
    """Of its works that have none of their own."""
    hears_of_far_remixes: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """It wishes to be told of remixes of remixes, too."""
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[CreatedAt]
    deleted_at: Mapped[dt.datetime | None]


class BrowserSession(Row):
    __tablename__ = "browser_sessions"

    id: Mapped[Id]
    token_hash: Mapped[Digest] = mapped_column(unique=True)
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)
    device_id: Mapped[str | None] = mapped_column(sa.String(32))
    """Of the browser's device cookie; None for a session from before there were any."""
    user_agent: Mapped[str] = mapped_column(sa.String(200), default="")
    created_at: Mapped[CreatedAt]
    last_seen_at: Mapped[CreatedAt]
    proved_at: Mapped[dt.datetime | None]
    """When it last proved who it is; None for sessions older than such proofs."""
    expires_at: Mapped[dt.datetime]


class AccessToken(Row):
    __tablename__ = "access_tokens"

    id: Mapped[Id]
    token_hash: Mapped[Digest] = mapped_column(unique=True)
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)
    grant_id: Mapped[str | None] = mapped_column(sa.ForeignKey("app_grants.id", ondelete="CASCADE"), index=True)
    """Of an app that acts for the account; None: a personal token."""
    name: Mapped[str] = mapped_column(sa.String(80))
    scopes: Mapped[list[str]]
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[dt.datetime | None]
    last_used_at: Mapped[dt.datetime | None]
    revoked_at: Mapped[dt.datetime | None]


class Throttle(Row):
    """Attempts in the current window, by what is limited (an account or an address, hashed)."""

    __tablename__ = "throttles"

    subject: Mapped[str] = mapped_column(sa.String(100), primary_key=True)
    attempts: Mapped[int] = mapped_column(default=0)
    window_ends_at: Mapped[dt.datetime]


class GuessCount(Row):
    """Attempts at passwords, by whom or what they are counted (hashed): a series, or a pace (`domain/guesses.py`)."""

    __tablename__ = "guess_counts"

    subject: Mapped[Digest] = mapped_column(primary_key=True)
    wrong: Mapped[int] = mapped_column(default=0)
    held_until: Mapped[dt.datetime]
    """Of a series: no attempt before. Of a pace: until then attempts are spoken for."""
    has_turn: Mapped[bool] = mapped_column(default=False)
    forgotten_at: Mapped[dt.datetime] = mapped_column(index=True)


class IdempotentAnswer(Row):
    """The answer to a POST with an `Idempotency-Key`, given again when the same request comes back."""

    __tablename__ = "idempotent_answers"

    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    request_digest: Mapped[Digest]
    status: Mapped[int | None]
    """None while the first request is still being answered."""
    body: Mapped[dict[str, Any] | None]
    created_at: Mapped[CreatedAt]


class AuditEntry(Row):
    """Who changed what, when, from what to what; and what was seen of security, such as failed sign-ins."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        sa.Index("ix_audit_entries_subject", "subject_kind", "subject_id"),
        sa.Index(
            "ix_audit_entries_address",
            "address",
            sqlite_where=sa.text("address IS NOT NULL"),
            postgresql_where=sa.text("address IS NOT NULL"),
        ),
        sa.Index(
            "ix_audit_entries_observed_count",
            "observed_count",
            sqlite_where=sa.text("observed_count IS NOT NULL"),
            postgresql_where=sa.text("observed_count IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)
    actor: Mapped[str] = mapped_column(sa.String(40))
    """An account's id, `system` or `visitor`."""
    action: Mapped[str] = mapped_column(sa.String(60))
    subject_kind: Mapped[str] = mapped_column(sa.String(40))
    subject_id: Mapped[str] = mapped_column(sa.String(64))
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    request_id: Mapped[str | None] = mapped_column(sa.String(64))
    address: Mapped[str | None] = mapped_column(sa.String(64))
    """The network address it came from, until the sweep erases it; of IPv6 the first 64 bits."""
    observed_count: Mapped[int | None]
    """How often, for what was only observed; those rows go after a while. None: a change of state, kept for ever."""
    created_at: Mapped[CreatedAt]
