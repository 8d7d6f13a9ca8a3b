"""Verified addresses: a link to the address, and whoever opens it has access to it."""

from __future__ import annotations

import sqlalchemy as sa
from itsdangerous import BadSignature, URLSafeTimedSerializer

from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM, Actor, require_account
from remixhub.domain.errors import Conflict, Invalid
from remixhub.models import Account, now
from remixhub.services import journal
from remixhub.services.accounts.accounts import AccountNotFound
from remixhub.services.mail import send_mail
from remixhub.services.throttle import take_attempt

_LINK_SECONDS = 2 * 24 * 3600
_LINKS_A_WINDOW = 5
_TEXT = """Somebody, probably you, wants to use this address for the account @{handle} on RemixHub.

Open this link within two days to say that it is yours:

{url}

If you do not know of it, do nothing.
"""


class AddressVerified(Conflict):
    code = "address_verified"
    title = "The address is verified already"


class VerificationInvalid(Invalid):
    code = "verification_invalid"
    title = "The link is not good any more"


def send_verification(actor: Actor, parts: Parts) -> None:
    """Raises AddressVerified, MailUnavailable, TooManyAttempts."""
    account_id = require_account(actor)
    with parts.database.reading() as session:
        account = session.get_one(Account, account_id)
    if account.email_verified_at is not None or account.email is None:
        raise AddressVerified("There is nothing left to do.")
    take_attempt(parts, {f"verification:{account_id}": _LINKS_A_WINDOW})
    token = _serializer(parts).dumps([account_id, account.email])
    text = _TEXT.format(handle=account.handle, url=parts.addresses.address_verification(token))
    send_mail(parts.settings, to=account.email, subject="Your address on RemixHub", text=text)


def verify_address(parts: Parts, token: str) -> str:
    """By the link alone, signed in or not, once or again; the account's handle. Raises VerificationInvalid."""
    try:
        account_id, email = _serializer(parts).loads(token, max_age=_LINK_SECONDS)
    except (BadSignature, ValueError, TypeError) as exc:
        raise VerificationInvalid("Ask for a new link: this one is over two days old, or not whole.") from exc
    with parts.database.writing() as session:
        mine = sa.and_(Account.id == account_id, Account.email == email)
        _mark(session, mine)
        handle = session.scalar(sa.select(Account.handle).where(mine))
    if handle is None:
        raise VerificationInvalid("The account has another address now; ask for a new link.")
    return handle


def verify_by_operator(parts: Parts, handle: str) -> None:
    """For hubs that send no mail. Raises AccountNotFound."""
    named = sa.and_(Account.handle == handle.lower().removeprefix("@"), Account.deleted_at.is_(None))
    with parts.database.writing() as session:
        _mark(session, named)
        if session.scalar(sa.select(Account.id).where(named)) is None:
            raise AccountNotFound(f"There is no account with the handle {handle!r}.")


def _mark(session: sa.orm.Session, which: sa.ColumnElement[bool]) -> None:
    marked = session.scalars(
        sa.update(Account)
        .where(which, Account.email_verified_at.is_(None))
        .values(email_verified_at=now())
        .returning(Account.id)
    ).all()
    for account_id in marked:
        journal.record(session, SYSTEM, "account.address_verified", "account", account_id)


def _serializer(parts: Parts) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(parts.settings.secret_key, salt="address")
