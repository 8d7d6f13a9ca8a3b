"""The same request with the same key is done once and answered alike; another one is told apart."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import flask
import pytest
from werkzeug.test import TestResponse

from remixhub.compose import Parts
from remixhub.domain.states import Scope
from remixhub.models import IdempotentAnswer, now
from remixhub.services.accounts import tokens
from tests.unit.edge.conftest import Edge
from tests.unit.rows import Rows, actor_of


@pytest.fixture
def bearer(parts: Parts, rows: Rows) -> dict[str, str]:
    """Of an account that may publish."""
    return bearer_of(parts, rows, "ada")


def bearer_of(parts: Parts, rows: Rows, handle: str) -> dict[str, str]:
    actor = actor_of(rows.account(handle))
    token = tokens.create_token(actor, parts, name="test", scopes=[Scope.PUBLISH])[1]
    return {"Authorization": f"Bearer {token}"}


def post(
    edge: Edge, headers: dict[str, str], key: str | None = "one", path: str = "/api/v1/things", **facts: Any
) -> TestResponse:
    keyed = headers if key is None else {**headers, "Idempotency-Key": key}
    return edge.client.post(path, headers=keyed, **{"json": {"title": "A"}, **facts})


def told(response: TestResponse) -> tuple[int, str]:
    return response.status_code, response.get_json()["code"]


def test_a_request_that_comes_back_is_answered_as_before_and_not_done_again(edge: Edge, bearer: dict[str, str]) -> None:
    edge.view = lambda: flask.make_response({"run": edge.runs}, 201, {"Location": "/things/1", "X-Other": "here"})
    first, again = post(edge, bearer), post(edge, bearer)
    assert edge.runs == 1
    assert (again.status_code, again.data, again.headers["Location"]) == (201, first.data, "/things/1")
    assert (again.headers["Idempotency-Replayed"], "Idempotency-Replayed" in first.headers) == ("true", False)
    assert "X-Other" not in again.headers


@pytest.mark.parametrize(
    "changed", [{"json": {"title": "B"}}, {"path": "/api/v1/things?draft=1"}, {"data": b'{"title":"A"}', "json": None}]
)
def test_a_key_belongs_to_one_request_to_the_byte(edge: Edge, bearer: dict[str, str], changed: dict[str, Any]) -> None:
    post(edge, bearer)
    if changed.get("json", 0) is None:
        changed = {**changed, "content_type": "application/json"}
    assert told(post(edge, bearer, **changed)) == (400, "idempotency_key_reused")
    assert edge.runs == 1


def test_keys_are_each_accounts_own(edge: Edge, parts: Parts, rows: Rows, bearer: dict[str, str]) -> None:
    post(edge, bearer)
    post(edge, bearer_of(parts, rows, "ben"))
    post(edge, bearer, "two")
    assert edge.runs == 3


def test_without_a_key_or_an_account_or_on_pages_everything_is_done_each_time(
    edge: Edge, bearer: dict[str, str]
) -> None:
    for headers, key, path in (
        (bearer, None, "/api/v1/things"),
        ({}, "one", "/api/v1/things"),
        (bearer, "one", "/pages"),
    ):
        edge.runs = 0
        for _ in range(2):
            assert post(edge, headers, key, path).status_code == 201
        assert edge.runs == 2


@pytest.mark.parametrize("status", [401, 408, 429, 500, 503])
def test_what_passes_frees_the_key(edge: Edge, rows: Rows, bearer: dict[str, str], status: int) -> None:
    edge.view = lambda: ({"run": edge.runs}, status if edge.runs == 1 else 201)
    assert post(edge, bearer).status_code == status
    assert rows.all(IdempotentAnswer) == []
    assert post(edge, bearer).status_code == 201


@pytest.mark.parametrize("status", [200, 400, 404, 409, 422])
def test_what_was_decided_is_kept(edge: Edge, bearer: dict[str, str], status: int) -> None:
    edge.view = lambda: ({"run": edge.runs}, status)
    assert [post(edge, bearer).status_code for _ in range(2)] == [status, status]
    assert edge.runs == 1


def test_a_secret_is_neither_kept_nor_shown_again(edge: Edge, rows: Rows, bearer: dict[str, str]) -> None:
    edge.view = edge.secret
    first = post(edge, bearer)
    assert (first.get_json()["token"], first.headers["Cache-Control"]) == ("rh_secret", "no-store")
    assert told(post(edge, bearer)) == (400, "idempotency_answer_secret")
    assert "rh_secret" not in str(rows.one(IdempotentAnswer).body)
    assert edge.runs == 1


def test_an_answer_that_signs_in_is_neither_kept_nor_given_again_without_its_cookie(
    edge: Edge, rows: Rows, bearer: dict[str, str]
) -> None:
    edge.view = lambda: flask.make_response({"handle": "ada"}, 201, {"Set-Cookie": "remixhub_session=rh_secret"})
    assert post(edge, bearer).headers["Cache-Control"] == "no-store"
    assert told(post(edge, bearer)) == (400, "idempotency_answer_secret")
    assert "rh_secret" not in str(rows.one(IdempotentAnswer).body)


def test_what_is_kept_of_a_request_does_not_let_its_password_be_guessed(
    edge: Edge, rows: Rows, bearer: dict[str, str]
) -> None:
    sent = b'{"login": "ada", "password": "a sentence nobody guesses"}'
    post(edge, bearer, data=sent, json=None, content_type="application/json")
    guesses = (b"", b"POST /api/v1/things\n", b"POST /api/v1/things?\n")
    bare = {hashlib.sha256(guess + sent).hexdigest() for guess in guesses}
    assert rows.one(IdempotentAnswer).request_digest not in bare


def test_a_request_that_is_still_being_answered_is_not_done_beside_it(
    edge: Edge, rows: Rows, bearer: dict[str, str]
) -> None:
    post(edge, bearer)
    rows.change(IdempotentAnswer, status=None, body=None)
    assert told(post(edge, bearer)) == (400, "idempotency_in_progress")
    rows.change(IdempotentAnswer, created_at=now(-61))
    assert post(edge, bearer).status_code == 201, "after a minute nobody answers it any more"
    assert edge.runs == 2


@pytest.mark.parametrize(("age", "runs"), [(dt.timedelta(hours=23), 1), (dt.timedelta(hours=24, seconds=1), 2)])
def test_an_answer_is_kept_for_a_day(
    edge: Edge, rows: Rows, bearer: dict[str, str], age: dt.timedelta, runs: int
) -> None:
    post(edge, bearer)
    rows.change(IdempotentAnswer, created_at=now(-age.total_seconds()))
    post(edge, bearer)
    assert edge.runs == runs


@pytest.mark.parametrize("key", ["x" * 201, "tab\there"])
def test_an_odd_key_is_refused(edge: Edge, bearer: dict[str, str], key: str) -> None:
    assert told(post(edge, bearer, key)) == (400, "idempotency_key_invalid")
    assert post(edge, bearer, "x" * 200).status_code == 201
    assert edge.runs == 1
