"""Each request has an id and headers that keep browsers strict; each text in it is one that a database takes."""

from __future__ import annotations

import json

import pytest

from tests.unit.edge.conftest import Edge


@pytest.mark.parametrize("given", ["abcdefgh", "0123-4567_" * 6, "A" * 64])
def test_a_plausible_id_of_a_proxy_is_taken_over(edge: Edge, given: str) -> None:
    assert edge.client.get("/pages", headers={"X-Request-Id": given}).headers["X-Request-Id"] == given


@pytest.mark.parametrize("given", ["", "short", "A" * 65, "with space", "semi;colon"])
def test_another_id_is_our_own_and_new_each_time(edge: Edge, given: str) -> None:
    ids = {edge.client.get("/pages", headers={"X-Request-Id": given}).headers["X-Request-Id"] for _ in range(2)}
    assert len(ids) == 2
    assert all(len(id) == 32 for id in ids)


def test_every_answer_keeps_browsers_strict(edge: Edge) -> None:
    for path, referrer in (
        ("/pages", "same-origin"),
        ("/pages?next=/a", "strict-origin"),
        ("/nowhere", "strict-origin"),
    ):
        headers = edge.client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == referrer
        assert "Strict-Transport-Security" not in headers, "this hub is not reached over https"


def code(edge: Edge, **request: object) -> str:
    answer = edge.client.post("/api/v1/things", **request)
    return "" if answer.status_code == 201 else str(answer.get_json()["code"])


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "a\udfff"])
def test_text_that_no_database_takes_is_refused_wherever_it_stands(edge: Edge, text: str) -> None:
    for body in ({"title": text}, {text: 1}, [[[{"deep": [text]}]]], text):
        assert code(edge, data=json.dumps(body), content_type="application/json") == "text_unusable"
    if text == "a\0b":
        assert code(edge, data={"title": text}) == "text_unusable"
        assert code(edge, query_string={"q": text}) == "text_unusable"
    assert edge.runs == 0


def test_text_of_all_peoples_is_taken(edge: Edge) -> None:
    assert code(edge, json={"title": "Ünïcødé 🎛 \u200d\n\t", "список": ["音楽"]}) == ""


def test_json_is_nested_sixty_four_deep_at_most(edge: Edge) -> None:
    def nested(depth: int) -> str:
        return "[" * depth + "]" * depth

    for depth, wanted in ((60, ""), (70, "text_unusable"), (100_000, "text_unusable")):
        assert code(edge, data=nested(depth), content_type="application/json") == wanted


@pytest.mark.parametrize("number", ["9223372036854775807", "-9223372036854775808", "1e308", "0.1"])
def test_numbers_of_sixty_four_bits_are_taken(edge: Edge, number: str) -> None:
    assert code(edge, data=f'{{"n": {number}}}', content_type="application/json") == ""


@pytest.mark.parametrize("number", ["9223372036854775808", "-9223372036854775809", "1e309", "9" * 5000])
def test_other_numbers_are_refused(edge: Edge, number: str) -> None:
    assert code(edge, data=f'{{"n": {number}}}', content_type="application/json") == "number_unusable"


@pytest.mark.parametrize("body", ["NaN", "Infinity", "{", "{'a': 1}", b"\xff"])
def test_what_is_no_json_is_malformed(edge: Edge, body: str | bytes) -> None:
    assert code(edge, data=body, content_type="application/json") == "malformed"
