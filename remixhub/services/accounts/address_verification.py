"""Verified addresses: a link to the address, and whoever opens it has access to it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM, Actor, require_account
from remixhub.domain.errors import Conflict, Invalid
from remixhub.domain.letters import LetterKind, LinkPurpose
from remixhub.models import Account, now
from remixhub.services import journal
from remixhub.services.accounts.accounts import AccountNotFound, EmailTaken
from remixhub.services.mail import letters, links
from remixhub.services.throttle import take_attempt

_LINKS_A_WINDOW = 5
_ADDRESS: sa.ColumnElement[str | None] = sa.func.coalesce(Account.email, Account.pending_email)
"""Given at sign-up it is pending until somebody opens the link there."""
_UNVERIFIED = sa.or_(Account.email_verified_at.is_(None), Account.address_bounced_at.is_not(None))


class AddressVerified(Conflict):
    code = "address_verified"
    title = "The address is verified already"


class VerificationInvalid(Invalid):
    code = "verification_invalid"
    title = "The link is not good any more"


def send_verification(actor: Actor, parts: Parts) -> None:
    """Also where it bounced since it was verified. Raises AddressVerified, MailNotSetUp, TooManyAttempts."""
    account_id = require_account(actor)
    with parts.database.reading() as session:
        open_one = sa.and_(Account.id == account_id, _ADDRESS.is_not(None), _UNVERIFIED)
        address = session.scalar(sa.select(_ADDRESS).where(open_one))
    if address is None:
        raise AddressVerified("There is nothing left to do.")
    letters.require_mail(parts)
    take_attempt(parts, {f"verification:{account_id}": _LINKS_A_WINDOW} | letters.most_to(parts, address))
    with parts.database.writing() as session:
        letters.write(session, session.get_one(Account, account_id), LetterKind.VERIFY_ADDRESS, to=address)


def verify_address(parts: Parts, token: str) -> str:
    """By the link alone, signed in or not, once or again; the account's handle. Raises VerificationInvalid."""
    try:
        with parts.database.writing() as session:
            link = links.look(session, LinkPurpose.VERIFY_ADDRESS, token)
            if link is None:
                raise VerificationInvalid("Ask for a new link: this one is over two days old, or not whole.")
            mine = sa.and_(Account.id == link.account_id, _ADDRESS.is_not_distinct_from(link.address))
            _mark(session, mine)
            handle = session.scalar(sa.select(Account.handle).where(mine))
    except sa.exc.IntegrityError as exc:
        raise VerificationInvalid("Another account has taken this address in the meantime.") from exc
    if handle is None:
        raise VerificationInvalid("The account has another address now; ask for a new link.")
    return handle


def verify_by_operator(parts: Parts, handle: str) -> None:
    """For hubs that send no mail. Raises AccountNotFound, EmailTaken."""
    named = sa.and_(Account.handle == handle.lower().removeprefix("@"), Account.deleted_at.is_(None))
    try:
        with parts.database.writing() as session:
            _mark(session, named)
            if session.scalar(sa.select(Account.id).where(named)) is None:
                raise AccountNotFound(f"There is no account with the handle {handle!r}.")
    except sa.exc.IntegrityError as exc:
        raise EmailTaken("Another account uses this address.") from exc


def _mark(session: Session, which: sa.ColumnElement[bool]) -> None:
    first = sa.update(Account).where(which, Account.email.is_(None), Account.pending_email.is_not(None))
    session.execute(first.values(email=Account.pending_email, pending_email=None))
    marked = session.scalars(
        sa.update(Account)
        .where(which, _UNVERIFIED)
        .values(email_verified_at=now(), address_bounced_at=None)
        .returning(Account.id)
    ).all()
    for account_id in marked:
        journal.record(session, SYSTEM, "account.address_verified", "account", account_id)
