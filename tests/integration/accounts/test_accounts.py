"""Accounts, browser sessions and access tokens through the API."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from remixhub.models import AccessToken, Account, AuditEntry, BrowserSession, Mix, Throttle, Upload, Work
from remixhub.services.upkeep.sweeping import enqueue_sweep
from tests.integration.conftest import PASSWORD, Client, Hub
from tests.integration.lineage.catalogue import Catalogue

SIGN_UP = {"handle": "Mika", "email": "Mika@Example.org", "password": PASSWORD}


def cookie_of(client: Client) -> str:
    cookie = client.http.get_cookie("remixhub_session")
    assert cookie is not None
    return str(cookie.value)


def test_signing_up_makes_a_public_profile_without_the_address(hub: Hub) -> None:
    made = hub.visitor().post("/accounts", SIGN_UP)
    assert (made.status_code, made.get_json()["handle"], made.get_json()["email"]) == (201, "mika", "mika@example.org")
    profile = hub.visitor().get(made.headers["Location"])
    assert profile.status_code == 200
    assert "email" not in profile.get_json()
    assert "id" not in profile.get_json()


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"handle": "mi"}, 422, "handle_invalid"),
        ({"handle": "mi ka"}, 422, "handle_invalid"),
        ({"handle": "settings"}, 422, "handle_invalid"),
        ({"email": "mika"}, 422, "email_invalid"),
        ({"password": "short"}, 422, "password_too_weak"),
        ({"password": "aaaaaaaaaaaaaaa"}, 422, "password_too_weak"),
        ({"password": "mika@example.org"}, 422, "password_too_weak"),
        ({"password": "x" * 150}, 422, "password_too_weak"),
        ({"display_name": "a\x07b"}, 422, "invalid"),
        ({"is_operator": True}, 422, "invalid"),
        ({"handle": 5}, 422, "invalid"),
    ],
)
def test_a_wrong_sign_up_is_refused_and_makes_nothing(
    hub: Hub, changes: dict[str, object], status: int, code: str
) -> None:
    answer = hub.visitor().post("/accounts", {**SIGN_UP, **changes})
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    assert hub.rows(Account) == []


@pytest.mark.parametrize("typed", [{}, {"display_name": ""}, {"display_name": " \t"}])
def test_an_account_without_a_name_is_shown_by_its_handle(hub: Hub, typed: dict[str, str]) -> None:
    hub.visitor().post("/accounts", {**SIGN_UP, **typed})
    work = Catalogue(hub.parts).work("Out", by="mika")
    assert hub.visitor().get("/accounts/mika").get_json()["display_name"] == "mika"
    assert hub.visitor().get(f"/works/{work}").get_json()["artist"] == {"handle": "mika", "display_name": "mika"}
    assert "Out by mika" in hub.visitor().http.get(f"/works/{work}").text


@pytest.mark.parametrize("blank", ["", " \t"])
def test_a_name_once_given_stays_but_for_another(hub: Hub, blank: str) -> None:
    browser = hub.signed_up()
    renamed = browser.patch("/account", {"display_name": " Mika K. "}, revision=1)
    assert renamed.get_json()["display_name"] == "Mika K."
    assert browser.patch("/account", {"display_name": blank}, revision=2).status_code == 422
    form = {"display_name": blank, "bio": "", "links": "", "revision": "2"}
    assert browser.http.post("/settings/profile", data=form).status_code == 422
    assert browser.delete("/account", {"password": PASSWORD}).status_code == 204
    assert hub.visitor().get("/accounts/artist").get_json()["display_name"] == "Mika K."


def test_handle_and_address_are_taken_once(hub: Hub) -> None:
    hub.visitor().post("/accounts", SIGN_UP)
    same_handle = hub.visitor().post("/accounts", {**SIGN_UP, "email": "other@example.org"})
    same_email = hub.visitor().post("/accounts", {**SIGN_UP, "handle": "other"})
    assert (same_handle.status_code, same_handle.get_json()["code"]) == (409, "handle_taken")
    assert (same_email.status_code, same_email.get_json()["code"]) == (409, "email_taken")


def test_secrets_are_stored_hashed_only(hub: Hub) -> None:
    artist = hub.account()
    token = artist.headers["Authorization"].removeprefix("Bearer ")
    (account,) = hub.rows(Account)
    assert account.password_hash.startswith("$argon2id$")
    assert token not in {row.token_hash for row in hub.rows(AccessToken)}
    assert all(len(row.token_hash) == 64 for row in hub.rows(BrowserSession))


def test_a_new_password_renews_the_session_and_ends_the_others(hub: Hub) -> None:
    first = hub.signed_up()
    second = hub.visitor()
    second.post("/sessions", {"login": "artist", "password": PASSWORD})
    stolen = hub.visitor()
    stolen.http.set_cookie("remixhub_session", cookie_of(first))
    assert stolen.get("/account").status_code == 200
    wrong = first.put(
        "/account/password", {"current_password": "not it at all", "new_password": "another sentence"}, revision=1
    )
    assert (wrong.status_code, wrong.get_json()["code"]) == (401, "password_wrong")
    assert (
        first.put(
            "/account/password",
            {"current_password": PASSWORD, "new_password": "another long sentence"},
            revision=1,
        ).status_code
        == 204
    )
    assert [one.get("/account").status_code for one in (first, second, stolen)] == [200, 401, 401]
    again = hub.visitor().post("/sessions", {"login": "artist", "password": "another long sentence"})
    assert again.status_code == 201


def test_an_edit_says_which_revision_it_saw(hub: Hub) -> None:
    artist = hub.account()
    assert artist.patch("/account", {"bio": "x"}).get_json()["code"] == "revision_required"
    edited = artist.patch("/account", {"bio": "I play bass.\nLoudly."}, revision=1)
    assert (edited.status_code, edited.headers["ETag"]) == (200, '"2"')
    outdated = artist.patch("/account", {"bio": "y"}, revision=1)
    assert (outdated.status_code, outdated.get_json()["code"]) == (412, "revision_outdated")
    bad_link = artist.patch("/account", {"links": ["javascript:alert(1)"]}, revision=2)
    assert bad_link.status_code == 422
    assert bad_link.get_json()["violations"][0]["pointer"] == "/links/0"


def test_changing_the_address_needs_the_password(hub: Hub) -> None:
    browser = hub.signed_up()
    wrong = browser.put("/account/email", {"password": "not it at all", "email": "n@example.org"}, revision=1)
    assert wrong.status_code == 401
    changed = browser.put("/account/email", {"password": PASSWORD, "email": "N@example.org"}, revision=1)
    assert changed.headers["ETag"] == '"2"'
    assert changed.get_json()["email"] == "n@example.org"


def test_a_deleted_account_is_wiped_and_its_handle_stays_taken(hub: Hub) -> None:
    browser = hub.signed_up()
    assert browser.delete("/account", {"password": "not it at all"}).status_code == 401
    assert browser.delete("/account", {"password": PASSWORD}).status_code == 204
    (account,) = hub.rows(Account)
    assert (account.email, account.password_hash, account.bio) == (None, None, "")
    assert browser.get("/account").status_code == 401
    again = hub.visitor().post("/accounts", {**SIGN_UP, "handle": "artist", "email": "new@example.org"})
    assert again.get_json()["code"] == "handle_taken"
    assert "account.deleted" in {entry.action for entry in hub.rows(AuditEntry)}


def test_a_deleted_account_takes_what_nobody_else_has_seen_along(hub: Hub) -> None:
    browser = hub.signed_up()
    token = browser.post("/tokens", {"name": "t", "scopes": ["read"]}).get_json()["token"]
    catalogue = Catalogue(hub.parts)
    original = catalogue.original()
    release = catalogue.work("Out")
    pack, (stem,) = catalogue.pack(release, [original])
    catalogue.pack(catalogue.draft("In"), [original], frozen=False)
    catalogue.draft("Of my own", [release])
    mix = {"stem_pack_id": pack, "spec": {"version": 1, "lanes": [{"stem": stem}]}}
    assert browser.post("/mixes", mix).status_code == 201
    upload = browser.post("/uploads", {"filename": "a.wav", "size_bytes": 1000, "purpose": "stem"}).get_json()
    assert browser.delete("/account", {"password": PASSWORD}).status_code == 204
    assert [work.id for work in hub.rows(Work)] == [release]
    assert hub.rows(Mix) == []
    assert hub.visitor().get(f"/works/{release}").get_json()["state"] == "published"
    refused = hub.visitor().get("/account", headers={"Authorization": f"Bearer {token}"})
    assert refused.get_json()["code"] == "token_invalid"
    enqueue_sweep(hub.parts)
    hub.drain()
    assert upload["id"] not in [row.id for row in hub.rows(Upload)]


def test_a_deleted_account_may_withdraw_its_works(hub: Hub) -> None:
    browser = hub.signed_up()
    release = Catalogue(hub.parts).work("Out")
    browser.delete("/account", {"password": PASSWORD, "works": "withdraw"})
    tombstone = hub.visitor().get(f"/works/{release}").get_json()
    assert (tombstone["state"], tombstone["title"]) == ("withdrawn", "Out")
    assert tombstone["artist"]["handle"] == "artist"
    assert ("work.withdrawn", release) in {(entry.action, entry.subject_id) for entry in hub.rows(AuditEntry)}
    assert hub.visitor().get("/accounts/artist").get_json()["deleted_at"] is not None


def test_signing_up_is_limited_per_address(hub: Hub) -> None:
    hub.visitor().post("/accounts", {**SIGN_UP, "handle": "first", "email": "first@example.org"})
    with hub.parts.database.writing() as session:
        session.execute(sa.update(Throttle).values(attempts=50))
    answer = hub.visitor().post("/accounts", SIGN_UP)
    assert (answer.status_code, answer.get_json()["code"]) == (429, "too_many_attempts")
    assert int(answer.headers["Retry-After"]) <= 901
