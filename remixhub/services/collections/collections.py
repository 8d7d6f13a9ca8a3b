"""Making, editing and reading collections. Every change raises the revision, by the statement that takes the lock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.collections import (
    COLLECTIONS_LIMIT,
    CollectionNotFound,
    CollectionsTooMany,
    CollectionTakenDown,
    Visibility,
    may_see,
)
from remixhub.domain.errors import Forbidden, PreconditionFailed
from remixhub.domain.states import Scope
from remixhub.models import CollectedWork, Collection, Work, now
from remixhub.models.changes import changed
from remixhub.services import journal
from remixhub.services.access import find_visible_work
from remixhub.services.accounts.account_lock import lock_own
from remixhub.services.accounts.accounts import find_profile
from remixhub.services.paging import Keyset, Listing, Page, Position

_NEWEST = Keyset(Collection.created_at.desc(), Collection.id.desc())
_BY_ACCOUNT = sa.select(Collection).where(Collection.account_id == sa.bindparam("account_id"))
_OWN = Listing(_BY_ACCOUNT, _NEWEST)
_PUBLIC = Listing(_BY_ACCOUNT.where(Collection.visibility == Visibility.PUBLIC), _NEWEST)
_COLLECTED = (
    sa.select(CollectedWork)
    .where(CollectedWork.collection_id == sa.bindparam("collection_id"))
    .order_by(CollectedWork.position, CollectedWork.work_id)
)


@dataclass(frozen=True)
class CollectionView:
    collection: Collection
    collected: Sequence[CollectedWork]
    """In order."""


def make_collection(actor: Actor, parts: Parts, *, title: str, text: str, visibility: Visibility) -> CollectionView:
    """Empty. Raises CollectionsTooMany."""
    account_id = require_account(actor)
    with parts.database.writing() as session:
        return CollectionView(make(session, actor, account_id, title=title, text=text, visibility=visibility), ())


def make(
    session: Session, actor: Actor, account_id: str, *, title: str, text: str, visibility: Visibility
) -> Collection:
    """`make_collection` in the caller's transaction, of which it is the first statement."""
    lock_own(session, actor)
    own = sa.select(sa.func.count()).where(Collection.account_id == account_id)
    if (session.scalar(own) or 0) >= COLLECTIONS_LIMIT:
        raise CollectionsTooMany(f"One account has at most {COLLECTIONS_LIMIT}; delete one first.")
    collection = Collection(account_id=account_id, title=title, text=text, visibility=visibility)
    session.add(collection)
    session.flush()
    session.refresh(collection)
    after = {"visibility": visibility.value}
    journal.record(session, actor, "collection.made", "collection", collection.id, after=after)
    return collection


def view_collection(actor: Actor, parts: Parts, collection_id: str) -> CollectionView:
    """Raises CollectionNotFound, also for somebody else's private one; ScopeMissing for a token that may not read."""
    with parts.database.reading() as session:
        collection = find(session, actor, collection_id)
        if collection.visibility is Visibility.PRIVATE:
            require_account(actor, Scope.READ)
        return viewed(session, collection)


def edit_collection(
    actor: Actor, parts: Parts, collection_id: str, changes: dict[str, Any], *, revision: int
) -> CollectionView:
    """`changes` may hold title, text and visibility. Raises CollectionTakenDown, and what `begin_edit` raises."""
    with parts.database.writing() as session:
        collection = begin_edit(session, actor, collection_id, revision=revision)
        if collection.taken_down_at is not None and changes.get("visibility", Visibility.PRIVATE) != Visibility.PRIVATE:
            raise CollectionTakenDown("It stays yours alone. You were told why.")
        before = {"visibility": collection.visibility.value}
        for name, value in changes.items():
            setattr(collection, name, value)
        after = {"changed": sorted(changes), "visibility": collection.visibility.value}  # its words are its owner's
        journal.record(session, actor, "collection.edited", "collection", collection_id, before=before, after=after)
        session.flush()
        return viewed(session, collection)


def delete_collection(actor: Actor, parts: Parts, collection_id: str, *, revision: int | None = None) -> None:
    """Its works stay where they are. Raises what `begin_edit` raises."""
    with parts.database.writing() as session:
        collection = begin_edit(session, actor, collection_id, revision=revision)
        before = {"visibility": collection.visibility.value}
        session.expunge(collection)
        session.execute(sa.delete(Collection).where(Collection.id == collection_id))
        journal.record(session, actor, "collection.deleted", "collection", collection_id, before=before)


def list_own(actor: Actor, parts: Parts, *, after: Position | None, limit: int) -> Page[Collection]:
    """Whoever sees them, the newest first."""
    account_id = require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        return _OWN.page(session, after, limit, account_id=account_id)


def view_choice(actor: Actor, parts: Parts, work_id: str, *, limit: int) -> tuple[Work, Sequence[Collection]]:
    """A work, and one's own collections that it could go into. Raises NotFound."""
    account_id = require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        work = find_visible_work(session, actor, work_id)
        return work, _OWN.page(session, None, limit, account_id=account_id).rows


def list_of_account(actor: Actor, parts: Parts, handle: str, *, after: Position | None, limit: int) -> Page[Collection]:
    """The public ones, the newest first. Raises AccountNotFound."""
    del actor  # public ones are everybody's
    with parts.database.reading() as session:
        return _PUBLIC.page(session, after, limit, account_id=find_profile(session, handle).id)


def take_down_collection(session: Session, actor: Actor, collection_id: str) -> Collection | None:
    """By the house, in the transaction that decides a report; None when it is down or gone already."""
    shown = sa.and_(Collection.id == collection_id, Collection.taken_down_at.is_(None))
    closed = sa.update(Collection).where(shown).values(
        visibility=Visibility.PRIVATE, taken_down_at=now(), revision=Collection.revision + 1
    )  # fmt: skip
    if changed(session, closed.execution_options(synchronize_session=False)) == 0:
        return None
    collection = session.get_one(Collection, collection_id, populate_existing=True)
    journal.record(session, actor, "collection.taken_down", "collection", collection_id)
    return collection


def leave_collections(session: Session, account_id: str) -> None:
    """Of a leaving account: they go."""
    session.execute(sa.delete(Collection).where(Collection.account_id == account_id))


def find(session: Session, actor: Actor, collection_id: str) -> Collection:
    collection = session.get(Collection, collection_id)
    is_own = collection is not None and collection.account_id == actor.account_id
    if collection is None or not may_see(collection.visibility, is_own=is_own):
        raise CollectionNotFound(f"There is no collection {collection_id!r}, or it is private.")
    return collection


def begin_edit(session: Session, actor: Actor, collection_id: str, *, revision: int | None = None) -> Collection:
    """Locks one's own and raises its revision. Raises CollectionNotFound, Forbidden, PreconditionFailed."""
    account_id = require_account(actor)
    own = sa.and_(Collection.id == collection_id, Collection.account_id == account_id)
    if revision is not None:
        own = sa.and_(own, Collection.revision == revision)
    edited = changed(session, sa.update(Collection).where(own).values(revision=Collection.revision + 1))
    collection = find(session, actor, collection_id)
    session.refresh(collection)
    if edited == 0 and collection.account_id != account_id:
        raise Forbidden("It is somebody else's collection.")
    if edited == 0:
        raise PreconditionFailed("Load the collection again and repeat your edit.", revision=collection.revision)
    return collection


def viewed(session: Session, collection: Collection) -> CollectionView:
    return CollectionView(collection, session.scalars(_COLLECTED, {"collection_id": collection.id}).all())
