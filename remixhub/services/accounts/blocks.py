"""Blocking: who wants nothing of whom. The blocked one is not told; what it may not do any more says so then."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.errors import Conflict
from remixhub.domain.states import Scope
from remixhub.models import Account, Block, Follow, now
from remixhub.models.changes import changed
from remixhub.models.upsert import insert
from remixhub.services import journal
from remixhub.services.accounts.account_lock import lock_own
from remixhub.services.accounts.accounts import AccountNotFound, find_profile
from remixhub.services.paging import Keyset, Page, Position, page

_NEWEST = Keyset(Block.created_at.desc(), Block.blocked_id.desc())


class BlocksOneself(Conflict):
    code = "blocks_oneself"
    title = "Nobody blocks themselves"


def block(actor: Actor, parts: Parts, handle: str) -> Block:
    """Neither follows the other any more. Blocking again changes nothing. Raises AccountNotFound, BlocksOneself."""
    account_id = require_account(actor)
    with parts.database.writing() as session:
        whom = find_profile(session, handle)
        lock_own(session, actor, beside=[whom.id])
        session.refresh(whom)
        if whom.deleted_at is not None:
            raise AccountNotFound(f"The account {handle!r} was deleted.")
        if whom.id == account_id:
            raise BlocksOneself("Choose somebody else.")
        row = insert(session, Block).values(account_id=account_id, blocked_id=whom.id, created_at=now())
        made = session.scalar(row.on_conflict_do_nothing().returning(Block.blocked_id))
        if made is not None:
            pairs = ((account_id, whom.id), (whom.id, account_id))
            for follower, artist in pairs:
                session.execute(sa.delete(Follow).where(Follow.account_id == follower, Follow.artist_id == artist))
            journal.record(session, actor, "block.made", "account", account_id, after={"blocked": whom.id})
        return session.get_one(Block, (account_id, whom.id))


def unblock(actor: Actor, parts: Parts, handle: str) -> None:
    """Who is not blocked is left as they are. Raises AccountNotFound."""
    account_id = require_account(actor)
    with parts.database.writing() as session:
        whom = find_profile(session, handle)
        ended = sa.delete(Block).where(Block.account_id == account_id, Block.blocked_id == whom.id)
        if changed(session, ended):
            journal.record(session, actor, "block.ended", "account", account_id, before={"blocked": whom.id})


def list_blocks(actor: Actor, parts: Parts, *, after: Position | None, limit: int) -> Page[Block]:
    """Whom one blocks, the newest first."""
    account_id = require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        return _blocked_by(session, account_id, after, limit)


def view_own(actor: Actor, parts: Parts, *, after: Position | None, limit: int) -> tuple[Account, Page[Block]]:
    """One's own account, and whom it blocks."""
    account_id = require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        return session.get_one(Account, account_id), _blocked_by(session, account_id, after, limit)


def blocks(
    by: str | sa.SQLColumnExpression[str], whom: str | sa.SQLColumnExpression[str] | None
) -> sa.ColumnElement[bool]:
    """Whether `by` blocks `whom`; None is a visitor, whom nobody blocks."""
    return sa.exists().where(Block.account_id == by, Block.blocked_id == whom)


def blockers_among(session: Session, accounts: Collection[str], whom: str) -> set[str]:
    """Those of the accounts that block `whom`."""
    return set(
        session.scalars(sa.select(Block.account_id).where(Block.account_id.in_(accounts), Block.blocked_id == whom))
    )


def blocked_among(session: Session, accounts: Collection[str], by: str) -> set[str]:
    """Those of the accounts that `by` blocks."""
    return set(
        session.scalars(sa.select(Block.blocked_id).where(Block.blocked_id.in_(accounts), Block.account_id == by))
    )


def is_blocked(session: Session, actor: Actor, *, account_id: str) -> bool:
    """By the actor."""
    if actor.account_id is None:
        return False
    return session.get(Block, (actor.account_id, account_id)) is not None


def leave_blocks(session: Session, account_id: str) -> None:
    """Whom a leaving account blocks, and who blocks it."""
    session.execute(sa.delete(Block).where(sa.or_(Block.account_id == account_id, Block.blocked_id == account_id)))


def _blocked_by(session: Session, account_id: str, after: Position | None, limit: int) -> Page[Block]:
    return page(session, sa.select(Block).where(Block.account_id == account_id), _NEWEST, after=after, limit=limit)
