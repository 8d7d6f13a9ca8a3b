"""An address changes when somebody who reads its mail says so; the old one is told and can take it back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from remixhub.compose import Parts
from remixhub.domain.access import ScopeMissing, token_actor
from remixhub.domain.accounts import EmailInvalid
from remixhub.domain.errors import PreconditionFailed
from remixhub.domain.letters import LetterKind
from remixhub.domain.states import JobState, Scope
from remixhub.models import Account, BrowserSession, Job, Letter, MailedLink, now
from remixhub.services.accounts import address_changes
from remixhub.services.accounts.accounts import EmailTaken
from remixhub.services.accounts.address_changes import AddressLinkInvalid, WayBackInvalid
from remixhub.services.accounts.proving import PasswordWrong
from remixhub.services.throttle import TooManyAttempts
from tests.mailbox import Mailbox, link_in
from tests.unit.rows import LONG_AGO, Rows, actor_of

SendAll = Callable[[], None]


@pytest.fixture
def ada(rows: Rows) -> Account:
    return rows.account("ada")


def change(parts: Parts, account: Account, email: str = "new@example.org") -> Account:
    return address_changes.change_email(actor_of(account), parts, password=None, email=email)


def move(parts: Parts, account: Account, email: str, server: Mailbox, send_all: SendAll) -> None:
    """Changed, and confirmed at the new address."""
    change(parts, account, email)
    send_all()
    (letter,) = (one for one in server.letters if f"To: {email}" in one and "confirm-address" in one)
    address_changes.confirm_address(parts, link_in(letter, "confirm-address"))


def ada_now(rows: Rows) -> tuple[str | None, str | None]:
    found = rows.one(Account, Account.handle == "ada")
    return found.email, found.pending_email


def test_the_old_address_stays_until_the_new_one_says_yes(
    mailing: Parts, rows: Rows, ada: Account, server: Mailbox, send_all: SendAll
) -> None:
    assert change(mailing, ada, "New@example.org").pending_email == "new@example.org"
    assert ada_now(rows) == ("ada@example.org", "new@example.org")
    send_all()
    assert [one for one in server.envelopes if one.startswith("TO")] == ["TO:<new@example.org>", "TO:<ada@example.org>"]
    token = link_in(server.letters[0], "confirm-address")
    assert "keep-address" in server.letters[1]
    assert address_changes.confirm_address(mailing, token) == "ada"
    moved = rows.one(Account)
    assert (moved.email, moved.pending_email, moved.revision) == ("new@example.org", None, 3)
    assert moved.email_verified_at is not None
    assert moved.email_verified_at > LONG_AGO
    with pytest.raises(AddressLinkInvalid):
        address_changes.confirm_address(mailing, token)
    send_all()
    assert "To: new@example.org" in server.letters[-1]


def test_an_address_that_is_taken_looks_like_any_other_and_its_owner_is_told(
    mailing: Parts, rows: Rows, ada: Account, server: Mailbox, send_all: SendAll
) -> None:
    ben = rows.account("ben")
    free, taken = change(mailing, ada, "free@example.org"), change(mailing, ada, "ben@example.org")
    assert (free.email, free.email_verified_at) == (taken.email, taken.email_verified_at)
    assert taken.pending_email == "ben@example.org"
    assert sorted(one.kind for one in rows.all(Letter)) == sorted(
        [LetterKind.NEW_ADDRESS, LetterKind.ADDRESS_CHANGING] * 2
    )
    send_all()
    (told,) = (one for one in server.letters if "To: ben@example.org" in one)
    assert "You have an account already" in told
    assert "confirm-address" not in told
    assert ada_now(rows)[0] == "ada@example.org"
    assert rows.one(Account, Account.id == ben.id).email == "ben@example.org"


def test_whoever_confirms_first_has_the_address(
    mailing: Parts, rows: Rows, ada: Account, server: Mailbox, send_all: SendAll
) -> None:
    ben = rows.account("ben", email_verified_at=None)
    change(mailing, ada)
    change(mailing, ben)
    send_all()
    ours, theirs = (link_in(one, "confirm-address") for one in server.letters if "To: new@example.org" in one)
    address_changes.confirm_address(mailing, theirs)
    with pytest.raises(EmailTaken):
        address_changes.confirm_address(mailing, ours)
    assert ada_now(rows)[0] in ("ada@example.org", "new@example.org")
    assert len({one.email for one in rows.all(Account)}) == 2


def test_the_old_address_stops_a_change_and_takes_it_back(
    mailing: Parts, rows: Rows, ada: Account, server: Mailbox, send_all: SendAll
) -> None:
    change(mailing, ada)
    send_all()
    confirm, keep = link_in(server.letters[0], "confirm-address"), link_in(server.letters[1], "keep-address")
    address_changes.keep_address(mailing, keep)
    assert ada_now(rows) == ("ada@example.org", None)
    with pytest.raises(AddressLinkInvalid):
        address_changes.confirm_address(mailing, confirm)
    change(mailing, ada)
    send_all()
    confirm, keep = link_in(server.letters[-2], "confirm-address"), link_in(server.letters[-1], "keep-address")
    address_changes.confirm_address(mailing, confirm)
    rows.add(BrowserSession(token_hash="a" * 64, account_id=ada.id, expires_at=now(60)))
    assert address_changes.keep_address(mailing, keep) == "ada"
    assert ada_now(rows) == ("ada@example.org", None)
    assert rows.all(BrowserSession) == []
    with pytest.raises(WayBackInvalid):
        address_changes.keep_address(mailing, keep)


def test_a_thief_who_changes_twice_is_undone_by_the_first_owner(
    mailing: Parts, rows: Rows, ada: Account, server: Mailbox, send_all: SendAll
) -> None:
    for email in ("thief@example.org", "thief2@example.org"):
        move(mailing, ada, email, server, send_all)
        send_all()
    first, second = (link_in(one, "keep-address") for one in server.letters if "keep-address" in one)
    address_changes.keep_address(mailing, second)
    assert ada_now(rows)[0] == "thief@example.org"
    address_changes.keep_address(mailing, first)
    assert ada_now(rows)[0] == "ada@example.org"


def test_a_thief_cannot_undo_what_the_first_owner_took_back(
    mailing: Parts, rows: Rows, ada: Account, server: Mailbox, send_all: SendAll
) -> None:
    for email in ("thief@example.org", "thief2@example.org"):
        move(mailing, ada, email, server, send_all)
    first, second = (link_in(one, "keep-address") for one in server.letters if "keep-address" in one)
    address_changes.keep_address(mailing, first)
    with pytest.raises(AddressLinkInvalid):
        address_changes.keep_address(mailing, second)
    assert ada_now(rows)[0] == "ada@example.org"


def test_a_thief_whose_mail_server_puts_a_letter_off_cannot_undo_it_later(
    mailing: Parts, rows: Rows, ada: Account, server: Mailbox, send_all: SendAll
) -> None:
    move(mailing, ada, "thief@example.org", server, send_all)
    send_all()
    change(mailing, ada, "thief2@example.org")
    server.answers["RCPT"] = "451 4.7.1 come again"
    send_all()
    (first,) = (link_in(one, "keep-address") for one in server.letters if "keep-address" in one)
    address_changes.keep_address(mailing, first)
    server.answers.clear()
    rows.change(Job, run_after_at=now())
    send_all()
    assert [one for one in server.letters if "keep-address" in one and "To: thief@" in one] == []
    assert [one.state for one in rows.all(Job)] == [JobState.DONE] * len(rows.all(Job))


def test_whose_letter_came_late_undoes_what_was_asked_after_it_was_written(
    mailing: Parts, rows: Rows, ada: Account, server: Mailbox, send_all: SendAll
) -> None:
    change(mailing, ada, "thief@example.org")
    server.answers["TO:<ada@example.org>"] = "451 4.7.1 come again"
    send_all()
    address_changes.confirm_address(mailing, link_in(server.letters[0], "confirm-address"))
    change(mailing, ada, "thief2@example.org")
    send_all()
    server.answers.clear()
    rows.change(Job, run_after_at=now())
    send_all()
    theirs, mine = (link_in(one, "keep-address") for one in server.letters if "keep-address" in one)
    address_changes.keep_address(mailing, mine)
    with pytest.raises(AddressLinkInvalid):
        address_changes.keep_address(mailing, theirs)
    assert ada_now(rows)[0] == "ada@example.org"


def test_the_present_address_again_ends_what_was_asked(
    mailing: Parts, rows: Rows, ada: Account, server: Mailbox, send_all: SendAll
) -> None:
    change(mailing, ada)
    send_all()
    change(mailing, ada, "ada@example.org")
    assert ada_now(rows) == ("ada@example.org", None)
    with pytest.raises(AddressLinkInvalid):
        address_changes.confirm_address(mailing, link_in(server.letters[0], "confirm-address"))


def test_nobody_is_given_a_way_back_who_never_showed_to_read_the_old_address(
    mailing: Parts, rows: Rows, ada: Account, send_all: SendAll
) -> None:
    rows.change(Account, email_verified_at=None)
    change(mailing, ada)
    assert [one.kind for one in rows.all(Letter)] == [LetterKind.NEW_ADDRESS]


def test_the_way_back_is_open_for_a_week(mailing: Parts, rows: Rows, ada: Account, send_all: SendAll) -> None:
    change(mailing, ada)
    send_all()
    left = max(one.expires_at for one in rows.all(MailedLink)) - rows.moment()
    assert 7 * 86400 - 60 < left.total_seconds() <= 7 * 86400


def test_five_changes_a_window_are_enough(mailing: Parts, ada: Account) -> None:
    for number in range(5):
        change(mailing, ada, f"new{number}@example.org")
    with pytest.raises(TooManyAttempts):
        change(mailing, ada)


def test_a_hub_without_mail_changes_at_once_and_verifies_nothing(parts: Parts, rows: Rows, ada: Account) -> None:
    with pytest.raises(PasswordWrong):
        address_changes.change_email(actor_of(ada), parts, password="wrong", email="new@example.org")
    changed = change(parts, ada, "New@example.org")
    assert (changed.email, changed.email_verified_at, changed.revision) == ("new@example.org", None, 2)
    rows.account("ben")
    with pytest.raises(EmailTaken):
        change(parts, ada, "BEN@example.org")


def test_what_was_asked_while_there_was_mail_does_not_undo_it(
    mailing: Parts, parts: Parts, rows: Rows, ada: Account, server: Mailbox, send_all: SendAll
) -> None:
    change(mailing, ada, "first@example.org")
    send_all()
    change(parts, ada, "second@example.org")
    assert ada_now(rows) == ("second@example.org", None)
    with pytest.raises(AddressLinkInvalid):
        address_changes.confirm_address(mailing, link_in(server.letters[0], "confirm-address"))


def test_what_is_no_address_or_was_seen_too_long_ago_changes_nothing(mailing: Parts, rows: Rows, ada: Account) -> None:
    for wrong in (
        "none",
        "a@b",
        "a b@example.org",
        "a,b@example.org",
        "<a@example.org>",
        'a"@example.org',
        "a@ex,x.org",
    ):
        with pytest.raises(EmailInvalid):
            change(mailing, ada, wrong)
    with pytest.raises(PreconditionFailed):
        address_changes.change_email(actor_of(ada), mailing, password=None, email="new@example.org", revision=9)
    actor = token_actor(ada.id, "ada", frozenset(Scope), "token", is_operator=False)
    with pytest.raises(ScopeMissing):
        address_changes.change_email(actor, mailing, password=None, email="new@example.org")
    assert ada_now(rows) == ("ada@example.org", None)
