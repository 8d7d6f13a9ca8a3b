"""A new address: confirmed by whoever reads mail there, told to the old one, which can take it back for some days.

Whether the new address has an account already is told to nobody but its owner, and by mail (`mail.sending`).
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, session_actor
from remixhub.domain.accounts import clean_email
from remixhub.domain.errors import Invalid, PreconditionFailed
from remixhub.domain.letters import LetterKind, LinkPurpose
from remixhub.models import Account, MailedLink, now
from remixhub.services import journal
from remixhub.services.accounts.account_lock import lock_own
from remixhub.services.accounts.accounts import EmailTaken
from remixhub.services.accounts.proving import require_fresh
from remixhub.services.accounts.sessions import end_all_sessions
from remixhub.services.mail import letters, links
from remixhub.services.throttle import take_attempt

_CHANGES_A_WINDOW = 5


class AddressLinkInvalid(Invalid):
    code = "address_link_invalid"
    title = "The link is not good any more"


class WayBackInvalid(AddressLinkInvalid):
    code = "way_back_invalid"


def change_email(
    actor: Actor, parts: Parts, *, password: str | None, email: str, revision: int | None = None
) -> Account:
    """The account, with the new address pending until it is confirmed; the present one again ends that.

    A hub without mail cannot ask anybody: there it changes at once, and counts as not verified.
    Raises ProofNeeded, PasswordWrong, TooManyAttempts, EmailInvalid, EmailTaken (without mail), PreconditionFailed.
    """
    email = clean_email(email)
    account = require_fresh(actor, parts, password)
    take_attempt(parts, {f"address of {account.id}": _CHANGES_A_WINDOW} | letters.most_to(parts, email))
    if not parts.settings.sends_mail:
        return _change_at_once(actor, parts, account.id, email, revision)
    with parts.database.writing() as session:
        lock_own(session, actor)
        account = _bump(session, account.id, revision)
        links.end(session, account.id, LinkPurpose.CHANGE_ADDRESS)
        account.pending_email = email if email != account.email else None
        if account.pending_email is not None:
            letters.write(session, account, LetterKind.NEW_ADDRESS, to=email)
            if (
                account.email_verified_at is not None
            ):  # else nobody knows who reads it, and the way back opens the account
                letters.write(session, account, LetterKind.ADDRESS_CHANGING, new_address=email)
        journal.record(session, actor, "account.email_change_asked", "account", account.id)
        session.flush()
    return account


def confirm_address(parts: Parts, token: str) -> str:
    """By the link alone; the account's handle. Raises AddressLinkInvalid, EmailTaken."""
    try:
        with parts.database.writing() as session:
            link = links.use(session, LinkPurpose.CHANGE_ADDRESS, token)
            account = _account_of(session, link, LinkPurpose.CHANGE_ADDRESS)
            if link is None or account.pending_email != link.address:
                raise AddressLinkInvalid("The change was stopped, or another one has taken its place.")
            _move(session, account, link.address)
            letters.write(session, account, LetterKind.ADDRESS_CHANGED)
            return account.handle
    except sa.exc.IntegrityError as exc:
        raise EmailTaken("Another account has taken this address in the meantime.") from exc


def keep_address(parts: Parts, token: str) -> str:
    """Stops a change, or takes it back, and ends all sessions: somebody else may know the password.

    The account's handle. Raises WayBackInvalid, EmailTaken.
    """
    try:
        with parts.database.writing() as session:
            link = links.use(session, LinkPurpose.KEEP_ADDRESS, token)
            account = _account_of(session, link, LinkPurpose.KEEP_ADDRESS)
            assert link is not None
            _move(session, account, link.address)
            links.end(session, account.id, LinkPurpose.RESET_PASSWORD)
            end_all_sessions(session, account.id)
            return account.handle
    except sa.exc.IntegrityError as exc:
        raise EmailTaken("Another account has taken this address in the meantime; ask an operator.") from exc


def look_at_link(parts: Parts, purpose: LinkPurpose, token: str) -> tuple[str, str]:
    """The account's handle and the address, for the page that asks for a click.

    Raises AddressLinkInvalid, WayBackInvalid.
    """
    with parts.database.reading() as session:
        link = links.look(session, purpose, token)
        account = _account_of(session, link, purpose)
        assert link is not None
        return account.handle, link.address


def _change_at_once(actor: Actor, parts: Parts, account_id: str, email: str, revision: int | None) -> Account:
    try:
        with parts.database.writing() as session:
            lock_own(session, actor)
            account = _bump(session, account_id, revision)
            account.email, account.email_verified_at, account.address_bounced_at = email, None, None
            account.pending_email = None  # asked for while the hub still sent mail
            journal.record(session, actor, "account.email_changed", "account", account_id)
            session.flush()
            return account
    except sa.exc.IntegrityError as exc:
        raise EmailTaken("Another account uses this address.") from exc


def _move(session: Session, account: Account, email: str) -> None:
    """To an address whose mail somebody has just read."""
    is_another = account.email != email
    changes = {"email": email, "pending_email": None, "address_bounced_at": None, "revision": Account.revision + 1}
    verified = {"email_verified_at": now()} if is_another else {}
    session.execute(sa.update(Account).where(Account.id == account.id).values(**changes, **verified))
    actor = session_actor(account.id, account.handle, is_operator=account.is_operator)
    action = "account.email_changed" if is_another else "account.email_kept"
    journal.record(session, actor, action, "account", account.id)
    session.refresh(account)


def _account_of(session: Session, link: MailedLink | None, purpose: LinkPurpose) -> Account:
    account = session.get(Account, link.account_id) if link is not None and link.account_id else None
    if account is None or account.deleted_at is not None:
        if purpose is LinkPurpose.KEEP_ADDRESS:
            raise WayBackInvalid("It works once, for seven days, and not after one of an address that came before it.")
        raise AddressLinkInvalid("It works once, for a time, and a newer one takes its place.")
    return account


def _bump(session: Session, account_id: str, revision: int | None) -> Account:
    is_seen = sa.true() if revision is None else Account.revision == revision
    bumped = session.scalars(
        sa.update(Account)
        .where(Account.id == account_id, is_seen)
        .values(revision=Account.revision + 1)
        .returning(Account.id)
    ).one_or_none()
    if bumped is None:
        raise PreconditionFailed("The account was edited in the meantime; load it again.")
    return session.get_one(Account, account_id, populate_existing=True)
