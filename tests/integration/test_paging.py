"""Listings come in pages: `next` in the body and in `Link`, and cursors that fit only where they came from."""

from __future__ import annotations

import re

import pytest

from tests.integration.conftest import Hub
from tests.integration.lineage.catalogue import Catalogue


def test_pages_follow_each_other_by_body_and_by_link(hub: Hub) -> None:
    catalogue = Catalogue(hub.parts)
    made = [catalogue.work(f"Work {number}") for number in range(5)]
    visitor = hub.visitor()
    first = visitor.get("/works?limit=2&kind=release")
    link = re.fullmatch(r'<http://localhost(/api/v1/works\?\S+)>; rel="next"', first.headers["Link"])
    assert link is not None
    second = visitor.get(link[1])
    third = visitor.get(f"/works?kind=release&limit=2&cursor={second.get_json()['next']}")
    found = [work["id"] for page in (first, second, third) for work in page.get_json()["works"]]
    assert found == made[::-1]
    assert third.get_json()["next"] is None
    assert "Link" not in third.headers


@pytest.mark.parametrize("address", ["/works?cursor={}x", "/works?tag=house&cursor={}", "/works?cursor=made-up"])
def test_a_cursor_that_is_not_this_listing_s_is_refused(hub: Hub, address: str) -> None:
    catalogue = Catalogue(hub.parts)
    for number in range(2):
        catalogue.work(f"Work {number}")
    cursor = hub.visitor().get("/works?limit=1").get_json()["next"]
    answer = hub.visitor().get(address.format(cursor))
    assert (answer.status_code, answer.get_json()["code"]) == (422, "cursor_invalid")


@pytest.mark.parametrize("limit", ["0", "-1", "1000000", "many", "1.5"])
def test_a_limit_out_of_range_is_refused(hub: Hub, limit: str) -> None:
    answer = hub.visitor().get(f"/works?limit={limit}")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid")
    assert answer.get_json()["violations"][0]["pointer"] == "/query/limit"


def test_listings_of_one_s_own_are_paged_too(hub: Hub) -> None:
    artist = hub.account()
    for title in ("a", "b", "c"):
        artist.post("/releases", {"title": title, "licence": "cc-by-4.0"})
    first = artist.get("/account/works?limit=2").get_json()
    second = artist.get(f"/account/works?limit=2&cursor={first['next']}").get_json()
    assert [work["title"] for work in first["works"] + second["works"]] == ["c", "b", "a"]
