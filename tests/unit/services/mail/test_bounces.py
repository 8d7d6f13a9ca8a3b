"""What comes back is noted on its letter and its address, and on nothing else; what is old goes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from remixhub.compose import Parts
from remixhub.domain.bounces import Answer
from remixhub.domain.letters import LetterKind, LetterState, MailTopic, Rhythm
from remixhub.domain.moderation import NoticeKind
from remixhub.models import Account, DeclinedTopic, Letter, MailedLink, MailRhythm, now
from remixhub.services import notices
from remixhub.services.accounts.address_verification import verify_by_operator
from remixhub.services.mail import letters, wishes
from remixhub.services.mail.bounces import note_report
from remixhub.services.upkeep.departures import delete_account
from tests.mailbox import Mailbox
from tests.unit.domain.test_delivery_reports import report
from tests.unit.rows import Rows, actor_of

SendAll = Callable[[], None]
MONTH = 30 * 24 * 3600


@pytest.fixture
def ada(rows: Rows) -> Account:
    return rows.account("ada")


@pytest.fixture
def letter_id(parts: Parts, rows: Rows, ada: Account, send_all: SendAll) -> str:
    with parts.database.writing() as session:
        letters.write(session, ada, LetterKind.PASSWORD_CHANGED)
    send_all()
    return rows.one(Letter).id


def test_a_report_marks_the_letter_and_its_address(parts: Parts, rows: Rows, ada: Account, letter_id: str) -> None:
    assert note_report(parts, report(envelope=letter_id)) == letter_id
    assert rows.one(Letter).state is LetterState.BOUNCED
    assert rows.one(Account).address_bounced_at is not None
    page = wishes.view_mail(actor_of(ada), parts)
    assert page.bounced_by.startswith("5.1.1 550 5.1.1")
    assert note_report(parts, report(envelope=letter_id)) is None, "the same once more"
    verify_by_operator(parts, "ada")
    assert rows.one(Account).address_bounced_at is None


def test_what_a_server_says_is_kept_as_far_as_it_is_text(parts: Parts, rows: Rows, letter_id: str) -> None:
    """PostgreSQL keeps no NUL, and a page shows it."""
    raw = report(envelope=letter_id).replace(b"no such user", b"no\0 su\x1b[31mch \xe2\x80\xaeuser")
    assert note_report(parts, raw) == letter_id
    assert not set(rows.one(Letter).error) & set("\0\x1b\u202e")
    hostile = Answer(550, "5.1.1 no\0 such\x1b[31m \u202euser", at_recipient=True)
    assert hostile.said == "550 5.1.1 no such[31m user"


def test_an_address_that_no_header_holds_takes_no_mail(
    parts: Parts, rows: Rows, ada: Account, server: Mailbox, send_all: SendAll
) -> None:
    """It was taken for one before, or its dot is none until the name is read as IDNA."""
    rows.change(Account, email="ada@example.org\u3002")
    with parts.database.writing() as session:
        letters.write(session, rows.one(Account), LetterKind.PASSWORD_CHANGED)
    send_all()
    assert rows.one(Letter).state is LetterState.BOUNCED
    assert server.letters == []


def test_an_address_that_is_another_by_now_stays_good(parts: Parts, rows: Rows, letter_id: str) -> None:
    rows.change(Account, email="new@example.org")
    note_report(parts, report(envelope=letter_id))
    assert rows.one(Letter).state is LetterState.BOUNCED
    assert rows.one(Account).address_bounced_at is None


def test_what_is_made_up_changes_nothing(parts: Parts, rows: Rows, letter_id: str) -> None:
    for raw in (report(), report(envelope="f" * 32), report(envelope=letter_id, action="delayed"), b"nonsense"):
        assert note_report(parts, raw) is None
    assert rows.one(Letter).state is LetterState.SENT
    assert rows.one(Account).address_bounced_at is None


def test_a_bouncing_address_gets_security_mail_alone(
    parts: Parts, rows: Rows, ada: Account, server: Mailbox, send_all: SendAll
) -> None:
    rows.change(Account, address_bounced_at=now())
    with parts.database.writing() as session:
        notices.send(session, [ada.id], NoticeKind.CONTEST, ("contest", "c"), "It opens", "")
        letters.write(session, ada, LetterKind.PASSWORD_CHANGED)
    send_all()
    assert len(server.letters) == 1
    assert "Your password was changed" in server.letters[0]


def test_letters_go_after_a_month_unless_they_wait(parts: Parts, rows: Rows) -> None:
    for state, age in (
        (LetterState.SENT, MONTH - 60),
        (LetterState.SENT, MONTH + 60),
        (LetterState.PENDING, 2 * MONTH),
    ):
        known = {"kind": LetterKind.TEST, "address": "a@example.org", "facts": {}, "state": state}
        rows.add(Letter(**known, created_at=now(-age)))
    letters.drop_old_letters(parts)
    assert sorted(letter.state for letter in rows.all(Letter)) == [LetterState.PENDING, LetterState.SENT]


def test_of_who_leaves_neither_letters_nor_wishes_stay(
    parts: Parts, rows: Rows, ada: Account, server: Mailbox, send_all: SendAll
) -> None:
    rows.change(Account, email_verified_at=None)
    rows.add(DeclinedTopic(account_id=ada.id, topic=MailTopic.JUDGING))
    rows.add(MailRhythm(account_id=ada.id, topic=MailTopic.REMIXES, rhythm=Rhythm.WEEKLY))
    with parts.database.writing() as session:
        letters.write(session, ada, LetterKind.VERIFY_ADDRESS)
    send_all()
    assert len(rows.all(MailedLink)) == 1
    with parts.database.writing() as session:
        letters.write(session, ada, LetterKind.PASSWORD_CHANGED)
    delete_account(actor_of(ada), parts, password=None, withdraw_works=False)
    assert rows.all(Letter) == rows.all(MailedLink) == rows.all(DeclinedTopic) == rows.all(MailRhythm) == []
    send_all()
    assert len(server.letters) == 1
