"""Every error leaves as a problem with a stable code, and the document tells every code."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import remixhub
from remixhub.api.problems import status_of
from remixhub.domain.errors import RemixHubError
from tests.integration.conftest import Hub

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "problems.md"
SIGN_UP = "/api/v1/accounts"


def test_a_body_that_is_not_json_is_malformed(hub: Hub) -> None:
    answer = hub.visitor().http.post(SIGN_UP, data=b"{not json", content_type="application/json")
    assert (answer.status_code, answer.get_json()["code"]) == (400, "malformed")
    assert answer.content_type == "application/problem+json"
    assert answer.get_json()["type"] == "/problems/malformed"


def test_a_body_of_another_type_is_refused(hub: Hub) -> None:
    answer = hub.visitor().http.post(SIGN_UP, data={"handle": "mika"})
    assert (answer.status_code, answer.get_json()["code"]) == (415, "unsupported_media_type")


def test_a_body_of_ten_megabytes_is_refused(hub: Hub) -> None:
    answer = hub.visitor().http.post(SIGN_UP, data=b'"' + b"x" * 10_000_000 + b'"', content_type="application/json")
    assert (answer.status_code, answer.get_json()["code"]) == (413, "too_large")


@pytest.mark.parametrize("body", [[], "text", 5, None, {"handle": {"a": 1}}, {"handle": ["x"] * 1000}])
def test_a_body_of_another_shape_breaks_the_schema(hub: Hub, body: object) -> None:
    answer = hub.visitor().http.post(SIGN_UP, json=body)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid")
    assert answer.get_json()["violations"]


def test_the_wrong_method_names_the_right_ones(hub: Hub) -> None:
    answer = hub.visitor().http.put(SIGN_UP, json={})
    assert (answer.status_code, answer.get_json()["code"]) == (405, "method_not_allowed")
    assert "POST" in answer.headers["Allow"]


def test_an_unknown_address_of_the_api_is_a_problem(hub: Hub) -> None:
    answer = hub.visitor().get("/nothing-here")
    assert (answer.status_code, answer.get_json()["code"]) == (404, "not_found")


def test_every_answer_carries_a_request_id(hub: Hub) -> None:
    given = hub.visitor().get("/licences", headers={"X-Request-Id": "abcdef-123456"})
    assert given.headers["X-Request-Id"] == "abcdef-123456"
    made_up = hub.visitor().get("/licences", headers={"X-Request-Id": "bad id\twith spaces"})
    assert re.fullmatch(r"[0-9a-f]{32}", made_up.headers["X-Request-Id"])


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


def test_every_code_is_documented_and_every_documented_code_exists() -> None:
    documented = set(re.findall(r"^\| `([a-z0-9_]+)`", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE))
    assert documented == set(_codes())


def test_every_code_belongs_to_one_class_and_status() -> None:
    for code, classes in _codes().items():
        assert len({status_of(kind("")) for kind in classes if kind is not None}) <= 1, code


def _codes() -> dict[str, list[type[RemixHubError]]]:
    for module in pkgutil.walk_packages(remixhub.__path__, "remixhub."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    from_http = {"method_not_allowed", "not_acceptable", "address_too_long", "headers_too_large", "http_error"}
    codes: dict[str, list[type[RemixHubError]]] = {code: [] for code in from_http}
    waiting = [RemixHubError]
    while waiting:
        kind = waiting.pop()
        codes.setdefault(kind.code, []).append(kind)
        waiting += kind.__subclasses__()
    return codes
