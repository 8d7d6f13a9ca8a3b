"""Notices: what an account should know of its works and reports, kept until it is read and after."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.errors import NotFound
from remixhub.domain.letters import topic_of
from remixhub.domain.moderation import NoticeKind
from remixhub.domain.states import Scope
from remixhub.models import Notice, new_id, now
from remixhub.services.mail import letters
from remixhub.services.paging import Keyset, Page, Position, page

_NEWEST = Keyset(Notice.created_at.desc(), Notice.id.desc())


def send(
    session: Session,
    accounts: Collection[str],
    kind: NoticeKind,
    subject: tuple[str, str],
    title: str,
    text: str,
    *,
    has_letter: bool = False,
) -> None:
    """One to each account, in the caller's transaction, and a letter to those who wish that; `subject` is a kind and an
    id. `has_letter`: the caller writes one of its own.
    """
    if not accounts:
        return
    shared = {"kind": kind, "subject_kind": subject[0], "subject_id": subject[1], "title": title[:300], "text": text}
    rows = [{"id": new_id(), "account_id": account_id, **shared} for account_id in sorted(accounts)]
    session.execute(sa.insert(Notice), rows)
    if not has_letter:
        letters.write_to_all(session, accounts, topic_of(kind), title=title[:300], text=text)


def list_notices(actor: Actor, parts: Parts, *, after: Position | None, limit: int) -> Page[Notice]:
    """One's own, newest first."""
    account_id = require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        return _newest(session, account_id, after, limit)


def list_and_count(actor: Actor, parts: Parts, *, after: Position | None, limit: int) -> tuple[Page[Notice], int]:
    """As `list_notices`, and how many are unread, on whichever page."""
    account_id = require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        return _newest(session, account_id, after, limit), session.scalar(unread_by(account_id)) or 0


def unread_by(account_id: str | sa.SQLColumnExpression[str]) -> sa.Select[int]:
    return sa.select(sa.func.count()).where(Notice.account_id == account_id, Notice.read_at.is_(None))


def read_notice(actor: Actor, parts: Parts, notice_id: str) -> Notice:
    """Reading again keeps the first time. Raises NotFound, also for somebody else's."""
    account_id = require_account(actor)
    own = sa.and_(Notice.id == notice_id, Notice.account_id == account_id)
    with parts.database.writing() as session:
        session.execute(sa.update(Notice).where(own, Notice.read_at.is_(None)).values(read_at=now()))
        notice = session.scalars(sa.select(Notice).where(own)).one_or_none()
        if notice is None:
            raise NotFound(f"There is no notice {notice_id!r}, or it is private.", what="notice")
    return notice


def read_all(actor: Actor, parts: Parts) -> None:
    """All of one's own that are there now."""
    account_id = require_account(actor)
    unread = sa.and_(Notice.account_id == account_id, Notice.read_at.is_(None))
    with parts.database.writing() as session:
        session.execute(sa.update(Notice).where(unread).values(read_at=now()))


def _newest(session: Session, account_id: str, after: Position | None, limit: int) -> Page[Notice]:
    query = sa.select(Notice).where(Notice.account_id == account_id)
    return page(session, query, _NEWEST, after=after, limit=limit)
