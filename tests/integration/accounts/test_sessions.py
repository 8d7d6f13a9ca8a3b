"""Browser sessions: signing in and out, what ends them, and what throttles guessing."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor

import argon2
import pytest
import sqlalchemy as sa

from remixhub.app import create_app
from remixhub.compose import build_parts
from remixhub.models import Account, BrowserSession, GuessCount, now
from tests.integration.conftest import PASSWORD, Client, Hub

SIGN_UP = {"handle": "Mika", "email": "Mika@Example.org", "password": PASSWORD}


def sign_in(hub: Hub, login: str, password: str = PASSWORD) -> tuple[int, str | None]:
    answer = hub.visitor().post("/sessions", {"login": login, "password": password})
    return answer.status_code, answer.get_json().get("code")


def second_browser(hub: Hub) -> Client:
    client = hub.visitor()
    assert client.post("/sessions", {"login": "artist", "password": PASSWORD}).status_code == 201
    return client


def change(hub: Hub, **values: object) -> None:
    with hub.parts.database.writing() as session:
        session.execute(sa.update(BrowserSession).values(values))


def let_time_pass(hub: Hub, seconds: int) -> None:
    with hub.parts.database.writing() as session:
        sooner = sa.type_coerce(GuessCount.held_until, sa.BigInteger) - seconds * 1000
        session.execute(sa.update(GuessCount).values(held_until=sa.type_coerce(sooner, sa.BigInteger)))


def test_handle_and_address_both_sign_in_in_any_case(hub: Hub) -> None:
    hub.visitor().post("/accounts", SIGN_UP)
    assert [sign_in(hub, login)[0] for login in ("mika", "@Mika", " MIKA@example.ORG ")] == [201] * 3


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(hub: Hub) -> None:
    hub.visitor().post("/accounts", SIGN_UP)
    cookie = hub.visitor().post("/sessions", {"login": "mika", "password": PASSWORD}).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Domain" not in cookie


def test_the_device_stays_known_when_one_signs_out(hub: Hub) -> None:
    browser = hub.signed_up()
    known = browser.http.get_cookie("remixhub_device")
    assert known is not None
    assert (known.http_only, known.same_site, known.max_age) == (True, "Lax", 400 * 24 * 3600)
    browser.delete("/sessions/current")
    assert browser.http.get_cookie("remixhub_device") == known
    assert browser.http.get_cookie("remixhub_session") is None


def test_over_https_the_cookie_is_bound_to_this_host_and_https(hub: Hub) -> None:
    hub.visitor().post("/accounts", SIGN_UP)
    parts = build_parts(dataclasses.replace(hub.parts.settings, public_url="https://stems.example"))
    body = {"login": "mika", "password": PASSWORD}
    answer = create_app(parts.settings, parts).test_client().post("/api/v1/sessions", json=body)
    parts.close()
    for cookie, name in zip(answer.headers.getlist("Set-Cookie"), ("session", "device"), strict=True):
        assert cookie.startswith(f"__Host-remixhub_{name}=")
        assert "; Secure" in cookie
        assert "Path=/" in cookie
    assert "max-age=" in answer.headers["Strict-Transport-Security"]


def test_each_sign_in_has_a_token_of_its_own_and_only_its_hash_is_stored(hub: Hub) -> None:
    hub.visitor().post("/accounts", SIGN_UP)
    client = hub.visitor()
    tokens = []
    for _ in range(2):
        client.post("/sessions", {"login": "mika", "password": PASSWORD})
        cookie = client.http.get_cookie("remixhub_session")
        assert cookie is not None
        tokens.append(cookie.value)
    assert tokens[0] != tokens[1]
    assert min(map(len, tokens)) >= 43  # 256 bits in base64
    assert not {row.token_hash for row in hub.rows(BrowserSession)} & set(tokens)


def test_a_session_ends_when_it_is_idle_for_too_long(hub: Hub) -> None:
    browser = hub.signed_up()
    change(hub, last_seen_at=now(1 - hub.parts.settings.session_idle_seconds))
    assert browser.get("/account").status_code == 200
    change(hub, last_seen_at=now(-1 - hub.parts.settings.session_idle_seconds))
    assert browser.get("/account").status_code == 401


def test_using_a_session_keeps_it_alive_but_never_past_its_lifetime(hub: Hub) -> None:
    browser = hub.signed_up()
    change(hub, last_seen_at=now(-3600))
    (idle,) = hub.rows(BrowserSession)
    browser.get("/account")
    (used,) = hub.rows(BrowserSession)
    assert used.last_seen_at > idle.last_seen_at
    assert used.expires_at == idle.expires_at
    change(hub, expires_at=now(-1))
    assert browser.get("/account").status_code == 401


def test_a_made_up_cookie_is_a_visitor_s(hub: Hub) -> None:
    client = hub.visitor()
    client.http.set_cookie("remixhub_session", "x" * 43)
    assert (client.get("/account").status_code, client.get("/works").status_code) == (401, 200)


def test_strangers_guesses_lock_nobody_out(hub: Hub) -> None:
    """Ten wrong ones, and the owner comes in: at once where they came in before, else after the stated delay."""
    owner = hub.signed_up("mika")
    owner.delete("/sessions/current")
    for _ in range(10):
        sign_in(hub, "mika", "wrong " * 3)
        let_time_pass(hub, 900)
    right = {"login": "mika", "password": PASSWORD}
    assert sign_in(hub, "mika", "wrong " * 3)[0] == 401
    assert owner.post("/sessions", right).status_code == 201
    new = hub.visitor()
    assert new.post("/sessions", right, environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 201
    same_address = hub.visitor().post("/sessions", right)
    assert (same_address.status_code, same_address.get_json()["code"]) == (429, "too_many_attempts")
    delay = int(same_address.headers["Retry-After"])
    assert delay <= 64
    let_time_pass(hub, delay)
    assert hub.visitor().post("/sessions", right).status_code == 201


def test_guesses_sent_at_once_are_all_counted(hub: Hub) -> None:
    hub.visitor().post("/accounts", SIGN_UP)
    with ThreadPoolExecutor(4) as threads:
        statuses = list(threads.map(lambda _: sign_in(hub, "mika", "wrong " * 3)[0], range(12)))
    assert statuses.count(401) == 5
    assert statuses.count(429) == 7


def test_the_counts_store_no_names_and_no_addresses(hub: Hub) -> None:
    sign_in(hub, "mika@example.org", "wrong " * 3)
    for row in hub.rows(GuessCount):
        assert len(row.subject) == 64
        assert "mika" not in row.subject


def test_guessing_the_password_in_an_open_session_is_throttled_too(hub: Hub) -> None:
    browser = hub.signed_up()
    body = {"current_password": "not it at all", "new_password": "another long sentence"}
    statuses = [browser.put("/account/password", body, revision=1).status_code for _ in range(6)]
    assert statuses == [401] * 5 + [429]


@pytest.mark.usefixtures("shipped_hasher")
def test_a_hash_with_older_parameters_is_renewed_at_sign_in(hub: Hub) -> None:
    hub.visitor().post("/accounts", SIGN_UP)
    old = argon2.PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
    with hub.parts.database.writing() as session:
        session.execute(sa.update(Account).values(password_hash=old))
    assert sign_in(hub, "mika")[0] == 201
    (account,) = hub.rows(Account)
    assert "m=19456,t=2,p=1" in account.password_hash
    assert sign_in(hub, "mika")[0] == 201


def test_guesses_at_known_and_unknown_names_are_answered_alike(hub: Hub) -> None:
    hub.visitor().post("/accounts", SIGN_UP)
    told = []
    for login in ("mika", "nobody-at-all"):
        answers = [hub.visitor().post("/sessions", {"login": login, "password": "wrong " * 3}) for _ in range(6)]
        assert [answer.status_code for answer in answers] == [401] * 5 + [429]
        assert answers[-1].headers["Retry-After"] == "1"
        page = hub.visitor().http.post("/sign-in", data={"login": login, "password": "wrong " * 3})
        assert (page.status_code, page.headers["Retry-After"]) == (429, "1")
        told.append([answer.get_json()["detail"] for answer in answers])
    assert told[0] == told[1]


def test_a_session_ends_by_signing_out(hub: Hub) -> None:
    browser = hub.signed_up()
    assert browser.get("/account").status_code == 200
    assert browser.delete("/sessions/current").status_code == 204
    assert browser.get("/account").status_code == 401
    assert browser.delete("/sessions/current").status_code == 204


def test_sessions_are_listed_and_ended_from_elsewhere(hub: Hub) -> None:
    first = hub.signed_up()
    second = hub.visitor()
    second.post("/sessions", {"login": "artist", "password": PASSWORD})
    sessions = first.get("/sessions").get_json()["sessions"]
    assert sorted(session["is_current"] for session in sessions) == [False, True]
    for session in sorted(sessions, key=lambda session: bool(session["is_current"])):
        first.delete(f"/sessions/{session['id']}")
    assert (first.get("/account").status_code, second.get("/account").status_code) == (401, 401)
    stranger = hub.signed_up("stranger")
    assert stranger.delete(f"/sessions/{sessions[0]['id']}").get_json()["code"] == "session_not_found"


def test_the_cookie_is_useless_to_other_sites(hub: Hub) -> None:
    browser = hub.signed_up()
    body = {"json": {"name": "t", "scopes": ["read"]}}
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = browser.http.post("/api/v1/tokens", headers=headers, **body)
        assert (answer.status_code, answer.get_json()["code"]) == (403, "foreign_origin")
    assert browser.http.post("/api/v1/tokens", headers={"Origin": "http://localhost"}, **body).status_code == 201
