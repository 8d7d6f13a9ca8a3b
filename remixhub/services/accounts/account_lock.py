"""Ways in are counted and changed under their account's lock: written first, as each deciding transaction is.

Between looking at who asks and writing for them lies the time of a hash and more. Whatever ended meanwhile counts.
"""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.domain.access import Actor
from remixhub.domain.errors import Unauthenticated
from remixhub.models import Account, BrowserSession
from remixhub.models.changes import changed


def lock_account(session: Session, account_id: str) -> None:
    session.execute(sa.update(Account).where(Account.id == account_id).values(revision=Account.revision))


def lock_own(session: Session, actor: Actor, *, beside: Collection[str] = ()) -> None:
    """The account of who asks, and others `beside` it, in the order of their ids: two that concern each other wait.

    Raises Unauthenticated when the account, or the session that they ask in, has ended meanwhile.
    """
    for account_id in sorted({actor.account_id or "", *beside}):
        lock_account(session, account_id)
    there = sa.select(Account.id).where(Account.id == actor.account_id, Account.deleted_at.is_(None))
    if session.scalar(there) is None:
        raise Unauthenticated("Your account was deleted meanwhile.")
    if actor.session_id is None:
        return
    own = sa.update(BrowserSession).where(BrowserSession.id == actor.session_id)
    if changed(session, own.values(last_seen_at=BrowserSession.last_seen_at)) == 0:
        raise Unauthenticated("Your session has ended meanwhile; sign in again.")


def lock_as_seen(session: Session, seen: Account) -> bool:
    """Whether its password is still the one against which what somebody gave was held, and it is still there."""
    same = sa.and_(
        Account.id == seen.id, Account.deleted_at.is_(None),
        Account.password_hash.is_not_distinct_from(seen.password_hash),
    )  # fmt: skip
    return changed(session, sa.update(Account).where(same).values(revision=Account.revision)) == 1
