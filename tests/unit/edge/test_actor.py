"""Who asks: a token before the cookie, a visitor without either; and no cookie is good for another site's request."""

from __future__ import annotations

import dataclasses

import pytest
from werkzeug.test import TestResponse

from remixhub.compose import Parts
from remixhub.domain.states import Scope
from remixhub.models import AccessToken, Account, BrowserSession, now
from remixhub.services.accounts import sessions, tokens
from remixhub.services.accounts.devices import Browser
from tests.unit.edge.conftest import Edge
from tests.unit.rows import Rows, actor_of


@pytest.fixture
def ada(rows: Rows) -> Account:
    return rows.account("ada")


@pytest.fixture
def ben(rows: Rows) -> Account:
    return rows.account("ben")


def cookie(parts: Parts, account: Account) -> str:
    return sessions.open_session(parts, account, Browser("here")).token


def bearer(parts: Parts, account: Account) -> str:
    return "Bearer " + tokens.create_token(actor_of(account), parts, name="t", scopes=[Scope.READ])[1]


def who(edge: Edge, **headers: str) -> TestResponse:
    return edge.client.get("/who", headers=headers)


def test_a_cookie_a_token_and_neither(edge: Edge, parts: Parts, ada: Account, ben: Account) -> None:
    assert who(edge).text == "visitor"
    edge.client.set_cookie("remixhub_session", cookie(parts, ada))
    assert who(edge).text == ada.id
    assert who(edge, Authorization=bearer(parts, ben)).text == ben.id
    assert who(edge, Authorization=bearer(parts, ben).replace("Bearer", "bearer")).text == ben.id


def test_a_session_that_ended_is_a_visitors(edge: Edge, parts: Parts, rows: Rows, ada: Account) -> None:
    edge.client.set_cookie("remixhub_session", cookie(parts, ada))
    rows.change(BrowserSession, expires_at=now())
    assert who(edge).text == "visitor"


def test_a_token_that_is_wrong_is_refused_even_beside_a_good_cookie(
    edge: Edge, parts: Parts, rows: Rows, ada: Account
) -> None:
    edge.client.set_cookie("remixhub_session", cookie(parts, ada))
    token = bearer(parts, ada)
    rows.change(AccessToken, revoked_at=now())
    wrong = {
        "Bearer unknown": "token_invalid", token: "token_revoked", "Basic abc": "malformed", "Bearer ": "malformed",
    }  # fmt: skip
    for authorization, code in wrong.items():
        assert who(edge, Authorization=authorization).get_json()["code"] == code


def test_over_https_the_cookie_is_bound_to_the_host(parts: Parts, ada: Account) -> None:
    secure = dataclasses.replace(parts, settings=dataclasses.replace(parts.settings, public_url="https://hub.example"))
    edge = Edge(secure)
    token = cookie(parts, ada)
    edge.client.set_cookie("remixhub_session", token)
    assert who(edge).text == "visitor"
    edge.client.set_cookie("__Host-remixhub_session", token)
    assert who(edge).text == ada.id


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 201),
        ({"Origin": "http://localhost"}, 201),
        ({"Origin": "http://elsewhere.example"}, 400),
        ({"Origin": "http://localhost:8000"}, 400),
        ({"Origin": "https://localhost"}, 400),
        ({"Origin": "null"}, 400),
        ({"Sec-Fetch-Site": "same-origin"}, 201),
        ({"Sec-Fetch-Site": "cross-site"}, 400),
        ({"Sec-Fetch-Site": "same-site"}, 400),
    ],
)
def test_an_unsafe_request_comes_from_our_own_pages(edge: Edge, headers: dict[str, str], status: int) -> None:
    assert edge.client.post("/pages", headers=headers).status_code == status
    assert edge.client.get("/pages", headers=headers).status_code == 201, "reading is anybody's"


def test_a_token_may_come_from_anywhere(edge: Edge, parts: Parts, ada: Account) -> None:
    headers = {"Authorization": bearer(parts, ada), "Origin": "http://elsewhere.example"}
    assert edge.client.post("/pages", headers=headers).status_code == 201
