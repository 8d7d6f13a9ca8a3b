"""Mail goes to the server that was named and to nobody on the way, or it does not go; by real conversations."""

from __future__ import annotations

import socket
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from remixhub.config import Settings
from remixhub.services.mail.smtp import MailUnavailable, hand_over
from tests.mailbox import Authority, Mailbox, mailbox

HOST = "mail.example"
SETTINGS = Settings("sqlite://", "redis://", "http://s3", "key", "secret", "x" * 32, "https://stems.example")


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """`mail.example` is on this machine."""
    look_up = socket.getaddrinfo

    def answer(host: Any, *rest: Any, **named: Any) -> Any:
        return look_up("127.0.0.1" if host == HOST else host, *rest, **named)

    monkeypatch.setattr(socket, "getaddrinfo", answer)


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """The one that this machine trusts."""
    made = Authority(tmp_path, "authority")
    monkeypatch.setenv("SSL_CERT_FILE", str(made.path))
    return made


def send(url: str, server: Mailbox) -> None:
    settings = replace(SETTINGS, smtp_url=url.format(host=HOST, port=server.port))
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = settings.mail_from, "fan@stems.example", "Hello"
    message.set_content("A secret link")
    hand_over(settings, message, to="fan@stems.example", envelope_id="a")


def refused(url: str, server: Mailbox) -> str:
    with pytest.raises(MailUnavailable) as failure:
        send(url, server)
    assert server.letters == server.logins == []
    return failure.value.detail


WITH_PASSWORD, WITHOUT = "smtp://hub:pass%40word@{host}:{port}", "smtp://{host}:{port}"


@pytest.mark.parametrize("url", [WITH_PASSWORD, WITHOUT])
def test_a_letter_goes_by_starttls_and_nothing_before_it(url: str, authority: Authority) -> None:
    with mailbox(authority.context_for(HOST)) as server:
        send(url, server)
        assert len(server.letters) == 1
        assert set(server.clear) == {"EHLO", "STARTTLS"}
        assert len(server.logins) == (1 if "@" in url else 0)


def test_smtps_is_safe_from_the_first_byte(authority: Authority) -> None:
    with mailbox(authority.context_for(HOST), at_once=True) as server:
        send("smtps://hub:password@{host}:{port}", server)
        assert (len(server.letters), len(server.logins), server.clear) == (1, 1, [])


@pytest.mark.parametrize("url", [WITH_PASSWORD, WITHOUT, "smtps://hub:password@{host}:{port}"])
@pytest.mark.parametrize("wrong", ["host", "authority"])
def test_whoever_cannot_prove_the_name_gets_neither_password_nor_letter(
    url: str, wrong: str, authority: Authority, tmp_path: Path
) -> None:
    signs = Authority(tmp_path, "unknown") if wrong == "authority" else authority
    certified = signs.context_for("elsewhere.example" if wrong == "host" else HOST)
    with mailbox(certified, at_once=url.startswith("smtps")) as server:
        assert "password" not in refused(url, server)


@pytest.mark.parametrize("url", [WITH_PASSWORD, WITHOUT, "smtp://hub:password@127.0.0.1:{port}"])
def test_where_starttls_is_taken_away_nothing_is_sent(url: str, authority: Authority) -> None:
    with mailbox(authority.context_for(HOST), strips=True) as server:
        refused(url, server)
        assert set(server.clear) <= {"EHLO", "QUIT"}


def test_smtps_never_speaks_to_a_server_without_tls(authority: Authority) -> None:
    with mailbox() as server:
        refused("smtps://{host}:{port}", server)


@pytest.mark.parametrize("url", ["smtp://127.0.0.1:{port}", "smtp://localhost:{port}", "smtp+plain://{host}:{port}"])
def test_plain_text_is_for_this_machine_or_by_the_word(url: str) -> None:
    with mailbox() as server:
        send(url, server)
        assert len(server.letters) == 1


def test_a_hub_without_a_server_says_so() -> None:
    with mailbox() as server, pytest.raises(MailUnavailable, match="sends no mail"):
        send("", server)
