"""Accounts: names and addresses are one account's, and what matters is confirmed by the password."""

from __future__ import annotations

import pytest

from remixhub.compose import Parts
from remixhub.domain.errors import PreconditionFailed
from remixhub.domain.states import Scope
from remixhub.models import AccessToken, Account, AuditEntry, BrowserSession, now
from remixhub.services.accounts import accounts, tokens
from remixhub.services.accounts.accounts import AccountNotFound, EmailTaken, HandleTaken
from remixhub.services.accounts.devices import Browser
from remixhub.services.accounts.passwords import hash_password, verify_password
from remixhub.services.accounts.sessions import token_digest
from remixhub.services.mail import letters
from remixhub.services.throttle import TooManyAttempts, take_attempt
from tests.unit.rows import Rows, actor_of

PASSWORD = "a sentence nobody guesses"
HASH = hash_password(PASSWORD)


@pytest.fixture
def ada(rows: Rows) -> Account:
    return rows.account("ada", password_hash=HASH)


def sign_up(parts: Parts, handle: str, email: str) -> Account:
    return accounts.sign_up(parts, handle=handle, email=email, password=PASSWORD, address="here")


def test_a_handle_and_an_address_are_one_accounts_in_any_spelling(parts: Parts, ada: Account) -> None:
    with pytest.raises(HandleTaken):
        sign_up(parts, "@ADA", "other@example.org")
    with pytest.raises(EmailTaken):
        sign_up(parts, "other", "Ada@Example.ORG")
    made = sign_up(parts, "Other", " Other@example.org ")
    assert (made.handle, made.email, made.email_verified_at) == ("other", "other@example.org", None)


def test_nobody_is_flooded_with_letters_by_sign_ups_from_everywhere(mailing: Parts) -> None:
    for _ in range(9):
        take_attempt(mailing, letters.most_to(mailing, "Victim@example.org"))
    sign_up(mailing, "tenth", "victim@example.org")
    with pytest.raises(TooManyAttempts, match="in 15 minutes"):
        accounts.sign_up(mailing, handle="next", email="VICTIM@example.org", password=PASSWORD, address="elsewhere")
    sign_up(mailing, "other", "other@example.org")


def test_the_handle_of_a_deleted_account_stays_taken(parts: Parts, rows: Rows, ada: Account) -> None:
    rows.change(Account, deleted_at=now(), email=None)
    with pytest.raises(HandleTaken):
        sign_up(parts, "ada", "new@example.org")


def test_a_profile_is_edited_as_it_was_seen(parts: Parts, rows: Rows, ada: Account) -> None:
    edited = accounts.update_profile(actor_of(ada), parts, {"bio": "Bass."}, revision=1)
    assert (edited.bio, edited.revision) == ("Bass.", 2)
    with pytest.raises(PreconditionFailed):
        accounts.update_profile(actor_of(ada), parts, {"bio": "Drums."}, revision=1)
    assert rows.one(Account).bio == "Bass."


def test_a_new_password_renews_this_session_and_ends_all_others(parts: Parts, rows: Rows, ada: Account) -> None:
    for owner, token in ((ada, "here"), (ada, "there"), (rows.account("ben"), "bens")):
        rows.add(BrowserSession(token_hash=token_digest(token), account_id=owner.id, expires_at=now(60)))
    new = "another sentence, as long"
    browser = Browser("192.0.2.1", "test", session_token="here")
    opened = accounts.change_password(
        actor_of(ada), parts, current_password=PASSWORD, new_password=new, browser=browser
    )
    assert {one.token_hash for one in rows.all(BrowserSession)} == {token_digest(opened.token), token_digest("bens")}
    assert opened.token != "here"
    stored = rows.one(Account, Account.id == ada.id).password_hash
    assert verify_password(stored, new)
    assert not verify_password(stored, PASSWORD)


def test_a_new_password_ends_the_tokens_that_one_ticks_and_no_others(parts: Parts, rows: Rows, ada: Account) -> None:
    ben = rows.account("ben")
    made = {
        name: tokens.create_token(actor_of(owner), parts, name=name, scopes=[Scope.READ])[0].id
        for owner, name in ((ada, "ticked"), (ada, "kept"), (ben, "bens"))
    }
    accounts.change_password(
        actor_of(ada), parts, current_password=PASSWORD, new_password="another sentence, as long",
        browser=Browser("192.0.2.1"), end_tokens=[made["ticked"], made["bens"], "unknown"],
    )  # fmt: skip
    assert {row.name for row in rows.all(AccessToken) if row.revoked_at} == {"ticked"}
    (noted,) = rows.all(AuditEntry, AuditEntry.action == "token.revoked")
    assert (noted.actor, noted.subject_id) == (ada.id, made["ticked"])


def test_an_operator_is_made_by_the_handle_of_an_account_that_is_there(parts: Parts, rows: Rows, ada: Account) -> None:
    accounts.make_operator(parts, "@Ada")
    assert rows.one(Account).is_operator
    rows.change(Account, deleted_at=now())
    for handle in ("ada", "nobody"):
        with pytest.raises(AccountNotFound):
            accounts.make_operator(parts, handle)
