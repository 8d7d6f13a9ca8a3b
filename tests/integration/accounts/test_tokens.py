"""Personal access tokens: scoped, shown once, revocable."""

from __future__ import annotations

import pytest

from remixhub.domain.licences.terms import Licence
from remixhub.models import AccessToken, now
from remixhub.services.accounts.accounts import make_operator
from tests.integration.conftest import PASSWORD, Hub
from tests.integration.lineage.catalogue import Catalogue


def test_a_token_speaks_for_its_account_and_is_shown_once(hub: Hub) -> None:
    browser = hub.browser()
    made = browser.post("/tokens", {"name": "laptop", "scopes": ["publish"]})
    assert made.status_code == 201
    assert made.headers["Cache-Control"] == "no-store"
    assert made.get_json()["token"].startswith("rh_")
    assert made.get_json()["scopes"] == ["publish", "read"]
    assert "token" not in browser.get("/tokens").get_json()["tokens"][0]
    headers = {"Authorization": f"Bearer {made.get_json()['token']}"}
    assert hub.visitor().get("/account", headers=headers).get_json()["handle"] == "artist"


@pytest.mark.parametrize("authorization", ["Bearer", "Bearer ", "Basic YTpi", "rh_abc", ""])
def test_a_header_that_names_no_token_is_malformed(hub: Hub, authorization: str) -> None:
    answer = hub.visitor().get("/account", headers={"Authorization": authorization})
    assert (answer.status_code, answer.get_json()["code"]) == (400, "malformed")


def test_a_wrong_token_is_refused_even_where_nobody_need_sign_in(hub: Hub) -> None:
    answer = hub.visitor().get("/works", headers={"Authorization": "Bearer rh_unknown"})
    assert (answer.status_code, answer.get_json()["code"]) == (401, "token_invalid")
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


@pytest.mark.parametrize(
    "changes", [{"scopes": []}, {"scopes": ["everything"]}, {"name": ""}, {"expires_at": "tomorrow"}]
)
def test_a_wrong_token_request_makes_nothing(hub: Hub, changes: dict[str, object]) -> None:
    answer = hub.browser().post("/tokens", {"name": "t", "scopes": ["read"], **changes})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid")
    assert hub.rows(AccessToken) == []


def test_tokens_are_limited_in_number(hub: Hub) -> None:
    browser = hub.browser()
    account_id = browser.get("/account").get_json()["id"]
    with hub.parts.database.writing() as session:
        for number in range(50):
            session.add(AccessToken(token_hash=f"{number:064}", account_id=account_id, name="t", scopes=["read"]))
    answer = browser.post("/tokens", {"name": "t", "scopes": ["read"]})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "tokens_limit")


def test_an_operator_may_make_a_token_for_operating(hub: Hub) -> None:
    browser = hub.browser()
    make_operator(hub.parts, "@artist")
    made = browser.post("/tokens", {"name": "t", "scopes": ["admin"]})
    assert (made.status_code, made.get_json()["scopes"]) == (201, ["admin", "read"])


def test_a_token_has_only_its_scopes_and_never_a_password_s_power(hub: Hub) -> None:
    reader = hub.account("reader", scopes=("read",))
    upload = {"filename": "a.wav", "size_bytes": 10, "purpose": "stem"}
    refused = reader.post("/uploads", upload)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "scope_missing")
    for answer in (
        reader.get("/tokens"),
        reader.delete("/account", {"password": PASSWORD}),
        reader.put("/account/password", {"current_password": PASSWORD, "new_password": "another sentence"}, revision=1),
    ):
        assert (answer.status_code, answer.get_json()["code"]) == (403, "scope_missing")


def test_an_operator_s_token_speaks_as_an_artist_s_without_the_scope_for_operating(hub: Hub) -> None:
    catalogue = Catalogue(hub.parts)
    browser = hub.browser("artist")
    make_operator(hub.parts, "artist")
    closed, own = catalogue.work("Closed", licence=Licence.BY_ND, by="other"), catalogue.work("Own")

    def add_source(*scopes: str) -> tuple[int, str | None]:
        token = browser.post("/tokens", {"name": "t", "scopes": list(scopes)}).get_json()["token"]
        headers = {"Authorization": f"Bearer {token}"}
        answer = hub.visitor().post(f"/works/{own}/links", {"source_id": closed}, headers=headers)
        return answer.status_code, answer.get_json().get("code")

    assert add_source("publish") == (422, "licence_conflict")
    assert add_source("publish", "admin") == (201, None)


def test_only_operators_make_admin_tokens(hub: Hub) -> None:
    answer = hub.browser().post("/tokens", {"name": "t", "scopes": ["admin"]})
    assert (answer.status_code, answer.get_json()["code"]) == (403, "operator_only")


def test_revoked_expired_and_unknown_tokens_say_so(hub: Hub) -> None:
    browser = hub.browser()
    made = browser.post("/tokens", {"name": "t", "scopes": ["read"]}).get_json()
    listed = browser.get("/tokens").get_json()["tokens"]
    assert [token["id"] for token in listed] == [made["id"]]
    assert "token" not in listed[0]
    visitor = hub.visitor()

    def code(token: str) -> str:
        answer = visitor.get("/account", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401
        return str(answer.get_json()["code"])

    browser.delete(f"/tokens/{made['id']}")
    assert code(made["token"]) == "token_revoked"
    assert code("rh_unknown") == "token_invalid"
    expiring = browser.post("/tokens", {"name": "t", "scopes": ["read"], "expires_at": "2999-01-01T00:00:00Z"})
    with hub.parts.database.writing() as session:
        session.get_one(AccessToken, expiring.get_json()["id"]).expires_at = now(-1)
    assert code(expiring.get_json()["token"]) == "token_expired"
    past = browser.post("/tokens", {"name": "t", "scopes": ["read"], "expires_at": "2001-01-01T00:00:00Z"})
    assert past.get_json()["code"] == "expiry_past"
    assert browser.delete(f"/tokens/{made['id']}").get_json()["code"] == "token_not_found"


def test_a_token_s_last_use_is_shown(hub: Hub) -> None:
    browser = hub.browser()
    token = browser.post("/tokens", {"name": "t", "scopes": ["read"]}).get_json()["token"]
    assert browser.get("/tokens").get_json()["tokens"][0]["last_used_at"] is None
    hub.visitor().get("/account", headers={"Authorization": f"Bearer {token}"})
    assert browser.get("/tokens").get_json()["tokens"][0]["last_used_at"] is not None
