"""A letter goes with what caused it, once, and what a server says of it is noted where it belongs."""

from __future__ import annotations

import email
import email.policy
import hashlib
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from email.message import EmailMessage

import pytest
from sqlalchemy.orm import sessionmaker

from remixhub.compose import Parts
from remixhub.domain.letters import LetterKind, LetterState, MailTopic
from remixhub.domain.moderation import NoticeKind
from remixhub.domain.states import JobState
from remixhub.models import Account, AuditEntry, DeclinedTopic, Job, Letter, MailedLink, Notice, now
from remixhub.services import notices
from remixhub.services.mail import letters
from tests.mailbox import Mailbox
from tests.unit.rows import LONG_AGO, Rows

SendAll = Callable[[], None]


@pytest.fixture
def ada(rows: Rows) -> Account:
    return rows.account("ada")


def write(parts: Parts, account: Account, kind: LetterKind, **facts: object) -> None:
    with parts.database.writing() as session:
        letters.write(session, account, kind, **facts)


def tell(parts: Parts, *accounts: Account, title: str = "It opens") -> None:
    with parts.database.writing() as session:
        ids = [account.id for account in accounts]
        notices.send(session, ids, NoticeKind.CONTEST, ("contest", "c"), title, "Until Friday.")


def arrived(server: Mailbox) -> list[EmailMessage]:
    return [email.message_from_string(text, policy=email.policy.default) for text in server.letters]  # type: ignore[misc]


def words(message: EmailMessage, kind: str = "plain") -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def test_a_letter_is_written_with_what_caused_it_or_not_at_all(
    parts: Parts, rows: Rows, ada: Account, server: Mailbox, send_all: SendAll
) -> None:
    with suppress(ZeroDivisionError), parts.database.writing() as session:
        letters.write(session, ada, LetterKind.PASSWORD_CHANGED)
        raise ZeroDivisionError
    assert rows.all(Letter) == rows.all(Job) == []
    write(parts, ada, LetterKind.PASSWORD_CHANGED)
    assert server.letters == []
    send_all()
    (message,) = arrived(server)
    (letter,) = rows.all(Letter)
    assert (letter.state, letter.attempts, letter.sent_at is not None) == (LetterState.SENT, 1, True)
    assert message["To"] == "ada@example.org"
    assert message["From"].addresses[0].display_name == "RemixHub"
    assert message["Subject"] == "Your password was changed"
    assert message["Message-ID"] == f"<{letter.id}@stems.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == letter.created_at.replace(microsecond=0)
    assert message["List-Unsubscribe"] is None
    assert "@ada" in words(message)
    assert "@ada" in words(message, "html")


def test_a_hub_without_mail_writes_nothing(parts: Parts, rows: Rows, ada: Account) -> None:
    silent = replace(parts, database=replace(parts.database, _sessions=sessionmaker(parts.database.engine)))
    write(silent, ada, LetterKind.PASSWORD_CHANGED)
    tell(silent, ada)
    assert rows.all(Letter) == rows.all(Job) == []
    assert len(rows.all(Notice)) == 1


def test_a_secret_link_stands_in_the_letter_alone(
    parts: Parts, rows: Rows, ada: Account, server: Mailbox, send_all: SendAll
) -> None:
    rows.change(Account, Account.id == ada.id, email_verified_at=None)
    write(parts, ada, LetterKind.VERIFY_ADDRESS)
    assert rows.all(MailedLink) == []
    send_all()
    (message,) = arrived(server)
    found = re.search(r"https://stems\.example/verify-address/([\w-]{43})\s", words(message))
    assert found is not None
    assert found[0].strip() in words(message, "html")
    (link,) = rows.all(MailedLink)
    assert link.token_hash == hashlib.sha256(found[1].encode()).hexdigest()


@pytest.mark.parametrize("answers", [{"MAIL": "451 4.3.0 full of work"}, {"MAIL": "550 5.7.1 who are you"}])
def test_trouble_of_the_mail_server_is_waited_out(
    answers: dict[str, str], parts: Parts, rows: Rows, ada: Account, server: Mailbox, send_all: SendAll
) -> None:
    server.answers = answers
    write(parts, ada, LetterKind.PASSWORD_CHANGED)
    send_all()
    (job,), (letter,) = rows.all(Job), rows.all(Letter)
    assert (job.state, job.attempts, job.delays, job.error_code) == (JobState.PENDING, 0, 1, "mail_unavailable")
    assert letter.state is LetterState.PENDING
    assert rows.one(Account).address_bounced_at is None
    server.answers = {}
    rows.change(Job, Job.id == job.id, run_after_at=LONG_AGO)
    rows.change(Letter, Letter.id == letter.id, tried_at=LONG_AGO)
    send_all()
    assert [one["Message-ID"] for one in arrived(server)] == [f"<{letter.id}@stems.example>"]
    assert rows.one(Letter).state is LetterState.SENT


def test_a_server_that_is_away_is_asked_by_one_letter_at_a_time(
    parts: Parts, rows: Rows, ada: Account, server: Mailbox, send_all: SendAll
) -> None:
    server.answers = {"MAIL": "451 4.3.0 full of work"}
    tell(parts, ada, rows.account("bo"), rows.account("cy"))
    send_all()
    assert len(server.envelopes) == 1
    assert {job.error_code for job in rows.all(Job)} == {"mail_unavailable"}
    assert sorted(letter.attempts for letter in rows.all(Letter)) == [0, 0, 1]


def test_the_recipients_server_is_asked_again_for_three_days(
    parts: Parts, rows: Rows, ada: Account, server: Mailbox, send_all: SendAll
) -> None:
    server.answers = {"RCPT": "450 4.2.0 greylisted"}
    write(parts, ada, LetterKind.PASSWORD_CHANGED)
    tell(parts, ada)
    send_all()
    assert {job.error_code for job in rows.all(Job)} == {"mail_put_off"}
    assert len(server.envelopes) == 4, "it is nothing about our own server"
    rows.change(Letter, created_at=now(-3 * 24 * 3600 - 1))
    rows.change(Job, run_after_at=LONG_AGO)
    send_all()
    assert {letter.state for letter in rows.all(Letter)} == {LetterState.FAILED}
    assert rows.one(Account).address_bounced_at is None


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        ({"RCPT": "550 5.1.1 no such user"}, LetterState.BOUNCED),
        ({"RCPT": "550 no such user"}, LetterState.BOUNCED),
        ({"DATA": "550 5.1.1 no such user"}, LetterState.BOUNCED),
        ({"RCPT": "550 5.7.1 we do not like you"}, LetterState.FAILED),
        ({"RCPT": "552 mailbox full"}, LetterState.FAILED),
        ({"DATA": "554 this is spam"}, LetterState.FAILED),
    ],
)
def test_a_refusal_is_noted_on_the_letter_and_on_the_address_if_it_is_about_that(
    answers: dict[str, str],
    state: LetterState,
    parts: Parts,
    rows: Rows,
    ada: Account,
    server: Mailbox,
    send_all: SendAll,
) -> None:
    server.answers = answers
    write(parts, ada, LetterKind.PASSWORD_CHANGED)
    send_all()
    (letter,) = rows.all(Letter)
    assert letter.state is state
    assert letter.error in answers.values()
    assert rows.one(Job).state is JobState.DONE
    noted = [entry.action for entry in rows.all(AuditEntry)]
    is_about_address = state is LetterState.BOUNCED
    assert (rows.one(Account).address_bounced_at is not None) == is_about_address
    assert noted == (["account.address_bounced"] if is_about_address else [])


def test_notices_go_to_those_who_wish_them_at_addresses_that_take_mail(
    parts: Parts, rows: Rows, ada: Account, server: Mailbox, send_all: SendAll
) -> None:
    unverified = rows.account("bo", email_verified_at=None)
    bounced = rows.account("cy", address_bounced_at=LONG_AGO)
    gone = rows.account("di", email=None, deleted_at=LONG_AGO)
    others, unwilling = rows.account("ed"), rows.account("flo")
    rows.add(DeclinedTopic(account_id=unwilling.id, topic=MailTopic.CONTESTS))
    rows.add(DeclinedTopic(account_id=others.id, topic=MailTopic.MODERATION))
    tell(parts, ada, unverified, bounced, gone, others, unwilling)
    assert len(rows.all(Notice)) == 6
    send_all()
    assert sorted(message["To"] for message in arrived(server)) == ["ada@example.org", "ed@example.org"]
    assert {job.payer for job in rows.all(Job)} == {"mail"}


def test_what_is_no_longer_wanted_does_not_go(
    parts: Parts, rows: Rows, ada: Account, server: Mailbox, send_all: SendAll
) -> None:
    tell(parts, ada)
    rows.add(DeclinedTopic(account_id=ada.id, topic=MailTopic.CONTESTS))
    bo = rows.account("bo")
    tell(parts, bo)
    rows.change(Account, Account.id == bo.id, address_bounced_at=LONG_AGO)
    write(parts, ada, LetterKind.VERIFY_ADDRESS)  # which is verified already
    send_all()
    assert server.letters == []
    assert rows.all(Letter) == []


def test_mail_that_can_be_stopped_says_how_by_one_click(
    parts: Parts, ada: Account, server: Mailbox, send_all: SendAll
) -> None:
    tell(parts, ada)
    send_all()
    (message,) = arrived(server)
    address = message["List-Unsubscribe"].strip("<>")
    assert address.startswith("https://stems.example/unsubscribe/")
    assert f"\r\nList-Unsubscribe: <{address}>\r\n" in server.letters[0], "as it is, on one line"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert address in words(message)
    assert address in words(message, "html")


def test_words_of_people_make_neither_headers_nor_html(
    parts: Parts, ada: Account, server: Mailbox, send_all: SendAll
) -> None:
    tell(parts, ada, title="Hello\r\nBcc: all@example.org\r\n\r\n<script>alert(1)</script> Ω " + "x" * 200)
    send_all()
    (message,) = arrived(server)
    assert message["Bcc"] is None
    assert server.envelopes[1] == "TO:<ada@example.org>"
    assert len(server.envelopes) == 2
    assert message["Subject"].startswith("Hello Bcc: all@example.org <script>")
    assert "<script" not in words(message, "html")


def test_a_server_that_reports_is_told_which_letter_it_was(
    parts: Parts, rows: Rows, ada: Account, server: Mailbox, send_all: SendAll
) -> None:
    server.reports = True
    write(parts, ada, LetterKind.PASSWORD_CHANGED)
    send_all()
    assert f"ENVID={rows.one(Letter).id}" in server.envelopes[0]
    assert server.envelopes[1].endswith("NOTIFY=FAILURE")
