"""Permissions in force: which works a remix may use by leave of their artists, when that is sealed, when it ends."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.domain.access import Actor, require_account
from remixhub.domain.errors import Forbidden
from remixhub.domain.licences.grants import Grant, GrantKind
from remixhub.domain.licences.permissions import (
    IN_FORCE,
    OF_ARTIST,
    PermissionAct,
    PermissionNotFound,
    PermissionScope,
    PermissionSettled,
    PermissionState,
    PermissionUsed,
    state_after,
    states_before,
)
from remixhub.domain.licences.terms import text_sha256 as licence_sha256
from remixhub.domain.moderation import NoticeKind
from remixhub.models import Permission, Work, now
from remixhub.models.changes import changed
from remixhub.services import journal, notices
from remixhub.services.lineage.ancestry import ancestor_seqs

_STAMPS = {
    PermissionAct.GRANT: Permission.answered_at, PermissionAct.RELICENSE: Permission.answered_at,
    PermissionAct.DECLINE: Permission.answered_at, PermissionAct.WITHDRAW: Permission.ended_at,
    PermissionAct.REVOKE: Permission.ended_at,
}  # fmt: skip
"""Which time an act sets."""


def find_permission(session: Session, actor: Actor, permission_id: str) -> Permission:
    """For both sides; for everybody once a published remix stands on it. Raises PermissionNotFound."""
    permission = session.get(Permission, permission_id, populate_existing=True)
    if permission is None or not (
        permission.state is PermissionState.USED
        or actor.is_system
        or (actor.account_id is not None and actor.account_id in (permission.account_id, permission.artist_id))
    ):
        raise PermissionNotFound(f"There is no permission {permission_id!r}, or it is private.")
    return permission


def turn(session: Session, actor: Actor, permission_id: str, act: PermissionAct) -> Permission:
    """Writes first: of two acts at once one counts, and the other hears what it has become.

    Raises PermissionNotFound, Forbidden for the other side, PermissionUsed, PermissionSettled.
    """
    account_id = require_account(actor)
    side = Permission.artist_id if act in OF_ARTIST else Permission.account_id
    turned = changed(
        session,
        sa.update(Permission)
        .where(Permission.id == permission_id, side == account_id, Permission.state.in_(states_before(act)))
        .values({Permission.state: state_after(act), _STAMPS[act]: now()}),
    )
    permission = find_permission(session, actor, permission_id)
    if turned:
        (before,) = ({"state": state.value} for state in states_before(act))
        after = {"state": permission.state.value}
        journal.record(
            session, actor, f"permission.{permission.state}", "permission", permission_id, before=before, after=after
        )
        return permission
    if account_id != (permission.artist_id if act in OF_ARTIST else permission.account_id):
        raise Forbidden(f"This is for {'the artist of the work' if act in OF_ARTIST else 'who asked'} to say.")
    if permission.state is PermissionState.USED:
        raise PermissionUsed(f"It cannot be changed any more: “{permission.remix_title}” is published.")
    raise PermissionSettled(f"It is {permission.state} already.", state=permission.state.value)


def tell(session: Session, permission: Permission, accounts: Collection[str], title: str, text: str = "") -> None:
    notices.send(session, accounts, NoticeKind.PERMISSION, ("permission", permission.id), title, text)


def covers(remix_id: str | None, account_id: str | None) -> sa.ColumnElement[bool]:
    """Whether a permission is in force for a remix by the account; None for a remix that has no row yet."""
    by_account = sa.and_(Permission.scope == PermissionScope.ACCOUNT, Permission.account_id == account_id)
    for_it = by_account if remix_id is None else sa.or_(by_account, Permission.remix_id == remix_id)
    return sa.and_(Permission.state.in_(IN_FORCE), for_it)


def permissions_held(session: Session, account_id: str, remix_id: str | None) -> dict[str, list[Grant]]:
    """What is permitted for a remix by the account, by the work; None for a remix that has no row yet."""
    rows: Sequence[Any] = session.execute(
        sa.select(Permission.work_id, Permission.id, Permission.licence, Permission.text_sha256, Permission.answered_at)
        .where(covers(remix_id, account_id))
        .order_by(Permission.answered_at, Permission.id)
    ).all()
    held: dict[str, list[Grant]] = {}
    for work_id, id, licence, sha256, at in rows:
        grant = Grant(GrantKind.PERMISSION, id, licence, licence_sha256(licence), sha256, at)
        held.setdefault(work_id, []).append(grant)
    return held


def covered_works(session: Session, remix: Work) -> set[str]:
    """Works that the remix may use by permission, whether or not it does."""
    return set(session.scalars(sa.select(Permission.work_id).where(covers(remix.id, remix.account_id))))


def seal(session: Session, actor: Actor, remix: Work, *, with_source: str | None = None) -> None:
    """Permissions of works in the lineage of a remix that is public, or becomes so with a further source, cannot be
    taken back any more.

    To be called before the remix is judged: a permission that is being revoked is waited for, and then not there.
    """
    further = [] if with_source is None else [with_source]
    above = ancestor_seqs([remix.id, *further])
    in_lineage = sa.or_(Permission.work_seq.in_(sa.select(above.c.seq)), Permission.work_id.in_(further))
    sealed = session.scalars(
        sa.update(Permission)
        .where(Permission.state.in_(states_before(PermissionAct.USE)), covers(remix.id, remix.account_id), in_lineage)
        .values(state=state_after(PermissionAct.USE), used_at=now())
        .returning(Permission.id)
        .execution_options(synchronize_session=False)
    ).all()
    for permission_id in sealed:
        journal.record(
            session, actor, "permission.used", "permission", permission_id, before={"state": "granted"},
            after={"remix_id": remix.id},
        )  # fmt: skip


def lapse_with_draft(session: Session, actor: Actor, remix_id: str) -> None:
    """Before a draft is deleted. What an account holds for all of its remixes outlives the draft that it asked for."""
    for_account = sa.and_(Permission.state == PermissionState.GRANTED, Permission.scope == PermissionScope.ACCOUNT)
    for permission in _lapse(session, actor, Permission.remix_id == remix_id, sa.not_(for_account)):
        what = "the permission for" if permission.answered_at else "the question about"
        title = f"Over: {what} “{permission.work.title}”"
        tell(session, permission, [permission.artist_id], title, f"The draft “{permission.remix_title}” is deleted.")


def lapse_with_account(session: Session, actor: Actor, account_id: str) -> None:
    """Of an account that leaves: what it asked for, and what it was asked and will not answer."""
    for permission in _lapse(session, actor, Permission.account_id == account_id):
        title = f"Over: what @{permission.account.handle} asked about “{permission.work.title}”"
        tell(session, permission, [permission.artist_id], title, "Who asked has left the hub.")
    is_open = Permission.state == PermissionState.ASKED
    for permission in _lapse(session, actor, Permission.artist_id == account_id, is_open):
        title = f"No answer about “{permission.work.title}”"
        tell(session, permission, [permission.account_id], title, "Its artist has left the hub.")


def _lapse(session: Session, actor: Actor, *gone: sa.ColumnElement[bool]) -> list[Permission]:
    lapsed = session.scalars(
        sa.update(Permission)
        .where(*gone, Permission.state.in_(states_before(PermissionAct.LAPSE)))
        .values(state=state_after(PermissionAct.LAPSE), ended_at=now())
        .returning(Permission.id)
        .execution_options(synchronize_session=False)
    ).all()
    for permission_id in lapsed:
        journal.record(session, actor, "permission.lapsed", "permission", permission_id)
    return [session.get_one(Permission, permission_id, populate_existing=True) for permission_id in lapsed]
