"""The device flow (RFC 8628): a code that is shown, typed elsewhere, and polled for."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from remixhub.models import AccessToken, AppGrant, AuditEntry, DeviceRequest, RefreshToken, now
from tests.integration.conftest import Client, Hub
from tests.integration.oauth.stage import ask_device, by_token, decide_device, device_tokens, poll, post, refresh


@pytest.fixture
def ada(hub: Hub) -> Client:
    return hub.browser("ada")


def polled_long_ago(hub: Hub) -> None:
    with hub.parts.database.writing() as session:
        session.execute(sa.update(DeviceRequest).values(polled_at=now(-60)))


def test_a_terminal_is_let_in_and_acts_for_the_person(hub: Hub, ada: Client) -> None:
    metadata = hub.visitor().http.get("/.well-known/oauth-authorization-server").get_json()
    assert metadata["issuer"] == "http://localhost"
    asked = post(hub, metadata["device_authorization_endpoint"], client_id="remixhub-cli", scope="publish").get_json()
    assert asked["verification_uri"] == "http://localhost/device"
    assert asked["verification_uri_complete"].endswith(asked["user_code"])
    assert asked["interval"] == 5

    waiting = poll(hub, asked["device_code"])
    assert (waiting.status_code, waiting.get_json()["error"]) == (400, "authorization_pending")
    shown = ada.http.get(asked["verification_uri_complete"])
    assert asked["user_code"] in shown.text
    assert "RemixHub in the terminal" not in shown.text
    typed = asked["user_code"].lower().replace("-", " ")
    question = ada.http.post("/device", data={"user_code": typed})
    assert "RemixHub in the terminal" in question.text
    assert "@ada" in question.text
    assert asked["user_code"] in question.text
    assert "upload, publish and change works" in question.text
    assert "enter and run contests" in question.text
    assert "It is in" in decide_device(ada, asked["user_code"]).text

    given = poll(hub, asked["device_code"])
    tokens = given.get_json()
    assert (given.status_code, given.headers["Cache-Control"]) == (200, "no-store")
    assert (tokens["token_type"], tokens["expires_in"], tokens["scope"]) == ("Bearer", 3600, "read publish")
    terminal = by_token(hub, tokens["access_token"])
    assert terminal.get("/account").get_json()["handle"] == "ada"
    assert terminal.post("/releases", {"title": "By hand", "licence": "CC-BY-4.0"}).status_code == 201
    refused = terminal.post("/labels", {"handle": "n", "name": "n"})
    assert (refused.status_code, refused.get_json()["code"]) == (403, "scope_missing")
    assert refused.headers["WWW-Authenticate"] == 'Bearer error="insufficient_scope", scope="contest"'
    assert terminal.get("/tokens").get_json()["code"] == "scope_missing"

    stored = str(
        [vars(row) for table in (AppGrant, AccessToken, RefreshToken, DeviceRequest) for row in hub.rows(table)]
    )
    secrets = (
        tokens["access_token"],
        tokens["refresh_token"],
        asked["device_code"],
        asked["user_code"].replace("-", ""),
    )
    assert not any(secret in stored for secret in secrets)
    allowed = next(row for row in hub.rows(AuditEntry) if row.action == "app.allowed")
    assert allowed.after["app"] == "RemixHub in the terminal"
    assert allowed.address == "127.0.0.1"


def test_a_code_is_good_for_one_decision_and_one_exchange(hub: Hub, ada: Client) -> None:
    asked = ask_device(hub)
    decide_device(ada, asked["user_code"])
    assert decide_device(hub.browser("mika"), asked["user_code"]).status_code == 422
    tokens = poll(hub, asked["device_code"]).get_json()
    polled_long_ago(hub)
    again = poll(hub, asked["device_code"])
    assert (again.status_code, again.get_json()["error"]) == (400, "invalid_grant")
    assert by_token(hub, tokens["access_token"]).get("/account").get_json()["code"] == "token_revoked"


def test_what_is_refused_or_late_says_so(hub: Hub, ada: Client) -> None:
    asked = ask_device(hub)
    assert "Refused" in decide_device(ada, asked["user_code"], "deny").text
    assert poll(hub, asked["device_code"]).get_json()["error"] == "access_denied"
    late = ask_device(hub)
    with hub.parts.database.writing() as session:
        session.execute(sa.update(DeviceRequest).values(expires_at=now(-1)))
    assert decide_device(ada, late["user_code"]).status_code == 422
    assert poll(hub, late["device_code"]).get_json()["error"] == "expired_token"
    assert poll(hub, "rhd_unknown").get_json()["error"] == "invalid_grant"
    assert hub.rows(AppGrant) == []


def test_who_polls_too_fast_waits_longer_each_time(hub: Hub) -> None:
    asked = ask_device(hub)
    said = [poll(hub, asked["device_code"]).get_json()["error"] for _ in range(3)]
    assert said == ["authorization_pending", "slow_down", "slow_down"]
    assert [row.poll_seconds for row in hub.rows(DeviceRequest)] == [15]


@pytest.mark.limits
def test_guessed_codes_slow_down(hub: Hub, ada: Client) -> None:
    asked = ask_device(hub)
    tries = [ada.http.post("/device", data={"user_code": "BCDF-GHJK"}).status_code for _ in range(12)]
    assert tries[0] == 422
    assert tries[-1] == 429
    assert ada.http.post("/device", data={"user_code": asked["user_code"]}).status_code == 429
    assert hub.browser("mika").http.post("/device", data={"user_code": asked["user_code"]}).status_code == 200


def test_a_session_left_open_lets_nobody_in(hub: Hub, ada: Client) -> None:
    asked = ask_device(hub)
    assert hub.visitor().http.post("/device", data={"user_code": asked["user_code"]}).status_code == 401
    with hub.parts.database.writing() as session:
        session.execute(sa.text("UPDATE browser_sessions SET proved_at = NULL"))
    answered = decide_device(ada, asked["user_code"])
    assert (answered.status_code, "Is it you?" in answered.text) == (401, True)
    assert poll(hub, asked["device_code"]).get_json()["error"] == "authorization_pending"


def test_refresh_tokens_turn_and_one_that_comes_twice_ends_the_leave(hub: Hub, ada: Client) -> None:
    first = device_tokens(hub, ada, scope="read publish")
    narrowed = refresh(hub, first["refresh_token"], scope="read")
    second = narrowed.get_json()
    assert (narrowed.status_code, second["scope"]) == (200, "read")
    assert (
        by_token(hub, second["access_token"])
        .post("/releases", {"title": "x", "licence": "CC-BY-4.0"})
        .get_json()["code"]
        == "scope_missing"
    )
    wider = refresh(hub, second["refresh_token"], scope="read contest")
    assert wider.get_json()["error"] == "invalid_scope"
    third = refresh(hub, second["refresh_token"])  # an error has spent nothing
    assert third.get_json()["scope"] == "read publish"
    stolen = refresh(hub, first["refresh_token"])
    assert (stolen.status_code, stolen.get_json()["error"]) == (400, "invalid_grant")
    assert refresh(hub, third.get_json()["refresh_token"]).get_json()["error"] == "invalid_grant"
    assert by_token(hub, third.get_json()["access_token"]).get("/account").get_json()["code"] == "token_revoked"
    assert [row.after["why"] for row in hub.rows(AuditEntry) if row.action == "app.stopped"] == [
        "refresh token used twice"
    ]
