"""Following artists, labels, works and tags, so that what is new of them is told first.

Whom and what an account follows is its own affair: nobody else reads the list.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.contests.labels import LabelNotFound
from remixhub.domain.errors import Conflict, Forbidden, NotFound
from remixhub.domain.states import FollowKind, Scope, WorkState
from remixhub.domain.work_facts import TagsInvalid, clean_tags, tag_searched
from remixhub.domain.work_refusals import WorkNotPublished
from remixhub.models import Account, Block, Follow, Label, TagFollow, Work, WorkFollow, new_id, now
from remixhub.models.upsert import insert
from remixhub.services.access import find_visible_work
from remixhub.services.accounts.account_lock import lock_own
from remixhub.services.accounts.accounts import AccountNotFound, find_profile
from remixhub.services.paging import Keyset, Listing, Page, Position

FOLLOWS_LIMIT = 2_000
"""Of one account, all kinds together: what the feed is quick for."""
_TABLES = (Follow, WorkFollow, TagFollow)
_Followable = InstrumentedAttribute[str | None] | InstrumentedAttribute[str]


class FollowsOneself(Conflict):
    code = "follows_oneself"
    title = "Nobody follows themselves"


class FollowRefused(Forbidden):
    code = "follow_refused"
    title = "You cannot follow this artist"


class FollowsTooMany(Conflict):
    code = "follows_too_many"
    title = "That is as much as one account follows"


@dataclass(frozen=True)
class Followed:
    id: str
    kind: FollowKind
    name: str
    """As people read it: of the artist, of the label, the work's title, the tag."""
    key: str
    """What its address is made of: a handle, the work's id, the tag."""
    created_at: dt.datetime


def follow_artist(actor: Actor, parts: Parts, handle: str) -> Followed:
    """Following again changes nothing. Raises AccountNotFound, FollowsOneself, FollowRefused, FollowsTooMany."""
    account_id = require_account(actor)
    with parts.database.writing() as session:
        artist = find_profile(session, handle)
        lock_own(session, actor, beside=[artist.id])
        session.refresh(artist)
        if artist.deleted_at is not None:
            raise AccountNotFound(f"The account {handle!r} was deleted.")
        if artist.id == account_id:
            raise FollowsOneself("What you publish stands among your own works.")
        if session.scalar(sa.select(sa.exists().where(Block.account_id == artist.id, Block.blocked_id == account_id))):
            raise FollowRefused(f"@{artist.handle} does not want you among the followers.")
        return _follow(session, account_id, Follow.artist_id, artist.id)


def follow_label(actor: Actor, parts: Parts, handle: str) -> Followed:
    """Following again changes nothing. Raises LabelNotFound, FollowsTooMany."""
    account_id = require_account(actor)
    with parts.database.writing() as session:
        lock_own(session, actor)
        return _follow(session, account_id, Follow.label_id, _label_id(session, handle))


def follow_work(actor: Actor, parts: Parts, work_id: str) -> Followed:
    """To be told of remixes of it, tombstones too: these can be remixed by old receipts.

    Raises NotFound, WorkNotPublished, FollowsOneself, FollowsTooMany.
    """
    account_id = require_account(actor)
    with parts.database.writing() as session:
        lock_own(session, actor)
        work = find_visible_work(session, actor, work_id)
        if work.state is WorkState.DRAFT:
            raise WorkNotPublished("Nobody can remix it before it is published.", state=work.state.value)
        if work.account_id == account_id:
            raise FollowsOneself("You are told of every remix of your own works.")
        return _follow(session, account_id, WorkFollow.work_id, work.id)


def follow_tag(actor: Actor, parts: Parts, tag: str) -> Followed:
    """Whatever is tagged so now or ever. Raises TagsInvalid, FollowsTooMany."""
    account_id = require_account(actor)
    cleaned = clean_tags([tag])
    if not cleaned:
        raise TagsInvalid("Name a tag.", violations={"/tag": ["Empty."]})
    with parts.database.writing() as session:
        lock_own(session, actor)
        return _follow(session, account_id, TagFollow.tag, cleaned[0])


def unfollow_artist(actor: Actor, parts: Parts, handle: str) -> None:
    """Whom one does not follow is left as they are. Raises AccountNotFound."""
    account_id = require_account(actor)
    with parts.database.writing() as session:
        _unfollow(session, account_id, Follow.artist_id, find_profile(session, handle).id)


def unfollow_label(actor: Actor, parts: Parts, handle: str) -> None:
    account_id = require_account(actor)
    with parts.database.writing() as session:
        _unfollow(session, account_id, Follow.label_id, _label_id(session, handle))


def unfollow_work(actor: Actor, parts: Parts, work_id: str) -> None:
    """Raises NotFound."""
    account_id = require_account(actor)
    with parts.database.writing() as session:
        _unfollow(session, account_id, WorkFollow.work_id, find_visible_work(session, actor, work_id).id)


def unfollow_tag(actor: Actor, parts: Parts, tag: str) -> str:
    """The tag as it is kept."""
    account_id = require_account(actor)
    kept = tag_searched(tag)
    with parts.database.writing() as session:
        _unfollow(session, account_id, TagFollow.tag, kept)
    return kept


def unfollow(actor: Actor, parts: Parts, follow_id: str) -> Followed:
    """What one followed, to follow it again. Raises NotFound."""
    account_id = require_account(actor)
    with parts.database.writing() as session:
        own = _ALL.where(_ALL.selected_columns.id == sa.bindparam("follow_id"))
        row = session.execute(own, {"account_id": account_id, "follow_id": follow_id}).one_or_none()
        if row is None:
            raise NotFound(f"You follow nothing by the id {follow_id!r}.", what="follow")
        for table in _TABLES:
            session.execute(sa.delete(table).where(table.account_id == account_id, table.id == follow_id))
        return _followed(row)


def list_follows(actor: Actor, parts: Parts, *, after: Position | None, limit: int) -> Page[Followed]:
    """Whom and what one follows, the newest first."""
    account_id = require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        return _NEWEST.page_of_rows(session, after, limit, account_id=account_id).map(_followed)


def is_followed(
    session: Session,
    actor: Actor,
    *,
    artist_id: str | None = None,
    label_id: str | None = None,
    work_id: str | None = None,
    tag: str | None = None,
) -> bool:
    """By the actor: one of these."""
    if actor.account_id is None:
        return False
    asked: dict[_Followable, str | None] = {
        Follow.artist_id: artist_id, Follow.label_id: label_id, WorkFollow.work_id: work_id, TagFollow.tag: tag
    }  # fmt: skip
    column, wanted = next((column, value) for column, value in asked.items() if value is not None)
    table = column.class_
    own = sa.select(table.id).where(table.account_id == actor.account_id, column == wanted)
    return session.scalar(own) is not None


def leave_follows(session: Session, account_id: str) -> None:
    """Whom and what a leaving account follows, and who follows it."""
    session.execute(sa.delete(Follow).where(sa.or_(Follow.account_id == account_id, Follow.artist_id == account_id)))
    for table in (WorkFollow, TagFollow):
        session.execute(sa.delete(table).where(table.account_id == account_id))


def _follow(session: Session, account_id: str, column: _Followable, what: str) -> Followed:
    table: type[Any] = column.class_  # type: ignore[assignment]
    row = {"id": new_id(), "account_id": account_id, column.key: what, "created_at": now()}
    added = insert(session, table).values(row).on_conflict_do_nothing().returning(table.id)
    if session.scalars(added).one_or_none() is not None:
        _require_room(session, account_id)
    follow_id = session.scalars(sa.select(table.id).where(table.account_id == account_id, column == what)).one()
    found = session.execute(
        _ALL.where(_ALL.selected_columns.id == sa.bindparam("follow_id")),
        {"account_id": account_id, "follow_id": follow_id},
    )
    return _followed(found.one())


def _require_room(session: Session, account_id: str) -> None:
    """Once the row is there."""
    own = (sa.select(sa.func.count()).where(table.account_id == account_id) for table in _TABLES)
    if sum(session.execute(sa.select(*(count.scalar_subquery() for count in own))).one()) > FOLLOWS_LIMIT:
        raise FollowsTooMany(f"One account follows at most {FOLLOWS_LIMIT:,}; follow something no more.")


def _unfollow(session: Session, account_id: str, column: _Followable, what: str) -> None:
    table = column.class_
    session.execute(sa.delete(table).where(table.account_id == account_id, column == what))


def _label_id(session: Session, handle: str) -> str:
    label_id = session.scalar(sa.select(Label.id).where(Label.handle == handle.lower()))
    if label_id is None:
        raise LabelNotFound(f"There is no label {handle!r}.")
    return label_id


def _all_follows() -> sa.Subquery:
    """Of the account `account_id`: each with its kind, a name and what its address is made of."""

    def shown(
        table: type[Follow | WorkFollow | TagFollow],
        kind: FollowKind,
        name: sa.SQLColumnExpression[str],
        key: sa.SQLColumnExpression[str],
    ) -> sa.Select[Any]:
        columns: tuple[Any, ...] = (
            table.id,
            sa.literal(kind.value).label("kind"),
            name.label("name"),
            key.label("key"),
        )
        return sa.select(*columns, table.created_at).where(table.account_id == sa.bindparam("account_id"))

    return sa.union_all(
        shown(Follow, FollowKind.ARTIST, Account.display_name, Account.handle).join(
            Account, Account.id == Follow.artist_id
        ),
        shown(Follow, FollowKind.LABEL, Label.name, Label.handle).join(Label, Label.id == Follow.label_id),
        shown(WorkFollow, FollowKind.WORK, Work.title, Work.id).join(Work, Work.id == WorkFollow.work_id),
        shown(TagFollow, FollowKind.TAG, TagFollow.tag, TagFollow.tag),
    ).subquery("followed")


_FOLLOWED = _all_follows()
_ALL = sa.select(_FOLLOWED)
_NEWEST = Listing(_ALL, Keyset(_FOLLOWED.c.created_at.desc(), _FOLLOWED.c.id.desc()))


def _followed(row: Sequence[Any]) -> Followed:
    id, kind, name, key, created_at = row
    return Followed(id, FollowKind(kind), name, key, created_at)
