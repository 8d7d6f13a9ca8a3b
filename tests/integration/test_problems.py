"""Every error leaves as a problem with a stable code, and the document tells every code."""

from __future__ import annotations

import functools
import importlib
import pkgutil
import re
from pathlib import Path
from typing import Any

import pytest

import remixhub
from remixhub.api.problems import HTTP_CODES, status_of
from remixhub.domain import troubles
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


def test_every_route_with_a_body_refuses_what_is_not_json_and_fields_it_does_not_know(hub: Hub) -> None:
    artist = hub.browser()
    paths = artist.get("/openapi.json").get_json()["paths"]
    with_body = [
        (method.upper(), re.sub(r"\{\w+\}", "x", path))
        for path, rest in paths.items()
        for method, operation in rest.items()
        if isinstance(operation, dict) and "requestBody" in operation
    ]
    assert len(with_body) > 15
    for method, path in with_body:
        sent: dict[tuple[int, str], dict[str, Any]] = {
            (400, "malformed"): {"data": b"{", "content_type": "application/json"},
            (415, "unsupported_media_type"): {"data": b"a=b", "content_type": "application/x-www-form-urlencoded"},
            (422, "invalid"): {"json": {"no_such_field": 1}},
            (413, "too_large"): {"data": b"{}" + b" " * 10_000_000, "content_type": "application/json"},
        }
        for expected, body in sent.items():
            answer = artist.send(method, path, **body)
            assert (answer.status_code, answer.get_json()["code"]) == expected, f"{method} {path}"


def test_every_route_refuses_parameters_that_it_does_not_know_and_names_those_that_it_does(hub: Hub) -> None:
    """Before it looks at who asks and for what; the readable docs are a page, and pages take any link's."""
    artist = hub.account()
    spec = artist.get("/openapi.json").get_json()
    routes = [
        (method.upper(), path, [one["name"] for one in operation.get("parameters", []) if one["in"] == "query"])
        for path, rest in spec["paths"].items()
        for method, operation in rest.items()
        if method in ("get", "post", "put", "patch", "delete")
    ]
    assert len(routes) > 140
    for method, path, known in [*routes, ("GET", "/api/v1/openapi.json", [])]:
        address = re.sub(r"\{\w+\}", "x", path)
        answer = artist.send(method, f"{address}?utm_source=a~b&a~1/b=", headers={"If-Match": '"1"'})
        assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid"), f"{method} {path}"
        told = {one["pointer"]: one["message"] for one in answer.get_json()["violations"]}
        assert set(told) == {"/query/utm_source", "/query/a~01~1b"}, f"{method} {path}"
        assert set(re.findall(r"`(\w+)`", told["/query/utm_source"])) == set(known), f"{method} {path}"
    for page in ("/", "/licences", "/api/v1/docs", "/problems/invalid"):
        assert hub.visitor().http.get(f"{page}?utm_source=a").status_code == 200


@pytest.mark.parametrize("query", ["limit=2&limit=3", "kind=release&kind=remix", "limit=2&limit=2"])
def test_a_parameter_that_is_given_twice_is_refused(hub: Hub, query: str) -> None:
    answer = hub.visitor().get(f"/works?{query}")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid")
    assert [one["message"] for one in answer.get_json()["violations"]] == ["Give it once."]


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("/uploads", {"filename": "a.wav", "size_bytes": "1000", "purpose": "stem"}, "/size_bytes"),
        ("/uploads", {"filename": "a.wav", "size_bytes": 1000.5, "purpose": "stem"}, "/size_bytes"),
        ("/uploads", {"filename": "a.wav", "size_bytes": True, "purpose": "stem"}, "/size_bytes"),
        ("/uploads/x/parts", {"part_numbers": ["1"]}, "/part_numbers/0"),
        ("/releases", {"title": "Out", "licence": "cc-by-4.0", "tempo_bpm": "120"}, "/tempo_bpm"),
        ("/releases", {"title": 5, "licence": "cc-by-4.0"}, "/title"),
        ("/remixes", {"title": "Mine", "sources": [{"source_id": "x", "starts_seconds": "1"}]},
         "/sources/0/starts_seconds"),
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_type_is_pointed_at(hub: Hub, path: str, body: dict[str, object], pointer: str) -> None:
    answer = hub.account().post(path, body)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid")
    assert [violation["pointer"] for violation in answer.get_json()["violations"]] == [pointer]


def test_the_wrong_method_names_the_right_ones(hub: Hub) -> None:
    answer = hub.visitor().http.put(SIGN_UP, json={})
    assert (answer.status_code, answer.get_json()["code"]) == (405, "method_not_allowed")
    assert "POST" in answer.headers["Allow"]


def test_an_unknown_address_of_the_api_is_a_problem(hub: Hub) -> None:
    answer = hub.visitor().get("/nothing-here")
    assert (answer.status_code, answer.get_json()["code"]) == (404, "not_found")


def test_an_unknown_address_is_answered_in_the_words_of_the_hub(hub: Hub) -> None:
    page = hub.visitor().http.get("/nothing-here")
    assert page.status_code == 404
    assert "There is nothing at this address." in page.text
    assert "requested URL" not in page.text


def test_every_answer_carries_a_request_id(hub: Hub) -> None:
    given = hub.visitor().get("/licences", headers={"X-Request-Id": "abcdef-123456"})
    assert given.headers["X-Request-Id"] == "abcdef-123456"
    made_up = hub.visitor().get("/licences", headers={"X-Request-Id": "bad id\twith spaces"})
    assert re.fullmatch(r"[0-9a-f]{32}", made_up.headers["X-Request-Id"])


def test_every_code_is_documented_with_its_status_and_every_documented_code_exists() -> None:
    rows = _documented()
    assert dict(rows) == {code: str(status or "") for code, status in _codes().items()}
    assert len(rows) == len(dict(rows))


def test_every_documented_code_has_a_page(hub: Hub) -> None:
    page = hub.visitor().http.get("/problems/licence_conflict")
    assert page.status_code == 200
    assert "licence_conflict" in page.text
    assert hub.visitor().http.get("/problems/no_such_code").status_code == 404


@functools.cache
def documented_codes() -> frozenset[str]:
    return frozenset(code for code, _ in _documented())


def _documented() -> list[tuple[str, str]]:
    return re.findall(r"^\| `([a-z0-9_]+)` \| (\d*) *\|", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)


def _codes() -> dict[str, int | None]:
    """Every code with its status; None for those that never leave as an answer of the API."""
    for module in pkgutil.walk_packages(remixhub.__path__, "remixhub."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    codes: dict[str, int | None] = {code: status for status, code in HTTP_CODES.items()}
    codes |= {"http_error": None}
    waiting: list[type[RemixHubError]] = [RemixHubError]
    while waiting:
        kind = waiting.pop()
        if not kind.__module__.startswith("remixhub."):
            continue  # a test's own
        status = None if kind.__module__.startswith("remixhub.commands.") else status_of(kind)
        assert codes.setdefault(kind.code, status) == status, f"{kind.code} has two statuses"
        waiting += kind.__subclasses__()
    return {**dict.fromkeys(troubles.CODES), **codes}
