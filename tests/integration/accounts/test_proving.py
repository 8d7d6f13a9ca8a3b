"""A session that is no longer fresh proves itself, and goes on where it was with all that was typed."""

from __future__ import annotations

import re

import sqlalchemy as sa

from remixhub.models import AccessToken, BrowserSession, now
from tests.integration.conftest import PASSWORD, Client, Hub


def grown_stale(hub: Hub, browser: Client) -> Client:
    with hub.parts.database.writing() as session:
        session.execute(sa.update(BrowserSession).values(proved_at=now(-601)))
    return browser


def test_programs_are_told_and_prove_it_by_the_password(hub: Hub) -> None:
    browser = grown_stale(hub, hub.browser())
    wanted = {"name": "t", "scopes": ["read"]}
    refused = browser.post("/tokens", wanted)
    assert (refused.status_code, refused.get_json()["code"]) == (401, "proof_needed")
    wrong = browser.post("/account/proof", {"password": "not it"})
    assert (wrong.status_code, wrong.get_json()["code"]) == (401, "password_wrong")
    assert browser.post("/account/proof", {"password": PASSWORD}).status_code == 204
    assert browser.post("/tokens", wanted).status_code == 201


def test_a_form_waits_for_the_proof_and_is_sent_on_as_it_was_typed(hub: Hub) -> None:
    browser = grown_stale(hub, hub.browser()).http
    typed = {"name": "my “script” & more", "scopes": ["read", "publish"], "days": "30"}
    asked = browser.post("/settings/tokens", data=typed)
    assert (asked.status_code, "Is it you?" in asked.text) == (401, True)
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', asked.text)
    assert sum(name == "scopes" for name, _ in fields) == 2
    sent = {**typed, "proof_again": "/settings/tokens", "proof_next": ""}
    again = browser.post("/settings/prove", data={**sent, "proof_password": "not it"})
    assert again.status_code == 422
    assert "Type your present password" in again.text
    assert "my “script” &amp; more" in again.text
    sent["proof_password"] = PASSWORD
    onward = browser.post("/settings/prove", data=sent)
    assert (onward.status_code, onward.headers["Location"]) == (307, "/settings/tokens")  # the same is sent there
    assert browser.post("/settings/tokens", data=sent).status_code == 200
    assert [(row.name, row.scopes) for row in hub.rows(AccessToken)] == [("my “script” & more", ["publish", "read"])]


def test_the_way_on_stays_on_this_site_and_passwords_are_not_carried(hub: Hub) -> None:
    browser = grown_stale(hub, hub.browser()).http
    asked = browser.post("/settings/delete", data={"sure": "yes", "password": "", "works": "withdraw"})
    assert asked.status_code == 401
    assert 'name="works" value="withdraw"' in asked.text
    assert 'name="password"' not in asked.text
    for name in ("proof_again", "proof_next"):
        data = {name: "https://elsewhere.example/", "proof_password": PASSWORD}
        answer = browser.post("/settings/prove", data=data)
        assert answer.headers["Location"] == "/settings/security"
    assert 'value="/settings/tokens"' in browser.get("/settings/prove?next=/settings/tokens").text
    for address in ("https://elsewhere.example/", "javascript:alert(1)", "//elsewhere.example"):
        assert address not in browser.get("/settings/prove", query_string={"next": address}).text
        sent = {"proof_next": address, "proof_again": address, "proof_password": "not it"}
        assert address not in browser.post("/settings/prove", data=sent).text
    data = {"proof_next": "/settings/tokens", "proof_password": PASSWORD}
    assert browser.post("/settings/prove", data=data).headers["Location"] == "/settings/tokens"
