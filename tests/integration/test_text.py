"""Text that no database takes, wherever it stands in a request."""

from __future__ import annotations

import html
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.integration.conftest import Hub
from tests.integration.lineage.catalogue import Catalogue

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


PEOPLE_WRITE = [
    "海\u3000歌",
    "Qui est là\u00a0?",
    "می\u200cخواهم",
    "\U0001f469\u200d\U0001f3a4 live",
    "Shake \U0001fae8",
    "שיר \u200f2024",
    "E\u0301te\u0301",
]


def test_what_people_write_is_shown_as_they_wrote_it(hub: Hub) -> None:
    artist = hub.account()
    for text in PEOPLE_WRITE:
        work = artist.post("/releases", {"title": text, "licence": "cc-by-4.0", "tags": [text]})
        assert work.get_json()["title"] == text, work.text
        upload = artist.post("/uploads", {"filename": f"{text}.wav", "size_bytes": 100, "purpose": "stem"})
        assert upload.get_json()["filename"] == f"{text}.wav", upload.text


def test_tags_are_found_however_their_letters_are_composed(hub: Hub) -> None:
    artist = hub.account()
    work = Catalogue(hub.parts).work("Summer")
    assert artist.edit(f"/works/{work}", {"tags": ["#E\u0301te\u0301"]}).get_json()["tags"] == ["été"]
    for asked in ("été", "E\u0301te\u0301", "#Été"):
        found = hub.visitor().get("/works", query_string={"tag": asked}).get_json()
        assert [one["id"] for one in found["works"]] == [work], asked


@pytest.mark.parametrize("text", ["a\u202eb", "a\u0007b", "a\u2028b", "\u2067a", "a\ufdd0"])
def test_what_is_no_text_is_refused_by_the_api_and_by_pages_with_its_place(hub: Hub, text: str) -> None:
    answer = hub.account().post("/releases", {"title": text, "licence": "cc-by-4.0", "tags": [text]})
    assert answer.status_code == 422
    said = {one["pointer"]: one["message"] for one in answer.get_json()["violations"]}
    assert said.keys() == {"/title", "/tags/0"}
    linked = hub.account("linker").edit("/account", {"links": [f"https://example.org/{text}"]})
    assert (linked.status_code, linked.get_json()["violations"][0]["pointer"]) == (422, "/links/0")
    form = hub.browser("typist").http.post("/new", data={"title": text, "licence": "cc-by-4.0"})
    assert form.status_code == 422
    assert html.escape(said["/title"]) in form.text
