"""Webhooks of labels and of the hub whose maker may not have them any more: telling the others, and taking one over.

That is seen by looking, not by whatever takes the right away: an owner leaves, a suspension ends by the clock.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.hooks.words import HookScope, HookState
from remixhub.domain.moderation import NoticeKind
from remixhub.models import Hook, now
from remixhub.models.changes import changed
from remixhub.services import journal, notices
from remixhub.services.accounts.account_lock import lock_own
from remixhub.services.events import IS_HEARD, order_for
from remixhub.services.hooks import minding
from remixhub.services.hooks.hooks import SeenHook, seen_in


def take_over(actor: Actor, parts: Parts, hook_id: str) -> SeenHook:
    """From whoever made it, with what waits: it is the actor's to answer for from now on. Raises HookNotFound."""
    account_id = require_account(actor)
    with parts.database.writing() as session:
        lock_own(session, actor)
        hook = minding.find(session, actor, hook_id, is_kept=True)
        if hook.state is HookState.ACTIVE:
            order_for(session, hook)  # before the webhook is locked, as the job itself has it
        hook = minding.hold(session, actor, hook_id)
        if hook.account_id != account_id:
            before, after = {"account_id": hook.account_id}, {"account_id": account_id}
            taken = sa.update(Hook).where(Hook.id == hook_id)
            values = {"account_id": account_id, "rest_told_at": None, "revision": Hook.revision + 1}
            session.execute(taken.values(values).execution_options(synchronize_session=False))
            journal.record(session, actor, "hook.taken_over", "hook", hook_id, before=before, after=after)
            session.flush()
            session.refresh(hook)
        (seen,) = seen_in(session, [hook])
        return seen


def tell_of_rest(parts: Parts) -> None:
    """The others who mind a webhook that rests, once each time: whoever made it cannot tell them."""
    shared = sa.and_(Hook.scope != HookScope.ACCOUNT, Hook.state == HookState.ACTIVE)
    with parts.database.reading() as session:
        untold = sa.and_(Hook.rest_told_at.is_(None), ~IS_HEARD)
        is_over = sa.and_(Hook.rest_told_at.is_not(None), IS_HEARD)
        ids = session.scalars(sa.select(Hook.id).where(shared, sa.or_(untold, is_over)).order_by(Hook.id)).all()
    for hook_id in ids:
        with parts.database.writing() as session:
            _tell_of_rest(session, hook_id)


def _tell_of_rest(session: Session, hook_id: str) -> None:
    one = sa.and_(Hook.id == hook_id, Hook.state == HookState.ACTIVE)
    told = sa.update(Hook).where(one, Hook.rest_told_at.is_(None)).values(rest_told_at=now())
    is_new = changed(session, told.execution_options(synchronize_session=False)) == 1
    hook = session.get(Hook, hook_id, populate_existing=True)
    rest = minding.rests(session, [hook]).get(hook_id) if hook is not None else None
    if hook is None or rest is None:
        over = sa.update(Hook).where(one).values(rest_told_at=None)
        session.execute(over.execution_options(synchronize_session=False))
        return
    others = [account_id for account_id in minding.minders(session, hook) if account_id != hook.account_id]
    if is_new and others:
        title = f"The webhook “{hook.name}” rests"
        because = rest.words.format(by=f"@{hook.account.handle}")
        text = f"Nothing is sent to it, because {because}. Take it over on its page, or delete it."
        notices.send(session, others, NoticeKind.HOOK, ("hook", hook.id), title, text)
