"""Works as rows: finding, listing, editing what they say of themselves, deleting drafts, withdrawing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account, require_own_work
from remixhub.domain.collections import Visibility
from remixhub.domain.errors import Conflict, PreconditionFailed
from remixhub.domain.states import Scope, WorkKind, WorkState
from remixhub.domain.work_facts import clean_facts, tag_searched
from remixhub.domain.work_refusals import WorkEntered, WorkNotPublished, WorkPublished, WorkWithdrawn
from remixhub.models import Account, ContestEntry, Stem, StemPack, Work, WorkTag, now
from remixhub.models import Collection as CollectionRow
from remixhub.models.changes import changed
from remixhub.services import events, journal
from remixhub.services.access import find_visible_work, may_have_pack
from remixhub.services.accounts.accounts import find_profile
from remixhub.services.accounts.blocks import is_blocked
from remixhub.services.accounts.follows import is_followed
from remixhub.services.licences.contest_licences import require_offerable
from remixhub.services.licences.grants import grants_of, use_grants
from remixhub.services.licences.permissions import lapse_with_draft, seal
from remixhub.services.licences.verdicts import settle_licence
from remixhub.services.lineage.elsewhere import cited_by
from remixhub.services.paging import Keyset, Listing, Page, Position
from remixhub.services.uploads.claims import release_claims

_EDITABLE = (WorkState.DRAFT, WorkState.PUBLISHED)
_WITH_ALL = (
    selectinload(Work.stem_packs).selectinload(StemPack.stems),
    selectinload(Work.sources),
    joinedload(Work.mix),
)
_NEWEST = Keyset(Work.created_at.desc(), Work.id.desc())
_NEWEST_PUBLISHED = Keyset(Work.seq.desc())
_NEWEST_TAGGED = Keyset(WorkTag.work_seq.desc())
AS_CARDS = tuple(
    defer(column, raiseload=True) for column in (Work.description, Work.credits, Work.inherited_shares, Work.imprint)
)
"""Without what no listing shows; read, each would be taken out of its JSON a hundred times a page."""
PUBLISHED = sa.select(Work).where(Work.state == WorkState.PUBLISHED).options(*AS_CARDS)
"""As cards show works."""
_IS_BY_ACCOUNT = Work.account_id == sa.bindparam("account_id")
_LISTED = {None: Listing(PUBLISHED, _NEWEST_PUBLISHED)} | {
    kind: Listing(PUBLISHED.where(Work.kind == kind), _NEWEST_PUBLISHED) for kind in WorkKind
}
"""By kind, None for all."""
_COLLECTIONS_BY = (
    sa.select(CollectionRow)
    .where(CollectionRow.account_id == sa.bindparam("account_id"), CollectionRow.visibility == Visibility.PUBLIC)
    .order_by(CollectionRow.created_at.desc(), CollectionRow.id.desc())
    .limit(12)
)
_PUBLISHED_BY = Listing(PUBLISHED.where(_IS_BY_ACCOUNT), _NEWEST_PUBLISHED)
_OWN = Listing(sa.select(Work).where(_IS_BY_ACCOUNT), _NEWEST)


def get_work(actor: Actor, parts: Parts, work_id: str) -> Work:
    """With its sources, and the packs that the actor may have with their stems and originals."""
    with parts.database.reading() as session:
        return _find_with_all(session, actor, work_id)


def get_own_work(actor: Actor, parts: Parts, work_id: str) -> Work:
    """As `get_work`, for the artist alone."""
    with parts.database.reading() as session:
        return find_own_work_with_all(session, actor, work_id)


def find_own_work_with_all(session: Session, actor: Actor, work_id: str) -> Work:
    work = _find_with_all(session, actor, work_id)
    require_own_work(actor, owner_id=work.account_id, state=work.state, what="work", id=work_id)
    return work


def list_published(
    actor: Actor,
    parts: Parts,
    *,
    kind: WorkKind | None = None,
    handle: str | None = None,
    tag: str | None = None,
    limit: int,
    after: Position | None,
) -> Page[Work]:
    """The newest publications first. `handle` names the artist; one that does not exist has no works."""
    del actor  # published works are everybody's
    with parts.database.reading() as session:
        return published(session, kind=kind, handle=handle, tag=tag, limit=limit, after=after)


def published(
    session: Session,
    *,
    kind: WorkKind | None = None,
    handle: str | None = None,
    tag: str | None = None,
    limit: int,
    after: Position | None,
) -> Page[Work]:
    """`list_published` in the caller's transaction."""
    if handle is None and tag is None:
        return _LISTED[kind].page(session, after, limit)
    query = PUBLISHED if kind is None else PUBLISHED.where(Work.kind == kind)
    if handle is not None:
        wanted = handle.lower().removeprefix("@")
        query = query.where(Work.account_id == sa.select(Account.id).where(Account.handle == wanted).scalar_subquery())
    if tag is not None:
        query = query.join(WorkTag, WorkTag.work_seq == Work.seq).where(WorkTag.tag == tag_searched(tag))
        if kind is not None:
            query = query.where(WorkTag.kind == kind)
        return Listing(query, _NEWEST_TAGGED).page(session, after, limit)
    return Listing(query, _NEWEST_PUBLISHED).page(session, after, limit)


@dataclass(frozen=True)
class ProfilePage:
    account: Account
    works: Page[Work]
    """What they published, the newest first."""
    is_followed: bool
    """By the actor."""
    is_blocked: bool
    """By the actor."""
    collections: Sequence[CollectionRow]
    """Public ones, the newest first."""


def view_profile(actor: Actor, parts: Parts, handle: str, *, after: Position | None, limit: int) -> ProfilePage:
    """An artist's public face. Raises AccountNotFound."""
    with parts.database.reading() as session:
        account = find_profile(session, handle)
        found = _PUBLISHED_BY.page(session, after, limit, account_id=account.id)
        return ProfilePage(
            account,
            found,
            is_followed=is_followed(session, actor, artist_id=account.id),
            is_blocked=is_blocked(session, actor, account_id=account.id),
            collections=session.scalars(_COLLECTIONS_BY, {"account_id": account.id}).all(),
        )


def list_own(actor: Actor, parts: Parts, *, after: Position | None, limit: int) -> Page[Work]:
    """One's own works in every state, the newest draft or publication first."""
    account_id = require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        return _OWN.page(session, after, limit, account_id=account_id)


def newest_own(session: Session, account_id: str, *, limit: int) -> Sequence[Work]:
    query = sa.select(Work).where(Work.account_id == account_id)
    return session.scalars(query.order_by(Work.created_at.desc(), Work.id.desc()).limit(limit)).all()


def begin_edit(
    session: Session,
    actor: Actor,
    work_id: str,
    *,
    states: Collection[WorkState] = _EDITABLE,
    revision: int | None = None,
) -> Work:
    """Locks one's own work and raises its revision: the first statement of every edit.

    Raises NotFound or Forbidden for a stranger, PreconditionFailed for another `revision` than the given one,
    WorkPublished, WorkNotPublished or WorkWithdrawn for another state.
    """
    own = sa.and_(Work.id == work_id, Work.account_id == actor.account_id, Work.state.in_(states))
    if revision is not None:
        own = sa.and_(own, Work.revision == revision)
    if Scope.PUBLISH not in actor.scopes:
        own = sa.false()
    edited = changed(session, sa.update(Work).where(own).values(revision=Work.revision + 1))
    work = find_visible_work(session, actor, work_id, anew=True)
    if edited == 1:
        return work
    require_own_work(actor, owner_id=work.account_id, state=work.state, what="work", id=work_id)
    if work.state not in states:
        raise _wrong_state(work)
    raise PreconditionFailed("Load the work again and repeat your edit.", revision=work.revision)


def update_work(
    actor: Actor, parts: Parts, work_id: str, changes: dict[str, Any], *, revision: int | None = None
) -> Work:
    """`changes` may hold title, description, tempo_bpm, key, tags, credits, inherited_shares (in percent) and licence.

    A new licence holds from now on: links that were declared before keep the licence as it was held then. That of a
    work with sources is judged over them. Raises KeyUnknown, TagsInvalid, LicenceConflict and what `begin_edit` raises.
    """
    with parts.database.writing() as session:
        return edit_work(session, actor, work_id, changes, revision=revision)


def edit_work(
    session: Session, actor: Actor, work_id: str, changes: dict[str, Any], *, revision: int | None = None
) -> Work:
    """`update_work` in the caller's transaction."""
    changes = clean_facts(changes)
    work = begin_edit(session, actor, work_id, revision=revision)
    before = {name: getattr(work, name) for name in changes}
    if changes.get("licence", work.licence) != work.licence:
        elsewhere = cited_by(session, work)
        if work.sources or elsewhere:
            is_public = work.state is WorkState.PUBLISHED
            if is_public:
                seal(session, actor, work)
            held = grants_of(session, work)
            settle_licence(session, changes["licence"], work.sources, elsewhere=elsewhere, held=held, maker=actor)
            use_grants(work.sources, held, changes["licence"], is_public=is_public)
        else:
            require_offerable(session, actor, changes["licence"])
        work.licensed_at = session.execute(sa.select(now())).scalar_one()
    for name, value in changes.items():
        setattr(work, name, value)
    journal.record(session, actor, "work.edited", "work", work_id, before=before, after=changes)
    session.flush()
    return work


def delete_draft(actor: Actor, parts: Parts, work_id: str, *, revision: int | None = None) -> None:
    """With its stems; the files that nothing else of the account uses give their bytes back to the quota."""
    with parts.database.writing() as session:
        work = begin_edit(session, actor, work_id, states=(WorkState.DRAFT,), revision=revision)
        if session.scalar(sa.select(ContestEntry.id).where(ContestEntry.work_id == work_id).limit(1)) is not None:
            raise WorkEntered(
                "It was entered in a contest, whose records need it. Take the entry back and keep the draft."
            )
        packs = sa.select(StemPack.id).where(StemPack.work_id == work_id)
        stems = session.scalars(sa.select(Stem.original_sha256).where(Stem.stem_pack_id.in_(packs))).all()
        used = [*stems, *([work.mix_sha256] if work.mix_sha256 else [])]
        before = {"title": work.title, "kind": work.kind.value}
        account_id, cover_digest = work.account_id, work.cover_digest
        lapse_with_draft(session, actor, work_id)
        session.expunge(work)
        session.execute(sa.delete(Work).where(Work.id == work_id))  # packs, stems and source links go with it
        release_claims(session, account_id, originals=used, covers=[cover_digest] if cover_digest else [])
        journal.record(session, actor, "work.deleted", "work", work_id, before=before)


def withdraw_work(actor: Actor, parts: Parts, work_id: str, *, revision: int | None = None) -> Work:
    """Leaves a tombstone: title, credit and licence. Withdrawing again changes nothing."""
    with parts.database.writing() as session:
        states = (WorkState.PUBLISHED, WorkState.WITHDRAWN)
        work = begin_edit(session, actor, work_id, states=states, revision=revision)
        if work.state is WorkState.WITHDRAWN:
            session.rollback()
            return session.get_one(Work, work_id, populate_existing=True)
        session.execute(sa.update(Work).where(Work.id == work_id).values(state=WorkState.WITHDRAWN, withdrawn_at=now()))
        journal.record(session, actor, "work.withdrawn", "work", work_id, before={"state": "published"})
        events.forget_works(session, [work_id])
        session.refresh(work)
    return work


def _find_with_all(session: Session, actor: Actor, work_id: str) -> Work:
    """In four queries, whatever the number of packs and stems."""
    work = find_visible_work(session, actor, work_id, options=_WITH_ALL)
    shown = [pack for pack in work.stem_packs if may_have_pack(actor, work, pack)]
    set_committed_value(work, "stem_packs", shown)
    return work


def _wrong_state(work: Work) -> Conflict:
    if work.state.is_tombstone:
        return WorkWithdrawn("Only its title, credit and licence are left.", state=work.state.value)
    if work.state is WorkState.DRAFT:
        return WorkNotPublished("Publish it first.", state=work.state.value)
    return WorkPublished("This can only be done to a draft.", state=work.state.value)
