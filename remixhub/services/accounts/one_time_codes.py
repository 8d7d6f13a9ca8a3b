"""One-time codes of an app (RFC 6238): set up by a secret, confirmed by a code before it counts, each taken once."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

import pyotp
import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_fresh_session
from remixhub.domain.errors import Conflict
from remixhub.domain.factors import CodeWrong, clean_app_code
from remixhub.domain.letters import LetterKind
from remixhub.models import Account, CodeApp, now
from remixhub.models.changes import changed
from remixhub.services import journal
from remixhub.services.accounts.account_lock import lock_account, lock_own
from remixhub.services.accounts.guessing import own_guess_was_right, take_own_guess
from remixhub.services.accounts.recovery_codes import forget_idle_codes
from remixhub.services.accounts.sealing import seal, unseal
from remixhub.services.mail import letters

log = structlog.get_logger()

_STEP_SECONDS = 30
_SETUP_SECONDS = 3600


class CodeAppNotBegun(Conflict):
    code = "code_app_not_begun"
    title = "No app is being set up"


class CodeAppMissing(Conflict):
    code = "code_app_missing"
    title = "There is no app for codes"


@dataclass(frozen=True)
class Setup:
    secret: str
    """In base32, for typing."""
    uri: str
    """For the square code: `otpauth://…`."""


def begin_setup(actor: Actor, parts: Parts) -> Setup:
    """A new secret, which counts once `confirm_setup` saw a code of it; an app that is there goes on until then.

    Raises ProofNeeded.
    """
    account_id = require_fresh_session(actor)
    secret = pyotp.random_base32()
    sealed = seal(parts.settings, secret, account_id)
    with parts.database.writing() as session:
        lock_own(session, actor)
        session.execute(sa.delete(CodeApp).where(CodeApp.account_id == account_id, CodeApp.confirmed_at.is_(None)))
        session.add(CodeApp(account_id=account_id, sealed_secret=sealed))
    return _setup(parts, actor, secret)


def pending_setup(actor: Actor, parts: Parts) -> Setup:
    """The secret once more, while it waits for its first code. Raises ProofNeeded, CodeAppNotBegun."""
    account_id = require_fresh_session(actor)
    with parts.database.reading() as session:
        return _setup(parts, actor, _secret(parts, _pending(session, account_id)))


def confirm_setup(actor: Actor, parts: Parts, code: str) -> None:
    """From now on the app's codes count, and those of an app before it no more.

    Raises ProofNeeded, CodeAppNotBegun, CodeWrong, TooManyAttempts.
    """
    account_id = require_fresh_session(actor)
    guess = f"code app of {account_id}"
    take_own_guess(parts, guess)
    with parts.database.writing() as session:
        lock_own(session, actor)
        app = _pending(session, account_id)
        step = _step_of(session, _secret(parts, app), code)
        if step is None:
            raise CodeWrong("Type the six digits that the app shows now; its clock must be right.")
        session.execute(sa.delete(CodeApp).where(CodeApp.account_id == account_id, CodeApp.id != app.id))
        app.confirmed_at, app.last_step = now(), step
        journal.record(session, actor, "code_app.added", "account", account_id)
        account = session.get_one(Account, account_id)
        letters.write(session, account, LetterKind.FACTOR_ADDED, what="an app for one-time codes")
    own_guess_was_right(parts, guess)


def remove_app(actor: Actor, parts: Parts) -> None:
    """Raises ProofNeeded, CodeAppMissing."""
    account_id = require_fresh_session(actor)
    with parts.database.writing() as session:
        lock_own(session, actor)
        gone = changed(
            session, sa.delete(CodeApp).where(CodeApp.account_id == account_id, CodeApp.confirmed_at.is_not(None))
        )
        if gone == 0:
            raise CodeAppMissing("It was removed already.")
        forget_idle_codes(session, account_id)
        journal.record(session, actor, "code_app.removed", "account", account_id)
        account = session.get_one(Account, account_id)
        letters.write(session, account, LetterKind.FACTOR_REMOVED, what="the app for one-time codes")


def take_code(parts: Parts, account_id: str, code: str) -> bool:
    """Whether it is right, and of a later step than the last one that was taken. The caller counts guesses."""
    with parts.database.writing() as session:
        lock_account(session, account_id)
        app = session.scalars(
            sa.select(CodeApp).where(CodeApp.account_id == account_id, CodeApp.confirmed_at.is_not(None))
        ).one_or_none()
        secret = None if app is None else _secret(parts, app)
        step = _step_of(session, secret, code)
        if app is None or secret is None or step is None or (app.last_step is not None and step <= app.last_step):
            return False
        app.last_step = step
        app.sealed_secret = seal(parts.settings, secret, account_id)
    return True


def _pending(session: Session, account_id: str) -> CodeApp:
    waits = sa.and_(CodeApp.confirmed_at.is_(None), CodeApp.created_at > now(-_SETUP_SECONDS))
    app = session.scalars(sa.select(CodeApp).where(CodeApp.account_id == account_id, waits)).one_or_none()
    if app is None:
        raise CodeAppNotBegun("Begin once more: a new secret waits for its first code for an hour.")
    return app


def _step_of(session: Session, secret: str | None, code: str) -> int | None:
    """The step whose code it is: the present one, that before or after it."""
    digits = clean_app_code(code)
    if digits is None or secret is None:
        return None
    present = int(session.execute(sa.select(now())).scalar_one().timestamp()) // _STEP_SECONDS
    app = pyotp.TOTP(secret, interval=_STEP_SECONDS)
    matching = [
        step for step in (present - 1, present, present + 1) if hmac.compare_digest(app.generate_otp(step), digits)
    ]
    return matching[-1] if matching else None


def _secret(parts: Parts, app: CodeApp) -> str | None:
    """None when neither the present secret key nor a retired one opens it: then no code is right."""
    secret = unseal(parts.settings, app.sealed_secret, app.account_id)
    if secret is None:
        log.error("code_app_sealed_by_another_key", account_id=app.account_id)
    return secret


def _setup(parts: Parts, actor: Actor, secret: str | None) -> Setup:
    if secret is None:
        raise CodeAppNotBegun("Begin once more: the hub's secret key was changed meanwhile.")
    host = parts.addresses.hub.partition("://")[2]
    return Setup(secret, pyotp.TOTP(secret).provisioning_uri(name=f"@{actor.handle}", issuer_name=f"RemixHub {host}"))
