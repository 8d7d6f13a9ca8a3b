"""What is in a collection: adding, taking out, noting, and the order."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.collections import (
    COLLECTED_LIMIT,
    CollectionChanged,
    CollectionFull,
    Visibility,
    WorkCollected,
    WorkNotCollected,
)
from remixhub.domain.states import WorkState
from remixhub.domain.work_refusals import WorkNotPublished, WorkWithdrawn
from remixhub.models import CollectedWork
from remixhub.models.changes import changed
from remixhub.models.upsert import insert
from remixhub.services.access import find_visible_work
from remixhub.services.collections.collections import CollectionView, begin_edit, make, viewed


def collect(actor: Actor, parts: Parts, collection_id: str, work_id: str, *, note: str = "") -> CollectionView:
    """At the end. Raises WorkCollected, CollectionFull, WorkNotPublished, WorkWithdrawn, and as `begin_edit`."""
    with parts.database.writing() as session:
        collection = begin_edit(session, actor, collection_id)
        _add(session, actor, collection.id, work_id, note)
        return viewed(session, collection)


def collect_anew(actor: Actor, parts: Parts, title: str, work_id: str, *, note: str = "") -> CollectionView:
    """Into a new collection, private until its owner says otherwise. Raises CollectionsTooMany and as `collect`."""
    account_id = require_account(actor)
    with parts.database.writing() as session:
        collection = make(session, actor, account_id, title=title, text="", visibility=Visibility.PRIVATE)
        _add(session, actor, collection.id, work_id, note)
        return viewed(session, collection)


def take_out(actor: Actor, parts: Parts, collection_id: str, work_id: str) -> CollectionView:
    """Raises WorkNotCollected, and what `begin_edit` raises."""
    with parts.database.writing() as session:
        collection = begin_edit(session, actor, collection_id)
        if changed(session, sa.delete(CollectedWork).where(_is(collection_id, work_id))) == 0:
            raise WorkNotCollected(f"The collection does not hold {work_id!r}.")
        return viewed(session, collection)


def annotate(
    actor: Actor, parts: Parts, collection_id: str, work_id: str, note: str, *, revision: int | None = None
) -> CollectionView:
    """Raises WorkNotCollected, and what `begin_edit` raises."""
    with parts.database.writing() as session:
        collection = begin_edit(session, actor, collection_id, revision=revision)
        noted = sa.update(CollectedWork).where(_is(collection_id, work_id)).values(note=note)
        if changed(session, noted) == 0:
            raise WorkNotCollected(f"The collection does not hold {work_id!r}.")
        return viewed(session, collection)


def put_in_order(
    actor: Actor, parts: Parts, collection_id: str, work_ids: Sequence[str], *, revision: int | None = None
) -> CollectionView:
    """`work_ids` are all that it holds, once each. Raises CollectionChanged, and what `begin_edit` raises."""
    with parts.database.writing() as session:
        collection = begin_edit(session, actor, collection_id, revision=revision)
        held = session.scalars(
            sa.select(CollectedWork.work_id).where(CollectedWork.collection_id == collection_id)
        ).all()
        if sorted(work_ids) != sorted(held):
            raise CollectionChanged("Name every work that it holds, once; load it again to see them.")
        places = {work_id: position for position, work_id in enumerate(work_ids)}
        if places:
            moved = sa.case(places, value=CollectedWork.work_id)
            session.execute(
                sa.update(CollectedWork)
                .where(CollectedWork.collection_id == collection_id)
                .values(position=moved)
                .execution_options(synchronize_session=False)
            )
        return viewed(session, collection)


def move(actor: Actor, parts: Parts, collection_id: str, work_id: str, *, by: int) -> CollectionView:
    """A place up (-1) or down (1); at the end it stays. Raises WorkNotCollected, and what `begin_edit` raises."""
    with parts.database.writing() as session:
        collection = begin_edit(session, actor, collection_id)
        rows = list(viewed(session, collection).collected)
        ids = [row.work_id for row in rows]
        if work_id not in ids:
            raise WorkNotCollected(f"The collection does not hold {work_id!r}.")
        at = ids.index(work_id)
        rows.insert(min(max(at + by, 0), len(rows) - 1), rows.pop(at))
        for position, row in enumerate(rows):
            row.position = position
        session.flush()
        return CollectionView(collection, rows)


def _add(session: Session, actor: Actor, collection_id: str, work_id: str, note: str) -> None:
    work = find_visible_work(session, actor, work_id)
    if work.state is WorkState.DRAFT:
        raise WorkNotPublished("Publish it first.", state=work.state.value)
    if work.state.is_tombstone:
        raise WorkWithdrawn("Only its title, credit and licence are left.", state=work.state.value)
    held, last = session.execute(
        sa.select(sa.func.count(), sa.func.max(CollectedWork.position)).where(
            CollectedWork.collection_id == collection_id
        )
    ).one()
    row = {"collection_id": collection_id, "work_id": work_id, "position": (-1 if last is None else last) + 1}
    added = insert(session, CollectedWork).values(**row, note=note).on_conflict_do_nothing()
    if not session.scalars(added.returning(CollectedWork.work_id)).all():
        raise WorkCollected("It is there once, and can be moved.")
    if held >= COLLECTED_LIMIT:
        raise CollectionFull(f"One holds at most {COLLECTED_LIMIT} works; begin another.")


def _is(collection_id: str, work_id: str) -> sa.ColumnElement[bool]:
    return sa.and_(CollectedWork.collection_id == collection_id, CollectedWork.work_id == work_id)
