"""The house by its pages, its API and its commands; who comes in, and what they are told."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from remixhub.cli import main
from remixhub.domain.access import SYSTEM
from remixhub.domain.house import SignUp
from remixhub.models import Account, AuditEntry
from remixhub.services.house.furnishing import furnish
from tests.integration.conftest import PASSWORD, Client, Hub

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
FORM = {
    "name": "Stem Mill", "contact": "desk@example.org", "sign_up": "open", "invitations_each": "0",
    "rules": "# Be *kind*", "imprint": "Mill Ltd <script>alert(1)</script>",
}  # fmt: skip


@pytest.fixture
def operator(hub: Hub) -> Client:
    browser = hub.browser("operator")
    with hub.parts.database.writing() as session:
        session.execute(sa.update(Account).values(is_operator=True))
    return browser


def form(handle: str, **more: str) -> dict[str, str]:
    return {"handle": handle, "email": f"{handle}@example.org", "password": PASSWORD, **more}


def test_operators_furnish_the_house_and_everybody_sees_it(hub: Hub, operator: Client) -> None:
    page, stranger = operator.http, hub.browser("stranger").http
    assert (
        stranger.get("/house").status_code == stranger.post("/house", data={**FORM, "revision": "1"}).status_code == 403
    )
    for address in ("/rules", "/imprint"):
        assert page.get(address).status_code == 404
    shown = page.post("/house", data={**FORM, "revision": "1", "preview": "yes"}).text
    assert "As it would be" in shown
    assert "<em>kind</em>" in shown
    assert page.post("/house", data={**FORM, "revision": "1"}).status_code == 303
    home = hub.visitor().http.get("/").text
    assert re.search(r'class="brand"[^>]*>Stem Mill</a>', home)
    assert "<title>Stem Mill: stems to take apart</title>" in home
    assert 'href="/rules"' in home
    assert "<script>alert" not in page.get("/imprint").text
    late = page.post("/house", data={**FORM, "name": "Late", "revision": "1"})
    assert (late.status_code, "Late" in late.text, 'value="2"' in late.text) == (422, True, True)
    faults = page.post("/house", data={**FORM, "name": "", "invitations_each": "x", "revision": "2"})
    assert (faults.status_code, faults.text.count('class="fault"')) == (422, 2)
    (entry,) = [one for one in hub.rows(AuditEntry) if one.action == "house.changed"]
    assert (entry.before["name"], entry.after["name"]) == ("RemixHub", "Stem Mill")


def test_the_api_edits_what_was_seen(hub: Hub, operator: Client) -> None:
    assert operator.patch("/house", {"name": "Stem Mill"}).status_code == 428
    assert operator.edit("/house", {"name": "Stem Mill"}).get_json()["name"] == "Stem Mill"
    assert operator.patch("/house", {"name": "Late"}, revision=1).status_code == 412
    assert operator.edit("/house", {"name": ""}).status_code == 422
    assert hub.visitor().get("/house").get_json()["revision"] == 2


def test_who_signs_up_accepts_the_rules_and_hears_when_they_change(hub: Hub) -> None:
    furnish(SYSTEM, hub.parts, {"rules": "Be kind."}, revision=None)
    newcomer = hub.visitor()
    refused = newcomer.http.post("/sign-up", data=form("mika", password="short"))
    assert (refused.status_code, refused.text.count('class="fault"')) == (422, 2)
    assert newcomer.post("/accounts", form("mika")).get_json()["code"] == "rules_not_accepted"
    assert newcomer.http.post("/sign-up", data=form("mika", accepted_rules="1")).status_code == 303
    assert "I have read them" not in newcomer.http.get("/").text
    furnish(SYSTEM, hub.parts, {"rules": "Be kinder."}, revision=None)
    assert "I have read them" in newcomer.http.get("/licences").text
    assert newcomer.get("/account").get_json()["accepted_rules"] == 1
    read = newcomer.http.post("/rules", data={"rules_revision": "2", "next": "/licences"})
    assert read.headers["Location"] == "/licences"
    assert "I have read them" not in newcomer.http.get("/licences").text
    assert newcomer.post("/account/rules-acceptance", {"rules_revision": 99}).status_code == 204
    assert newcomer.get("/account").get_json()["accepted_rules"] == 2


def test_a_closed_hub_and_one_by_invitation_say_so_kindly(hub: Hub, operator: Client) -> None:
    furnish(SYSTEM, hub.parts, {"sign_up": SignUp.INVITATION, "contact": "desk@example.org"}, revision=None)
    guest = hub.visitor()
    assert "desk@example.org" in guest.http.get("/sign-up").text
    assert "By invitation" in guest.http.post("/sign-up", data=form("mika")).text
    made = operator.http.post("/invitations", data={"uses": "1", "days": "3", "note": "For Mika"})
    (link,) = re.findall(r"http://[^<]*(/sign-up/[\w-]+)<", made.text)
    assert made.headers["Cache-Control"] == "no-store"
    assert link not in operator.http.get("/invitations").text
    invited = guest.http.get(link)
    assert "operator" in invited.text
    assert invited.headers["Referrer-Policy"] == "strict-origin"
    assert guest.http.post("/sign-up", data=form("mika", invitation=link.rpartition("/")[2])).status_code == 303
    assert "@mika" in operator.http.get("/invitations").text
    assert "not good any more" in hub.visitor().http.get(link).text
    furnish(SYSTEM, hub.parts, {"sign_up": SignUp.CLOSED}, revision=None)
    assert "No new accounts" in hub.visitor().http.get("/sign-up").text
    assert hub.visitor().post("/accounts", form("late")).get_json()["code"] == "sign_up_closed"
    assert hub.visitor().post("/sessions", {"login": "mika", "password": PASSWORD}).status_code == 201


def test_the_house_and_invitations_from_the_shell(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: object
) -> None:
    for name, value in hub.parts.settings.to_env().items():
        monkeypatch.setenv(name, value)
    assert main(["house", "--name", "Stem Mill", "--sign-up", "invitation"]) == 0
    assert "Stem Mill" in capsys.readouterr().out
    assert main(["house", "--name", ""]) == 1
    assert "house_invalid" in capsys.readouterr().err
    assert main(["invite", "--uses", "2"]) == 0
    link = capsys.readouterr().out.split("\n")[0]
    assert hub.visitor().post("/accounts", form("mika", invitation=link.rpartition("/")[2])).status_code == 201
