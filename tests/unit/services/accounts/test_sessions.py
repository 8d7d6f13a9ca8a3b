"""Signing in by the right password alone, and sessions that end: by their account, by idleness and by age.

How guesses are slowed down is in `test_guessing.py`.
"""

from __future__ import annotations

import pytest

from remixhub.compose import Parts
from remixhub.domain.access import VISITOR, Actor, ScopeMissing, token_actor
from remixhub.domain.states import Scope
from remixhub.models import Account, BrowserSession, now
from remixhub.services.accounts import sessions
from remixhub.services.accounts.devices import Browser
from remixhub.services.accounts.passwords import hash_password
from remixhub.services.accounts.sessions import SessionNotFound, SignInFailed
from tests.unit.rows import LONG_AGO, Rows, actor_of

PASSWORD = "a sentence nobody guesses"
HASH = hash_password(PASSWORD)
DAY = 24 * 3600


@pytest.fixture
def ada(rows: Rows) -> Account:
    return rows.account("ada", password_hash=HASH)


def sign_in(parts: Parts, login: str = "ada", password: str = PASSWORD, address: str = "here") -> str:
    return sessions.sign_in(parts, login, password, Browser(address, "test")).token


def actor_behind(parts: Parts, token: str) -> Actor:
    return sessions.authenticate(parts, token).actor


@pytest.mark.parametrize("login", ["ada", "@Ada", " ADA ", "Ada@Example.org"])
def test_the_handle_or_the_address_signs_in(parts: Parts, ada: Account, login: str) -> None:
    actor = actor_behind(parts, sign_in(parts, login))
    assert (actor.account_id, actor.scopes) == (ada.id, {Scope.READ, Scope.PUBLISH, Scope.CONTEST})


def test_an_operator_signs_in_as_one(parts: Parts, rows: Rows, ada: Account) -> None:
    rows.change(Account, is_operator=True)
    actor = actor_behind(parts, sign_in(parts))
    assert actor.is_operator
    assert Scope.ADMIN in actor.scopes


def test_a_wrong_password_an_unknown_name_and_a_deleted_account_are_told_alike(
    parts: Parts, rows: Rows, ada: Account
) -> None:
    rows.account("gone", password_hash=HASH, deleted_at=now())
    rows.account("bare", password_hash=None)
    told = set()
    for login, password in (
        ("ada", "wrong"),
        ("nobody", PASSWORD),
        ("gone", PASSWORD),
        ("bare", "nobody has this password"),
    ):
        with pytest.raises(SignInFailed) as failed:
            sign_in(parts, login, password, address=login)
        told.add(failed.value.detail)
    assert len(told) == 1
    assert rows.all(BrowserSession) == []


def test_only_a_hash_of_the_token_is_stored(parts: Parts, rows: Rows, ada: Account) -> None:
    token = sign_in(parts)
    row = rows.one(BrowserSession)
    assert (row.token_hash, row.user_agent) == (sessions.token_digest(token), "test")
    assert token not in (row.id, row.token_hash)


def test_an_unknown_token_is_a_visitors(parts: Parts, ada: Account) -> None:
    sign_in(parts)
    assert actor_behind(parts, "unknown") == VISITOR


@pytest.mark.parametrize(
    ("facts", "is_alive"),
    [
        ({"last_seen_at": now(-14 * DAY + 60)}, True),
        ({"last_seen_at": now(-14 * DAY)}, False),
        ({"expires_at": now(60)}, True),
        ({"expires_at": now(-1)}, False),
    ],
)
def test_a_session_ends_by_fourteen_idle_days_or_by_its_age(
    parts: Parts, rows: Rows, ada: Account, facts: dict[str, object], is_alive: bool
) -> None:
    token = sign_in(parts)
    rows.change(BrowserSession, **facts)
    assert (actor_behind(parts, token) != VISITOR) is is_alive
    assert bool(sessions.list_sessions(actor_of(ada), parts)) is is_alive


def test_a_session_lives_ninety_days_at_most(parts: Parts, rows: Rows, ada: Account) -> None:
    before = rows.moment()
    sign_in(parts)
    assert 0 <= (rows.one(BrowserSession).expires_at - before).total_seconds() - 90 * DAY < 60


def test_sessions_end_with_their_account(parts: Parts, rows: Rows, ada: Account) -> None:
    token = sign_in(parts)
    rows.change(Account, deleted_at=now())
    assert actor_behind(parts, token) == VISITOR


def test_a_use_is_noted_once_a_minute(parts: Parts, rows: Rows, ada: Account) -> None:
    token = sign_in(parts)
    for age, is_noted in ((30, False), (61, True)):
        rows.change(BrowserSession, last_seen_at=now(-age))
        before = rows.one(BrowserSession).last_seen_at
        actor_behind(parts, token)
        assert (rows.one(BrowserSession).last_seen_at > before) is is_noted


def test_signing_in_sweeps_sessions_that_ended(parts: Parts, rows: Rows, ada: Account) -> None:
    sign_in(parts)
    rows.change(BrowserSession, last_seen_at=LONG_AGO)
    sign_in(parts)
    assert len(rows.all(BrowserSession)) == 1


def test_one_ends_ones_own_sessions_and_no_others(parts: Parts, rows: Rows, ada: Account) -> None:
    token = sign_in(parts)
    session_id = rows.one(BrowserSession).id
    with pytest.raises(SessionNotFound):
        sessions.end_session(actor_of(rows.account("ben")), parts, session_id)
    assert actor_behind(parts, token) != VISITOR
    sessions.end_session(actor_of(ada), parts, session_id)
    assert actor_behind(parts, token) == VISITOR


def test_signing_out_ends_this_session_alone(parts: Parts, ada: Account) -> None:
    here, there = sign_in(parts), sign_in(parts)
    sessions.sign_out(parts, here)
    sessions.sign_out(parts, here)
    assert actor_behind(parts, here) == VISITOR
    assert actor_behind(parts, there) != VISITOR


def test_signing_in_again_in_the_same_browser_ends_its_old_session(parts: Parts, rows: Rows, ada: Account) -> None:
    ben = rows.account("ben", password_hash=HASH)
    elsewhere = sign_in(parts)
    first = sessions.sign_in(parts, "ada", PASSWORD, Browser("here"))
    again = sessions.sign_in(parts, "ada", PASSWORD, Browser("here", device=first.device, session_token=first.token))
    assert actor_behind(parts, first.token) == VISITOR
    other = Browser("here", device=again.device, session_token=again.token)
    second = sessions.sign_in(parts, "ben", PASSWORD, other)
    assert actor_behind(parts, again.token) == VISITOR, "a browser has one cookie"
    assert actor_behind(parts, second.token).account_id == ben.id
    lost_cookie = sessions.sign_in(parts, "ben", PASSWORD, Browser("here", device=second.device))
    assert actor_behind(parts, second.token) == VISITOR
    assert actor_behind(parts, lost_cookie.token).account_id == ben.id
    assert actor_behind(parts, elsewhere).account_id == ada.id
    assert (second.device.id, second.device.account_ids) == (first.device.id, (ben.id, ada.id))


def test_a_token_neither_sees_nor_ends_sessions(parts: Parts, rows: Rows, ada: Account) -> None:
    sign_in(parts)
    actor = token_actor(ada.id, "ada", frozenset(Scope), "token", is_operator=True)
    with pytest.raises(ScopeMissing):
        sessions.list_sessions(actor, parts)
    with pytest.raises(ScopeMissing):
        sessions.end_session(actor, parts, rows.one(BrowserSession).id)
