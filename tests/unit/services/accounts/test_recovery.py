"""A forgotten password is set anew by whoever reads the account's mail, once, and nobody else learns who has one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from remixhub.compose import Parts
from remixhub.domain.letters import LetterKind, LinkPurpose
from remixhub.domain.passwords import PasswordTooWeak
from remixhub.models import AccessToken, Account, AuditEntry, BrowserSession, Letter, MailedLink, Throttle, now
from remixhub.services.accounts import recovery
from remixhub.services.accounts.accounts import AccountNotFound
from remixhub.services.accounts.passwords import verify_password
from remixhub.services.accounts.recovery import ResetInvalid
from remixhub.services.mail import links
from remixhub.services.mail.letters import MailNotSetUp
from remixhub.services.throttle import TooManyAttempts
from tests.mailbox import Mailbox, link_in
from tests.unit.rows import LONG_AGO, Rows

NEW = "another sentence, as long"
SendAll = Callable[[], None]


@pytest.fixture
def ada(rows: Rows) -> Account:
    return rows.account("ada", password_hash="old")


def ask(parts: Parts, login: str = "ada", address: str = "here") -> None:
    recovery.ask_for_reset(parts, login, address=address)


def reset(parts: Parts, token: str, password: str = NEW, end_tokens: tuple[str, ...] = ()) -> Account:
    return recovery.reset_password(parts, token, new_password=password, end_tokens=end_tokens)


@pytest.fixture
def token(mailing: Parts, ada: Account, server: Mailbox, send_all: SendAll) -> str:
    ask(mailing)
    send_all()
    return link_in(server.letters[-1], "reset-password")


@pytest.mark.parametrize("login", ["ada", "@Ada", " ADA@example.org "])
def test_the_letter_goes_to_the_address_of_the_account(
    login: str, mailing: Parts, ada: Account, server: Mailbox, send_all: SendAll
) -> None:
    ask(mailing, login)
    send_all()
    assert server.envelopes[1] == "TO:<ada@example.org>"


def test_the_request_is_the_same_for_those_who_are_not_there(
    mailing: Parts, rows: Rows, ada: Account, server: Mailbox, send_all: SendAll
) -> None:
    rows.account("gone", email=None, deleted_at=LONG_AGO)
    for login in ("ada", "nobody", "gone", "nobody@example.org"):
        ask(mailing, login)
    letters = rows.all(Letter)
    assert [(one.kind, one.account_id, one.address) for one in letters] == [(LetterKind.RESET_PASSWORD, None, "")] * 4
    send_all()
    assert len(server.letters) == 1
    assert [one.account_id for one in rows.all(Letter)] == [ada.id], "of the others nothing is kept"


def test_the_link_sets_the_password_once_and_ends_all_that_was_open(
    mailing: Parts, rows: Rows, ada: Account, token: str, server: Mailbox, send_all: SendAll
) -> None:
    rows.change(Account, pending_email="thief@example.org")
    rows.add(BrowserSession(token_hash="a" * 64, account_id=ada.id, expires_at=now(60)))
    rows.add(BrowserSession(token_hash="b" * 64, account_id=rows.account("ben").id, expires_at=now(60)))
    known, unknown = (
        rows.add(AccessToken(token_hash=name * 64, account_id=ada.id, name=name, scopes=["read"])) for name in "cd"
    )
    assert {one.name for one in recovery.look_at_reset(mailing, token).tokens} == {"c", "d"}
    assert reset(mailing, token, end_tokens=(unknown.id,)).handle == "ada"
    changed = rows.one(Account, Account.handle == "ada")
    assert verify_password(changed.password_hash, NEW)
    assert changed.pending_email is None
    assert [one.token_hash[0] for one in rows.all(BrowserSession)] == ["b"]
    assert rows.one(AccessToken, AccessToken.id == known.id).revoked_at is None
    assert rows.one(AccessToken, AccessToken.id == unknown.id).revoked_at is not None
    with pytest.raises(ResetInvalid):
        reset(mailing, token, "a third sentence, longer")
    assert verify_password(rows.one(Account, Account.handle == "ada").password_hash, NEW)
    assert "account.password_reset" in {one.action for one in rows.all(AuditEntry)}
    send_all()
    assert "Your password was changed" in server.letters[-1]


def test_looking_and_a_weak_password_use_nothing_up(mailing: Parts, token: str) -> None:
    recovery.look_at_reset(mailing, token)
    with pytest.raises(PasswordTooWeak):
        reset(mailing, token, "short")
    reset(mailing, token)


def test_a_link_is_good_for_half_an_hour(mailing: Parts, rows: Rows, token: str) -> None:
    left = rows.one(MailedLink).expires_at - rows.moment()
    assert 1790 < left.total_seconds() <= 1800
    rows.change(MailedLink, expires_at=now(-1))
    with pytest.raises(ResetInvalid):
        reset(mailing, token)


def test_a_newer_link_ends_the_older(mailing: Parts, token: str, server: Mailbox, send_all: SendAll) -> None:
    ask(mailing)
    send_all()
    newer = link_in(server.letters[-1], "reset-password")
    with pytest.raises(ResetInvalid):
        reset(mailing, token)
    reset(mailing, newer)


def test_a_link_is_over_when_the_account_is_elsewhere(mailing: Parts, rows: Rows, token: str) -> None:
    rows.change(Account, email="new@example.org")
    with pytest.raises(ResetInvalid):
        reset(mailing, token)
    rows.change(Account, email="ada@example.org", deleted_at=LONG_AGO)
    with pytest.raises(ResetInvalid):
        reset(mailing, token)


def test_strangers_who_ask_all_day_neither_flood_the_owner_nor_end_the_last_link(
    mailing: Parts, rows: Rows, ada: Account, server: Mailbox, send_all: SendAll
) -> None:
    for number in range(12):
        ask(mailing, "ada", f"stranger {number}")
        send_all()
    assert len(server.letters) == 5
    reset(mailing, link_in(server.letters[-1], "reset-password"))


def test_one_network_address_asks_twenty_times_in_a_window(mailing: Parts, rows: Rows, ada: Account) -> None:
    for number in range(20):
        ask(mailing, f"name{number}")
    with pytest.raises(TooManyAttempts):
        ask(mailing)
    assert len(rows.all(Letter)) == 20
    assert len(rows.all(Throttle)) == 1, "who was asked for is not counted, and so not told"


def test_an_operator_hands_over_a_link_or_sets_the_password(parts: Parts, rows: Rows, ada: Account) -> None:
    """At a hub that sends no mail."""
    with pytest.raises(MailNotSetUp):
        ask(parts)
    address = recovery.link_by_operator(parts, "@Ada")
    assert address.startswith("http://localhost/reset-password/")
    assert reset(parts, address.rpartition("/")[2]).handle == "ada"
    rows.add(BrowserSession(token_hash="a" * 64, account_id=ada.id, expires_at=now(60)))
    recovery.reset_by_operator(parts, "ada", "a third sentence, longer")
    assert verify_password(rows.one(Account).password_hash, "a third sentence, longer")
    assert rows.all(BrowserSession) == []
    with pytest.raises(PasswordTooWeak):
        recovery.reset_by_operator(parts, "ada", "short")
    with pytest.raises(AccountNotFound):
        recovery.link_by_operator(parts, "nobody")


def test_tokens_of_other_links_open_nothing(mailing: Parts, ada: Account) -> None:
    with mailing.database.writing() as session:
        other = links.mint(session, LinkPurpose.VERIFY_ADDRESS, account_id=ada.id, address="ada@example.org")
    for wrong in (other, "", "x" * 43):
        with pytest.raises(ResetInvalid):
            reset(mailing, wrong)
