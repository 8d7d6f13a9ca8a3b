"""Fresh proof: what asks for it takes a session that proved itself lately, or the password."""

from __future__ import annotations

import dataclasses

import pytest

from remixhub.compose import Parts
from remixhub.domain.access import Actor, ProofNeeded, ScopeMissing, token_actor
from remixhub.domain.states import Scope
from remixhub.models import Account, BrowserSession, now
from remixhub.services.accounts import accounts, address_changes, proving, sessions, tokens
from remixhub.services.accounts.devices import Browser
from remixhub.services.accounts.passwords import hash_password
from remixhub.services.accounts.proving import PasswordWrong, require_fresh
from remixhub.services.upkeep import departures
from tests.unit.rows import Rows, actor_of

PASSWORD = "a sentence nobody guesses"
HASH = hash_password(PASSWORD)
HERE = Browser("here")


@pytest.fixture
def ada(rows: Rows) -> Account:
    return rows.account("ada", password_hash=HASH)


@pytest.fixture
def token(rows: Rows, ada: Account) -> str:
    """Of a session of hers."""
    digest = sessions.token_digest("here")
    rows.add(BrowserSession(token_hash=digest, account_id=ada.id, expires_at=now(3600), proved_at=now()))
    return "here"


def actor_behind(parts: Parts, token: str) -> Actor:
    return sessions.authenticate(parts, token).actor


@pytest.mark.parametrize(("age", "is_fresh"), [(0, True), (590, True), (601, False)])
def test_a_proof_is_fresh_for_ten_minutes(parts: Parts, rows: Rows, token: str, age: int, is_fresh: bool) -> None:
    rows.change(BrowserSession, proved_at=now(-age))
    assert actor_behind(parts, token).is_fresh is is_fresh


def test_a_session_of_before_such_proofs_has_none(parts: Parts, rows: Rows, token: str) -> None:
    rows.change(BrowserSession, proved_at=None)
    assert actor_behind(parts, token).is_fresh is False


def test_the_password_makes_a_session_fresh_again_and_no_other(parts: Parts, rows: Rows, ada: Account) -> None:
    for name in ("here", "there"):
        digest = sessions.token_digest(name)
        rows.add(BrowserSession(token_hash=digest, account_id=ada.id, expires_at=now(3600), proved_at=now(-700)))
    actor = actor_behind(parts, "here")
    with pytest.raises(PasswordWrong):
        proving.prove_by_password(actor, parts, "not it")
    assert not actor_behind(parts, "here").is_fresh
    proving.prove_by_password(actor, parts, PASSWORD)
    assert (actor_behind(parts, "here").is_fresh, actor_behind(parts, "there").is_fresh) == (True, False)


def test_what_weighs_asks_for_a_proof_and_takes_the_password_for_one(parts: Parts, rows: Rows, ada: Account) -> None:
    stale = dataclasses.replace(actor_of(ada), is_fresh=False, session_id="mine")
    asked = (
        lambda: address_changes.change_email(stale, parts, password=None, email="new@example.org"),
        lambda: accounts.change_password(
            stale, parts, current_password="", new_password="another sentence of mine", browser=HERE
        ),
        lambda: departures.delete_account(stale, parts, password=None, withdraw_works=False),
        lambda: tokens.create_token(stale, parts, name="t", scopes=[Scope.READ]),
        lambda: sessions.end_session(stale, parts, "another"),
    )
    for act in asked:
        with pytest.raises(ProofNeeded):
            act()
    assert rows.one(Account).email == "ada@example.org"
    assert require_fresh(stale, parts, PASSWORD).id == ada.id


def test_a_new_password_takes_the_present_one_however_fresh_the_session_is(
    parts: Parts, rows: Rows, ada: Account
) -> None:
    with pytest.raises(PasswordWrong):
        accounts.change_password(
            actor_of(ada), parts, current_password=None, new_password="another sentence of mine", browser=HERE
        )
    assert rows.one(Account).password_hash == HASH


def test_no_access_token_proves_anything(parts: Parts, ada: Account) -> None:
    actor = token_actor(ada.id, "ada", frozenset(Scope), "token", is_operator=True)
    for password in (None, PASSWORD):
        with pytest.raises(ScopeMissing):
            require_fresh(actor, parts, password)
