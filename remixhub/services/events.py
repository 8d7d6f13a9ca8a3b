"""What happens here, told elsewhere: written in the transaction that causes it, and only if somebody listens.

Whoever causes an event says whom it concerns; who is told is found by one look-up in an index, which mostly finds
nobody. What carries it there is `services/hooks`. Nothing is locked before the commit, and then all of it in one order:
webhooks and their jobs by the ids of the webhooks, events last.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
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
    HookEventWork,
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
_AT_ONCE = 500
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
IS_HEARD = sa.and_(_MINDED, ~is_suspended(Hook.account_id))
"""While it is not, nothing is noted for it and nothing is sent: it rests."""
_LISTENING = sa.select(Hook.id, Hook.events).where(
    Hook.scope_id.in_(sa.bindparam("scopes", expanding=True)), Hook.state == HookState.ACTIVE, IS_HEARD
)
_HELD = (
    sa.select(Hook.id, Hook.kind, Hook.scope, Hook.account_id)
    .where(Hook.id.in_(sa.bindparam("ids", expanding=True)), Hook.state == HookState.ACTIVE)
    .order_by(Hook.id)
    .with_for_update(read=True, key_share=True, of=Hook)  # so that none of them is deleted before the commit
)
_AT_COMMIT = "events"
"""In the `info` of a session: what its transaction has caused so far."""


@dataclass(frozen=True)
class _Caused:
    kind: EventKind
    facts: Facts
    hook_ids: Collection[str]


@dataclass
class _AtCommit:
    caused: list[_Caused] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    """Ids of works."""


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
    among their releases, or to the hub. `facts` is called at once if there are any; it is written with the commit.
    """
    labels = session.scalars(_OF_LABELS, {"works": list(works)}).all() if works else ()
    found = session.execute(_LISTENING, {"scopes": [HUB, *concerns, *labels]}).all()
    listening = [hook.id for hook in found if kind in hook.events]
    if not listening:
        return
    _at_commit(session).caused.append(_Caused(kind, facts(parts.addresses), listening))


def forget_works(session: Session, work_ids: Collection[str]) -> None:
    """When they are withdrawn or taken down: events that are kept lose their words, and what only announces one of them
    is sent no more. That it was taken down says what its tombstone says, and stays.
    """
    _at_commit(session).gone.update(work_ids)


def _at_commit(session: Session) -> _AtCommit:
    if _AT_COMMIT not in session.info:
        session.info[_AT_COMMIT] = _AtCommit()
        sa.event.listen(session, "before_commit", _write)
        sa.event.listen(session, "after_rollback", _drop)
    noted: _AtCommit = session.info[_AT_COMMIT]
    return noted


def _drop(session: Session) -> None:
    session.info[_AT_COMMIT] = _AtCommit()


def _write(session: Session) -> None:
    noted = _at_commit(session)
    _drop(session)
    session.flush()
    if noted.caused:
        _write_caused(session, noted.caused)
    if noted.gone:
        _forget(session, noted.gone)


def _write_caused(session: Session, caused: Sequence[_Caused]) -> None:
    held = session.execute(_HELD, {"ids": sorted({id for one in caused for id in one.hook_ids})}).all()
    there = {hook.id for hook in held}
    # sent by their moment, and within a millisecond by these
    ids = iter(sorted(new_id() for one in caused for _ in one.hook_ids))
    for one in caused:
        told = sorted(there.intersection(one.hook_ids))
        if told:
            event = _written(session, one.kind, one.facts)
            rows = [{"id": next(ids), "hook_id": hook_id, "event_id": event.id} for hook_id in told]
            session.execute(sa.insert(HookDelivery), rows)
    for hook in held:
        order(session, hook.id, hook.kind, _payer(hook.scope, hook.account_id))


def _forget(session: Session, work_ids: Collection[str]) -> None:
    naming = sa.select(HookEventWork.event_id).where(HookEventWork.work_id.in_(work_ids))
    kept = sa.select(HookEvent).where(HookEvent.id.in_(naming), HookEvent.kind != EventKind.WORK_TAKEN_DOWN)
    for event in session.scalars(kept.order_by(HookEvent.id).with_for_update()).all():
        event.facts = payloads.without_words(event.facts, work_ids)
        if payloads.announced(event.facts) in work_ids:
            event.gone_at = session.scalars(sa.select(now())).one()
    session.flush()


def drop_hooks(session: Session, which: sa.ColumnElement[bool]) -> None:
    """Deletes webhooks, and events that nobody else was told of: they hold words of others."""
    gone = session.scalars(sa.select(Hook.id).where(which).order_by(Hook.id).with_for_update(of=Hook)).all()
    theirs = sa.select(HookDelivery.event_id).where(HookDelivery.hook_id.in_(gone))
    others = sa.exists().where(HookDelivery.event_id == HookEvent.id, HookDelivery.hook_id.not_in(gone))
    unheard = session.scalars(sa.select(HookEvent.id).where(HookEvent.id.in_(theirs), ~others)).all()
    session.execute(sa.delete(Hook).where(Hook.id.in_(gone)).execution_options(synchronize_session=False))
    for start in range(0, len(unheard), _AT_ONCE):
        few = unheard[start : start + _AT_ONCE]
        session.execute(sa.delete(HookEvent).where(HookEvent.id.in_(few)).execution_options(synchronize_session=False))


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
    session.add_all(HookEventWork(event_id=event.id, work_id=id) for id in payloads.works_in(facts))
    session.flush()
    return event


def _payer(scope: HookScope, account_id: str) -> Actor:
    """Each account's wait for that account's alone."""
    return SYSTEM if scope is HookScope.HUB else Actor(account_id)
