"""Fresh proof: before what a stolen session must not do, the session proves once more who it is (OWASP ASVS 7.5)."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_fresh_session, require_session
from remixhub.domain.errors import Unauthenticated
from remixhub.models import Account, BrowserSession, now
from remixhub.services.accounts.guessing import own_guess_was_right, take_own_guess
from remixhub.services.accounts.passwords import verify_password


class PasswordWrong(Unauthenticated):
    code = "password_wrong"
    title = "The password is wrong"


def require_fresh(actor: Actor, parts: Parts, password: str | None = None) -> Account:
    """The actor's account, when the session proved itself in the last ten minutes or the given password is right.

    An empty password counts as none. Raises ProofNeeded, PasswordWrong, TooManyAttempts.
    """
    if password:
        return _known_by_password(actor, parts, password)
    account_id = require_fresh_session(actor)
    with parts.database.reading() as session:
        return session.get_one(Account, account_id)


def prove_by_password(actor: Actor, parts: Parts, password: str) -> None:
    """The session counts as fresh from now on. Raises PasswordWrong, TooManyAttempts."""
    _known_by_password(actor, parts, password)
    with parts.database.writing() as session:
        mark_proved(session, actor)


@dataclass(frozen=True)
class Ways:
    """By which an account can prove itself."""

    password: bool


def ways_of(actor: Actor, parts: Parts) -> Ways:
    account_id = require_session(actor)
    with parts.database.reading() as session:
        account = session.get_one(Account, account_id)
    return Ways(password=account.password_hash is not None)


def mark_proved(session: Session, actor: Actor) -> None:
    session.execute(sa.update(BrowserSession).where(BrowserSession.id == actor.session_id).values(proved_at=now()))


def _known_by_password(actor: Actor, parts: Parts, password: str) -> Account:
    """Wrong guesses slow down this session alone."""
    account_id = require_session(actor)
    own = f"session {actor.session_id} of {account_id}"
    take_own_guess(parts, own)
    with parts.database.reading() as session:
        account = session.get_one(Account, account_id)
    if not verify_password(account.password_hash, password):
        raise PasswordWrong("Type your present password to confirm.")
    own_guess_was_right(parts, own)
    return account
