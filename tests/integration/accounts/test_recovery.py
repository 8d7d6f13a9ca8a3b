"""A forgotten password by the API and by the pages, and mail that is stopped from the mail itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from remixhub.domain.access import SYSTEM
from remixhub.domain.letters import Rhythm
from remixhub.domain.moderation import NoticeKind
from remixhub.models import Account, DeclinedTopic, MailRhythm, now
from remixhub.services import notices
from remixhub.services.accounts.address_verification import verify_by_operator
from remixhub.services.house.furnishing import furnish
from remixhub.services.mail.messages import unsubscribe_token
from tests.integration.conftest import PASSWORD, Client, Hub
from tests.mailbox import Mailbox, link_in, mailbox, with_mail

NEW = "another sentence, as long"


@pytest.fixture
def server() -> Iterator[Mailbox]:
    with mailbox() as opened:
        yield opened


@pytest.fixture
def mailing(hub: Hub, server: Mailbox) -> Hub:
    parts = with_mail(hub.parts, f"smtp://127.0.0.1:{server.port}")
    hub.app.extensions["remixhub"] = parts
    return Hub(hub.app, parts)


def confirmed(hub: Hub) -> Client:
    """Signed up, with an address that is its own."""
    fan = hub.signed_up("fan")
    verify_by_operator(hub.parts, "fan")
    return fan


def signs_in(hub: Hub, password: str) -> bool:
    return hub.visitor().post("/sessions", {"login": "fan", "password": password}).status_code == 201


def test_a_forgotten_password(mailing: Hub, server: Mailbox) -> None:
    fan, visitor = confirmed(mailing), mailing.visitor()
    asked = [visitor.post("/password-resets", {"login": login}) for login in ("fan", "nobody")]
    assert [(one.status_code, one.text) for one in asked] == [(202, asked[0].text)] * 2
    pages = [visitor.http.post("/forgotten", data={"login": login}) for login in ("fan@example.org", "nobody")]
    assert {(one.status_code, one.headers["Location"]) for one in pages} == {(303, "/forgotten/on-its-way")}
    assert "login-fault" in visitor.http.post("/forgotten", data={"login": " "}).text, "nothing is on its way"
    mailing.drain()
    token = link_in(server.letters[-1], "reset-password")
    shown = visitor.http.get(f"/reset-password/{token}")
    assert "Set a new password" in shown.text
    assert shown.headers["Referrer-Policy"] == "strict-origin"
    assert "no-store" in shown.headers["Cache-Control"]
    assert visitor.get(f"/password-resets/{token}").get_json() == {"handle": "fan", "tokens": []}
    weak = visitor.post(f"/password-resets/{token}", {"new_password": "short"})
    assert (weak.status_code, weak.get_json()["violations"][0]["pointer"]) == (422, "/new_password")
    assert fan.get("/account").status_code == 200
    assert visitor.post(f"/password-resets/{token}", {"new_password": NEW}).status_code == 204
    assert visitor.get("/account").status_code == 401, "programs sign in afterwards"
    assert fan.get("/account").status_code == 401
    assert (signs_in(mailing, PASSWORD), signs_in(mailing, NEW)) == (False, True)
    for again in (visitor.post(f"/password-resets/{token}", {"new_password": PASSWORD}),
                  visitor.get(f"/password-resets/{token}")):  # fmt: skip
        assert (again.status_code, again.get_json()["code"]) == (422, "reset_invalid")
    assert signs_in(mailing, NEW)


def test_a_page_sets_the_password_and_signs_in_here_alone(mailing: Hub, server: Mailbox) -> None:
    elsewhere = confirmed(mailing)
    visitor = mailing.visitor()
    visitor.http.post("/forgotten", data={"login": "@fan"})
    mailing.drain()
    address = f"/reset-password/{link_in(server.letters[-1], 'reset-password')}"
    refused = visitor.http.post(address, data={"new_password": "short"})
    assert (refused.status_code, "new_password-fault" in refused.text) == (422, True)
    assert visitor.http.post(address, data={"new_password": NEW}).status_code == 303
    assert visitor.get("/account").get_json()["handle"] == "fan"
    assert elsewhere.get("/account").status_code == 401
    assert visitor.http.post(address, data={"new_password": PASSWORD}).status_code == 422


def test_a_hub_without_mail_promises_none(hub: Hub) -> None:
    furnish(SYSTEM, hub.parts, {"contact": "desk@example.org"}, revision=None)
    page = hub.visitor().http.get("/forgotten").text
    assert "We write" not in page
    assert "<form class" not in page
    assert "desk@example.org" in page
    asked = hub.visitor().post("/password-resets", {"login": "fan"})
    assert (asked.status_code, asked.get_json()["code"]) == (409, "mail_not_set_up")
    assert "desk@example.org" in asked.get_json()["detail"]


def told(hub: Hub, client: Client, server: Mailbox) -> str:
    """The address that stops the mail which has just come."""
    account_id = client.get("/account").get_json()["id"]
    with hub.parts.database.writing() as session:
        session.get_one(Account, account_id).email_verified_at = now()  # type: ignore[assignment]
        session.flush()
        notices.send(session, [account_id], NoticeKind.CONTEST, ("contest", "c"), "It opens", "Until Friday.")
    hub.drain()
    return f"/unsubscribe/{link_in(server.letters[-1], 'unsubscribe')}"


def test_mail_is_stopped_by_one_click_from_anywhere(mailing: Hub, server: Mailbox) -> None:
    fan = confirmed(mailing)
    address = told(mailing, fan, server)
    stranger = mailing.visitor().http
    assert "Stop this mail?" in stranger.get(address).text
    assert mailing.rows(DeclinedTopic) == [], "mail programs open links by themselves"
    by_program = {"Origin": "https://webmail.example", "Sec-Fetch-Site": "cross-site"}
    stopped = stranger.post(address, data={"List-Unsubscribe": "One-Click"}, headers=by_program)
    assert (stopped.status_code, stopped.headers.getlist("Set-Cookie")) == (200, [])
    wished = {one["topic"]: one["is_wished"] for one in fan.get("/account/mail-topics").get_json()["topics"]}
    assert [topic for topic, is_wished in wished.items() if not is_wished] == ["contests"]
    stranger.post(address, data={"undo": "yes"})
    assert mailing.rows(DeclinedTopic) == []
    assert stranger.post("/unsubscribe/made.up").status_code == 422


def test_a_made_up_undo_turns_nothing_on(mailing: Hub, server: Mailbox) -> None:
    fan = confirmed(mailing)
    for topic in ("remixes", "searches"):
        assert fan.delete(f"/account/mail-topics/{topic}/wish").status_code == 204
    account_id = fan.get("/account").get_json()["id"]
    address = f"/unsubscribe/{unsubscribe_token(mailing.parts.settings, account_id, Rhythm.DAILY)}"
    stranger = mailing.visitor().http
    assert "Undo" in stranger.post(address).text
    assert stranger.post(address, data={"undo": "remixes searches comments contests"}).status_code == 200
    rhythms = {one["topic"]: one["rhythm"] for one in fan.get("/account/mail-topics").get_json()["topics"]}
    assert [rhythms[topic] for topic in ("remixes", "searches", "comments")] == ["never", "never", "daily"]
    assert rhythms["contests"] == "at_once"
    assert fan.delete("/account", {"password": PASSWORD}).status_code == 204
    for form in ({}, {"undo": "comments"}):
        assert stranger.post(address, data=form).status_code == 200
    assert mailing.rows(MailRhythm) == []


def test_wishes_by_the_page_and_by_the_api(mailing: Hub) -> None:
    fan = confirmed(mailing)
    assert "newcomer@example.org</span>" in mailing.signed_up("newcomer").http.get("/settings/mail").text
    chosen = {"contests": "at_once", "judging": "weekly", "permissions": "never", "moderation": "daily", "remixes": "x"}
    assert fan.http.post("/settings/mail", data=chosen).status_code == 303
    rhythms = {one["topic"]: one["rhythm"] for one in fan.get("/account/mail-topics").get_json()["topics"]}
    assert rhythms == chosen | {"remixes": "at_once", "comments": "daily", "searches": "daily", "hooks": "at_once"}
    assert {row.topic for row in mailing.rows(DeclinedTopic)} == {"judging", "permissions", "moderation"}
    for _ in range(2):
        assert fan.post("/account/mail-topics/judging/rhythm", {"rhythm": "at_once"}).status_code == 204
        assert fan.delete("/account/mail-topics/contests/wish").status_code == 204
    assert {row.topic for row in mailing.rows(DeclinedTopic)} == {"contests", "permissions", "moderation"}
    assert fan.post("/account/mail-topics/nonsense/wish").status_code == 404


def test_the_letter_about_a_new_browser_names_it(mailing: Hub, server: Mailbox) -> None:
    confirmed(mailing)
    agent = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:125.0) Gecko/20100101 Firefox/125.0"}
    signed_in = mailing.visitor().post("/sessions", {"login": "fan", "password": PASSWORD}, headers=agent)
    assert signed_in.status_code == 201
    mailing.drain()
    assert "It calls itself: Firefox 125 on Windows" in server.letters[-1]


def test_mail_that_is_kept_is_shown_on_the_machine_alone(hub: Hub) -> None:
    fan = hub.signed_up("fan").http
    assert fan.get("/dev/mail").status_code == 404, "a hub that keeps none has no such page"
    parts = with_mail(hub.parts, f"folder://{hub.parts.settings.work_dir / 'mail'}")
    hub.app.extensions["remixhub"] = parts
    keeping = Hub(hub.app, parts)
    keeping.visitor().http.post("/forgotten", data={"login": "fan"})
    keeping.drain()
    assert "Set a new password" in fan.get("/dev/mail").text
    tunnelled = {"HTTP_X_FORWARDED_FOR": "192.0.2.1"}
    for elsewhere in ({"REMOTE_ADDR": "192.0.2.1"}, {"HTTP_HOST": "rebound.example"}, tunnelled):
        assert fan.get("/dev/mail", environ_overrides=elsewhere).status_code == 404
    letter = next((parts.settings.work_dir / "mail").glob("*.eml")).stem
    framed = fan.get(f"/dev/mail/{letter}/html")
    assert "sandbox" in framed.headers["Content-Security-Policy"]
    assert "allow-scripts" not in framed.headers["Content-Security-Policy"]
    for wrong in ("..%2Fsecret", "b" * 32, ".hidden"):
        assert fan.get(f"/dev/mail/{wrong}").status_code == 404
