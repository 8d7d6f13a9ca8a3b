"""The explorer's page and the API: one JSON, of which the table and the drawing are made."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from remixhub.domain.states import WorkState
from tests.integration.conftest import Hub
from tests.integration.lineage.catalogue import Catalogue


@pytest.fixture
def catalogue(hub: Hub) -> Catalogue:
    return Catalogue(hub.parts)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """The statements are those of listings, which are tested on both."""
    return sqlite_url


@pytest.fixture
def works(catalogue: Catalogue) -> dict[str, str]:
    root = catalogue.work("Root </script><b>", credits=[{"name": "Ada Miles", "role": "voice"}])
    gone = catalogue.work("Gone", [root])
    meeting = catalogue.work("Meeting", [root, gone, catalogue.work("Other root")])
    catalogue.set_state(gone, WorkState.WITHDRAWN)
    return {"root": root, "gone": gone, "meeting": meeting, "cousin": catalogue.work("Cousin", [gone])}


def embedded(page: str) -> Any:
    found = re.search(r'<script type="application/json">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def test_the_page_has_the_apis_json_and_a_table_of_the_same_works(hub: Hub, works: dict[str, str]) -> None:
    hub.drain()
    visitor = hub.visitor()
    for query in ("", f"?open={works['gone']}"):
        page = visitor.http.get(f"/works/{works['meeting']}/lineage{query}").text
        answer = visitor.get(f"/works/{works['meeting']}/lineage-drawing{query}").get_json()
        assert embedded(page) == answer
        assert re.findall(r'<tr id="w-(\w+)"', page) == [work["id"] for work in answer["works"]]
        assert f"{answer['shown']} of {answer['total']} works shown" in page
    assert "Cousin" in page
    assert ", 1 beside" in page
    assert "Ada Miles" in page
    assert "</script><b>" not in page


def test_pages_run_no_script_of_their_own(hub: Hub, works: dict[str, str]) -> None:
    page = hub.visitor().http.get(f"/works/{works['root']}/lineage").text
    inline = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", page)
    assert inline == ['<script type="application/json">']
    assert re.search(r"\s(style|on[a-z]+)=", page) is None


def test_a_works_page_draws_it_small_with_links(hub: Hub, works: dict[str, str]) -> None:
    page = hub.visitor().http.get(f"/works/{works['meeting']}").text
    drawn = page[page.index('class="lineage-small"') : page.index("</figure>")]
    assert re.findall(r'<a href="/works/(\w+)"', drawn)[:2]
    assert f'href="/works/{works["gone"]}" aria-label="Gone Artist · BY, tombstone"' in drawn
    assert f'href="/works/{works["meeting"]}/lineage"' in drawn


def test_the_card_is_a_piece_of_page_and_keeps_to_what_one_may_see(hub: Hub, works: dict[str, str]) -> None:
    visitor = hub.visitor().http
    card = visitor.get(f"/works/{works['gone']}/lineage/card").text
    assert "Ada Miles" in card
    assert "<html" not in card
    assert visitor.get("/works/nothing/lineage/card").status_code == 404
    assert visitor.get(f"/api/v1/works/{works['gone']}/lineage-drawing?limit=501").status_code == 422
