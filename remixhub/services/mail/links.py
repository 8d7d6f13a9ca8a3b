"""Links that letters take along: random, stored by their SHA-256 alone, used once."""

from __future__ import annotations

import hashlib
import secrets

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.domain.letters import LetterKind, LetterState, LinkPurpose
from remixhub.models import Letter, MailedLink, now


def mint(
    session: Session, purpose: LinkPurpose, *, account_id: str | None, address: str, letter: Letter | None = None
) -> str:
    """The token, which is never seen again. It ends the older ones of its kind, but for those of the same letter: an
    attempt to send it may have come through although we never heard so.
    """
    token = secrets.token_urlsafe(32)
    over = MailedLink.expires_at <= now()
    if purpose.ends_older:
        older = sa.and_(MailedLink.purpose == purpose, MailedLink.account_id == account_id)
        if letter is not None:
            older = sa.and_(older, sa.or_(MailedLink.letter_id.is_(None), MailedLink.letter_id != letter.id))
        over = sa.or_(over, older)
    session.execute(sa.delete(MailedLink).where(over))
    session.add(
        MailedLink(
            token_hash=_digest(token),
            purpose=purpose,
            letter_id=letter.id if letter is not None else None,
            account_id=account_id,
            address=address,
            expires_at=now(purpose.seconds),
        )
    )
    return token


def look(session: Session, purpose: LinkPurpose, token: str) -> MailedLink | None:
    """What it opens, without using it up: mail programs open links before people do."""
    return session.scalars(sa.select(MailedLink).where(_good(purpose, token))).one_or_none()


def use(session: Session, purpose: LinkPurpose, token: str) -> MailedLink | None:
    """What it opens, once; the account's others of this kind are over then, or those that came after it."""
    used = session.execute(
        sa.delete(MailedLink)
        .where(_good(purpose, token))
        .returning(*MailedLink.__table__.c)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if used is None:
        return None
    link = MailedLink(**used._mapping)
    if purpose.ends_older:
        end(session, link.account_id or "", purpose)
    else:
        _end_later(session, link)
    return link


def _end_later(session: Session, used: MailedLink) -> None:
    """By when the letters were written: their servers decide when they come. One that still waits would bring a new
    link, so it goes first; who is about to send it has written to it, and is waited for."""
    kinds = [kind for kind in LetterKind if kind.link is used.purpose]
    written = sa.select(Letter.created_at).where(Letter.id == used.letter_id).scalar_subquery()
    later = sa.and_(Letter.account_id == used.account_id, Letter.kind.in_(kinds), Letter.created_at >= written)
    gone = sa.delete(Letter).where(later, Letter.state == LetterState.PENDING)
    session.execute(gone.execution_options(synchronize_session=False))
    over = sa.delete(MailedLink).where(MailedLink.letter_id.in_(sa.select(Letter.id).where(later)))
    session.execute(over.execution_options(synchronize_session=False))


def end(session: Session, account_id: str, *purposes: LinkPurpose) -> None:
    """Those of these purposes that the account has; all when none is named."""
    which = MailedLink.account_id == account_id
    if purposes:
        which = sa.and_(which, MailedLink.purpose.in_(purposes))
    session.execute(sa.delete(MailedLink).where(which).execution_options(synchronize_session=False))


def _good(purpose: LinkPurpose, token: str) -> sa.ColumnElement[bool]:
    return sa.and_(
        MailedLink.token_hash == _digest(token), MailedLink.purpose == purpose, MailedLink.expires_at > now()
    )


def _digest(token: str) -> str:
    """Tokens have 256 random bits, so a plain SHA-256 is enough to store them by."""
    return hashlib.sha256(token.encode()).hexdigest()
