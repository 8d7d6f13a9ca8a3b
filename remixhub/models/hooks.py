"""Webhooks, the events that somebody listens for, and their deliveries."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from remixhub.domain.hooks.words import DeliveryState, HookKind, HookScope, HookState
from remixhub.models.accounts import Account
from remixhub.models.base import CreatedAt, Id, Row, Word, one_of

_PENDING = sa.text("state = 'pending'")


class Hook(Row):
    """Where events of a scope are sent to."""

    __tablename__ = "hooks"
    __table_args__ = (
        one_of(HookKind, "kind"),
        one_of(HookScope, "scope"),
        one_of(HookState, "state"),
        sa.Index("ix_hooks_scope_id", "scope_id"),
    )

    id: Mapped[Id]
    kind: Mapped[HookKind] = mapped_column(Word(HookKind))
    scope: Mapped[HookScope] = mapped_column(Word(HookScope))
    scope_id: Mapped[str] = mapped_column(sa.String(32))
    """Of the account or the label; `hub` for the hub."""
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    """Who made it; while that account is suspended the webhook rests."""
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    address: Mapped[str] = mapped_column(sa.Text)
    """As it is shown: of a Discord channel's without what gives rights."""
    secret_sealed: Mapped[str] = mapped_column(sa.Text)
    """What signs, or the whole address of a Discord channel's."""
    old_secret_sealed: Mapped[str | None] = mapped_column(sa.Text)
    old_secret_until: Mapped[dt.datetime | None]
    """Until then the former secret signs as well."""
    events: Mapped[list[str]]
    """Words of `EventKind`."""
    state: Mapped[HookState] = mapped_column(Word(HookState), default=HookState.ACTIVE)
    disabled_reason: Mapped[str] = mapped_column(sa.Text, default="")
    failing_since: Mapped[dt.datetime | None]
    """Since when nothing arrived; None once something does."""
    delivered_at: Mapped[dt.datetime | None]
    """When something arrived last."""
    wait_until: Mapped[dt.datetime | None]
    """Nothing is sent before: it asked for that."""
    rest_told_at: Mapped[dt.datetime | None]
    """When the others who mind it were told that it rests; None while it does not."""
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[CreatedAt]


class HookEvent(Row):
    """Something that happened, written in the transaction in which it did, if somebody listens."""

    __tablename__ = "hook_events"

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(sa.String(40))
    facts: Mapped[dict[str, Any]]
    """Without the words of works that are gone since."""
    created_at: Mapped[CreatedAt] = mapped_column(index=True)
    gone_at: Mapped[dt.datetime | None]
    """When the work that it announces was withdrawn or taken down: nothing more is said of it."""


class HookEventWork(Row):
    """A work that an event names."""

    __tablename__ = "hook_event_works"

    event_id: Mapped[str] = mapped_column(sa.ForeignKey("hook_events.id", ondelete="CASCADE"), primary_key=True)
    work_id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, index=True)


class HookDelivery(Row):
    """An event on its way to a webhook."""

    __tablename__ = "hook_deliveries"
    __table_args__ = (
        one_of(DeliveryState, "state"),
        sa.Index("ix_hook_deliveries_hook_id_created_at", "hook_id", "created_at", "id"),
        sa.Index(
            "ix_hook_deliveries_pending", "hook_id", "next_at", sqlite_where=_PENDING, postgresql_where=_PENDING
        ),
    )  # fmt: skip

    id: Mapped[Id]
    hook_id: Mapped[str] = mapped_column(sa.ForeignKey("hooks.id", ondelete="CASCADE"))
    event_id: Mapped[str] = mapped_column(sa.ForeignKey("hook_events.id", ondelete="CASCADE"), index=True)
    event: Mapped[HookEvent] = relationship(lazy="joined", innerjoin=True)
    state: Mapped[DeliveryState] = mapped_column(Word(DeliveryState), default=DeliveryState.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    """Since it was sent, or sent again by hand."""
    next_at: Mapped[CreatedAt]
    tried_at: Mapped[dt.datetime | None]
    status: Mapped[int | None]
    """Of the last answer; None where there was none."""
    duration_ms: Mapped[int | None]
    answer: Mapped[str] = mapped_column(sa.Text, default="")
    """How the last one began."""
    error: Mapped[str] = mapped_column(sa.Text, default="")
    """In words, what was wrong with it."""
    created_at: Mapped[CreatedAt]


class SlowHost(Row):
    """One that lets the webhooks of a scope wait: these leave it alone for a while, and others do not mind."""

    __tablename__ = "slow_hosts"

    scope_id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    """Of the webhooks that waited: the account's, the label's, or `hub`."""
    host: Mapped[str] = mapped_column(sa.String(300), primary_key=True)
    times: Mapped[int] = mapped_column(default=1)
    """In a row."""
    quiet_until: Mapped[dt.datetime]
