"""Who minds which webhook: one's own, those of labels that one owns, and operators those of the hub."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.domain.access import Actor, require_account, require_operator
from remixhub.domain.contests.labels import LabelRole, require_owner
from remixhub.domain.errors import PreconditionFailed
from remixhub.domain.hooks.words import HookNotFound, HookRest, HookScope
from remixhub.domain.states import Scope
from remixhub.models import Account, Hook, Label, LabelMember
from remixhub.models.changes import changed
from remixhub.models.suspensions import is_suspended
from remixhub.services.contests.labels import acting_role, find_label
from remixhub.services.events import HUB, IS_HEARD, drop_hooks

_IS_SUSPENDED = is_suspended(Hook.account_id).label("is_suspended")


def scope_id_for(session: Session, actor: Actor, scope: HookScope, label: str | None) -> str:
    """Of what the actor may have events of sent elsewhere. Raises LabelNotFound, LabelMembersOnly, OperatorOnly."""
    if scope is HookScope.HUB:
        require_operator(actor)
        return HUB
    if scope is HookScope.LABEL:
        require_account(actor, Scope.CONTEST)
        found = find_label(session, label or "")
        require_owner(acting_role(session, actor, found.id))
        return found.id
    return require_account(actor)


def minded_by(session: Session, actor: Actor) -> sa.ColumnElement[bool]:
    """The webhooks that the actor may see and change."""
    account_id = require_account(actor, Scope.READ)
    owned = sa.select(LabelMember.label_id).where(
        LabelMember.account_id == account_id, LabelMember.role == LabelRole.OWNER
    )
    scopes = sa.or_(
        sa.and_(Hook.scope == HookScope.ACCOUNT, Hook.scope_id == account_id),
        sa.and_(Hook.scope == HookScope.LABEL, Hook.scope_id.in_(owned)),
    )
    return sa.or_(scopes, Hook.scope == HookScope.HUB) if actor.is_operator else scopes


def find(session: Session, actor: Actor, hook_id: str, *, is_kept: bool = False) -> Hook:
    """`is_kept`: not deleted before the commit. Raises HookNotFound, also for somebody else's."""
    query = sa.select(Hook).where(Hook.id == hook_id, minded_by(session, actor))
    if is_kept:
        query = query.with_for_update(read=True, key_share=True, of=Hook)
    hook = session.scalars(query).one_or_none()
    if hook is None:
        raise HookNotFound(f"There is no webhook {hook_id!r}, or it is private.")
    return hook


def hold(session: Session, actor: Actor, hook_id: str, *, revision: int | None = None) -> Hook:
    """For changing it, locked until the commit; with the `revision` that was seen, that is raised.

    Raises HookNotFound, PreconditionFailed.
    """
    require_account(actor)
    seen = sa.true() if revision is None else Hook.revision == revision
    raised = Hook.revision if revision is None else Hook.revision + 1
    held = sa.update(Hook).where(Hook.id == hook_id, seen, minded_by(session, actor)).values(revision=raised)
    is_seen = changed(session, held.execution_options(synchronize_session=False)) == 1
    hook = find(session, actor, hook_id)
    if not is_seen:
        raise PreconditionFailed("Load the webhook again and repeat your edit.", revision=hook.revision)
    require_rights(session, actor, hook)
    return hook


def require_rights(session: Session, actor: Actor, hook: Hook) -> None:
    """To act for a label, as everywhere: raises Forbidden for a token that may not, SecondFactorNeeded for an owner of
    whom the house asks one in vain.
    """
    if hook.scope is HookScope.LABEL:
        require_account(actor, Scope.CONTEST)
        acting_role(session, actor, hook.scope_id)


def minders(session: Session, hook: Hook) -> Sequence[str]:
    """Accounts that are told what becomes of it."""
    if hook.scope is HookScope.ACCOUNT:
        return [hook.account_id]
    query = sa.select(Account.id).where(Account.is_operator, Account.deleted_at.is_(None))
    if hook.scope is HookScope.LABEL:
        query = sa.select(LabelMember.account_id).where(
            LabelMember.label_id == hook.scope_id, LabelMember.role == LabelRole.OWNER
        )
    return session.scalars(query).all()


def rests(session: Session, hooks: Sequence[Hook]) -> dict[str, HookRest]:
    """By the id of the webhook, of those whose maker may not have them now."""
    ids = [hook.id for hook in hooks]
    found = session.execute(sa.select(Hook.id, Hook.scope, _IS_SUSPENDED).where(Hook.id.in_(ids), ~IS_HEARD)).all()
    return {hook_id: _rest(scope, is_suspended) for hook_id, scope, is_suspended in found}


def _rest(scope: HookScope, is_suspended: bool) -> HookRest:
    if is_suspended:
        return HookRest.SUSPENDED
    return HookRest.NO_OWNER if scope is HookScope.LABEL else HookRest.NO_OPERATOR


def label_handles(session: Session, hooks: Sequence[Hook]) -> dict[str, str]:
    """By the id of the webhook, of those that are a label's."""
    ids = {hook.scope_id for hook in hooks if hook.scope is HookScope.LABEL}
    if not ids:
        return {}
    handles = dict(session.execute(sa.select(Label.id, Label.handle).where(Label.id.in_(ids))).all())
    return {hook.id: handles[hook.scope_id] for hook in hooks if hook.scope_id in handles}


def leave_hooks(session: Session, account_id: str) -> None:
    """When an account goes: its own go with it, and those of labels that nobody is left in; before it leaves them."""
    others = sa.select(LabelMember.label_id).where(LabelMember.account_id != account_id)
    lonely = sa.select(LabelMember.label_id).where(
        LabelMember.account_id == account_id, LabelMember.label_id.not_in(others)
    )
    own = sa.and_(Hook.scope == HookScope.ACCOUNT, Hook.scope_id == account_id)
    of_nobody = sa.and_(Hook.scope == HookScope.LABEL, Hook.scope_id.in_(lonely))
    drop_hooks(session, sa.or_(own, of_nobody))
