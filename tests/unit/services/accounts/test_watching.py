"""Owners are told of new browsers and of guesses, and see what was tried; operators end sessions."""

from __future__ import annotations

import pytest

from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM, VISITOR, OperatorOnly, ProofNeeded, session_actor
from remixhub.domain.letters import LetterKind
from remixhub.domain.states import Scope
from remixhub.models import AccessToken, Account, AuditEntry, GuessCount, Letter, now
from remixhub.services.accounts import accounts, sessions, tokens
from remixhub.services.accounts.accounts import AccountNotFound
from remixhub.services.accounts.devices import Browser, Device
from remixhub.services.accounts.ending import end_sessions_of
from remixhub.services.accounts.passwords import hash_password
from remixhub.services.accounts.sessions import Opened, SignInFailed
from remixhub.services.throttle import TooManyAttempts
from tests.mailbox import with_mail
from tests.unit.rows import Rows, actor_of

PASSWORD = "a sentence nobody guesses"
HASH = hash_password(PASSWORD)
UNKNOWN = Device()


@pytest.fixture
def parts(parts: Parts) -> Parts:
    """Mail is set up; nothing is sent here."""
    return with_mail(parts, "smtp://127.0.0.1:9")


@pytest.fixture
def ada(rows: Rows) -> Account:
    return rows.account("ada", password_hash=HASH)


def sign_in(parts: Parts, device: Device = UNKNOWN) -> Opened:
    return sessions.sign_in(parts, "ada", PASSWORD, Browser("192.0.2.1", "Gecko", device, name="Firefox"))


def guess_until_held_off(parts: Parts, rows: Rows) -> None:
    for _ in range(2):
        with pytest.raises(SignInFailed):
            sessions.sign_in(parts, "ada", "wrong", Browser("192.0.2.66"))
        rows.change(GuessCount, GuessCount.wrong > 0, wrong=12, held_until=now(-1))
    rows.change(GuessCount, GuessCount.wrong > 0, held_until=now(60))
    with pytest.raises(TooManyAttempts):
        sessions.sign_in(parts, "ada", "wrong", Browser("192.0.2.66"))
    rows.change(GuessCount, held_until=now(-1))


def letters_of(rows: Rows, kind: LetterKind) -> int:
    return len(rows.all(Letter, Letter.kind == kind))


def test_a_new_browser_is_told_to_an_address_that_is_verified(parts: Parts, rows: Rows, ada: Account) -> None:
    known = sign_in(parts).device
    (letter,) = rows.all(Letter)
    assert (letter.kind, letter.address, letter.facts) == (
        LetterKind.SIGNED_IN_ELSEWHERE, "ada@example.org", {"browser": "Firefox"},
    )  # fmt: skip
    sign_in(parts, known)
    assert letters_of(rows, LetterKind.SIGNED_IN_ELSEWHERE) == 1
    rows.change(Account, email_verified_at=None)
    sign_in(parts)
    assert letters_of(rows, LetterKind.SIGNED_IN_ELSEWHERE) == 1


def test_a_thief_s_browser_is_a_new_one_once_the_password_is_another(parts: Parts, rows: Rows, ada: Account) -> None:
    mine, thief = sign_in(parts).device, sign_in(parts).device
    new = "another sentence, as long"
    browser = Browser("192.0.2.1", "Firefox", mine)
    changed = accounts.change_password(
        actor_of(ada), parts, current_password=PASSWORD, new_password=new, browser=browser
    )
    assert letters_of(rows, LetterKind.SIGNED_IN_ELSEWHERE) == 2, "who set it is told of that"
    sessions.sign_in(parts, "ada", new, Browser("192.0.2.1", "Firefox", changed.device))
    assert letters_of(rows, LetterKind.SIGNED_IN_ELSEWHERE) == 2
    again = sessions.sign_in(parts, "ada", new, Browser("192.0.2.66", "Thief", thief))
    assert letters_of(rows, LetterKind.SIGNED_IN_ELSEWHERE) == 3
    assert isinstance(again, Opened)
    sessions.sign_in(parts, "ada", new, Browser("192.0.2.66", "Thief", again.device))
    assert letters_of(rows, LetterKind.SIGNED_IN_ELSEWHERE) == 3


def test_of_guesses_the_owner_is_told_once_a_day(parts: Parts, rows: Rows, ada: Account) -> None:
    for _ in range(2):
        guess_until_held_off(parts, rows)
    assert letters_of(rows, LetterKind.GUESSES_HELD_OFF) == 1
    rows.change(Account, guesses_told_at=now(-24 * 3600 - 1))
    guess_until_held_off(parts, rows)
    assert letters_of(rows, LetterKind.GUESSES_HELD_OFF) == 2


def test_what_the_owner_may_have_mistyped_is_not_told(parts: Parts, rows: Rows, ada: Account) -> None:
    for _ in range(5):
        with pytest.raises(SignInFailed):
            sessions.sign_in(parts, "ada", "wrong", Browser("192.0.2.66"))
    with pytest.raises(TooManyAttempts):
        sessions.sign_in(parts, "ada", "wrong", Browser("192.0.2.66"))
    assert letters_of(rows, LetterKind.GUESSES_HELD_OFF) == 0


def test_the_next_sign_in_shows_it_once(parts: Parts, rows: Rows, ada: Account) -> None:
    known = sign_in(parts).device
    assert not sign_in(parts, known).was_guessed_at
    guess_until_held_off(parts, rows)
    assert sign_in(parts, known).was_guessed_at
    assert not sign_in(parts, known).was_guessed_at


def test_one_sees_what_was_tried_at_ones_own_account_and_no_others(parts: Parts, rows: Rows, ada: Account) -> None:
    rows.account("ben", password_hash=HASH)
    guess_until_held_off(parts, rows)
    with pytest.raises(SignInFailed):
        sessions.sign_in(parts, "nobody", "wrong", Browser("192.0.2.66"))
    sessions.sign_in(parts, "ben", PASSWORD, Browser("192.0.2.5"))
    parts.database.observations.write()
    seen = sessions.view_sessions(actor_of(ada), parts).events
    assert {(event.action, event.observed_count) for event in seen} == {("sign_in.failed", 2), ("sign_in.held_off", 1)}
    (unknown,) = rows.all(AuditEntry, AuditEntry.subject_kind == "name")
    assert unknown.subject_id == "unknown", "what was typed is kept nowhere: it may be a password"


def test_a_new_password_is_told(parts: Parts, rows: Rows, ada: Account) -> None:
    new = "another sentence, as long"
    accounts.change_password(
        actor_of(ada), parts, current_password=PASSWORD, new_password=new, browser=Browser("192.0.2.1")
    )
    assert letters_of(rows, LetterKind.PASSWORD_CHANGED) == 1


@pytest.mark.parametrize("end_tokens", [False, True])
def test_operators_sign_an_account_out_everywhere(parts: Parts, rows: Rows, ada: Account, end_tokens: bool) -> None:
    rows.account("ben", password_hash=HASH)
    opened = [sign_in(parts).token for _ in range(2)]
    others = sessions.sign_in(parts, "ben", PASSWORD, Browser("192.0.2.5")).token
    tokens.create_token(actor_of(ada), parts, name="t", scopes=[Scope.READ])
    ended = end_sessions_of(SYSTEM, parts, "@Ada", end_tokens=end_tokens)
    assert (ended.session_count, ended.token_count) == (2, int(end_tokens))
    assert [sessions.authenticate(parts, token).actor for token in opened] == [VISITOR] * 2
    assert sessions.authenticate(parts, others).actor != VISITOR
    assert bool(rows.one(AccessToken).revoked_at) is end_tokens
    (noted,) = rows.all(AuditEntry, AuditEntry.action == "account.sessions_ended")
    assert (noted.subject_id, noted.after) == (ada.id, {"sessions": 2, "tokens": int(end_tokens)})


def test_nobody_else_ends_others_sessions(parts: Parts, rows: Rows, ada: Account) -> None:
    with pytest.raises(OperatorOnly):
        end_sessions_of(actor_of(ada), parts, "ada", end_tokens=False)
    with pytest.raises(ProofNeeded):
        end_sessions_of(session_actor(ada.id, "ada", is_operator=True), parts, "ada", end_tokens=False)
    with pytest.raises(AccountNotFound):
        end_sessions_of(SYSTEM, parts, "nobody", end_tokens=False)
