"""The log of a webhook: what was sent, what came back; sending again, and a test."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.errors import RemixHubError
from remixhub.domain.hooks.payloads import test_message
from remixhub.domain.hooks.words import DeliveryNotFound, DeliveryState, EventGone, EventKind, HookInactive, HookState
from remixhub.domain.states import Scope
from remixhub.models import Hook, HookDelivery, HookEvent, SlowHost, now
from remixhub.models.changes import changed
from remixhub.services import journal
from remixhub.services.events import IS_HEARD, emit_to, order_for
from remixhub.services.hooks import minding
from remixhub.services.hooks.hooks import SeenHook, seen_in
from remixhub.services.paging import Keyset, Listing, Page, Position
from remixhub.services.throttle import take_attempt

KEPT_SECONDS = 30 * 24 * 3600
_AT_ONCE = 500
_TESTS, _RESENDS = 20, 60
"""Of an account within a quarter of an hour."""
_NEWEST = Listing(
    sa.select(HookDelivery).where(HookDelivery.hook_id == sa.bindparam("hook_id")),
    Keyset(HookDelivery.created_at.desc(), HookDelivery.id.desc()),
)


@dataclass(frozen=True)
class HookPage:
    seen: SeenHook
    deliveries: Page[HookDelivery]


def list_deliveries(
    actor: Actor, parts: Parts, hook_id: str, *, after: Position | None, limit: int
) -> Page[HookDelivery]:
    """Of the last thirty days, newest first. Raises HookNotFound."""
    return view_hook(actor, parts, hook_id, after=after, limit=limit).deliveries


def view_hook(actor: Actor, parts: Parts, hook_id: str, *, after: Position | None, limit: int) -> HookPage:
    require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        hook = minding.find(session, actor, hook_id)
        (seen,) = seen_in(session, [hook])
        return HookPage(seen, _NEWEST.page(session, after, limit, hook_id=hook_id))


def send_test(actor: Actor, parts: Parts, hook_id: str) -> HookDelivery:
    """An event that says nothing, by the way of all others. Raises HookNotFound, HookInactive, TooManyAttempts."""
    account_id = require_account(actor)
    take_attempt(parts, {f"tests of hooks {account_id}": _TESTS})
    with parts.database.writing() as session:
        hook = _held_active(session, actor, hook_id)
        delivery = emit_to(session, hook, EventKind.TEST, test_message(hook.name))
        return _fresh(session, delivery.id)


def resend(actor: Actor, parts: Parts, hook_id: str, delivery_id: str) -> HookDelivery:
    """Once more from the first attempt, under its own id. Raises HookNotFound, DeliveryNotFound, HookInactive."""
    account_id = require_account(actor)
    take_attempt(parts, {f"resends of hooks {account_id}": _RESENDS})
    one = sa.and_(HookDelivery.id == delivery_id, HookDelivery.hook_id == hook_id)
    with parts.database.writing() as session:
        hook = _held_active(session, actor, hook_id)
        if _sent_again(session, hook, one) == 0:
            raise _why_not_again(session, delivery_id, one)
        return _fresh(session, delivery_id)


def resend_failed(actor: Actor, parts: Parts, hook_id: str, *, since: dt.datetime) -> int:
    """All that failed and were first due since then; how many. Raises HookNotFound, HookInactive."""
    account_id = require_account(actor)
    take_attempt(parts, {f"resends of hooks {account_id}": _RESENDS})
    failed = sa.and_(
        HookDelivery.hook_id == hook_id, HookDelivery.created_at >= since, HookDelivery.state == DeliveryState.FAILED
    )
    with parts.database.writing() as session:
        hook = _held_active(session, actor, hook_id)
        count = _sent_again(session, hook, failed)
        after = {"since": since.isoformat(), "count": count}
        journal.record(session, actor, "hook.failed_resent", "hook", hook_id, after=after)
    return count


def drop_old(parts: Parts) -> None:
    """Events of more than thirty days ago with their deliveries, some at a time, by index; hosts that nobody has waited
    for since yesterday.
    """
    oldest = sa.select(HookEvent.id).where(HookEvent.created_at < now(-KEPT_SECONDS)).order_by(HookEvent.created_at)
    some = sa.delete(HookEvent).where(HookEvent.id.in_(oldest.limit(_AT_ONCE)))
    is_left = True
    while is_left:
        with parts.database.writing() as session:
            is_left = changed(session, some.execution_options(synchronize_session=False)) == _AT_ONCE
    with parts.database.writing() as session:
        session.execute(sa.delete(SlowHost).where(SlowHost.quiet_until < now(-24 * 3600)))


def counts(session: Session) -> dict[DeliveryState, int]:
    """How many deliveries are in each state, of those that are kept."""
    rows = session.execute(sa.select(HookDelivery.state, sa.func.count()).group_by(HookDelivery.state)).all()
    return dict.fromkeys(DeliveryState, 0) | {state: int(count) for state, count in rows}


def states(session: Session) -> dict[str, int]:
    """How many webhooks are `arriving`, `failing`, `resting`, `paused` and `disabled`."""
    is_on = Hook.state == HookState.ACTIVE
    state = sa.case(
        (sa.not_(is_on), sa.type_coerce(Hook.state, sa.String)),
        (sa.not_(IS_HEARD), sa.literal("resting")),
        (Hook.failing_since.is_not(None), sa.literal("failing")),
        else_=sa.literal("arriving"),
    )
    named = sa.select(state.label("state")).select_from(Hook).subquery()
    rows = session.execute(sa.select(named.c.state, sa.func.count()).group_by(named.c.state)).all()
    return dict.fromkeys(("arriving", "failing", "resting", "paused", "disabled"), 0) | {
        name: int(count) for name, count in rows
    }


def oldest_due_seconds(session: Session) -> float:
    """How long the oldest delivery is due that nothing is in the way of: no wish for a pause, no host that hangs."""
    waits = sa.or_(
        Hook.wait_until > now(), sa.exists().where(SlowHost.scope_id == Hook.scope_id, SlowHost.quiet_until > now())
    )
    due = sa.and_(HookDelivery.state == sa.literal_column("'pending'"), HookDelivery.next_at <= now())
    oldest = (
        sa.select(sa.type_coerce(sa.func.min(HookDelivery.next_at), sa.BigInteger))
        .join(Hook, Hook.id == HookDelivery.hook_id)
        .where(due, Hook.state == HookState.ACTIVE, IS_HEARD, sa.func.coalesce(sa.not_(waits), sa.true()))
        .scalar_subquery()
    )
    waited_ms = session.scalar(sa.select(sa.type_coerce(now(), sa.BigInteger) - oldest))
    return max(0.0, (waited_ms or 0) / 1000)


def _held_active(session: Session, actor: Actor, hook_id: str) -> Hook:
    """Kept from being deleted until the commit, and from nothing else: its job may hold it and wait for ours."""
    hook = minding.find(session, actor, hook_id, is_kept=True)
    minding.require_rights(session, actor, hook)
    if hook.state is not HookState.ACTIVE:
        raise HookInactive("Turn it on first; then send again what failed.", state=hook.state.value)
    return hook


def _sent_again(session: Session, hook: Hook, which: sa.ColumnElement[bool]) -> int:
    order_for(session, hook)  # before the deliveries are locked, as the job itself has it
    is_gone = sa.exists().where(HookEvent.id == HookDelivery.event_id, HookEvent.gone_at.is_not(None))
    again = (
        sa.update(HookDelivery).where(which, ~is_gone).values(state=DeliveryState.PENDING, attempts=0, next_at=now())
    )
    return changed(session, again.execution_options(synchronize_session=False))


def _why_not_again(session: Session, delivery_id: str, which: sa.ColumnElement[bool]) -> RemixHubError:
    if session.scalar(sa.select(HookDelivery.id).where(which)) is None:
        return DeliveryNotFound(f"There is no delivery {delivery_id!r}; they are kept for thirty days.")
    return EventGone("The work that it announces was withdrawn or taken down.")


def _fresh(session: Session, delivery_id: str) -> HookDelivery:
    session.flush()
    return session.get_one(HookDelivery, delivery_id, populate_existing=True)
