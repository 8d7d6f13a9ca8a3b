"""Webhooks: adding, changing, renewing the secret, turning off and on, deleting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.contests.labels import LabelRole
from remixhub.domain.hooks import discord
from remixhub.domain.hooks.signing import new_secret
from remixhub.domain.hooks.words import (
    EVENTS,
    DeliveryState,
    EventKind,
    HookAddressInvalid,
    HookEventsInvalid,
    HookKind,
    HookRest,
    HookScope,
    HooksExhausted,
    HookState,
    HookUnsigned,
)
from remixhub.domain.states import Scope
from remixhub.models import Hook, HookDelivery, Label, LabelMember, new_id, now
from remixhub.outbound.posting import NotReached
from remixhub.outbound.targets import TargetUnfit, parse_target
from remixhub.services import journal
from remixhub.services.accounts.account_lock import lock_own
from remixhub.services.accounts.sealing import seal
from remixhub.services.events import drop_hooks
from remixhub.services.hooks import minding
from remixhub.services.throttle import take_attempt

MOST = {HookScope.ACCOUNT: 10, HookScope.LABEL: 10, HookScope.HUB: 20}
"""Of one scope."""
OLD_SECRET_SECONDS = 24 * 3600
"""So long the former secret signs too, once there is a new one."""
_ADDRESSES_TRIED = 30
TURNED_OFF = "It was not sent: the webhook was turned off."


@dataclass(frozen=True)
class SeenHook:
    """As its minder sees it."""

    hook: Hook
    label: str | None
    """Handle of the label whose events it hears."""
    rest: HookRest | None = None
    """Why nothing is sent to it although it is on."""


def create_hook(
    actor: Actor,
    parts: Parts,
    *,
    address: str,
    name: str,
    events: Sequence[EventKind],
    kind: HookKind = HookKind.WEBHOOK,
    scope: HookScope = HookScope.ACCOUNT,
    label: str | None = None,
) -> tuple[SeenHook, str | None]:
    """And the secret that signs what it is sent, which is not shown again; None for Discord's. `label`: its handle.

    Raises HookAddressInvalid, HookEventsInvalid, HooksExhausted, TooManyAttempts, LabelNotFound, LabelMembersOnly,
    OperatorOnly.
    """
    account_id = require_account(actor)
    _require_events(events, scope)
    shown, secret = _checked_address(parts, account_id, kind, address)
    hook_id = new_id()
    with parts.database.writing() as session:
        lock_own(session, actor)
        scope_id = minding.scope_id_for(session, actor, scope, label)
        if scope is HookScope.LABEL:  # its owners count together
            session.execute(sa.update(Label).where(Label.id == scope_id).values(name=Label.name))
        held = session.scalar(sa.select(sa.func.count()).where(Hook.scope_id == scope_id)) or 0
        if held >= MOST[scope]:
            raise HooksExhausted(f"Delete one of the {held} first: there are at most {MOST[scope]}.", limit=MOST[scope])
        hook = Hook(
            id=hook_id,
            kind=kind,
            scope=scope,
            scope_id=scope_id,
            account_id=account_id,
            name=name,
            address=shown,
            secret_sealed=seal(parts.settings, secret, hook_id),
            events=_sorted(events),
        )
        session.add(hook)
        session.flush()
        session.refresh(hook)
        facts = {"kind": kind.value, "scope": scope.value, "scope_id": scope_id, "address": _logged(hook)}
        journal.record(session, actor, "hook.created", "hook", hook.id, after={**facts, "events": hook.events})
        seen = _seen(session, hook)
    return seen, secret if kind is HookKind.WEBHOOK else None


def list_hooks(actor: Actor, parts: Parts) -> Sequence[SeenHook]:
    """All that the actor minds, oldest first: there are few."""
    require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        return hooks_in(session, actor)


@dataclass(frozen=True)
class HooksPage:
    hooks: Sequence[SeenHook]
    labels: Sequence[tuple[str, str]]
    """Handle and name of those whose events the actor may have sent elsewhere."""


def view_hooks(actor: Actor, parts: Parts) -> HooksPage:
    account_id = require_account(actor, Scope.READ)
    owned = (
        sa.select(Label.handle, Label.name)
        .join(LabelMember, LabelMember.label_id == Label.id)
        .where(LabelMember.account_id == account_id, LabelMember.role == LabelRole.OWNER)
        .order_by(Label.name)
    )
    with parts.database.reading() as session:
        return HooksPage(hooks_in(session, actor), [(handle, name) for handle, name in session.execute(owned)])


def hooks_in(session: Session, actor: Actor) -> Sequence[SeenHook]:
    minded = sa.select(Hook).where(minding.minded_by(session, actor)).order_by(Hook.created_at, Hook.id)
    hooks = session.scalars(minded).all()
    return seen_in(session, hooks)


def seen_in(session: Session, hooks: Sequence[Hook]) -> Sequence[SeenHook]:
    labels, rests = minding.label_handles(session, hooks), minding.rests(session, hooks)
    return [SeenHook(hook, labels.get(hook.id), rests.get(hook.id)) for hook in hooks]


def get_hook(actor: Actor, parts: Parts, hook_id: str) -> SeenHook:
    """Raises HookNotFound."""
    require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        return _seen(session, minding.find(session, actor, hook_id))


def edit_hook(actor: Actor, parts: Parts, hook_id: str, changes: Mapping[str, Any], *, revision: int) -> SeenHook:
    """`changes` may hold name, address, events and `is_active`.

    Turned on again, it begins anew: what failed before is sent again by hand. Raises HookNotFound, HookAddressInvalid,
    HookEventsInvalid, PreconditionFailed.
    """
    account_id = require_account(actor)
    with parts.database.reading() as session:
        hook = minding.find(session, actor, hook_id)
    if "events" in changes:
        _require_events(changes["events"], hook.scope)
    address = _checked_address(parts, account_id, hook.kind, changes["address"]) if "address" in changes else None
    with parts.database.writing() as session:
        hook = minding.hold(session, actor, hook_id, revision=revision)
        before = {"name": hook.name, "address": _logged(hook), "events": hook.events, "state": hook.state.value}
        hook.name = changes.get("name", hook.name)
        if "events" in changes:
            hook.events = _sorted(changes["events"])
        if address is not None:
            hook.address = address[0]
            hook.wait_until = hook.failing_since = None
            if hook.kind is HookKind.DISCORD:
                hook.secret_sealed = seal(parts.settings, address[1], hook.id)
        if "is_active" in changes:
            _turn(session, hook, HookState.ACTIVE if changes["is_active"] else HookState.PAUSED)
        after = {"name": hook.name, "address": _logged(hook), "events": hook.events, "state": hook.state.value}
        journal.record(session, actor, "hook.edited", "hook", hook.id, before=before, after=after)
        session.flush()
        session.refresh(hook)
        return _seen(session, hook)


def renew_secret(actor: Actor, parts: Parts, hook_id: str) -> tuple[SeenHook, str]:
    """The new secret, which is not shown again. For a day the former one signs as well. Raises HookUnsigned."""
    secret = new_secret()
    with parts.database.writing() as session:
        hook = minding.hold(session, actor, hook_id)
        if hook.kind is not HookKind.WEBHOOK:
            raise HookUnsigned("What goes to Discord is not signed; give another address instead.")
        hook.old_secret_sealed, hook.secret_sealed = hook.secret_sealed, seal(parts.settings, secret, hook.id)
        session.flush()
        session.execute(
            sa.update(Hook)
            .where(Hook.id == hook.id)
            .values(old_secret_until=now(OLD_SECRET_SECONDS), revision=Hook.revision + 1)
        )
        journal.record(session, actor, "hook.secret_renewed", "hook", hook.id)
        session.flush()
        session.refresh(hook)
        return _seen(session, hook), secret


def delete_hook(actor: Actor, parts: Parts, hook_id: str) -> None:
    """With its log, and what is still on the way. Raises HookNotFound."""
    with parts.database.writing() as session:
        hook = minding.hold(session, actor, hook_id)
        before = {"name": hook.name, "address": _logged(hook), "scope": hook.scope.value, "scope_id": hook.scope_id}
        drop_hooks(session, Hook.id == hook_id)
        journal.record(session, actor, "hook.deleted", "hook", hook_id, before=before)


def disable(session: Session, hook: Hook, reason: str) -> None:
    """By the hub; what waits is not sent any more."""
    hook.disabled_reason = reason
    _turn(session, hook, HookState.DISABLED)
    hook.revision += 1


def _turn(session: Session, hook: Hook, state: HookState) -> None:
    if hook.state is state:
        return
    hook.state = state
    if state is HookState.ACTIVE:
        hook.disabled_reason, hook.failing_since, hook.wait_until = "", None, None
        return
    waiting = sa.and_(HookDelivery.hook_id == hook.id, HookDelivery.state == DeliveryState.PENDING)
    session.execute(
        sa.update(HookDelivery)
        .where(waiting)
        .values(state=DeliveryState.FAILED, error=sa.func.coalesce(sa.func.nullif(HookDelivery.error, ""), TURNED_OFF))
        .execution_options(synchronize_session=False)
    )


def _checked_address(parts: Parts, account_id: str, kind: HookKind, address: str) -> tuple[str, str]:
    """As it is shown, and what is secret: the signing secret, or Discord's whole address. Asks name servers."""
    if kind is HookKind.DISCORD:
        whole = discord.canonical_address(address)
        if whole is None:
            raise _unfit(
                "Paste the address of a channel's webhook as Discord gives it: https://discord.com/api/webhooks/…/…"
            )
        return discord.shown_address(whole), whole
    if discord.canonical_address(address) is not None:
        raise _unfit("This is a Discord channel's address: add it as Discord’s, so that it is posted as a message.")
    try:
        target = parse_target(address.strip())
        take_attempt(parts, {f"addresses of hooks {account_id}": _ADDRESSES_TRIED})
        parts.outbound.endpoints_of(target)
    except TargetUnfit as exc:
        raise _unfit(str(exc)) from None
    except NotReached as exc:
        raise _unfit(exc.detail) from None
    return address.strip(), new_secret()


def _require_events(events: Sequence[EventKind], scope: HookScope) -> None:
    strange = [kind for kind in events if kind not in EVENTS[scope]]
    if strange:
        among = ", ".join(f"`{kind}`" for kind in EVENTS[scope])
        raise HookEventsInvalid(f"`{strange[0]}` is not among {among}.", violations={"/events": ["Choose from these."]})
    if not events:
        raise HookEventsInvalid("Choose at least one event.", violations={"/events": ["Choose at least one."]})


def _sorted(events: Sequence[EventKind]) -> list[str]:
    return [kind.value for kind in EventKind if kind in events]


def _unfit(detail: str) -> HookAddressInvalid:
    return HookAddressInvalid(detail, violations={"/address": [detail]})


def _logged(hook: Hook) -> str:
    """The host alone: whatever stands behind it may be a key."""
    return hook.address.split("?", 1)[0].split("/")[2]


def _seen(session: Session, hook: Hook) -> SeenHook:
    return seen_in(session, [hook])[0]
