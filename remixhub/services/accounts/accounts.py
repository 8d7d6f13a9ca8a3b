"""Accounts: sign up, profile, password and e-mail."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM, Actor, require_account, session_actor
from remixhub.domain.accounts import clean_email, clean_handle
from remixhub.domain.errors import Conflict, NotFound, PreconditionFailed
from remixhub.domain.letters import LetterKind, LinkPurpose
from remixhub.domain.states import Scope
from remixhub.models import Account
from remixhub.models.changes import changed
from remixhub.services import journal
from remixhub.services.accounts.account_lock import lock_as_seen
from remixhub.services.accounts.devices import Browser
from remixhub.services.accounts.passwords import check_new_password, hash_password
from remixhub.services.accounts.proving import PasswordWrong, require_fresh
from remixhub.services.accounts.sessions import Opened, begin_session, end_all_sessions
from remixhub.services.accounts.tokens import revoke_tokens
from remixhub.services.house.joining import admit, note_arrival
from remixhub.services.mail import letters, links
from remixhub.services.throttle import take_attempt

_SIGN_UPS_FACTOR = 10
"""A household or a school behind one address."""


class HandleTaken(Conflict):
    code = "handle_taken"
    title = "This handle is taken"


class EmailTaken(Conflict):
    code = "email_taken"
    title = "This e-mail address has an account already"


class AccountNotFound(NotFound):
    code = "account_not_found"
    title = "There is no such account"


def sign_up(
    parts: Parts,
    *,
    handle: str,
    email: str,
    password: str,
    display_name: str = "",
    address: str,
    invitation: str | None = None,
    accepted_rules: int | None = None,
) -> Account:
    """`invitation` is its token, `accepted_rules` the revision of the rules that were read.

    Where there is mail, the address is pending until the link in it is opened, whether or not another account has it:
    only its owner is told, by mail. Raises HandleInvalid, EmailInvalid, PasswordTooWeak, TooManyAttempts, HandleTaken,
    EmailTaken (without mail), and what `joining.admit` raises.
    """
    handle, email = clean_handle(handle), clean_email(email)
    check_new_password(parts, password, handle=handle, email=email)
    most = {f"sign-up:{address}": parts.settings.login_attempts * _SIGN_UPS_FACTOR}
    take_attempt(parts, most | letters.most_to(parts, email))
    account = Account(handle=handle, password_hash=hash_password(password), display_name=display_name or handle)
    if parts.settings.sends_mail:
        account.pending_email = email
    else:
        account.email = email
    try:
        with parts.database.writing() as session:
            admitted = admit(session, invitation=invitation, accepted_rules=accepted_rules)
            account.accepted_rules = admitted.accepted_rules
            session.add(account)
            session.flush()
            session.refresh(account)
            note_arrival(session, account.id, admitted)
            letters.write(session, account, LetterKind.VERIFY_ADDRESS, to=email)
            actor = session_actor(account.id, handle, is_operator=False)
            journal.record(session, actor, "account.created", "account", account.id, after={"handle": handle})
    except sa.exc.IntegrityError as exc:
        _raise_taken(parts, handle=handle, email=email, cause=exc)
    return account


def get_profile(parts: Parts, handle: str) -> Account:
    """The public face of an account. Raises AccountNotFound."""
    with parts.database.reading() as session:
        return find_profile(session, handle)


_BY_HANDLE = sa.select(Account).where(Account.handle == sa.bindparam("handle"))


def find_profile(session: Session, handle: str) -> Account:
    account = session.scalars(_BY_HANDLE, {"handle": handle.lower().removeprefix("@")}).one_or_none()
    if account is None:
        raise AccountNotFound(f"There is no account with the handle {handle!r}.")
    return account


def get_account(actor: Actor, parts: Parts) -> Account:
    account_id = require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        return session.get_one(Account, account_id)


def update_profile(actor: Actor, parts: Parts, changes: dict[str, Any], *, revision: int) -> Account:
    """`changes` may hold `display_name`, `bio` and `links`. Raises PreconditionFailed for an old revision."""
    account_id = require_account(actor, Scope.PUBLISH)
    with parts.database.writing() as session:
        account = _bump(session, account_id, revision)
        before = {name: getattr(account, name) for name in changes}
        for name, value in changes.items():
            setattr(account, name, value)
        journal.record(session, actor, "account.edited", "account", account_id, before=before, after=changes)
    return account


def change_password(
    actor: Actor,
    parts: Parts,
    *,
    current_password: str | None,
    new_password: str,
    browser: Browser,
    end_tokens: Collection[str] = (),
    revision: int | None = None,
) -> Opened:
    """Ends every session, what was begun to change the address, and the tokens of these ids; the browser that asks gets
    a new session.

    The present password is asked for wherever there is one (OWASP ASVS 6.2.3).

    Raises ProofNeeded, PasswordWrong, PasswordTooWeak, PreconditionFailed.
    """
    account = require_fresh(actor, parts, current_password)
    if account.password_hash is not None and not current_password:
        raise PasswordWrong("Type your present password to confirm.")
    email = account.email or account.pending_email or ""
    check_new_password(parts, new_password, handle=account.handle, email=email, field="new_password")
    hashed = hash_password(new_password)
    with parts.database.writing() as session:
        if not lock_as_seen(session, account):
            raise PasswordWrong("It was changed a moment ago; type the new one.")
        account = _bump(session, account.id, revision)
        account.password_hash = hashed
        end_all_sessions(session, account.id)
        links.end(session, account.id, LinkPurpose.RESET_PASSWORD)
        revoke_tokens(session, actor, account.id, end_tokens)
        here = replace(browser, device=browser.device.after_new_password(account))
        opened = begin_session(session, parts, account, here)
        journal.record(session, actor, "account.password_changed", "account", account.id)
        letters.write(session, account, LetterKind.PASSWORD_CHANGED)
    return opened


def make_operator(parts: Parts, handle: str) -> None:
    """For the command line: whoever runs it owns the hub. Raises AccountNotFound."""
    with parts.database.writing() as session:
        made = session.execute(
            sa.update(Account)
            .where(Account.handle == handle.lower().removeprefix("@"), Account.deleted_at.is_(None))
            .values(is_operator=True)
            .returning(Account.id)
        ).one_or_none()
        if made is None:
            raise AccountNotFound(f"There is no account with the handle {handle!r}.")
        journal.record(session, SYSTEM, "account.made_operator", "account", made.id)


def _bump(session: Session, account_id: str, revision: int | None) -> Account:
    is_seen = sa.true() if revision is None else Account.revision == revision
    bumped = changed(
        session,
        sa.update(Account).where(Account.id == account_id, is_seen).values(revision=Account.revision + 1),
    )
    if bumped == 0:
        raise PreconditionFailed("The account was edited in the meantime; load it again.")
    return session.get_one(Account, account_id, populate_existing=True)


def _raise_taken(parts: Parts, *, handle: str, email: str, cause: Exception) -> None:
    with parts.database.reading() as session:
        taken = session.scalar(sa.select(Account.id).where(Account.handle == handle))
    if taken is not None:
        raise HandleTaken(f"The handle {handle!r} is taken; choose another.") from cause
    raise EmailTaken(f"{email} has an account already; sign in instead.") from cause
