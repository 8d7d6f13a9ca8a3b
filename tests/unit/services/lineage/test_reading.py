"""Listings around a work: every way counts once, in the order of publication, and drafts are never found."""

from __future__ import annotations

import pytest

from remixhub.compose import Parts
from remixhub.domain.access import VISITOR
from remixhub.domain.errors import NotFound
from remixhub.domain.states import WorkState
from remixhub.models import Account, Work
from remixhub.services.lineage import reading
from tests.unit.rows import Rows, actor_of


@pytest.fixture
def ada(rows: Rows) -> Account:
    return rows.account("ada")


@pytest.fixture
def diamond(rows: Rows, ada: Account) -> dict[str, Work]:
    """Two remixes of a root, a work made from both, one made from that; and a draft that cites it."""
    root = rows.work(ada, "root")
    left, right = rows.work(ada, "left", [root], generation=1), rows.work(ada, "right", [root], generation=1)
    both = rows.work(ada, "both", [left, right], generation=2)
    last = rows.work(ada, "last", [both], generation=3)
    draft = rows.work(ada, "draft", [last], state=WorkState.DRAFT)
    return {work.title: work for work in (root, left, right, both, last, draft)}


def titles(listed: object) -> list[str]:
    return [node.title for node in listed.rows]  # type: ignore[attr-defined]


def test_ancestors_and_descendants_are_listed_once_in_the_order_of_publication(
    parts: Parts, diamond: dict[str, Work]
) -> None:
    above = reading.list_ancestors(VISITOR, parts, diamond["last"].id, after=None, limit=10)
    below = reading.list_descendants(VISITOR, parts, diamond["root"].id, after=None, limit=10)
    newest = reading.list_descendants(VISITOR, parts, diamond["root"].id, after=None, limit=10, newest_first=True)
    assert titles(above) == ["root", "left", "right", "both"]
    assert titles(below) == ["left", "right", "both", "last"]
    assert titles(newest) == ["last", "both", "right", "left"]


@pytest.mark.parametrize("newest_first", [False, True])
def test_pages_of_descendants_join_without_a_gap(parts: Parts, diamond: dict[str, Work], newest_first: bool) -> None:
    seen: list[str] = []
    after = None
    for _ in range(2):
        page = reading.list_descendants(
            VISITOR, parts, diamond["root"].id, after=after, limit=2, newest_first=newest_first
        )
        seen += titles(page)
        after = page.next_position
    assert after is None
    assert seen == (["last", "both", "right", "left"] if newest_first else ["left", "right", "both", "last"])


def test_the_nearest_come_first_and_generations_are_the_shortest_ways(parts: Parts, diamond: dict[str, Work]) -> None:
    lineage = reading.get_lineage(VISITOR, parts, diamond["both"].id, limit=10)
    by_title = {node.title: lineage.generations[node.id] for node in lineage.nodes}
    assert by_title == {"root": -2, "left": -1, "right": -1, "both": 0, "last": 1}
    assert (lineage.more_ancestors, lineage.more_descendants) == (False, False)
    cut = reading.get_lineage(VISITOR, parts, diamond["both"].id, limit=2)
    assert {node.title for node in cut.nodes} == {"left", "right", "both", "last"}
    assert cut.more_ancestors


def test_a_tombstone_stays_in_its_place(parts: Parts, rows: Rows, diamond: dict[str, Work]) -> None:
    for state in (WorkState.WITHDRAWN, WorkState.TAKEN_DOWN):
        rows.change(Work, Work.id == diamond["left"].id, state=state)
        above = reading.list_ancestors(VISITOR, parts, diamond["last"].id, after=None, limit=10)
        assert titles(above) == ["root", "left", "right", "both"]


def test_the_lineage_of_a_draft_is_its_artists_alone(parts: Parts, ada: Account, diamond: dict[str, Work]) -> None:
    draft = diamond["draft"]
    with pytest.raises(NotFound):
        reading.get_lineage(VISITOR, parts, draft.id, limit=10)
    above = reading.list_ancestors(actor_of(ada), parts, draft.id, after=None, limit=10)
    assert titles(above)[-1] == "last"
    assert titles(reading.list_descendants(actor_of(ada), parts, diamond["last"].id, after=None, limit=10)) == []
