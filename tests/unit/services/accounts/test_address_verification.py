"""An address is verified by whoever opens the link that was sent to it, within two days, while it is the account's."""

from __future__ import annotations

import pytest

from remixhub.compose import Parts
from remixhub.domain.letters import LetterKind, LinkPurpose
from remixhub.models import Account, AuditEntry, Letter, MailedLink, now
from remixhub.services.accounts.accounts import AccountNotFound
from remixhub.services.accounts.address_verification import (
    AddressVerified,
    VerificationInvalid,
    send_verification,
    verify_address,
    verify_by_operator,
)
from remixhub.services.mail import links
from remixhub.services.mail.letters import MailNotSetUp
from remixhub.services.throttle import TooManyAttempts
from tests.mailbox import with_mail
from tests.unit.rows import LONG_AGO, Rows, actor_of

TWO_DAYS = 2 * 24 * 3600


@pytest.fixture
def ada(rows: Rows) -> Account:
    return rows.account("ada", email_verified_at=None)


def link(parts: Parts, account: Account) -> str:
    """As a letter takes it along."""
    with parts.database.writing() as session:
        return links.mint(session, LinkPurpose.VERIFY_ADDRESS, account_id=account.id, address=account.email or "")


def verified_at(rows: Rows) -> object:
    return rows.one(Account, Account.handle == "ada").email_verified_at


def test_the_link_verifies_the_address_once_and_says_whose_it_is(parts: Parts, rows: Rows, ada: Account) -> None:
    token = link(parts, ada)
    assert verify_address(parts, token) == "ada"
    first = verified_at(rows)
    assert first is not None
    assert verify_address(parts, token) == "ada"
    assert verified_at(rows) == first
    assert [entry.action for entry in rows.all(AuditEntry)] == ["account.address_verified"]


def test_a_link_is_good_for_two_days(parts: Parts, rows: Rows, ada: Account) -> None:
    token = link(parts, ada)
    rows.change(MailedLink, expires_at=now(-1))
    with pytest.raises(VerificationInvalid):
        verify_address(parts, token)
    assert verified_at(rows) is None
    token = link(parts, ada)
    left = rows.one(MailedLink).expires_at - rows.moment()
    assert TWO_DAYS - 60 < left.total_seconds() <= TWO_DAYS
    assert verify_address(parts, token) == "ada"


def test_a_link_that_is_not_ours_verifies_nothing(parts: Parts, rows: Rows, ada: Account) -> None:
    whole = link(parts, ada)
    with parts.database.writing() as session:
        other = links.mint(session, LinkPurpose.RESET_PASSWORD, account_id=ada.id, address=ada.email or "")
    stored = rows.all(MailedLink)[0].token_hash
    for token in (whole[:-1], whole[1:], "", "a.b.c", other, stored):
        with pytest.raises(VerificationInvalid):
            verify_address(parts, token)
    assert verified_at(rows) is None


def test_an_address_that_bounced_is_verified_anew(parts: Parts, rows: Rows, ada: Account) -> None:
    rows.change(Account, email_verified_at=LONG_AGO, address_bounced_at=LONG_AGO)
    with pytest.raises(MailNotSetUp):  # this hub names no mail server
        send_verification(actor_of(ada), parts)
    verify_address(parts, link(parts, ada))
    again = rows.one(Account)
    assert again.address_bounced_at is None
    assert again.email_verified_at is not None
    assert again.email_verified_at > LONG_AGO


def test_a_link_to_an_address_that_is_no_longer_the_accounts_verifies_nothing(
    parts: Parts, rows: Rows, ada: Account
) -> None:
    token = link(parts, ada)
    for email in ("new@example.org", None):
        rows.change(Account, email=email)
        with pytest.raises(VerificationInvalid):
            verify_address(parts, token)
        assert verified_at(rows) is None


def test_a_link_verifies_its_own_account_alone(parts: Parts, rows: Rows, ada: Account) -> None:
    rows.account("ben", email_verified_at=None)
    verify_address(parts, link(parts, ada))
    assert rows.one(Account, Account.handle == "ben").email_verified_at is None


def test_a_verified_address_needs_no_link(parts: Parts, rows: Rows, ada: Account) -> None:
    rows.change(Account, email_verified_at=LONG_AGO)
    with pytest.raises(AddressVerified):
        send_verification(actor_of(ada), parts)


def test_five_links_a_window_are_enough_and_one_letter_waits(parts: Parts, rows: Rows, ada: Account) -> None:
    mailing = with_mail(parts, "smtp://localhost")
    for _ in range(5):
        send_verification(actor_of(ada), mailing)
    with pytest.raises(TooManyAttempts):
        send_verification(actor_of(ada), mailing)
    (letter,) = rows.all(Letter)
    assert (letter.kind, letter.address) == (LetterKind.VERIFY_ADDRESS, "ada@example.org")
    assert rows.all(MailedLink) == [], "the link is made when the letter goes"


def test_an_operator_verifies_by_the_handle(parts: Parts, rows: Rows, ada: Account) -> None:
    verify_by_operator(parts, "@Ada")
    first = verified_at(rows)
    assert first is not None
    verify_by_operator(parts, "ada")
    assert verified_at(rows) == first
    rows.change(Account, deleted_at=now())
    for handle in ("ada", "nobody"):
        with pytest.raises(AccountNotFound):
            verify_by_operator(parts, handle)
