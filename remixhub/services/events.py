"""What happens here, told elsewhere: written in the transaction that causes it, and only if somebody listens.

Whoever causes an event says whom it concerns; who is told is found by one look-up in an index, which mostly finds
nobody. What carries it there is `services/hooks`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM, Actor
from remixhub.domain.addresses import Addresses
from remixhub.domain.contests.labels import LabelRole
from remixhub.domain.hooks import payloads
from remixhub.domain.hooks.words import EventKind, HookKind, HookScope, HookState
from remixhub.domain.states import JobKind
from remixhub.jobs.table import add_job, hurry
from remixhub.models import (
    Account,
    Contest,
    Hook,
    HookDelivery,
    HookEvent,
    Label,
    LabelMember,
    LabelRelease,
    Work,
    new_id,
    now,
)
from remixhub.models.suspensions import is_suspended

HUB = "hub"
"""The `scope_id` of what hears of everybody."""
TOGETHER_SECONDS = 3.0
"""So long a message to a channel waits for others to come along."""
_ATTEMPTS = 5
Facts = Mapping[str, Any]

_OF_LABELS = sa.select(LabelRelease.label_id).where(LabelRelease.work_id.in_(sa.bindparam("works", expanding=True)))
_MINDED = sa.or_(
    Hook.scope == HookScope.ACCOUNT,
    sa.exists().where(
        Hook.scope == HookScope.LABEL, LabelMember.label_id == Hook.scope_id,
        LabelMember.account_id == Hook.account_id, LabelMember.role == LabelRole.OWNER,
    ),
    sa.exists().where(Hook.scope == HookScope.HUB, Account.id == Hook.account_id, Account.is_operator),
)  # fmt: skip
"""Whoever made it may still have it: a label's former owner and a former operator are told no more."""
_LISTENING = (
    sa.select(Hook.id, Hook.kind, Hook.scope, Hook.account_id, Hook.events)
    .where(
        Hook.scope_id.in_(sa.bindparam("scopes", expanding=True)),
        Hook.state == HookState.ACTIVE,
        ~is_suspended(Hook.account_id),
        _MINDED,
    )
    .order_by(Hook.id)
    .with_for_update(read=True, key_share=True, of=Hook)  # so that none of them is deleted before the commit
)


def emit(
    session: Session,
    parts: Parts,
    kind: EventKind,
    facts: Callable[[Addresses], Facts],
    *,
    concerns: Collection[str] = (),
    works: Collection[str] = (),
) -> None:
    """Tells those who listen to the accounts or labels whose ids are in `concerns`, to labels that have one of `works`
    among their releases, or to the hub. `facts` is called if there are any.
    """
    labels = session.scalars(_OF_LABELS, {"works": list(works)}).all() if works else ()
    found = session.execute(_LISTENING, {"scopes": [HUB, *concerns, *labels]}).all()
    listening = [hook for hook in found if kind in hook.events]
    if not listening:
        return
    event = _written(session, kind, facts(parts.addresses))
    session.execute(
        sa.insert(HookDelivery), [{"id": new_id(), "hook_id": hook.id, "event_id": event.id} for hook in listening]
    )
    for hook in listening:
        order(session, hook.id, hook.kind, _payer(hook.scope, hook.account_id))


def emit_to(session: Session, hook: Hook, kind: EventKind, facts: Facts) -> HookDelivery:
    """Tells this one alone, whatever it listens to."""
    event = _written(session, kind, facts)
    delivery = HookDelivery(hook_id=hook.id, event_id=event.id)
    session.add(delivery)
    session.flush()
    order_for(session, hook)
    return delivery


def order_for(session: Session, hook: Hook, *, after_seconds: float | None = None) -> None:
    order(session, hook.id, hook.kind, _payer(hook.scope, hook.account_id), after_seconds=after_seconds)


def order(session: Session, hook_id: str, kind: HookKind, payer: Actor, *, after_seconds: float | None = None) -> None:
    """One job for each webhook: what is sent to it goes one after the other, and no other webhook waits for it."""
    usual = TOGETHER_SECONDS if kind is HookKind.DISCORD else 0.0
    after = usual if after_seconds is None else after_seconds
    add_job(session, payer, JobKind.DELIVER_HOOK, hook_id, max_attempts=_ATTEMPTS, after_seconds=after)
    hurry(session, JobKind.DELIVER_HOOK, hook_id, after_seconds=after)


def work_facts(work: Work, addresses: Addresses) -> payloads.Facts:
    return payloads.work_facts(
        id=work.id,
        kind=work.kind.value,
        title=work.title,
        handle=work.account.handle,
        display_name=work.account.display_name,
        licence=work.licence.value,
        permalink=addresses.work(work.id),
    )


def label_facts(label: Label, addresses: Addresses) -> payloads.Facts:
    return payloads.label_facts(handle=label.handle, name=label.name, permalink=addresses.label(label.handle))


def contest_facts(contest: Contest, addresses: Addresses) -> payloads.Facts:
    return payloads.contest_facts(
        id=contest.id,
        title=contest.title,
        label=label_facts(contest.label, addresses),
        **vars(contest.deadlines),
        permalink=addresses.contest(contest.id),
    )


def _written(session: Session, kind: EventKind, facts: Facts) -> HookEvent:
    event = HookEvent(id=new_id(), kind=kind.value, facts=dict(facts), created_at=now())
    session.add(event)
    session.flush()
    return event


def _payer(scope: HookScope, account_id: str) -> Actor:
    """Each account's wait for that account's alone."""
    return SYSTEM if scope is HookScope.HUB else Actor(account_id)
