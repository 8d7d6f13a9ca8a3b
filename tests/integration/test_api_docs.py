"""The OpenAPI document and the readable page made from it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.conftest import Hub

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
METHODS = {"get", "post", "put", "patch", "delete"}


def operations(hub: Hub) -> dict[str, dict[str, Any]]:
    spec = hub.visitor().get("/openapi.json").get_json()
    return {
        f"{method.upper()} {path}": operation
        for path, rest in spec["paths"].items()
        for method, operation in rest.items()
        if method in METHODS
    }


def test_the_document_is_openapi_3_1_and_names_how_to_sign_in(hub: Hub) -> None:
    spec = hub.visitor().get("/openapi.json").get_json()
    assert spec["openapi"].startswith("3.1")
    assert spec["components"]["securitySchemes"]["token"] == {"type": "http", "scheme": "bearer"}


def test_every_operation_says_what_it_does_and_how_it_may_fail(hub: Hub) -> None:
    for name, operation in operations(hub).items():
        assert operation.get("summary"), name
        problems = {status for status in operation["responses"] if status.startswith(("4", "5"))}
        assert problems >= {"400", "401", "403", "422", "503"}, name
        for status in problems:
            assert "application/problem+json" in operation["responses"][status]["content"], f"{name} {status}"


def test_edits_document_if_match_and_posts_an_idempotency_key(hub: Hub) -> None:
    headers = {
        name: {one["name"]: one["required"] for one in operation.get("parameters", []) if one["in"] == "header"}
        for name, operation in operations(hub).items()
    }
    assert headers["PATCH /api/v1/works/{work_id}"] == {"If-Match": True}
    assert headers["POST /api/v1/releases"] == {"Idempotency-Key": False}
    assert headers["GET /api/v1/works"] == {}
    assert "If-Match" in hub.visitor().http.get("/api/v1/docs").text


def test_every_operation_has_a_place_on_the_page(hub: Hub) -> None:
    page = hub.visitor().http.get("/api/v1/docs")
    assert page.mimetype == "text/html"
    for name in operations(hub):
        method, path = name.split(" ")
        assert f'<b class="{method}">{method}</b> <code>{path}</code>' in page.text


def test_the_page_needs_nothing_from_elsewhere_and_runs_no_script(hub: Hub) -> None:
    page = hub.visitor().http.get("/api/v1/docs")
    assert "<script" not in page.text
    assert "http://" not in page.text
    assert "https://" not in page.text
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
