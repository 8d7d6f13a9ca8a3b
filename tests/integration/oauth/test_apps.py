"""Apps that one registered, those that act for one, and all that ends them."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa

from remixhub.models import AccessToken, Account, AppGrant, AuditEntry, DeviceRequest, OAuthClient, RefreshToken
from remixhub.services.oauth.apps import drop_old
from tests.integration.conftest import PASSWORD, Client, Hub
from tests.integration.oauth.stage import BACK, App, ask_device, by_token, decide_device, device_tokens, poll, refresh


@pytest.fixture
def ada(hub: Hub) -> Client:
    return hub.browser("ada")


@pytest.fixture
def mika(hub: Hub) -> Client:
    """Makes apps."""
    return hub.browser("mika")


@pytest.fixture
def plugin(hub: Hub, mika: Client) -> App:
    made = mika.post("/oauth-clients", {"name": "Tape Deck", "scopes": ["read", "publish"], "redirects": [BACK]})
    return App(made.get_json()["id"])


def is_out(hub: Hub, tokens: dict[str, Any], client_id: str) -> bool:
    """Neither of its tokens is good any more; both together, or neither."""
    used = by_token(hub, tokens["access_token"]).get("/account").status_code
    turned = refresh(hub, tokens["refresh_token"], client_id).status_code
    assert (used, turned) in ((401, 400), (200, 200))
    return used == 401


def test_one_sees_who_acts_and_puts_it_out(
    hub: Hub, ada: Client, mika: Client, plugin: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("remixhub.services.accounts.app_grants._AT_ONCE", 1)
    phone, desk, terminal = plugin.tokens(hub, ada, scope="read"), plugin.tokens(hub, ada), device_tokens(hub, ada)
    others = plugin.tokens(hub, mika)
    by_token(hub, phone["access_token"]).get("/account")
    listed = ada.get("/acting-apps").get_json()["apps"]
    assert [app["name"] for app in listed] == ["RemixHub in the terminal", "Tape Deck"]
    assert (listed[1]["grant_count"], listed[1]["scopes"], listed[1]["owner"]) == (2, ["read", "publish"], "mika")
    assert listed[1]["last_used_at"]
    assert (listed[0]["last_used_at"], listed[0]["owner"]) == (None, None)
    page = ada.http.get("/settings/apps").text
    for words in ("Tape Deck", "@mika", "2 times", "RemixHub in the terminal", "never used"):
        assert words in page

    assert ada.http.post(f"/settings/apps/{plugin.client_id}/stop").status_code == 303
    assert is_out(hub, phone, plugin.client_id)
    assert is_out(hub, desk, plugin.client_id)
    assert not is_out(hub, terminal, "remixhub-cli")
    assert not is_out(hub, others, plugin.client_id)
    assert ada.delete(f"/acting-apps/{plugin.client_id}").get_json()["code"] == "app_not_found"
    happened = ada.http.get("/settings/sessions").text
    assert "An app is out" in happened
    assert "Tape Deck" in happened


def test_a_new_password_ends_the_apps_that_are_chosen_and_what_was_not_taken_yet(
    hub: Hub, ada: Client, plugin: App
) -> None:
    kept, ended, terminal = plugin.tokens(hub, ada), plugin.tokens(hub, ada), device_tokens(hub, ada)
    code = plugin.allowed_by(ada)["code"]
    asked = ask_device(hub)
    decide_device(ada, asked["user_code"])
    shown = re.findall(r'name="end_tokens" value="(\w+)"', ada.http.get("/settings/security").text)
    grants = {grant.id: grant for grant in hub.rows(AppGrant) if grant.taken_at}
    assert set(shown) == set(grants)
    with hub.parts.database.reading() as session:
        of_access = sa.select(AccessToken.grant_id).where(AccessToken.grant_id.is_not(None))
        first, second, third = session.scalars(of_access.order_by(AccessToken.created_at, AccessToken.id)).all()
    chosen = [grant_id for grant_id in (first, second, third) if grants[grant_id].name == "Tape Deck"]
    body = {"current_password": PASSWORD, "new_password": "quite another sentence", "end_tokens": chosen[:1]}
    assert ada.put("/account/password", body, revision=ada.revision_of("/account")).status_code == 204
    assert sorted([is_out(hub, kept, plugin.client_id), is_out(hub, ended, plugin.client_id)]) == [False, True]
    assert not is_out(hub, terminal, "remixhub-cli")
    assert plugin.exchange(hub, code).get_json()["error"] == "invalid_grant"
    assert poll(hub, asked["device_code"]).get_json()["error"] == "invalid_grant"


def test_who_leaves_takes_leave_and_apps_along(hub: Hub, ada: Client, mika: Client, plugin: App) -> None:
    of_ada, of_mika = plugin.tokens(hub, ada), device_tokens(hub, mika)
    assert mika.delete("/account", {"password": PASSWORD}).status_code == 204
    assert hub.rows(OAuthClient) == []
    assert by_token(hub, of_ada["access_token"]).get("/account").get_json()["code"] == "token_revoked"
    assert refresh(hub, of_ada["refresh_token"], plugin.client_id).get_json()["error"] == "invalid_client"
    assert by_token(hub, of_mika["access_token"]).get("/account").status_code == 401
    assert refresh(hub, of_mika["refresh_token"]).get_json()["error"] == "invalid_grant"


def test_an_operator_signs_out_apps_too(hub: Hub, ada: Client, mika: Client, plugin: App) -> None:
    tokens = plugin.tokens(hub, ada)
    with hub.parts.database.writing() as session:
        session.execute(sa.update(Account).where(Account.handle == "mika").values(is_operator=True))
    ended = mika.delete("/accounts/ada/sessions", {"end_tokens": True}).get_json()
    assert ended["token_count"] == 1
    assert is_out(hub, tokens, plugin.client_id)


def test_apps_are_made_changed_and_removed(hub: Hub, ada: Client, mika: Client) -> None:
    facts = {"name": "Site", "redirects": ["https://site.example/"], "scopes": ["publish"], "is_confidential": True}
    made = mika.post("/oauth-clients", facts)
    client = made.get_json()
    path = f"/oauth-clients/{client['id']}"
    assert client["scopes"] == ["read", "publish"]
    assert made.headers["Cache-Control"] == "no-store"
    assert client["secret"] not in str([vars(row) for row in hub.rows(OAuthClient)])
    assert "secret" not in mika.get(path).get_json()
    assert ada.get(path).get_json()["code"] == "oauth_client_not_found"

    site = App(client["id"], "https://site.example/", client["secret"])
    tokens = site.tokens(hub, ada)
    assert mika.patch(path, {"name": "Late"}, revision=7).status_code == 412
    wrong = mika.edit(path, {"redirects": ["http://site.example/", "https://site.example/#x"]})
    assert (wrong.status_code, wrong.get_json()["code"]) == (422, "oauth_redirect_unfit")
    assert mika.edit(path, {"redirects": []}).get_json()["code"] == "oauth_way_missing"
    assert mika.edit(path, {"scopes": ["admin"]}).get_json()["code"] == "operator_only"
    edited = mika.edit(path, {"name": "Site 2", "scopes": ["read"], "homepage": "https://site.example/about"})
    assert (edited.status_code, edited.get_json()["homepage"]) == (200, "https://site.example/about")
    secret = {"client_secret": client["secret"]}
    assert refresh(hub, tokens["refresh_token"], site.client_id, **secret).get_json()["error"] == "invalid_scope"
    narrower = refresh(hub, tokens["refresh_token"], site.client_id, scope="read", **secret)
    assert narrower.get_json()["scope"] == "read"

    renewed = mika.post(f"{path}/secret").get_json()["secret"]
    tokens = narrower.get_json()
    for given, status in ((client["secret"], 401), (renewed, 200)):
        turned = refresh(hub, tokens["refresh_token"], site.client_id, scope="read", client_secret=given)
        assert turned.status_code == status
    assert mika.delete(path).status_code == 204
    assert by_token(hub, turned.get_json()["access_token"]).get("/account").get_json()["code"] == "token_revoked"
    assert mika.get(path).status_code == 404
    actions = [row.action for row in hub.rows(AuditEntry) if row.subject_kind == "oauth_client"]
    assert actions == [f"oauth_client.{act}" for act in ("created", "edited", "secret_renewed", "deleted")]

    public = mika.post("/oauth-clients", {"name": "Pedal", "scopes": ["read"], "uses_devices": True}).get_json()
    assert public["secret"] is None
    assert mika.post(f"/oauth-clients/{public['id']}/secret").get_json()["code"] == "oauth_client_public"
    assert device_tokens(hub, ada, client_id=public["id"])["scope"] == "read"
    for _ in range(19):
        mika.post("/oauth-clients", {"name": "Pedal", "scopes": ["read"], "uses_devices": True})
    full = mika.post("/oauth-clients", {"name": "Pedal", "scopes": ["read"], "uses_devices": True})
    assert full.get_json()["code"] == "oauth_clients_limit"


def test_the_page_shows_a_secret_once_and_keeps_what_was_typed(hub: Hub, mika: Client) -> None:
    form = {"name": "Site", "redirects": "http://site.example/", "scopes": ["read"], "kind": "confidential"}
    wrong = mika.http.post("/settings/apps/registered", data=form)
    assert (wrong.status_code, "Use https" in wrong.text, "http://site.example/" in wrong.text) == (422, True, True)
    made = mika.http.post("/settings/apps/registered", data={**form, "redirects": "https://site.example/\r\n"})
    assert made.headers["Cache-Control"] == "no-store"
    shown = re.search(r"rhs_[\w-]+", made.text)
    assert shown
    (client,) = mika.get("/oauth-clients").get_json()["clients"]
    assert client["redirects"] == ["https://site.example/"]
    page = f"/settings/apps/registered/{client['id']}"
    assert "rhs_" not in mika.http.get(page).text
    saved = {"name": "Site", "redirects": "https://site.example/", "scopes": ["read"], "revision": "9"}
    outdated = mika.http.post(page, data=saved)
    assert (outdated.status_code, 'name="revision" value="1"' in outdated.text) == (422, True)
    assert mika.http.post(page, data={**saved, "revision": "1"}).status_code == 303
    renewed = re.search(r"rhs_[\w-]+", mika.http.post(f"{page}/secret").text)
    assert renewed
    assert renewed[0] != shown[0]
    assert mika.http.post(f"{page}/delete").status_code == 303
    assert mika.get("/oauth-clients").get_json()["clients"] == []


def test_too_many_sign_ins_of_one_app_make_room(
    hub: Hub, ada: Client, plugin: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("remixhub.services.oauth.server.GRANTS_LIMIT", 2)
    first, second = plugin.tokens(hub, ada), plugin.tokens(hub, ada)
    codes = [plugin.allowed_by(ada)["code"] for _ in range(4)]
    wrong = plugin.exchange(hub, codes[0], code_verifier="x" * 43)
    assert wrong.get_json()["error"] == "invalid_grant"
    for tokens in (second, first):  # what nobody has taken, and what came without its proof, takes no room
        turned = refresh(hub, tokens["refresh_token"], plugin.client_id)
        assert turned.status_code == 200, turned.text
        tokens |= turned.get_json()
    by_token(hub, first["access_token"]).get("/account")  # so that the second is idle for longest
    third = plugin.tokens(hub, ada)
    assert [is_out(hub, tokens, plugin.client_id) for tokens in (first, second, third)] == [False, True, False]


def test_leave_ends_when_nobody_uses_it_and_after_a_year_in_any_case(hub: Hub, ada: Client) -> None:
    tokens = device_tokens(hub, ada)
    (grant,) = hub.rows(AppGrant)
    assert round((grant.expires_at - grant.created_at).total_seconds() / 86400) == 90
    day = 24 * 3600 * 1000
    with hub.parts.database.writing() as session:
        session.execute(sa.text(f"UPDATE app_grants SET created_at = created_at - {364 * day}"))
    turned = refresh(hub, tokens["refresh_token"]).get_json()
    (grant,) = hub.rows(AppGrant)
    assert round((grant.expires_at - grant.created_at).total_seconds() / 86400) == 365
    with hub.parts.database.writing() as session:
        session.execute(sa.text(f"UPDATE app_grants SET expires_at = expires_at - {day + 1}"))
    assert refresh(hub, turned["refresh_token"]).get_json()["error"] == "invalid_grant"
    assert ada.get("/acting-apps").get_json()["apps"] == []


def test_what_ended_long_ago_is_forgotten(hub: Hub, ada: Client, plugin: App) -> None:
    old, kept = plugin.tokens(hub, ada), device_tokens(hub, ada)
    ada.delete(f"/acting-apps/{plugin.client_id}")
    drop_old(hub.parts)
    assert len(hub.rows(AppGrant)) == 2
    month = 31 * 24 * 3600 * 1000
    with hub.parts.database.writing() as session:
        session.execute(sa.text(f"UPDATE app_grants SET revoked_at = revoked_at - {month}"))
        session.execute(sa.text(f"UPDATE device_requests SET expires_at = expires_at - {month}"))
    drop_old(hub.parts)
    assert [len(hub.rows(table)) for table in (AppGrant, RefreshToken, DeviceRequest)] == [1, 1, 0]
    assert by_token(hub, old["access_token"]).get("/account").get_json()["code"] == "token_invalid"
    assert not is_out(hub, kept, "remixhub-cli")
