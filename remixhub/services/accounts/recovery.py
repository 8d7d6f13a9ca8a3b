"""A new password by a link that was mailed, or that an operator handed over: once, within half an hour."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM, Actor, session_actor
from remixhub.domain.errors import Invalid
from remixhub.domain.letters import LetterKind, LinkPurpose
from remixhub.models import AccessToken, Account, AppGrant, MailedLink
from remixhub.services import journal
from remixhub.services.accounts.accounts import AccountNotFound
from remixhub.services.accounts.passwords import check_new_password, hash_password
from remixhub.services.accounts.sessions import end_all_sessions
from remixhub.services.accounts.tokens import list_with_apps, revoke_tokens
from remixhub.services.mail import letters, links
from remixhub.services.throttle import take_attempt

_ASKED_A_WINDOW = 20
"""By one network address: a household's worth. How often an account is written to, `mail.sending` decides."""
_LOGIN_MAX = 254


class ResetInvalid(Invalid):
    code = "reset_invalid"
    title = "The link is not good any more"


@dataclass(frozen=True)
class Reset:
    """What a link opens."""

    account: Account
    tokens: Sequence[AccessToken | AppGrant]


def ask_for_reset(parts: Parts, login: str, *, address: str) -> None:
    """The same, and in the same time, whether there is such an account: who it is, is looked at when the letter goes.

    `address` is the network's. Raises MailNotSetUp, TooManyAttempts.
    """
    letters.require_mail(parts)
    take_attempt(parts, {f"resets asked from {address}": _ASKED_A_WINDOW})
    name = login.strip().lower().removeprefix("@")[:_LOGIN_MAX]
    with parts.database.writing() as session:
        letters.write(session, None, LetterKind.RESET_PASSWORD, login=name)


def look_at_reset(parts: Parts, token: str) -> Reset:
    """Uses nothing up: mail programs open links before people do. Raises ResetInvalid."""
    with parts.database.reading() as session:
        account = _account_of(session, links.look(session, LinkPurpose.RESET_PASSWORD, token))
        return Reset(account, list_with_apps(session, account.id))


def reset_password(parts: Parts, token: str, *, new_password: str, end_tokens: Collection[str]) -> Account:
    """Ends every session, the access tokens of these ids, and what was begun to change the address; tells the owner.

    It opens no session: whoever has a second factor has to show it all the same.
    Raises ResetInvalid, PasswordTooWeak.
    """
    account = look_at_reset(parts, token).account
    check_new_password(parts, new_password, handle=account.handle, email=account.email or "", field="new_password")
    hashed = hash_password(new_password)
    with parts.database.writing() as session:
        account = _account_of(session, links.use(session, LinkPurpose.RESET_PASSWORD, token))
        actor = session_actor(account.id, account.handle, is_operator=account.is_operator)
        _set(session, actor, account, hashed)
        revoke_tokens(session, actor, account.id, end_tokens)
        letters.write(session, account, LetterKind.PASSWORD_CHANGED, how="By a link that was mailed to you.")
    return account


def reset_by_operator(parts: Parts, handle: str, new_password: str) -> None:
    """For the command line. Raises AccountNotFound, PasswordTooWeak."""
    account = _named(parts, handle)
    check_new_password(parts, new_password, handle=account.handle, email=account.email or "")
    hashed = hash_password(new_password)
    with parts.database.writing() as session:
        account = session.get_one(Account, account.id)
        _set(session, SYSTEM, account, hashed)
        letters.write(session, account, LetterKind.PASSWORD_CHANGED, how="By an operator of the hub.")


def link_by_operator(parts: Parts, handle: str) -> str:
    """Where whoever owns the account sets a new password; for the command line. Raises AccountNotFound."""
    account = _named(parts, handle)
    with parts.database.writing() as session:
        token = links.mint(session, LinkPurpose.RESET_PASSWORD, account_id=account.id, address="")
        journal.record(session, SYSTEM, "account.reset_link_made", "account", account.id)
    return parts.addresses.mailed_link(LinkPurpose.RESET_PASSWORD.page, token)


def _set(session: Session, actor: Actor, account: Account, hashed: str) -> None:
    renewed = sa.update(Account).where(Account.id == account.id)
    session.execute(renewed.values(password_hash=hashed, revision=Account.revision + 1))
    end_all_sessions(session, account.id)
    links.end(session, account.id, LinkPurpose.RESET_PASSWORD)
    journal.record(session, actor, "account.password_reset", "account", account.id)


def _account_of(session: Session, link: MailedLink | None) -> Account:
    account = session.get(Account, link.account_id) if link is not None and link.account_id else None
    if link is None or account is None or account.deleted_at is not None:
        raise ResetInvalid("It works once, within 30 minutes, and a newer one takes its place. Ask for a new link.")
    if link.letter_id is not None and link.address != account.email:
        raise ResetInvalid("The account has another address now; ask for a new link.")
    return account


def _named(parts: Parts, handle: str) -> Account:
    named = sa.and_(Account.handle == handle.lower().removeprefix("@"), Account.deleted_at.is_(None))
    with parts.database.reading() as session:
        account = session.scalars(sa.select(Account).where(named)).one_or_none()
    if account is None:
        raise AccountNotFound(f"There is no account with the handle {handle!r}.")
    return account
