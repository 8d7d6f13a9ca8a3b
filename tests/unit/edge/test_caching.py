"""An answer's ETag: the same for the same answer, whatever signs the addresses in it."""

from __future__ import annotations

import pytest

from tests.unit.edge.conftest import Edge

STORED = "https://media.example/remixhub/a.mp3"


def tag_of(edge: Edge, body: dict[str, str], etag: str | None = None) -> str:
    edge.view = lambda: (body, 200, {} if etag is None else {"ETag": etag})
    return edge.client.get("/api/v1/things").headers["ETag"]


def signed(address: str, signature: str) -> dict[str, str]:
    return {"preview_url": f"{address}?X-Amz-Date=2026{signature}&X-Amz-Signature={signature}&response=a%20b"}


def test_a_signature_is_no_change_and_an_address_is(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("remixhub.edge.caching.time.time", lambda: 900_000.0)
    first = tag_of(edge, signed(STORED, "0a"))
    assert tag_of(edge, signed(STORED, "0b")) == first
    assert tag_of(edge, signed(STORED + "3", "0a")) != first
    assert tag_of(edge, {**signed(STORED, "0a"), "title": "New"}) != first


def test_a_query_that_is_not_signed_is_part_of_the_answer(edge: Edge) -> None:
    assert tag_of(edge, {"url": f"{STORED}?v=1"}) != tag_of(edge, {"url": f"{STORED}?v=2"})


def test_a_revision_stands_before_the_digest_and_a_tag_of_another_kind_as_it_is(edge: Edge) -> None:
    plain = tag_of(edge, {"a": "b"})
    assert plain.startswith('W/"')
    assert tag_of(edge, {"a": "b"}, '"12"') == f'"12-{plain[3:]}'
    assert tag_of(edge, {"a": "b"}, '"v12"') == '"v12"'


def test_what_is_streamed_has_none(edge: Edge) -> None:
    edge.view = lambda: edge.app.response_class(iter(["a", "b"]))
    assert "ETag" not in edge.client.get("/api/v1/things").headers
