"""Verified addresses: a link by mail, over a real conversation with a mail server, that works while it may."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from remixhub.cli import main
from remixhub.models import Account, Job
from tests.integration.conftest import PASSWORD, Hub
from tests.mailbox import Mailbox, link_in, with_mail
from tests.mailbox import mailbox as running_mailbox


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with running_mailbox() as server:
        yield server


@pytest.fixture
def mailing_hub(hub: Hub, mailbox: Mailbox) -> Hub:
    parts = with_mail(hub.parts, f"smtp://127.0.0.1:{mailbox.port}")
    hub.app.extensions["remixhub"] = parts
    return Hub(hub.app, parts)


def test_the_link_in_the_mail_verifies_the_address_once_for_good(mailing_hub: Hub, mailbox: Mailbox) -> None:
    fan = mailing_hub.signed_up("fan")
    assert fan.get("/account").get_json()["email_verified_at"] is None
    assert fan.post("/account/address-verification").status_code == 202
    mailing_hub.drain()
    (letter,) = mailbox.letters
    assert "To: fan@example.org" in letter
    token = link_in(letter, "verify-address")
    visitor = mailing_hub.visitor().http
    assert "Is this address yours?" in visitor.get(f"/verify-address/{token}").text
    assert fan.get("/account").get_json()["email_verified_at"] is None, "opening it is not enough"
    assert visitor.post(f"/verify-address/{token}").status_code == 303
    first = fan.get("/account").get_json()["email_verified_at"]
    assert first is not None
    assert mailing_hub.visitor().post(f"/address-verifications/{token}").status_code == 204
    assert fan.get("/account").get_json()["email_verified_at"] == first
    assert fan.post("/account/address-verification").get_json()["code"] == "address_verified"


def test_signing_up_tells_nobody_but_its_owner_that_an_address_has_an_account(
    mailing_hub: Hub, mailbox: Mailbox
) -> None:
    hub, owner = mailing_hub, mailing_hub.signed_up("fan")
    hub.drain()
    owner.post(f"/address-verifications/{link_in(mailbox.letters.pop(), 'verify-address')}")
    answers = {}
    for handle, email in (("free-one", "free@example.org"), ("taken-one", "fan@example.org")):
        visitor = hub.visitor()
        made = visitor.post("/accounts", {"handle": handle, "email": email, "password": PASSWORD})
        by_address = hub.visitor().post("/sessions", {"login": email, "password": "not this one, but long"})
        visitor.post("/sessions", {"login": handle, "password": PASSWORD})
        account = visitor.get("/account").get_json()
        told = {name: value for name, value in account.items() if name not in ("id", "created_at")}
        form = {"handle": f"{handle}-too", "email": email, "password": PASSWORD}
        page = hub.visitor().http.post("/sign-up", data=form, follow_redirects=True)
        codes = (made.status_code, by_address.status_code, page.status_code, page.request.path)
        shown = page.text[page.text.index("A link is on its way") :].partition("<")[0]
        answers[handle] = [codes, *(text.replace(email, "…").replace(handle, "…") for text in (str(told), shown))]
    assert answers["free-one"] == answers["taken-one"]
    assert answers["free-one"][0] == (201, 401, 200, "/")
    hub.drain()
    to_owner = [letter for letter in mailbox.letters if "To: fan@example.org" in letter]
    assert ["You have an account already" in letter for letter in to_owner] == [True, True]
    free = next(letter for letter in mailbox.letters if "@free-one." in letter)
    assert hub.visitor().post(f"/address-verifications/{link_in(free, 'verify-address')}").status_code == 204
    assert hub.visitor().post("/sessions", {"login": "free@example.org", "password": PASSWORD}).status_code == 201
    assert owner.get("/account").get_json()["email"] == "fan@example.org"


def test_another_address_is_confirmed_by_its_own_link_and_the_old_one_takes_it_back(
    mailing_hub: Hub, mailbox: Mailbox
) -> None:
    fan = mailing_hub.signed_up("fan")
    mailing_hub.drain()
    visitor = mailing_hub.visitor()
    assert visitor.post(f"/address-verifications/{link_in(mailbox.letters[0], 'verify-address')}").status_code == 204
    moved = fan.put(
        "/account/email", {"password": PASSWORD, "email": "new@example.org"}, revision=fan.revision_of("/account")
    )
    assert (moved.get_json()["email"], moved.get_json()["pending_email"]) == ("fan@example.org", "new@example.org")
    assert "Waiting for" in fan.http.get("/settings/security").text
    mailing_hub.drain()
    to_new, to_old = sorted(mailbox.letters[1:], key=lambda letter: "To: fan@" in letter)
    confirm, keep = link_in(to_new, "confirm-address"), link_in(to_old, "keep-address")
    assert "new@example.org" in visitor.http.get(f"/confirm-address/{confirm}").text
    assert fan.get("/account").get_json()["email"] == "fan@example.org", "opening it is not enough"
    assert visitor.post(f"/address-confirmations/{confirm}").status_code == 204
    assert fan.get("/account").get_json()["email"] == "new@example.org"
    assert "Keep this address?" in visitor.http.get(f"/keep-address/{keep}").text
    assert visitor.http.post(f"/keep-address/{keep}").headers["Location"] == "/forgotten"
    assert fan.get("/account").status_code == 401
    (account,) = mailing_hub.rows(Account)
    assert account.email == "fan@example.org"
    stale = visitor.post(f"/address-reversals/{keep}")
    assert (stale.status_code, stale.get_json()["code"]) == (422, "way_back_invalid")


def test_without_a_mail_server_an_operator_verifies(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fan = hub.signed_up("fan")
    answer = fan.post("/account/address-verification")
    assert (answer.status_code, answer.get_json()["code"]) == (409, "mail_not_set_up")
    assert "Ask its operators" in fan.http.post("/settings/address-verification").text
    for name, value in hub.parts.settings.to_env().items():
        monkeypatch.setenv(name, value)
    assert main(["verify-address", "@fan"]) == 0
    assert main(["verify-address", "nobody"]) == 1
    assert "[account_not_found]" in capsys.readouterr().err
    assert all(one.email_verified_at for one in hub.rows(Account))


def test_a_mail_server_that_is_away_keeps_nobody_waiting(hub: Hub) -> None:
    parts = with_mail(hub.parts, "smtp://127.0.0.1:1")
    hub.app.extensions["remixhub"] = parts
    assert Hub(hub.app, parts).signed_up("fan").post("/account/address-verification").status_code == 202
    Hub(hub.app, parts).drain()
    (job,) = hub.rows(Job)
    assert (job.state, job.error_code) == ("pending", "mail_unavailable")
