"""What operators and mail servers call, and what doctor says of mail."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest

from remixhub.cli import main
from remixhub.config import Environment
from remixhub.models import Account, Letter
from remixhub.services.accounts.passwords import verify_password
from remixhub.services.mail import trying
from remixhub.services.upkeep.health import check_mail
from tests.integration.conftest import Hub
from tests.mailbox import Mailbox, mailbox, with_mail
from tests.unit.domain.test_delivery_reports import report

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def server() -> Iterator[Mailbox]:
    with mailbox() as opened:
        yield opened


@pytest.fixture(autouse=True)
def _environment(hub: Hub, server: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = with_mail(hub.parts, f"smtp://127.0.0.1:{server.port}")
    for name, value in parts.settings.to_env().items():
        monkeypatch.setenv(name, value)


def piped(monkeypatch: pytest.MonkeyPatch, raw: bytes) -> None:
    monkeypatch.setattr(
        sys, "stdin", SimpleNamespace(buffer=io.BytesIO(raw), readline=io.StringIO(raw.decode()).readline)
    )


def test_a_test_letter_says_what_the_server_answers(
    hub: Hub, server: Mailbox, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["send-test-mail", "me@example.org"]) == 0
    assert "Mail from your hub works" in server.letters[0]
    server.answers = {"RCPT": "550 5.7.1 who are you"}
    assert main(["send-test-mail", "me@example.org"]) == 1
    assert "550 5.7.1 who are you" in capsys.readouterr().err
    assert main(["send-test-mail", "nobody"]) == 1
    assert hub.rows(Letter) == []


def test_a_mail_server_pipes_what_came_back(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with hub.parts.database.writing() as session:
        session.add(Letter(id="a" * 32, kind="test", address="fan@example.org", facts={}, state="sent"))
    piped(monkeypatch, report(envelope="a" * 32))
    assert main(["note-bounce"]) == 0
    assert [letter.state for letter in hub.rows(Letter)] == ["bounced"]
    piped(monkeypatch, b"Subject: buy this\n\n" + b"x" * 3_000_000)
    assert main(["note-bounce"]) == 0
    assert capsys.readouterr().out == "Noted.\nIt speaks of no letter of this hub.\n"
    monkeypatch.setenv("REMIXHUB_DATABASE_URL", "sqlite:////nowhere/at/all.db")
    piped(monkeypatch, report(envelope="a" * 32))
    assert main(["note-bounce"]) == 75, "the mail server keeps it and comes again"


def test_an_operator_gives_an_account_back(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fan = hub.browser("fan")
    assert main(["reset-password", "@fan"]) == 0
    address = capsys.readouterr().out.strip()
    assert "For @fan." in hub.visitor().http.get(address).text
    piped(monkeypatch, b"another sentence, as long\n")
    assert main(["reset-password", "fan", "--stdin"]) == 0
    assert fan.get("/account").status_code == 401
    (account,) = hub.rows(Account)
    assert verify_password(account.password_hash, "another sentence, as long")
    assert main(["reset-password", "nobody"]) == 1


def test_doctor_says_what_does_not_work(hub: Hub, server: Mailbox) -> None:
    production = replace(hub.parts.settings, environment=Environment.PRODUCTION)
    silent = check_mail(replace(hub.parts, settings=production))
    assert silent.ok
    assert "nobody can verify an address" in silent.warning
    mailing = replace(hub.parts, settings=replace(production, smtp_url=f"smtp://127.0.0.1:{server.port}"))
    answers = check_mail(mailing)
    assert (answers.ok, "MAIL_FROM" in answers.warning) == (True, True)
    assert server.letters == server.envelopes == []
    away = check_mail(replace(hub.parts, settings=replace(production, smtp_url="smtp://hub:secret@127.0.0.1:1")))
    assert not away.ok
    assert not away.required
    assert "secret" not in away.detail + away.remedy
    assert trying.look(hub.parts).warning == "", "in development nobody misses it"
