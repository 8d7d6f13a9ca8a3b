"""Following artists and labels, so that what they publish is told first."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.contests.labels import LabelNotFound
from remixhub.domain.errors import Conflict, Forbidden
from remixhub.domain.states import Scope
from remixhub.models import Block, Follow, Label, new_id, now
from remixhub.models.upsert import insert
from remixhub.services.accounts.accounts import AccountNotFound, find_profile
from remixhub.services.paging import Keyset, Page, Position, page

_NEWEST = Keyset(Follow.created_at.desc(), Follow.id.desc())


class FollowsOneself(Conflict):
    code = "follows_oneself"
    title = "Nobody follows themselves"


class FollowRefused(Forbidden):
    code = "follow_refused"
    title = "You cannot follow this artist"


def follow_artist(actor: Actor, parts: Parts, handle: str) -> Follow:
    """Following again changes nothing. Raises AccountNotFound, FollowsOneself, FollowRefused."""
    account_id = require_account(actor)
    with parts.database.writing() as session:
        artist = find_profile(session, handle)
        if artist.deleted_at is not None:
            raise AccountNotFound(f"The account {handle!r} was deleted.")
        if artist.id == account_id:
            raise FollowsOneself("What you publish stands among your own works.")
        if session.scalar(sa.select(sa.exists().where(Block.account_id == artist.id, Block.blocked_id == account_id))):
            raise FollowRefused(f"@{artist.handle} does not want you among the followers.")
        return _follow(session, account_id, Follow.artist_id, artist.id)


def follow_label(actor: Actor, parts: Parts, handle: str) -> Follow:
    """Following again changes nothing. Raises LabelNotFound."""
    account_id = require_account(actor)
    with parts.database.writing() as session:
        return _follow(session, account_id, Follow.label_id, _label_id(session, handle))


def unfollow_artist(actor: Actor, parts: Parts, handle: str) -> None:
    """Whom one does not follow is left as they are. Raises AccountNotFound."""
    account_id = require_account(actor)
    with parts.database.writing() as session:
        _unfollow(session, account_id, Follow.artist_id == find_profile(session, handle).id)


def unfollow_label(actor: Actor, parts: Parts, handle: str) -> None:
    account_id = require_account(actor)
    with parts.database.writing() as session:
        _unfollow(session, account_id, Follow.label_id == _label_id(session, handle))


def list_follows(actor: Actor, parts: Parts, *, after: Position | None, limit: int) -> Page[Follow]:
    """Whom one follows, the newest first."""
    account_id = require_account(actor, Scope.READ)
    query = sa.select(Follow).where(Follow.account_id == account_id)
    query = query.options(joinedload(Follow.artist), joinedload(Follow.label))
    with parts.database.reading() as session:
        return page(session, query, _NEWEST, after=after, limit=limit)


def is_followed(session: Session, actor: Actor, *, artist_id: str | None = None, label_id: str | None = None) -> bool:
    if actor.account_id is None:
        return False
    whom = Follow.artist_id == artist_id if artist_id else Follow.label_id == label_id
    return session.scalar(sa.select(Follow.id).where(Follow.account_id == actor.account_id, whom)) is not None


def leave_follows(session: Session, account_id: str) -> None:
    """Whom a leaving account follows, and who follows it."""
    session.execute(sa.delete(Follow).where(sa.or_(Follow.account_id == account_id, Follow.artist_id == account_id)))


def _follow(session: Session, account_id: str, column: sa.orm.InstrumentedAttribute[str | None], whom: str) -> Follow:
    row = {"id": new_id(), "account_id": account_id, column.key: whom, "created_at": now()}
    session.execute(insert(session, Follow).values(row).on_conflict_do_nothing())
    query = sa.select(Follow).where(Follow.account_id == account_id, column == whom)
    return session.scalars(query.options(joinedload(Follow.artist), joinedload(Follow.label))).one()


def _unfollow(session: Session, account_id: str, whom: sa.ColumnElement[bool]) -> None:
    session.execute(sa.delete(Follow).where(Follow.account_id == account_id, whom))


def _label_id(session: Session, handle: str) -> str:
    label_id = session.scalar(sa.select(Label.id).where(Label.handle == handle.lower()))
    if label_id is None:
        raise LabelNotFound(f"There is no label {handle!r}.")
    return label_id
