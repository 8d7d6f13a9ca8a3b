"""Labels: founding one, inviting members by link, roles, releases of their own."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account, require_own_work, require_owners_factor
from remixhub.domain.accounts import clean_handle
from remixhub.domain.contests.labels import (
    LabelNotFound,
    LabelOwnerMissing,
    LabelRole,
    checked_time_zone,
    require_host,
    require_may_invite,
    require_owner,
)
from remixhub.domain.errors import Conflict, NotFound, PreconditionFailed
from remixhub.domain.hooks import payloads
from remixhub.domain.hooks.words import EventKind
from remixhub.domain.states import Scope, WorkKind, WorkState
from remixhub.models import Label, LabelInvitation, LabelMember, LabelRelease, Work, now
from remixhub.models.upsert import insert
from remixhub.services import events, journal
from remixhub.services.access import find_visible_work
from remixhub.services.accounts.sessions import token_digest
from remixhub.services.paging import Keyset, Listing, Page, Position

_INVITATION_SECONDS = 14 * 24 * 3600
_NEWEST = Keyset(Work.seq.desc())


class LabelHandleTaken(Conflict):
    code = "label_handle_taken"
    title = "This handle is taken"


class InvitationNotFound(NotFound):
    code = "invitation_not_found"
    title = "The invitation is not good any more"


class WorkNotARelease(Conflict):
    code = "work_not_a_release"
    title = "Only published releases can be a label's"


def create_label(
    actor: Actor, parts: Parts, *, handle: str, name: str, description: str = "", time_zone: str = "UTC"
) -> Label:
    """Its founder is its first owner. Raises HandleInvalid, TimeZoneUnknown, LabelHandleTaken."""
    account_id = require_account(actor, Scope.CONTEST)
    handle = clean_handle(handle)
    checked_time_zone(time_zone)
    label = Label(handle=handle, name=name, description=description, time_zone=time_zone)
    try:
        with parts.database.writing() as session:
            session.add(label)
            session.flush()
            session.add(LabelMember(label_id=label.id, account_id=account_id, role=LabelRole.OWNER))
            journal.record(session, actor, "label.created", "label", label.id, after={"handle": handle})
    except sa.exc.IntegrityError as exc:
        raise LabelHandleTaken(f"Choose another handle than {handle!r}.") from exc
    return get_label(actor, parts, handle)


def get_label(actor: Actor, parts: Parts, handle: str) -> Label:
    """With its members; public."""
    del actor
    with parts.database.reading() as session:
        return find_label(session, handle)


_BY_HANDLE = sa.select(Label).where(Label.handle == sa.bindparam("handle")).options(selectinload(Label.members))


def find_label(session: Session, handle: str) -> Label:
    label = session.scalars(_BY_HANDLE, {"handle": handle.lower()}).one_or_none()
    if label is None:
        raise LabelNotFound(f"There is no label {handle!r}.")
    return label


def members_of(session: Session, label_id: str) -> Sequence[LabelMember]:
    query = sa.select(LabelMember).where(LabelMember.label_id == label_id)
    return session.scalars(query.order_by(LabelMember.joined_at, LabelMember.account_id)).all()


def list_labels_of(actor: Actor, parts: Parts) -> Sequence[tuple[Label, LabelRole]]:
    """The labels that one is a member of, with one's role."""
    account_id = require_account(actor, Scope.READ)
    query = sa.select(Label, LabelMember.role).join(LabelMember).where(LabelMember.account_id == account_id)
    with parts.database.reading() as session:
        return [(label, role) for label, role in session.execute(query.order_by(Label.name))]


def edit_label(actor: Actor, parts: Parts, handle: str, changes: dict[str, Any], *, revision: int) -> Label:
    """`changes` may hold name, description and time_zone. Raises PreconditionFailed for an old revision."""
    require_account(actor, Scope.CONTEST)
    if "time_zone" in changes:
        checked_time_zone(changes["time_zone"])
    with parts.database.writing() as session:
        label, is_seen = _begin_edit(session, handle, revision)
        require_host(acting_role(session, actor, label.id))
        _require_seen(label, is_seen)
        before = {name: getattr(label, name) for name in changes}
        for name, value in changes.items():
            setattr(label, name, value)
        journal.record(session, actor, "label.edited", "label", label.id, before=before, after=changes)
    return get_label(actor, parts, handle)


def invite(actor: Actor, parts: Parts, handle: str, role: LabelRole) -> tuple[LabelInvitation, str]:
    """The invitation and the secret of its link, which is never shown again; good for one account and two weeks."""
    account_id = require_account(actor, Scope.CONTEST)
    token = secrets.token_urlsafe(24)
    with parts.database.writing() as session:
        label = _lock(session, handle)
        require_may_invite(acting_role(session, actor, label.id), role)
        invitation = LabelInvitation(
            label_id=label.id, role=role, token_hash=token_digest(token), invited_by_id=account_id,
            expires_at=now(_INVITATION_SECONDS),
        )  # fmt: skip
        session.add(invitation)
        session.flush()
        session.refresh(invitation)
        journal.record(session, actor, "label.invited", "label", label.id, after={"role": role.value})
    return invitation, token


def find_invitation(actor: Actor, parts: Parts, token: str) -> LabelInvitation:
    """What the link invites to. Raises InvitationNotFound when it was used or is over."""
    del actor
    with parts.database.reading() as session:
        invitation = session.scalars(_usable(token)).one_or_none()
    if invitation is None:
        raise InvitationNotFound("It was used, or is older than two weeks: ask for a new one.")
    return invitation


def accept_invitation(actor: Actor, parts: Parts, token: str) -> Label:
    """Once. A member keeps the higher of both roles."""
    account_id = require_account(actor)
    with parts.database.writing() as session:
        used = session.execute(
            sa.update(LabelInvitation)
            .where(LabelInvitation.id == _usable(token).with_only_columns(LabelInvitation.id).scalar_subquery())
            .values(accepted_by_id=account_id, accepted_at=now())
            .returning(LabelInvitation.label_id, LabelInvitation.role)
        ).one_or_none()
        if used is None:
            raise InvitationNotFound("It was used, or is older than two weeks: ask for a new one.")
        handle = join(session, actor, used.label_id, used.role)
    return get_label(actor, parts, handle)


def join(session: Session, actor: Actor, label_id: str, role: LabelRole) -> str:
    """The label's handle. A member keeps the higher of both roles."""
    present = role_in(session, actor, label_id)
    role = role if present is None else min(role, present, key=list(LabelRole).index)
    session.execute(
        insert(session, LabelMember)
        .values(label_id=label_id, account_id=actor.account_id, role=role, joined_at=now())
        .on_conflict_do_update(index_elements=["label_id", "account_id"], set_={"role": role})
    )
    journal.record(session, actor, "label.joined", "label", label_id, after={"role": role.value})
    raised = sa.update(Label).where(Label.id == label_id).values(revision=Label.revision + 1)
    return session.execute(raised.returning(Label.handle)).scalar_one()


def set_role(
    actor: Actor, parts: Parts, handle: str, account_id: str, role: LabelRole | None, *, revision: int | None = None
) -> Label:
    """Another role for a member, or none; members may leave by themselves.

    `revision` is the label's, if it matters. Raises PreconditionFailed, LabelOwnerMissing.
    """
    require_account(actor, Scope.CONTEST)
    with parts.database.writing() as session:
        label, is_seen = _begin_edit(session, handle, revision)
        if role is not None or account_id != actor.account_id:
            require_owner(acting_role(session, actor, label.id))
        _require_seen(label, is_seen)
        member = session.get(LabelMember, (label.id, account_id))
        if member is None:
            raise NotFound("This account is no member.", what="member")
        before = {"role": member.role.value}
        if role is None:
            session.delete(member)
        else:
            member.role = role
        session.flush()
        owners = sa.select(sa.func.count()).where(LabelMember.label_id == label.id, LabelMember.role == LabelRole.OWNER)
        if not session.scalar(owners):
            raise LabelOwnerMissing("Make somebody else an owner first.")
        after = {"account": account_id, "role": role and role.value}
        journal.record(session, actor, "label.member_changed", "label", label.id, before=before, after=after)
    return get_label(actor, parts, handle)


def add_release(actor: Actor, parts: Parts, handle: str, work_id: str) -> None:
    """One's own published release, by a member who speaks for the label."""
    require_account(actor)
    with parts.database.writing() as session:
        label = _lock(session, handle)
        require_host(acting_role(session, actor, label.id))
        work = find_visible_work(session, actor, work_id)
        require_own_work(actor, owner_id=work.account_id, state=work.state, what="work", id=work_id)
        if work.kind is not WorkKind.RELEASE or work.state is not WorkState.PUBLISHED:
            raise WorkNotARelease("Publish it first; remixes are their artists' alone.")
        known = session.scalar(sa.select(LabelRelease.label_id).where(LabelRelease.work_id == work_id))
        row = insert(session, LabelRelease).values(
            work_id=work_id, label_id=label.id, work_seq=work.seq, added_at=now()
        )
        moved = {"label_id": label.id, "work_seq": work.seq}
        session.execute(row.on_conflict_do_update(index_elements=["work_id"], set_=moved))
        journal.record(session, actor, "label.release_added", "label", label.id, after={"work": work_id})
        if known != label.id:
            events.emit(
                session, parts, EventKind.LABEL_RELEASE_ADDED,
                lambda addresses: payloads.release_added(
                    events.label_facts(label, addresses), events.work_facts(work, addresses)
                ),
                concerns=[label.id],
            )  # fmt: skip


def list_releases(actor: Actor, parts: Parts, handle: str, *, after: Position | None, limit: int) -> Page[Work]:
    """The label's published releases, newest first."""
    del actor
    with parts.database.reading() as session:
        return releases_of(session, find_label(session, handle).id, after=after, limit=limit)


_RELEASES = Listing(
    sa.select(Work)
    .join(LabelRelease, LabelRelease.work_id == Work.id)
    .where(LabelRelease.label_id == sa.bindparam("label_id"), Work.state == WorkState.PUBLISHED),
    _NEWEST,
)


def releases_of(session: Session, label_id: str, *, after: Position | None, limit: int) -> Page[Work]:
    return _RELEASES.page(session, after, limit, label_id=label_id)


def leave_all(session: Session, account_id: str) -> None:
    """Every label, when the account goes; after `require_other_owners`."""
    own = sa.select(LabelMember.label_id).where(LabelMember.account_id == account_id)
    session.execute(sa.update(Label).where(Label.id.in_(own)).values(revision=Label.revision + 1))
    session.execute(sa.delete(LabelMember).where(LabelMember.account_id == account_id))


def require_other_owners(session: Session, account_id: str) -> None:
    """Before an account is deleted: that no label with other members loses its only owner. Raises LabelOwnerMissing."""
    own = sa.select(LabelMember.label_id).where(
        LabelMember.account_id == account_id, LabelMember.role == LabelRole.OWNER
    )
    for label_id in session.scalars(own).all():
        label = session.get_one(Label, label_id)
        others = [one for one in label.members if one.account_id != account_id]
        if others and not any(one.role is LabelRole.OWNER for one in others):
            raise LabelOwnerMissing(f"Make somebody else an owner of “{label.name}” first.")


def acting_role(session: Session, actor: Actor, label_id: str) -> LabelRole | None:
    """In which one acts for the label. Raises SecondFactorNeeded for an owner of whom the house asks one in vain."""
    role = role_in(session, actor, label_id)
    if role is LabelRole.OWNER:
        require_owners_factor(actor)
    return role


def role_in(session: Session, actor: Actor, label_id: str) -> LabelRole | None:
    if actor.account_id is None:
        return None
    member = sa.select(LabelMember.role).where(
        LabelMember.label_id == label_id, LabelMember.account_id == actor.account_id
    )
    return session.scalar(member)


def _lock(session: Session, handle: str) -> Label:
    """Members are counted and changed under the label's lock."""
    label = session.scalars(
        sa.update(Label).where(Label.handle == handle.lower()).values(name=Label.name).returning(Label)
    ).one_or_none()
    if label is None:
        raise LabelNotFound(f"There is no label {handle!r}.")
    return label


def _begin_edit(session: Session, handle: str, revision: int | None) -> tuple[Label, bool]:
    """Locks the label and raises its revision if it is the one that was seen, which is the second of what returns."""
    is_seen = sa.true() if revision is None else Label.revision == revision
    label = session.scalars(
        sa.update(Label)
        .where(Label.handle == handle.lower(), is_seen)
        .values(revision=Label.revision + 1)
        .returning(Label)
    ).one_or_none()
    return (_lock(session, handle), False) if label is None else (label, True)


def _require_seen(label: Label, is_seen: bool) -> None:
    """Told to those alone who may edit it."""
    if not is_seen:
        raise PreconditionFailed("Load the label again and repeat your edit.", revision=label.revision)


def _usable(token: str) -> sa.Select[LabelInvitation]:
    return sa.select(LabelInvitation).where(
        LabelInvitation.token_hash == token_digest(token),
        LabelInvitation.accepted_at.is_(None),
        LabelInvitation.expires_at > now(),
    )
