"""Text that no database takes, wherever it stands in a request."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.integration.conftest import Hub

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
"""SQLite would take a NUL."""


def assert_unusable(answer: TestResponse) -> None:
    assert (answer.status_code, answer.get_json()["code"]) == (400, "text_unusable")


@pytest.mark.parametrize(
    "path",
    ["/works/a%00b", "/works/a%00b/lineage", "/mixes/a%00b", "/jobs/a%00b", "/accounts/a%00b", "/works?tag=a%00b"],
)
def test_nul_in_an_address_is_refused(hub: Hub, path: str) -> None:
    assert_unusable(hub.visitor().get(path))


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"])
@pytest.mark.parametrize(
    "body",
    [
        {"title": "Remix", "sources": [{"source_id": "{}"}]},
        {"title": "Remix", "sources": [{"source_id": "x", "stems": ["{}"]}]},
        {"title": "Remix", "sources": [{"source_id": "x"}], "mix_id": "{}"},
        {"title": "{}", "sources": [{"source_id": "x"}]},
        {"{}": "Remix"},
    ],
)
def test_nul_and_lone_surrogates_anywhere_in_json_are_refused(hub: Hub, body: Any, text: str) -> None:
    assert_unusable(hub.visitor().post("/remixes", _filled(body, text)))


def test_bottomless_nesting_is_refused(hub: Hub) -> None:
    deep = b"[" * 200_000 + b"]" * 200_000
    assert_unusable(hub.visitor().http.post("/api/v1/remixes", data=deep, content_type="application/json"))


def test_letters_of_all_planes_pass(hub: Hub) -> None:
    artist = hub.account()
    answer = artist.post("/releases", {"title": "Ночь 🎛️ – \u05d0", "licence": "cc-by-4.0"})
    assert answer.status_code in (201, 422), answer.text
    assert answer.get_json().get("code") != "text_unusable"


def _filled(body: Any, text: str) -> Any:
    if isinstance(body, dict):
        return {_filled(name, text): _filled(value, text) for name, value in body.items()}
    if isinstance(body, list):
        return [_filled(value, text) for value in body]
    return body.replace("{}", text)
