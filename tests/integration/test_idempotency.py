"""`Idempotency-Key`: a POST that is sent again is answered again, and done once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from remixhub.models import AccessToken, IdempotentAnswer, Upload, now
from tests.integration.conftest import Client, Hub

UPLOAD = {"filename": "a.wav", "size_bytes": 1000, "purpose": "stem"}


def post(client: Client, body: Any, key: str = "one", path: str = "/uploads") -> TestResponse:
    return client.post(path, body, headers={"Idempotency-Key": key})


def test_the_same_request_with_the_same_key_is_answered_once(hub: Hub) -> None:
    artist = hub.account()
    body = {"filename": "a.wav", "size_bytes": 1000, "purpose": "stem"}
    first = artist.post("/uploads", body, headers={"Idempotency-Key": "one"})
    again = artist.post("/uploads", body, headers={"Idempotency-Key": "one"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.get_json() == first.get_json()
    assert again.headers["Location"] == first.headers["Location"]
    assert len(artist.get("/uploads").get_json()["uploads"]) == 1
    other = artist.post("/uploads", {**body, "size_bytes": 2000}, headers={"Idempotency-Key": "one"})
    assert (other.status_code, other.get_json()["code"]) == (422, "idempotency_key_reused")
    mine = hub.account("other").post("/uploads", body, headers={"Idempotency-Key": "one"})
    assert mine.get_json()["id"] != first.get_json()["id"]


def test_a_refusal_is_answered_again_as_it_was(hub: Hub) -> None:
    artist = hub.account()
    first = post(artist, {**UPLOAD, "size_bytes": 0})
    again = post(artist, {**UPLOAD, "size_bytes": 0})
    assert (first.status_code, again.status_code) == (422, 422)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.content_type == "application/problem+json"
    assert again.get_json() == first.get_json()


def test_requests_at_once_with_one_key_are_done_once(hub: Hub) -> None:
    hub.account()
    (token,) = (hub.account("other").headers["Authorization"],)
    clients = [Client(hub.app.test_client(), hub.parts, headers={"Authorization": token}) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda client: post(client, UPLOAD), clients))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert {answer.get_json().get("code") for answer in answers if answer.status_code == 409} <= {
        "idempotency_in_progress"
    }
    assert len(hub.rows(Upload)) == 1


def test_a_key_is_free_again_after_a_passing_fault(hub: Hub) -> None:
    reader = hub.account("reader", scopes=("read",))
    with hub.parts.database.writing() as session:
        session.execute(sa.update(AccessToken).values(revoked_at=now()))
    assert post(reader, UPLOAD).status_code == 401
    assert hub.rows(IdempotentAnswer) == []


def test_a_request_that_never_ended_gives_its_key_back(hub: Hub) -> None:
    artist = hub.account()
    post(artist, UPLOAD)
    with hub.parts.database.writing() as session:
        session.execute(sa.update(IdempotentAnswer).values(status=None, body=None))
    waiting = post(artist, UPLOAD)
    assert (waiting.status_code, waiting.get_json()["code"]) == (409, "idempotency_in_progress")
    with hub.parts.database.writing() as session:
        session.execute(sa.update(IdempotentAnswer).values(created_at=now(-61)))
    assert post(artist, UPLOAD).status_code == 201


def test_a_token_is_made_once_and_its_secret_is_not_kept(hub: Hub) -> None:
    browser = hub.browser()
    body = {"name": "t", "scopes": ["read"]}
    first = post(browser, body, path="/tokens")
    again = post(browser, body, path="/tokens")
    assert (again.status_code, again.get_json()["code"]) == (409, "idempotency_answer_secret")
    assert len(browser.get("/tokens").get_json()["tokens"]) == 1
    assert first.get_json()["token"] not in str([row.body for row in hub.rows(IdempotentAnswer)])


@pytest.mark.parametrize("key", ["", "x" * 201, "a\x7fb"])
def test_an_unusable_key_is_refused(hub: Hub, key: str) -> None:
    answer = post(hub.account(), UPLOAD, key)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "idempotency_key_invalid")
    assert hub.rows(Upload) == []


def test_a_visitor_s_key_changes_nothing(hub: Hub) -> None:
    assert post(hub.visitor(), UPLOAD).get_json()["code"] == "unauthenticated"
    assert hub.rows(IdempotentAnswer) == []
