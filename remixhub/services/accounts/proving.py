"""Fresh proof: before what a stolen session must not do, the session proves once more who it is (OWASP ASVS 7.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_fresh_session, require_session
from remixhub.domain.errors import Unauthenticated
from remixhub.domain.factors import CodeWrong, Way
from remixhub.models import Account, BrowserSession, now
from remixhub.services import journal
from remixhub.services.accounts.challenges import Purpose
from remixhub.services.accounts.guessing import own_guess_was_right, take_own_guess
from remixhub.services.accounts.one_time_codes import take_code
from remixhub.services.accounts.passkeys import take_signature
from remixhub.services.accounts.passwords import verify_password
from remixhub.services.accounts.second_steps import ways_of


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


def prove_by_code(actor: Actor, parts: Parts, code: str) -> None:
    """By a code of the app. Raises CodeWrong, TooManyAttempts."""
    account_id = require_session(actor)
    own = f"session {actor.session_id} of {account_id}"
    take_own_guess(parts, own)
    if not take_code(parts, account_id, code):
        raise CodeWrong("Type the six digits that the app shows now; each is taken once.")
    own_guess_was_right(parts, own)
    with parts.database.writing() as session:
        mark_proved(session, actor)


def prove_by_passkey(actor: Actor, parts: Parts, credential: dict[str, Any]) -> None:
    """Raises ChallengeOver, PasskeyRefused."""
    account_id = require_session(actor)
    take_signature(parts, credential, Purpose.PROVE, actor.session_id or "", account_id=account_id)
    with parts.database.writing() as session:
        mark_proved(session, actor)


@dataclass(frozen=True)
class Ways:
    """By which an account can prove itself."""

    password: bool
    code: bool
    passkey: bool


def ways_to_prove(actor: Actor, parts: Parts) -> Ways:
    account_id = require_session(actor)
    with parts.database.reading() as session:
        ways = ways_of(session, account_id)
        has_password = session.scalar(sa.select(Account.password_hash.is_not(None)).where(Account.id == account_id))
    return Ways(password=bool(has_password), code=Way.CODE in ways, passkey=Way.PASSKEY in ways)


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
        journal.observe(parts, "password.refused", "account", account_id, actor=actor)
        raise PasswordWrong("Type your present password to confirm.")
    own_guess_was_right(parts, own)
    return account
