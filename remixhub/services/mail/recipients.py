"""Whom a letter goes to, found out when it goes: whoever caused it was told the same, whether there is such an account.

Much may have happened since it was written, too.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.domain.letters import LetterKind, LetterState, Rhythm
from remixhub.models import Account, Letter, now
from remixhub.services.mail.wishes import rhythms

_TO_STRANGERS_REQUEST = (LetterKind.RESET_PASSWORD, LetterKind.ADDRESS_TAKEN)
_MOST, _WINDOW_SECONDS = 5, 900
"""Of letters that anybody can cause, to one account; the link of the last one stays good."""


def find(session: Session, letter: Letter) -> Account | None:
    """Fills in what the letter does not know yet."""
    account = session.get(Account, letter.account_id) if letter.account_id is not None else None
    if letter.kind is LetterKind.RESET_PASSWORD and account is None:
        login = str(letter.facts.get("login"))
        account = _living(session, sa.or_(Account.handle == login, Account.email == login))
    elif letter.kind is LetterKind.ADDRESS_TAKEN and account is None:
        account = _living(session, Account.email == letter.address)
    elif letter.kind in (LetterKind.NEW_ADDRESS, LetterKind.VERIFY_ADDRESS):
        is_other = sa.and_(Account.email == letter.address, Account.id != letter.account_id)
        owner = _living(session, is_other)
        if owner is not None:  # they are told, and whoever wants it sees no more than that nothing comes
            letter.kind, account = LetterKind.ADDRESS_TAKEN, owner
            letter.account_id = owner.id
    if letter.account_id is None and account is not None:
        letter.account_id, letter.address = account.id, account.email or ""
    return account


def is_wanted(session: Session, letter: Letter, account: Account | None) -> bool:
    if account is None:
        return letter.account_id is None and letter.kind not in _TO_STRANGERS_REQUEST
    if account.deleted_at is not None or (letter.kind in _TO_STRANGERS_REQUEST and _has_enough(session, letter)):
        return False
    match letter.kind:
        case LetterKind.RESET_PASSWORD:
            return account.email is not None
        case LetterKind.VERIFY_ADDRESS:
            is_open = account.email_verified_at is None or account.address_bounced_at is not None
            return is_open and (account.email or account.pending_email) == letter.address
        case LetterKind.NEW_ADDRESS:
            return account.pending_email == letter.address
        case LetterKind.NOTICE:
            takes_mail = account.email_verified_at is not None and account.address_bounced_at is None
            is_wished = letter.topic is None or rhythms(session, account.id)[letter.topic] is not Rhythm.NEVER
            return takes_mail and is_wished and account.email == letter.address
        case LetterKind.DIGEST:  # asked for its topics when it was written
            takes_mail = account.email_verified_at is not None and account.address_bounced_at is None
            return takes_mail and account.email == letter.address
        case _:
            return True


def _living(session: Session, which: sa.ColumnElement[bool]) -> Account | None:
    return session.scalars(sa.select(Account).where(which, Account.deleted_at.is_(None))).one_or_none()


def _has_enough(session: Session, letter: Letter) -> bool:
    lately = sa.and_(
        Letter.account_id == letter.account_id, Letter.kind == letter.kind, Letter.id != letter.id,
        Letter.state == LetterState.SENT, Letter.sent_at > now(-_WINDOW_SECONDS),
    )  # fmt: skip
    return (session.scalar(sa.select(sa.func.count()).where(lately)) or 0) >= _MOST
