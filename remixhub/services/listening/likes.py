"""Likes: bookmarks that count. How many there are everybody sees, whose they are nobody but themselves."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.errors import Conflict
from remixhub.domain.states import Scope, WorkState
from remixhub.domain.work_refusals import WorkNotPublished, WorkWithdrawn
from remixhub.models import Like, Work, now
from remixhub.models.changes import changed
from remixhub.models.upsert import insert
from remixhub.models.work_locks import hold_works
from remixhub.services.access import find_visible_work
from remixhub.services.accounts.account_lock import lock_own
from remixhub.services.paging import Keyset, Listing, Page, Position

_OWN = Listing(
    sa.select(Like)
    .join(Like.work)
    .where(Like.account_id == sa.bindparam("account_id"), Work.state == WorkState.PUBLISHED),
    Keyset(Like.created_at.desc(), Like.work_id.desc()),
)


class LikesOwnWork(Conflict):
    code = "likes_own_work"
    title = "Nobody likes their own works here"


def like(actor: Actor, parts: Parts, work_id: str) -> int:
    """How many do now. Liking again changes nothing. Raises NotFound, WorkNotPublished, WorkWithdrawn, LikesOwnWork."""
    account_id = require_account(actor)
    with parts.database.writing() as session:
        lock_own(session, actor)
        hold_works(session, [work_id])
        work = find_visible_work(session, actor, work_id)
        if work.account_id == account_id:
            raise LikesOwnWork("Your own works stand on your page and among “My works”.")
        if work.state is WorkState.DRAFT:
            raise WorkNotPublished("Publish it first.", state=work.state.value)
        if work.state.is_tombstone:
            raise WorkWithdrawn("Only its title, credit and licence are left.", state=work.state.value)
        row = insert(session, Like).values(account_id=account_id, work_id=work_id, created_at=now())
        added = session.scalars(row.on_conflict_do_nothing().returning(Like.work_id)).all()
        return _count(session, work_id, len(added))


def unlike(actor: Actor, parts: Parts, work_id: str) -> int:
    """How many do now. What one does not like is left as it is. Raises NotFound."""
    account_id = require_account(actor)
    with parts.database.writing() as session:
        hold_works(session, [work_id])
        find_visible_work(session, actor, work_id)
        own = sa.delete(Like).where(Like.account_id == account_id, Like.work_id == work_id)
        return _count(session, work_id, -changed(session, own))


def list_likes(actor: Actor, parts: Parts, *, after: Position | None, limit: int) -> Page[Work]:
    """One's own, the newest like first; what was withdrawn or taken down is left out, and comes back with its work."""
    account_id = require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        return _OWN.page(session, after, limit, account_id=account_id).map(lambda like: like.work)


def leave_likes(session: Session, account_id: str) -> None:
    """Of a leaving account; they count no more."""
    own = sa.delete(Like).where(Like.account_id == account_id).returning(Like.work_id)
    for work_id in sorted(session.scalars(own.execution_options(synchronize_session=False))):
        _count(session, work_id, -1)


def _count(session: Session, work_id: str, more: int) -> int:
    counted = sa.update(Work).where(Work.id == work_id).values(like_count=Work.like_count + more)
    counted = counted.returning(Work.like_count).execution_options(synchronize_session=False)
    return session.scalars(counted).one()
