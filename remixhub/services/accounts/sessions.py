"""Signing in and out: server-side sessions, revocable, with an idle and an absolute limit."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import FRESH_SECONDS, VISITOR, Actor, require_session, session_actor
from remixhub.domain.errors import NotFound, Unauthenticated
from remixhub.domain.letters import LinkPurpose
from remixhub.models import Account, AppGrant, AuditEntry, BrowserSession, DatabaseUnavailable, SecondStep, now
from remixhub.models.changes import changed
from remixhub.models.factors import has_second_factor
from remixhub.services import journal
from remixhub.services.accounts.account_lock import lock_as_seen
from remixhub.services.accounts.devices import Browser, Device
from remixhub.services.accounts.guessing import (
    GuessesHeldOff,
    guess_was_right,
    own_guess_was_right,
    take_guess,
    take_own_guess,
)
from remixhub.services.accounts.owed_factors import owed_factor
from remixhub.services.accounts.passwords import hash_password, needs_rehash, verify_password
from remixhub.services.accounts.passwords import token_digest as token_digest
from remixhub.services.accounts.proving import require_fresh
from remixhub.services.accounts.second_steps import begin_second_step
from remixhub.services.accounts.suspended import suspended_of, with_suspension
from remixhub.services.accounts.watching import (
    TOLD_LATELY,
    events_of,
    has_to_see_guesses,
    note_failed,
    note_held_off,
    tell_of_new_device,
)
from remixhub.services.mail import links
from remixhub.services.notices import unread_by

log = structlog.get_logger()

_SEEN_EVERY_SECONDS = 60
_STAMP_PATIENCE_MS = 100


class SignInFailed(Unauthenticated):
    code = "sign_in_failed"
    title = "Handle or password is wrong"


class SessionNotFound(NotFound):
    code = "session_not_found"
    title = "There is no such session"


@dataclass(frozen=True)
class Opened:
    """What the browser takes along: `edge.entering.enter` sets both cookies."""

    account: Account
    token: str
    device: Device
    was_guessed_at: bool = False
    """Strangers tried passwords since its owner last signed in; to be shown once."""


@dataclass(frozen=True)
class StepNeeded:
    """The password was right and is not enough: no session yet, but a challenge for `second_factor`."""

    second_step: str


def sign_in(parts: Parts, login: str, password: str, browser: Browser) -> Opened | StepNeeded:
    """The answer and its time are the same for unknown names. Raises SignInFailed, TooManyAttempts."""
    name = login.strip().lower().removeprefix("@")
    with parts.database.reading() as session:
        found = session.execute(
            sa.select(Account, TOLD_LATELY).where(
                sa.or_(Account.handle == name, Account.email == name), Account.deleted_at.is_(None)
            )
        ).one_or_none()
    account, was_told = found or (None, False)
    own = f"device {browser.device.id} of {account.id}" if account and browser.device.knows(account.id) else None
    try:
        if own:
            take_own_guess(parts, own)
        else:
            take_guess(parts, name, browser.address)
    except GuessesHeldOff as held_off:
        note_held_off(parts, account, weighs=held_off.weighs, was_told=was_told)
        raise
    if not verify_password(account.password_hash if account else None, password) or account is None:
        note_failed(parts, account)
        raise SignInFailed("Check the handle (or e-mail address) and the password.")
    if own:
        own_guess_was_right(parts, own)
    else:
        guess_was_right(parts, name, browser.address)
    return let_in(parts, account, browser, password=password)


def let_in(parts: Parts, account: Account, browser: Browser, *, password: str | None = None) -> Opened | StepNeeded:
    """Who gave the first factor, a password or a mailed link: by a session, or to the second step where there is one.

    `password`: when it was given, so that a hash of older parameters is renewed. Raises SignInFailed as
    `lock_to_enter`.
    """
    with parts.database.writing() as session:
        lock_to_enter(session, account)
        if password is not None:
            _renew_hash(session, account, password)
        if session.scalar(sa.select(has_second_factor(account.id))):
            return StepNeeded(begin_second_step(session, account.id))
        return begin_session(session, parts, account, browser)


def open_session(parts: Parts, account: Account, browser: Browser) -> Opened:
    """For who has proved to be `account`, as it was read before that. Raises SignInFailed as `lock_to_enter`."""
    with parts.database.writing() as session:
        lock_to_enter(session, account)
        return begin_session(session, parts, account, browser)


def lock_to_enter(session: Session, account: Account) -> None:
    """First of all, with the account as it was read before its proof was looked at.

    Raises SignInFailed when it left or got another password meanwhile: that ended all sessions, and this is one.
    """
    if not lock_as_seen(session, account):
        raise SignInFailed("The password was changed a moment ago; sign in with the new one.")


def begin_session(session: Session, parts: Parts, account: Account, browser: Browser) -> Opened:
    """In the caller's transaction, in place of the session that this browser had. Only the token's hash is stored."""
    session.execute(sa.delete(BrowserSession).where(~_is_alive(parts.settings.session_idle_seconds)))
    token, device = secrets.token_urlsafe(32), browser.device.with_account(account)
    same_browser = sa.and_(BrowserSession.account_id == account.id, BrowserSession.device_id == device.id)
    if browser.session_token is not None:
        same_browser |= BrowserSession.token_hash == token_digest(browser.session_token)
    session.execute(sa.delete(BrowserSession).where(same_browser))
    session.add(
        BrowserSession(
            token_hash=token_digest(token),
            account_id=account.id,
            device_id=device.id,
            user_agent=browser.user_agent[:200],
            proved_at=now(),
            expires_at=now(parts.settings.session_lifetime_seconds),
        )
    )
    actor = session_actor(account.id, account.handle, is_operator=account.is_operator)
    journal.record(session, actor, "session.opened", "account", account.id, after={"browser": browser.user_agent[:200]})
    tell_of_new_device(session, account, browser)
    return Opened(account, token, device, was_guessed_at=has_to_see_guesses(session, account))


def end_all_sessions(session: Session, account_id: str) -> int:
    """Of the account, which the caller has locked, and what somebody in one of them may have begun: sign-ins that wait
    for a second step, a change of the address, leave that no app has taken yet. An address that was given at sign-up
    stays pending. How many sessions."""
    untaken = sa.and_(AppGrant.account_id == account_id, AppGrant.taken_at.is_(None))
    session.execute(sa.update(AppGrant).where(untaken, AppGrant.revoked_at.is_(None)).values(revoked_at=now()))
    session.execute(sa.delete(SecondStep).where(SecondStep.account_id == account_id))
    links.end(session, account_id, LinkPurpose.CHANGE_ADDRESS)
    moving = sa.and_(Account.id == account_id, Account.email.is_not(None), Account.pending_email.is_not(None))
    session.execute(sa.update(Account).where(moving).values(pending_email=None, revision=Account.revision + 1))
    return changed(session, sa.delete(BrowserSession).where(BrowserSession.account_id == account_id))


def _renew_hash(session: Session, account: Account, password: str) -> None:
    """When it was made with older parameters."""
    if account.password_hash and needs_rehash(account.password_hash):
        account.password_hash = hash_password(password)
        renewed = sa.update(Account).where(Account.id == account.id)
        session.execute(renewed.values(password_hash=account.password_hash))


@dataclass(frozen=True)
class SignedIn:
    actor: Actor
    unread_count: int
    """Notices: read along, since every page's header shows it."""
    accepted_rules: int | None = None
    """Which revision of the rules the account has accepted."""


def authenticate(parts: Parts, token: str) -> SignedIn:
    """Who is behind a session cookie; a visitor when the session is unknown, ended or idle for too long."""
    with parts.database.reading() as session:
        asked = _signed_in(parts.settings.session_idle_seconds)
        row = session.execute(asked, {"token_hash": token_digest(token)}).one_or_none()
    if row is None:
        return SignedIn(VISITOR, 0)
    if row.is_stale:
        stamp(parts, sa.update(BrowserSession).where(BrowserSession.id == row.id).values(last_seen_at=now()))
    actor = session_actor(
        row.account_id, row.handle, is_operator=row.is_operator, session_id=row.id, is_fresh=bool(row.is_fresh),
        suspended=suspended_of(row), owes_factor=owed_factor(parts, has_second_factor=row.has_second_factor),
    )  # fmt: skip
    return SignedIn(actor, row.unread_count, row.accepted_rules)


@cache
def _signed_in(idle_seconds: int) -> sa.Select[*tuple[Any, ...]]:
    """Every page asks, so it is built once."""
    return with_suspension(
        sa.select(
            BrowserSession.id,
            (BrowserSession.last_seen_at < now(-_SEEN_EVERY_SECONDS)).label("is_stale"),
            (BrowserSession.proved_at > now(-FRESH_SECONDS)).label("is_fresh"),
            Account.id.label("account_id"),
            Account.handle,
            Account.is_operator,
            has_second_factor(Account.id).label("has_second_factor"),
            Account.accepted_rules,
            unread_by(Account.id).scalar_subquery().label("unread_count"),
        )
        .join(Account, Account.id == BrowserSession.account_id)
        .where(
            BrowserSession.token_hash == sa.bindparam("token_hash"),
            _is_alive(idle_seconds),
            Account.deleted_at.is_(None),
        )
    )


def list_sessions(actor: Actor, parts: Parts) -> Sequence[BrowserSession]:
    account_id = require_session(actor)
    with parts.database.reading() as session:
        return _sessions_of(session, parts, account_id)


@dataclass(frozen=True)
class SessionsPage:
    sessions: Sequence[BrowserSession]
    events: Sequence[AuditEntry]


def view_sessions(actor: Actor, parts: Parts) -> SessionsPage:
    account_id = require_session(actor)
    with parts.database.reading() as session:
        return SessionsPage(_sessions_of(session, parts, account_id), events_of(session, account_id))


def _sessions_of(session: Session, parts: Parts, account_id: str) -> Sequence[BrowserSession]:
    return session.scalars(
        sa.select(BrowserSession)
        .where(BrowserSession.account_id == account_id, _is_alive(parts.settings.session_idle_seconds))
        .order_by(BrowserSession.last_seen_at.desc())
    ).all()


def sign_out(parts: Parts, token: str) -> None:
    """Ends the session of this cookie; safe to repeat."""
    with parts.database.writing() as session:
        session.execute(sa.delete(BrowserSession).where(BrowserSession.token_hash == token_digest(token)))


def end_session(actor: Actor, parts: Parts, session_id: str) -> None:
    """Another than one's own only after a fresh proof. Raises ProofNeeded, SessionNotFound."""
    account_id = require_session(actor)
    if session_id != actor.session_id:
        require_fresh(actor, parts)
    with parts.database.writing() as session:
        ended = changed(
            session,
            sa.delete(BrowserSession).where(BrowserSession.id == session_id, BrowserSession.account_id == account_id),
        )
        if ended == 0:
            raise SessionNotFound(f"You have no session {session_id!r}.")
        journal.record(session, actor, "session.ended", "session", session_id)


def stamp(parts: Parts, statement: sa.Update) -> None:
    """Notes a use, unless that would keep a request waiting that may only read; the next use is noted then."""
    try:
        with parts.database.writing(patience_ms=_STAMP_PATIENCE_MS) as session:
            session.execute(statement)
    except DatabaseUnavailable:
        log.info("use_not_noted")


def _is_alive(idle_seconds: int) -> sa.ColumnElement[bool]:
    return sa.and_(
        BrowserSession.expires_at > now(),
        BrowserSession.last_seen_at > now(-idle_seconds),
    )
