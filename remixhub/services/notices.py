"""Notices: what an account should know of its works and reports, kept until it is read and after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.errors import NotFound
from remixhub.domain.letters import DIGEST_WORDS, Rhythm, topic_of
from remixhub.domain.moderation import NoticeKind
from remixhub.domain.states import Scope
from remixhub.models import Notice, new_id, now
from remixhub.models.upsert import insert
from remixhub.services.mail import digests, letters, wishes
from remixhub.services.paging import Keyset, Page, Position, page

_AT_ONCE = 500
"""Accounts told by one statement."""
_NEWEST = Keyset(Notice.created_at.desc(), Notice.id.desc())


class Words(NamedTuple):
    title: str
    text: str


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
    """One to each account, in the caller's transaction, and by mail to those who wish that; `subject` is a kind and an
    id. `has_letter`: the caller writes one of its own.
    """
    words = Words(title, text)
    send_each(session, kind, subject, dict.fromkeys(sorted(accounts), words), has_letter=has_letter)


def send_each(
    session: Session,
    kind: NoticeKind,
    subject: tuple[str, str],
    words: Mapping[str, Words],
    *,
    has_letter: bool = False,
) -> None:
    """As `send`, to each account in words of its own. Whoever was told of a remix is not told again."""
    for batch in _batched(list(words.items())):
        told = {account_id: Words(one.title[:300], one.text) for account_id, one in batch}
        _send(session, kind, subject, told, has_letter=has_letter)


def _batched(told: Sequence[tuple[str, Words]]) -> Iterator[Sequence[tuple[str, Words]]]:
    return (told[start : start + _AT_ONCE] for start in range(0, len(told), _AT_ONCE))


def _send(
    session: Session, kind: NoticeKind, subject: tuple[str, str], words: Mapping[str, Words], *, has_letter: bool
) -> None:
    topic = topic_of(kind)
    addresses = {} if has_letter else letters.addresses_of(session, words)
    by_rhythm: dict[Rhythm, list[str]] = defaultdict(list)
    if addresses:
        for account_id, wished in wishes.rhythms_of(session, list(addresses)).items():
            by_rhythm[wished[topic]].append(account_id)
    due = {account_id: rhythm for rhythm in DIGEST_WORDS for account_id in by_rhythm[rhythm]}
    told_of = subject[1] if kind is NoticeKind.REMIXED else None
    shared = {
        "kind": kind,
        "subject_kind": subject[0],
        "subject_id": subject[1],
        "told_of": told_of,
        "created_at": now(),
    }
    rows = [
        {"id": new_id(), "account_id": account_id, "mail_due": due.get(account_id), **one._asdict(), **shared}
        for account_id, one in words.items()
    ]
    added = insert(session, Notice).values(rows).on_conflict_do_nothing().returning(Notice.account_id, Notice.id)
    told = dict(session.execute(added).all())
    at_once = {account_id: told[account_id] for account_id in by_rhythm[Rhythm.AT_ONCE] if account_id in told}
    letters.write_of_notices(session, at_once, addresses, topic)
    for rhythm in DIGEST_WORDS:
        digests.order(session, [account_id for account_id in by_rhythm[rhythm] if account_id in told], rhythm)


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


def forget_notices(session: Session, account_id: str) -> None:
    """Of an account that leaves: they hold words of others."""
    session.execute(sa.delete(Notice).where(Notice.account_id == account_id))


def _newest(session: Session, account_id: str, after: Position | None, limit: int) -> Page[Notice]:
    query = sa.select(Notice).where(Notice.account_id == account_id)
    return page(session, query, _NEWEST, after=after, limit=limit)
