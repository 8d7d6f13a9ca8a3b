"""The authorisation code with PKCE: consent, what comes back, and what does not."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from remixhub.api.oauth.protocol import OAUTH_PATHS
from remixhub.domain.access import SYSTEM
from remixhub.domain.moderation import SuspensionReason
from remixhub.models import AccessToken, AppGrant, AuditEntry, now
from remixhub.services.moderation.suspensions import suspend
from tests.integration.conftest import Client, Hub
from tests.integration.oauth.stage import BACK, App, by_token, came_back, post, refresh

SITE = "https://site.example/back?from=hub"
Changes = dict[str, str | None]
_UNPROVEN: list[Changes] = [
    {"client_id": "unknown"},
    {"client_id": None},
    {"client_id": "remixhub-cli"},
    {"redirect_uri": None},
    {"redirect_uri": "https://elsewhere.example/back"},
    {"redirect_uri": BACK + "/"},
    {"redirect_uri": BACK + "?more=1"},
    {"redirect_uri": "http://127.0.0.1:80@elsewhere.example/back"},
    {"redirect_uri": "http://127.0.0.1.elsewhere.example/back"},
    {"redirect_uri": "http://127.0.0.1:99999/back"},
    {"redirect_uri": "http://localhost/back"},
    {"redirect_uri": 'http://127.0.0.1/back"\\'},
    {"redirect_uri": "org.example.plugin:/back/../back"},
    {"redirect_uri": "javascript:/back"},
    {"redirect_uri": "http://127.0.0.1/bäck"},
    {"state": "\x07"},
]
_REFUSED: list[tuple[Changes, str]] = [
    ({"response_type": "token"}, "unsupported_response_type"),
    ({"response_type": None}, "unsupported_response_type"),
    ({"scope": "read contest"}, "invalid_scope"),
    ({"scope": "read everything"}, "invalid_scope"),
    ({"code_challenge": None}, "invalid_request"),
    ({"code_challenge_method": None}, "invalid_request"),
    ({"code_challenge_method": "plain"}, "invalid_request"),
    ({"code_challenge": "short"}, "invalid_request"),
    ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
]
_UNPROVED: list[Changes] = [
    {"code_verifier": None},
    {"code_verifier": "a" * 43},
    {"code_verifier": "short"},
    {"redirect_uri": "http://127.0.0.1:1/back"},
    {"redirect_uri": "https://elsewhere.example"},
]


@pytest.fixture
def ada(hub: Hub) -> Client:
    return hub.browser("ada")


@pytest.fixture
def mika(hub: Hub) -> Client:
    """Makes apps."""
    return hub.browser("mika")


@pytest.fixture
def plugin(hub: Hub, mika: Client) -> App:
    """Public, listening on the person's own machine."""
    return App(registered(mika, redirects=[BACK, "org.example.plugin:/back"])["id"])


@pytest.fixture
def site(hub: Hub, mika: Client) -> App:
    made = registered(mika, name="Site", redirects=[SITE], is_confidential=True)
    return App(made["id"], SITE, made["secret"])


def registered(by: Client, **facts: Any) -> dict[str, Any]:
    made = by.post("/oauth-clients", {"name": "Tape Deck", "scopes": ["read", "publish"], **facts})
    assert made.status_code == 201, made.text
    body: dict[str, Any] = made.get_json()
    return body


def error_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["error"]


def test_a_person_is_asked_and_the_app_acts(hub: Hub, ada: Client, plugin: App) -> None:
    anew = "http://127.0.0.1:53682/back"  # the port that the system gave it
    to_sign_in = hub.visitor().http.get(plugin.address(redirect_uri=anew))
    assert to_sign_in.headers["Location"].startswith("/sign-in?next=%2Foauth%2Fauthorize%3F")
    asked = ada.http.get(plugin.address(redirect_uri=anew))
    for words in ("Tape Deck", "@mika", "@ada", anew, "upload, publish and change works", "enter and run contests"):
        assert words in asked.text
    assert "http-equiv" not in asked.text

    answer = plugin.allowed_by(ada, redirect_uri=anew)
    assert answer.keys() == {"code", "state", "iss"}
    assert (answer["state"], answer["iss"]) == ("its own &=", "http://localhost")
    given = plugin.exchange(hub, answer["code"], redirect_uri=anew)
    assert given.status_code == 200, given.text
    assert by_token(hub, given.get_json()["access_token"]).get("/account").get_json()["handle"] == "ada"
    (grant,) = hub.rows(AppGrant)
    assert answer["code"] not in str(vars(grant))

    private = plugin.allowed_by(ada, redirect_uri="org.example.plugin:/back")
    without = plugin.exchange(hub, private["code"], redirect_uri=None)  # as OAuth 2.1 has it
    assert without.status_code == 200


def test_who_refuses_says_so_to_the_app(hub: Hub, ada: Client, plugin: App) -> None:
    answer = plugin.allowed_by(ada, "deny")
    assert (answer["error"], answer["state"], answer["iss"]) == ("access_denied", "its own &=", "http://localhost")
    assert plugin.allowed_by(ada, "anything else")["error"] == "access_denied"
    assert hub.rows(AppGrant) == []


def test_nothing_is_sent_to_an_address_that_is_not_proven(hub: Hub, ada: Client, plugin: App) -> None:
    for changes in _UNPROVEN:
        for person in (ada, hub.visitor()):
            answer = person.http.get(plugin.address(**changes))
            assert (answer.status_code, "Location" in answer.headers) == (422, False), changes
            assert "http-equiv" not in answer.text
        decided = ada.http.post("/oauth/authorize", data={**plugin.question(**changes), "decision": "allow"})
        assert (decided.status_code, "http-equiv" in decided.text) == (422, False), changes
    assert hub.rows(AppGrant) == []


def test_what_else_is_wrong_is_told_to_the_app_that_one_let_in(hub: Hub, ada: Client, plugin: App) -> None:
    plugin.tokens(hub, ada)
    for changes, error in _REFUSED:
        answer = ada.http.get(plugin.address(**changes))
        assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (303, BACK)
        for told in (f"error={error}", "state=its+own+%26%3D", "iss=http%3A%2F%2Flocalhost"):
            assert told in answer.headers["Location"], changes
        decided = ada.http.post("/oauth/authorize", data={**plugin.question(**changes), "decision": "allow"})
        assert came_back(decided, BACK)["error"] == error
    assert len(hub.rows(AppGrant)) == 1


def test_an_app_that_nobody_let_in_sends_nobody_away_by_asking_wrongly(hub: Hub, ada: Client, plugin: App) -> None:
    for person in (ada, hub.visitor()):
        for changes, error in _REFUSED:
            answer = person.http.get(plugin.address(**changes))
            assert (answer.status_code, "Location" in answer.headers) == (422, False)
            assert "http-equiv" not in answer.text
            assert f'href="{BACK}?error={error}' in answer.text, "a link, if the person wishes so"
    assert hub.rows(AppGrant) == []


def test_a_field_that_comes_twice_is_neither_of_both(hub: Hub, ada: Client, plugin: App) -> None:
    strange = ada.http.get(plugin.address() + "&login_hint=%C3%A4&resource=a&resource=b")
    assert "Let it in" in strange.text
    twice = ada.http.get(plugin.address() + "&redirect_uri=https%3A%2F%2Felsewhere.example")
    assert (twice.status_code, "Location" in twice.headers) == (422, False)
    body = "grant_type=authorization_code&code=a&code=b&client_id=" + plugin.client_id
    answer = hub.visitor().http.post("/oauth/token", data=body, content_type="application/x-www-form-urlencoded")
    assert error_of(answer) == (400, "invalid_request")


def test_a_code_is_taken_once_and_coming_twice_ends_what_it_gave(hub: Hub, ada: Client, plugin: App) -> None:
    code = plugin.allowed_by(ada)["code"]
    tokens = plugin.exchange(hub, code).get_json()
    assert error_of(plugin.exchange(hub, code)) == (400, "invalid_grant")
    assert by_token(hub, tokens["access_token"]).get("/account").get_json()["code"] == "token_revoked"
    assert error_of(refresh(hub, tokens["refresh_token"], plugin.client_id)) == (400, "invalid_grant")
    stopped = [row.after["why"] for row in hub.rows(AuditEntry) if row.action == "app.stopped"]
    assert stopped == ["code used twice"]


def test_two_exchanges_of_one_code_at_once_give_one_token_at_most(hub: Hub, ada: Client, plugin: App) -> None:
    code = plugin.allowed_by(ada)["code"]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: plugin.exchange(hub, code).status_code, range(4)))
    assert sorted(answers) == [200, 400, 400, 400]
    (token,) = hub.rows(AccessToken)
    assert token.revoked_at


def test_two_refreshes_at_once_give_one_token_at_most(hub: Hub, ada: Client, plugin: App) -> None:
    tokens = plugin.tokens(hub, ada)
    with ThreadPoolExecutor(4) as pool:
        turned = pool.map(lambda _: refresh(hub, tokens["refresh_token"], plugin.client_id).status_code, range(4))
    assert sorted(turned) == [200, 400, 400, 400]
    assert all(token.revoked_at for token in hub.rows(AccessToken))


def test_a_code_without_its_proof_is_spent(hub: Hub, ada: Client, plugin: App) -> None:
    for changes in _UNPROVED:
        code = plugin.allowed_by(ada)["code"]
        refused = plugin.exchange(hub, code, **changes)
        assert refused.status_code == 400, changes
        assert refused.get_json()["error"] in ("invalid_grant", "invalid_request")
        assert error_of(plugin.exchange(hub, code)) == (400, "invalid_grant")
    assert hub.rows(AccessToken) == []


def test_codes_and_tokens_of_one_app_are_nothing_to_another(hub: Hub, ada: Client, plugin: App, site: App) -> None:
    code = plugin.allowed_by(ada)["code"]
    stolen = site.exchange(hub, code, code_verifier=plugin.verifier, redirect_uri=BACK)
    assert error_of(stolen) == (400, "invalid_grant")
    tokens = plugin.exchange(hub, code).get_json()  # which spent nothing
    thief = {"client_id": site.client_id, "client_secret": site.secret}
    assert error_of(refresh(hub, tokens["refresh_token"], **thief)) == (400, "invalid_grant")
    assert error_of(refresh(hub, tokens["refresh_token"])) == (400, "invalid_grant")
    assert error_of(post(hub, "/oauth/revoke", token=tokens["access_token"], **thief)) == (400, "invalid_grant")
    assert post(hub, "/oauth/introspect", token=tokens["access_token"], **thief).get_json() == {"active": False}
    assert by_token(hub, tokens["access_token"]).get("/account").status_code == 200
    assert refresh(hub, tokens["refresh_token"], plugin.client_id).status_code == 200


def test_an_app_with_a_secret_proves_itself_by_it(hub: Hub, ada: Client, site: App) -> None:
    code = site.allowed_by(ada)["code"]
    for secret in (None, "rhs_wrong"):
        assert error_of(site.exchange(hub, code, client_secret=secret)) == (401, "invalid_client")

    def basic(password: bytes) -> dict[str, str]:
        name = site.client_id.encode()
        return {"Authorization": "Basic " + base64.b64encode(name + b":" + password).decode()}

    assert site.secret is not None
    both = site.exchange(hub, code, headers=basic(site.secret.encode()))
    assert error_of(both) == (400, "invalid_request")
    for headers in (basic(b"\xff\xfe"), {"Authorization": "Basic äöü"}, {"Authorization": "Basic %%%"}):
        assert error_of(site.exchange(hub, code, client_secret=None, headers=headers)) == (401, "invalid_client")
    header = site.exchange(hub, code, client_secret=None, client_id=None, headers=basic(site.secret.encode()))
    assert header.status_code == 200, header.text
    assert "Basic" in site.exchange(hub, code, client_secret="x").headers["WWW-Authenticate"]


def test_earlier_leave_is_remembered_of_apps_with_a_secret_alone(hub: Hub, ada: Client, plugin: App, site: App) -> None:
    plugin.tokens(hub, ada)
    tokens = site.tokens(hub, ada, scope="read")
    assert "Let it in" in ada.http.get(plugin.address()).text
    assert "Let it in" in ada.http.get(site.address(scope="read publish")).text
    again = ada.http.get(site.address(scope="read"))
    assert came_back(again, SITE).keys() == {"from", "code", "state", "iss"}
    assert again.headers["Cache-Control"] == "no-store"
    with hub.parts.database.writing() as session:
        session.execute(sa.text("UPDATE browser_sessions SET proved_at = NULL"))
    assert ada.http.get(site.address(scope="read")).headers["Location"].startswith("/settings/prove?next=")
    post(hub, "/oauth/revoke", token=tokens["refresh_token"], client_id=site.client_id, client_secret=site.secret)
    assert "Let it in" in ada.http.get(site.address(scope="read")).text


def test_what_only_operators_may_is_theirs_to_give(hub: Hub, ada: Client, mika: Client) -> None:
    facts = {"name": "Desk", "redirects": [BACK], "scopes": ["read", "admin"]}
    assert mika.post("/oauth-clients", facts).get_json()["code"] == "operator_only"
    with hub.parts.database.writing() as session:
        session.execute(sa.text("UPDATE accounts SET is_operator = true WHERE handle = 'mika'"))
    desk = App(mika.post("/oauth-clients", facts).get_json()["id"])
    assert desk.tokens(hub, ada, scope="read admin")["scope"] == "read"
    operating = desk.tokens(hub, mika, scope="read admin")
    assert operating["scope"] == "read admin"
    assert by_token(hub, operating["access_token"]).get("/audit-entries").status_code == 200


def test_tokens_are_revoked_and_looked_at(hub: Hub, ada: Client, plugin: App) -> None:
    tokens = plugin.tokens(hub, ada)
    looked = post(hub, "/oauth/introspect", token=tokens["access_token"], client_id=plugin.client_id).get_json()
    assert (looked["active"], looked["username"], looked["scope"]) == (True, "ada", "read publish")
    assert post(hub, "/oauth/revoke", token="nothing", client_id=plugin.client_id).status_code == 200
    assert error_of(post(hub, "/oauth/revoke", client_id=plugin.client_id)) == (400, "invalid_request")
    assert post(hub, "/oauth/revoke", token=tokens["access_token"], client_id=plugin.client_id).status_code == 200
    looked = post(hub, "/oauth/introspect", token=tokens["refresh_token"], client_id=plugin.client_id)
    assert looked.get_json() == {"active": False}
    assert by_token(hub, tokens["access_token"]).get("/account").get_json()["code"] == "token_revoked"


def test_pages_of_other_sites_may_exchange_but_know_no_cookie(hub: Hub, ada: Client, plugin: App) -> None:
    elsewhere = {"Origin": "https://spa.example"}
    given = plugin.exchange(hub, plugin.allowed_by(ada)["code"], headers=elsewhere)
    assert (given.status_code, given.headers["Access-Control-Allow-Origin"]) == (200, "*")
    consent = ada.http.post("/oauth/authorize", data={**plugin.question(), "decision": "allow"}, headers=elsewhere)
    assert (consent.status_code, "code=" in consent.text) == (403, False)


def test_who_registered_it_being_suspended_it_gets_nothing_new(hub: Hub, ada: Client, plugin: App) -> None:
    tokens = plugin.tokens(hub, ada)
    suspend(SYSTEM, hub.parts, handle="mika", reason=SuspensionReason.SPAM)
    assert error_of(refresh(hub, tokens["refresh_token"], plugin.client_id)) == (400, "invalid_client")
    assert ada.http.get(plugin.address()).status_code == 422


def test_a_suspended_person_lets_nothing_in_and_puts_it_out(hub: Hub, ada: Client, plugin: App) -> None:
    tokens = plugin.tokens(hub, ada)
    app = by_token(hub, tokens["access_token"])
    suspend(SYSTEM, hub.parts, handle="ada", reason=SuspensionReason.SPAM)
    assert app.get("/account").status_code == 200
    refused = app.post("/releases", {"title": "x", "licence": "CC-BY-4.0"})
    assert refused.get_json()["code"] == "account_suspended"
    consent = ada.http.post("/oauth/authorize", data={**plugin.question(), "decision": "allow"})
    assert consent.status_code == 403
    assert ada.delete(f"/acting-apps/{plugin.client_id}").status_code == 204
    assert app.get("/account").get_json()["code"] == "token_revoked"


def test_a_late_code_is_none(hub: Hub, ada: Client, plugin: App) -> None:
    code = plugin.allowed_by(ada)["code"]
    with hub.parts.database.writing() as session:
        session.execute(sa.update(AppGrant).values(expires_at=now(-1)))
    assert error_of(plugin.exchange(hub, code)) == (400, "invalid_grant")


def test_whatever_is_sent_the_answer_is_in_oauths_words(hub: Hub) -> None:
    http = hub.visitor().http

    def answers(path: str) -> Iterator[Any]:
        yield http.get(path)
        yield http.post(path)
        yield http.post(path, json={"grant_type": "password"})
        yield http.post(path, data={"grant_type": "password", "client_id": "nobody", "username": "a"})
        yield http.post(path, data={"grant_type": "client_credentials", "client_id": "nobody"})
        yield http.post(path, data={"client_id": "\0", "token": "x"})
        yield http.post(path, data={"client_id": "ä" * 5000, "scope": '"\\', "token": "é"})
        yield http.post(path, data={"client_id": "nobody", "device_code": "", "grant_type": "", "token": "x"})
        yield http.post(path, data=b"\xff=\xfe&%zz", content_type="application/x-www-form-urlencoded")
        yield http.post(path, headers={"Authorization": "Bearer rha_x"})
        yield http.post(path, data={"client_id": "x" * 3_000_000})

    for answer in (answer for path in OAUTH_PATHS for answer in answers(path)):
        assert answer.status_code in (400, 401, 405, 413), answer.text
        assert answer.mimetype == "application/json"
        assert {"error"} <= answer.get_json().keys() <= {"error", "error_description"}
