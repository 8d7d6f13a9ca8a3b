"""Signing in by the second step, or by a passkey alone."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from remixhub.compose import Parts
from remixhub.domain.access import session_actor
from remixhub.domain.factors import CodeWrong
from remixhub.domain.letters import LetterKind
from remixhub.models import Account
from remixhub.services import journal
from remixhub.services.accounts.challenges import Purpose
from remixhub.services.accounts.devices import Browser
from remixhub.services.accounts.guessing import GuessesHeldOff, own_guess_was_right, take_own_guess
from remixhub.services.accounts.one_time_codes import take_code
from remixhub.services.accounts.passkeys import PasskeyRefused, second_step_options, take_signature
from remixhub.services.accounts.recovery_codes import count_left, find_code, use_code
from remixhub.services.accounts.second_steps import end_second_step, waiting_second_step
from remixhub.services.accounts.sessions import Opened, begin_session, lock_to_enter, open_session
from remixhub.services.accounts.watching import note_codes_held_off, note_wrong_code
from remixhub.services.mail import letters


def finish_by_code(parts: Parts, second_step: str, code: str, browser: Browser) -> Opened:
    """By a code of the app. Raises SecondStepOver, CodeWrong, TooManyAttempts."""
    account = waiting_second_step(parts, second_step).account
    guess = _take_guess(parts, account, browser)
    if not take_code(parts, account.id, code):
        note_wrong_code(parts, account)
        raise CodeWrong("Type the six digits that the app shows now; each is taken once.")
    opened = _enter(parts, account, second_step, browser)
    own_guess_was_right(parts, guess)
    return opened


def finish_by_recovery_code(parts: Parts, second_step: str, code: str, browser: Browser) -> Opened:
    """The code is used up, and its owner told. Raises SecondStepOver, CodeWrong, TooManyAttempts."""
    account = waiting_second_step(parts, second_step).account
    guess = _take_guess(parts, account, browser)
    code_id = find_code(parts, account.id, code)
    if code_id is None:
        note_wrong_code(parts, account)
    actor = session_actor(account.id, account.handle, is_operator=account.is_operator)
    with parts.database.writing() as session:
        lock_to_enter(session, account)
        if code_id is None or not use_code(session, code_id):
            raise CodeWrong("Type one of your recovery codes that was not used before.")
        end_second_step(session, second_step)
        left = count_left(session, account.id)
        journal.record(session, actor, "recovery_code.used", "account", account.id, after={"left": left})
        letters.write(session, account, LetterKind.RECOVERY_CODE_USED, left=left)
        opened = begin_session(session, parts, account, browser)
    own_guess_was_right(parts, guess)
    return opened


def passkey_options(parts: Parts, second_step: str) -> dict[str, Any]:
    """Raises SecondStepOver."""
    return second_step_options(parts, waiting_second_step(parts, second_step).account.id, second_step)


def finish_by_passkey(parts: Parts, second_step: str, credential: dict[str, Any], browser: Browser) -> Opened:
    """Raises SecondStepOver, ChallengeOver, PasskeyRefused."""
    account = waiting_second_step(parts, second_step).account
    take_signature(parts, credential, Purpose.SECOND_STEP, second_step, account_id=account.id)
    return _enter(parts, account, second_step, browser)


def sign_in_by_passkey(parts: Parts, credential: dict[str, Any], browser_secret: str, browser: Browser) -> Opened:
    """Without a name and without a password: the authenticator verified its user. Raises ChallengeOver, PasskeyRefused.

    `browser_secret` is the cookie for which `passkeys.sign_in_options` made the challenge.
    """
    account_id = take_signature(parts, credential, Purpose.SIGN_IN, browser_secret)
    with parts.database.reading() as session:
        account = session.scalars(
            sa.select(Account).where(Account.id == account_id, Account.deleted_at.is_(None))
        ).one_or_none()
    if account is None:
        raise PasskeyRefused("Its account is gone.")
    return open_session(parts, account, browser)


def _enter(parts: Parts, account: Account, second_step: str, browser: Browser) -> Opened:
    """In one transaction, so that what ends all sessions ends it too. Raises SecondStepOver, SignInFailed."""
    with parts.database.writing() as session:
        lock_to_enter(session, account)
        end_second_step(session, second_step)
        return begin_session(session, parts, account, browser)


def _take_guess(parts: Parts, account: Account, browser: Browser) -> str:
    """Whoever comes here knows the password; on a device that the account knows nobody else's guesses count.

    Raises GuessesHeldOff, after the owner was told of a stranger.
    """
    is_known = browser.device.knows(account.id)
    guess = f"second step of {account.id}{f' at {browser.device.id}' if is_known else ''}"
    try:
        take_own_guess(parts, guess)
    except GuessesHeldOff:
        note_codes_held_off(parts, account, is_known=browser.device.has_seen(account))
        raise
    return guess
