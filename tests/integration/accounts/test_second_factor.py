"""Signing in by more than a password, over HTTP: what is answered, which cookies, and what does not go round it."""

from __future__ import annotations

from typing import Any

import pyotp
import sqlalchemy as sa

from remixhub.models import CodeApp, House
from remixhub.services.accounts import second_steps
from remixhub.services.accounts.accounts import make_operator
from tests.integration.conftest import PASSWORD, Client, Hub
from tests.soft_key import SoftKey

SIGN_IN = {"login": "artist", "password": PASSWORD}


def with_app(browser: Client, hub: Hub) -> pyotp.TOTP:
    app = pyotp.TOTP(browser.post("/account/code-app").get_json()["secret"])
    assert browser.post("/account/code-app/confirmation", {"code": app.now()}).status_code == 204
    forget_step(hub)
    return app


def forget_step(hub: Hub) -> None:
    """As if its codes of now had not been used."""
    with hub.parts.database.writing() as session:
        session.execute(sa.update(CodeApp).values(last_step=0))


def options(client: Client, path: str, body: Any = None) -> Any:
    answer = client.post(path, body) if body is not None else client.send("POST", path)
    assert answer.status_code == 200, answer.text
    return answer.get_json()["options"]


def test_a_right_password_is_half_a_sign_in_and_a_code_the_other_half(hub: Hub) -> None:
    app = with_app(hub.browser(), hub)
    phone = hub.visitor()
    half = phone.post("/sessions", SIGN_IN)
    assert (half.status_code, half.get_json()["ways"]) == (202, ["code"])
    assert half.headers["Cache-Control"] == "no-store"
    cookies = half.headers.getlist("Set-Cookie")
    assert [one.partition("=")[0] for one in cookies] == ["remixhub_second_step"]
    assert "HttpOnly" in cookies[0]
    assert phone.get("/account").status_code == 401
    wrong = phone.post("/sessions/second-step", {"code": "000000"})
    assert (wrong.status_code, wrong.get_json()["code"]) == (401, "code_wrong")
    step = half.get_json()["second_step"]
    elsewhere = hub.visitor()
    assert elsewhere.post("/sessions/second-step", {"second_step": step, "code": app.now()}).status_code == 201
    assert elsewhere.get("/account").get_json()["handle"] == "artist"
    over = phone.post("/sessions/second-step", {"code": app.now()})
    assert (over.status_code, over.get_json()["code"]) == (401, "second_step_over")


def test_a_passkey_made_here_signs_in_alone_and_as_second_step(hub: Hub) -> None:
    browser, key = hub.browser(), SoftKey()
    made = key.create(options(browser, "/account/passkey-options"))
    added = browser.post("/account/passkeys", {"name": "Phone", "passkey": made})
    assert (added.status_code, added.get_json()["signs_in_alone"]) == (201, True)
    phone = hub.visitor()
    signed = key.get(options(phone, "/sessions/passkey-options"))
    stolen = hub.visitor().post("/sessions/passkey", {"passkey": signed})
    assert (stolen.status_code, stolen.get_json()["code"]) == (401, "challenge_over"), "without the browser's cookie"
    assert phone.post("/sessions/passkey", {"passkey": signed}).status_code == 201
    assert phone.get("/account/factors").get_json()["passkeys"][0]["last_used_at"] is not None
    again = hub.visitor()
    assert again.post("/sessions", SIGN_IN).status_code == 202
    step = key.get(options(again, "/sessions/second-step/passkey-options", {}))
    assert again.post("/sessions/second-step", {"passkey": step}).status_code == 201
    proof = key.get(options(again, "/account/proof/passkey-options"))
    assert again.post("/account/proof", {"passkey": proof}).status_code == 204
    passkey_id = added.get_json()["id"]
    assert again.post(f"/account/passkeys/{passkey_id}/name", {"name": "Old phone"}).status_code == 204
    assert again.delete(f"/account/passkeys/{passkey_id}").status_code == 204
    assert hub.visitor().post("/sessions", SIGN_IN).status_code == 201


def test_without_a_password_only_passkeys_sign_in_until_one_is_set_again(hub: Hub) -> None:
    browser, key = hub.browser(), SoftKey()
    browser.post(
        "/account/passkeys", {"name": "A", "passkey": key.create(options(browser, "/account/passkey-options"))}
    )
    refused = browser.delete("/account/password")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "last_way_in")
    assert len(browser.post("/account/recovery-codes").get_json()["codes"]) == 10
    assert browser.delete("/account/password").status_code == 204
    assert hub.visitor().post("/sessions", SIGN_IN).get_json()["code"] == "sign_in_failed"
    page = browser.http.get("/settings/security").text
    assert "Set a password" in page
    assert "current_password" not in page
    new = {"new_password": "another long sentence"}
    set_again = browser.put("/account/password", new, revision=browser.revision_of("/account"))
    assert set_again.status_code in (200, 204), set_again.text
    assert hub.visitor().post("/sessions", {**SIGN_IN, "password": "another long sentence"}).status_code == 202


def test_access_tokens_need_no_second_step_and_change_no_factor(hub: Hub) -> None:
    token = hub.account()
    assert token.get("/account").status_code == 200
    for method, path in (("GET", "/account/factors"), ("POST", "/account/code-app"), ("DELETE", "/account/password")):
        answer = token.send(method, path)
        assert (answer.status_code, answer.get_json()["context"]["scope"]) == (403, "session"), path


def test_what_the_house_asks_of_operators_leads_to_the_settings(hub: Hub) -> None:
    browser = hub.browser()
    make_operator(hub.parts, "artist")
    assert browser.get("/reports").status_code == 200
    with hub.parts.database.writing() as session:
        session.execute(sa.update(House).values(operators_need_second_factor=True))
    hub.parts.house.forget()
    refused = browser.get("/reports")
    assert (refused.status_code, refused.get_json()["code"]) == (403, "second_factor_needed")
    page = browser.http.get("/moderation")
    assert (page.status_code, 'href="/settings/security"' in page.text) == (403, True)
    assert "asks for a second factor" in browser.http.get("/settings/security").text
    with_app(browser, hub)
    assert browser.get("/reports").status_code == 200


def test_the_second_step_has_a_page_and_a_lost_one_leads_back(hub: Hub) -> None:
    with_app(hub.browser(), hub)
    phone = hub.visitor().http
    half = phone.post("/sign-in", data={**SIGN_IN, "next": "/settings/tokens"})
    assert half.headers["Location"] == "/sign-in/second-step?next=/settings/tokens"
    assert "artist" in phone.get(half.headers["Location"]).text
    wrong = phone.post("/sign-in/second-step/code", data={"code": "000000", "next": "/settings/tokens"})
    assert (wrong.status_code, "six digits" in wrong.text) == (422, True)
    with hub.parts.database.writing() as session:
        session.execute(sa.delete(second_steps.SecondStep))
    lost = phone.post("/sign-in/second-step/code", data={"code": "000000", "next": "/settings/tokens"})
    assert lost.headers["Location"] == "/sign-in?next=/settings/tokens"
