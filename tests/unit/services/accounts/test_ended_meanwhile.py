"""What a thief has begun ends with the session: a request under way, a sign-in, a change of the address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import suppress

import pyotp
import pytest

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.errors import Unauthenticated
from remixhub.domain.letters import LetterKind, LinkPurpose
from remixhub.domain.states import Scope
from remixhub.models import AccessToken, Account, BrowserSession, CodeApp, Letter, SecondStep
from remixhub.services.accounts import (
    accounts,
    address_changes,
    factors,
    one_time_codes,
    passkeys,
    recovery,
    recovery_codes,
    second_factor,
    sessions,
    tokens,
)
from remixhub.services.accounts.address_changes import AddressLinkInvalid
from remixhub.services.accounts.devices import Browser
from remixhub.services.accounts.ending import end_sessions_of
from remixhub.services.accounts.passwords import hash_password, verify_password
from remixhub.services.accounts.proving import PasswordWrong
from remixhub.services.accounts.recovery import ResetInvalid
from remixhub.services.accounts.second_steps import SecondStepOver, begin_second_step
from remixhub.services.accounts.sessions import Opened, SignInFailed, StepNeeded
from remixhub.services.mail import links
from remixhub.services.upkeep.departures import delete_account
from tests.mailbox import Mailbox, link_in
from tests.unit.rows import Rows, actor_of

OLD, NEW = "a sentence nobody guesses", "another sentence, as long"
HASH = hash_password(OLD)
BROWSER = Browser("192.0.2.1", "test")
SendAll = Callable[[], None]


@pytest.fixture
def ada(rows: Rows) -> Account:
    return rows.account("ada", password_hash=HASH)


@pytest.fixture
def thief(parts: Parts, ada: Account) -> Actor:
    """In a session of Ada's that proved itself just now."""
    return sessions.authenticate(parts, sessions.open_session(parts, ada, BROWSER).token).actor


def as_read(rows: Rows) -> Account:
    return rows.one(Account, Account.handle == "ada")


def change_password(parts: Parts, ada: Account) -> Opened:
    return accounts.change_password(
        actor_of(ada), parts, current_password=OLD, new_password=NEW, browser=Browser("198.51.100.1")
    )


@pytest.mark.parametrize("has_factor", [False, True])
def test_who_gave_the_old_password_does_not_come_in_once_there_is_a_new_one(
    parts: Parts, rows: Rows, ada: Account, has_factor: bool
) -> None:
    if has_factor:
        rows.add(CodeApp(account_id=ada.id, sealed_secret="-", confirmed_at=rows.moment()))
    seen = as_read(rows)
    change_password(parts, ada)
    kept = {one.id for one in rows.all(BrowserSession)}
    with pytest.raises(SignInFailed):
        sessions.let_in(parts, seen, BROWSER, password=OLD)
    assert {one.id for one in rows.all(BrowserSession)} == kept
    assert rows.all(SecondStep) == []
    assert verify_password(as_read(rows).password_hash, NEW)


def test_a_link_for_a_new_password_lets_in_who_used_it(parts: Parts, rows: Rows, ada: Account) -> None:
    with parts.database.writing() as session:
        token = links.mint(session, LinkPurpose.RESET_PASSWORD, account_id=ada.id, address="")
    account = recovery.reset_password(parts, token, new_password=NEW, end_tokens=())
    assert isinstance(sessions.let_in(parts, account, BROWSER), Opened)


def test_a_factor_that_was_added_meanwhile_is_asked_for(parts: Parts, rows: Rows, ada: Account) -> None:
    rows.add(CodeApp(account_id=ada.id, sealed_secret="-", confirmed_at=rows.moment()))
    assert isinstance(sessions.let_in(parts, ada, BROWSER, password=OLD), StepNeeded)


def test_a_second_step_under_way_ends_with_the_password(
    parts: Parts, rows: Rows, ada: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup = one_time_codes.begin_setup(actor_of(ada), parts)
    app = pyotp.TOTP(setup.secret)
    one_time_codes.confirm_setup(actor_of(ada), parts, app.at(rows.moment()))
    with parts.database.writing() as session:
        step = begin_second_step(session, ada.id)
    counted = second_factor.own_guess_was_right

    def count_and_be_overtaken(parts: Parts, subject: str) -> None:
        counted(parts, subject)
        change_password(parts, ada)

    monkeypatch.setattr(second_factor, "own_guess_was_right", count_and_be_overtaken)
    with suppress(SecondStepOver, SignInFailed):
        second_factor.finish_by_code(parts, step, app.at(rows.moment() + dt.timedelta(seconds=30)), BROWSER)
    assert len(rows.all(BrowserSession)) == 1, "that of who changed the password"


def test_of_two_new_passwords_the_one_that_knew_the_old_one_last_stands(
    parts: Parts, rows: Rows, ada: Account, thief: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed = accounts.hash_password

    def hash_and_be_overtaken(password: str) -> str:
        monkeypatch.setattr(accounts, "hash_password", hashed)
        change_password(parts, ada)
        return hashed(password)

    monkeypatch.setattr(accounts, "hash_password", hash_and_be_overtaken)
    with pytest.raises(PasswordWrong):
        accounts.change_password(
            thief, parts, current_password=OLD, new_password="the thief's own words", browser=BROWSER
        )
    assert verify_password(as_read(rows).password_hash, NEW)


WEIGHTY: dict[str, Callable[[Parts, Actor], object]] = {
    "a token": lambda parts, actor: tokens.create_token(actor, parts, name="mine", scopes=[Scope.PUBLISH]),
    "an app begun": lambda parts, actor: one_time_codes.begin_setup(actor, parts),
    "an app confirmed": lambda parts, actor: one_time_codes.confirm_setup(actor, parts, "123456"),
    "an app removed": lambda parts, actor: one_time_codes.remove_app(actor, parts),
    "recovery codes": lambda parts, actor: recovery_codes.renew_codes(actor, parts),
    "a passkey removed": lambda parts, actor: passkeys.remove(actor, parts, "any"),
    "no password": lambda parts, actor: factors.drop_password(actor, parts),
    "an address": lambda parts, actor: address_changes.change_email(
        actor, parts, password=None, email="thief@example.org"
    ),
    "deletion": lambda parts, actor: delete_account(actor, parts, password=None, withdraw_works=False),
}


@pytest.mark.parametrize("act", WEIGHTY.values(), ids=WEIGHTY)
def test_a_request_under_way_changes_no_way_in_once_its_session_has_ended(
    mailing: Parts, rows: Rows, thief: Actor, act: Callable[[Parts, Actor], object]
) -> None:
    sessions.end_session(thief, mailing, thief.session_id or "")
    before = as_read(rows)
    with pytest.raises(Unauthenticated) as refused:
        act(mailing, thief)
    assert refused.value.code == "unauthenticated"
    now = as_read(rows)
    assert (now.pending_email, now.password_hash, now.deleted_at) == (None, before.password_hash, None)
    assert rows.all(AccessToken) + rows.all(CodeApp) == []


@pytest.mark.parametrize("owner", ["by the settings", "by an operator"])
def test_a_change_of_the_address_that_a_thief_asked_for_ends_with_the_sessions(
    mailing: Parts, rows: Rows, ada: Account, thief: Actor, server: Mailbox, send_all: SendAll, owner: str
) -> None:
    address_changes.change_email(thief, mailing, password=None, email="thief@example.org")
    send_all()
    (letter,) = (one for one in server.letters if "To: thief@example.org" in one)
    if owner == "by the settings":
        change_password(mailing, ada)
    else:
        operator = rows.account("op", is_operator=True)
        end_sessions_of(actor_of(operator), mailing, "ada", end_tokens=False)
    with pytest.raises(AddressLinkInvalid):
        address_changes.confirm_address(mailing, link_in(letter, "confirm-address"))
    assert (as_read(rows).email, as_read(rows).pending_email) == ("ada@example.org", None)


def test_an_address_given_at_sign_up_stays_pending(parts: Parts, rows: Rows, ada: Account) -> None:
    rows.change(Account, email=None, pending_email="ada@example.org", email_verified_at=None)
    change_password(parts, ada)
    assert as_read(rows).pending_email == "ada@example.org"


def test_a_link_for_a_new_password_ends_when_there_is_one(
    mailing: Parts, rows: Rows, ada: Account, server: Mailbox, send_all: SendAll
) -> None:
    recovery.ask_for_reset(mailing, "ada", address="here")
    send_all()
    token = link_in(server.letters[-1], "reset-password")
    change_password(mailing, ada)
    with pytest.raises(ResetInvalid):
        recovery.reset_password(mailing, token, new_password="the thief's own words", end_tokens=())
    assert LetterKind.PASSWORD_CHANGED in {one.kind for one in rows.all(Letter)}
