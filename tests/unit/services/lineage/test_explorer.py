"""The explorer's one answer: places, what is hidden, and how honest the count is."""

from __future__ import annotations

from typing import Any

import pytest

from remixhub.compose import Parts
from remixhub.domain.access import VISITOR
from remixhub.domain.errors import NotFound
from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import LinkState, SourceKind, WorkState
from remixhub.models import Account, SourceLink, Work
from remixhub.services.lineage.explorer import as_json, explore, view_explorer
from tests.unit.rows import Rows, actor_of


@pytest.fixture
def ada(rows: Rows) -> Account:
    return rows.account("ada")


def explored(parts: Parts, work: Work, limit: int = 60, opened: list[str] | None = None) -> dict[str, Any]:
    return as_json(explore(VISITOR, parts, work.id, limit=limit, opened=opened or []))


def titles(drawing: dict[str, Any]) -> list[str]:
    return [work["title"] for work in drawing["works"]]


def by_title(drawing: dict[str, Any]) -> dict[str, Any]:
    return {work["title"]: work for work in drawing["works"]}


def test_works_stand_by_generation_and_every_link_leads_to_the_right(parts: Parts, rows: Rows, ada: Account) -> None:
    root = rows.work(ada, "root", licence=Licence.BY_NC_SA)
    left, right = rows.work(ada, "left", [root], generation=1), rows.work(ada, "right", [root], generation=1)
    both = rows.work(ada, "both", [left, right, root], generation=2, state=WorkState.TAKEN_DOWN)
    rows.change(SourceLink, SourceLink.source_id == right.id, state=LinkState.DISPUTED, kind=SourceKind.SAMPLE)
    drawing = explored(parts, left)
    assert titles(drawing) == ["root", "left", "both"]
    assert drawing["heads"] == ["roots", "1st generation", "2nd"]
    works = by_title(drawing)
    assert (works["root"]["hidden_remixes"], works["both"]["hidden_sources"]) == (1, 1)
    assert works["root"]["marks"] == ["share-alike", "no-sale"]
    assert works["both"]["state"] == "taken_down"
    everything = explored(parts, both)
    column = {work["id"]: work["column"] for work in everything["works"]}
    assert len(everything["links"]) == 5
    assert all(column[link["source_id"]] < column[link["derivative_id"]] for link in everything["links"])
    assert [link["kind"] for link in everything["links"] if link["state"] == "disputed"] == ["sample"]
    assert [len(link["bends"]) for link in everything["links"] if link["source_id"] == root.id].count(1) == 1


def test_it_says_how_many_there_are_and_shows_no_more_than_asked(parts: Parts, rows: Rows, ada: Account) -> None:
    chain = [rows.work(ada, "0")]
    for number in range(1, 9):
        chain.append(rows.work(ada, str(number), [chain[-1]], generation=number))
    rows.change(Work, Work.id == chain[4].id, descendant_count=4)
    drawing = explored(parts, chain[4], limit=2)
    assert titles(drawing) == ["2", "3", "4", "5", "6"]
    assert drawing["heads"][0] == "2nd generation"
    assert (drawing["shown"], drawing["total"], drawing["is_counted_out"]) == (5, 9, True)
    assert (by_title(drawing)["2"]["hidden_sources"], by_title(drawing)["6"]["hidden_remixes"]) == (1, 1)


def test_what_is_opened_shows_its_neighbours_beside_the_lineage(parts: Parts, rows: Rows, ada: Account) -> None:
    root = rows.work(ada, "root")
    focus = rows.work(ada, "focus", [root], generation=1)
    cousin = rows.work(ada, "cousin", [root], generation=1)
    second = rows.work(ada, "second", [cousin], generation=2)
    alone = rows.work(ada, "alone")
    draft = rows.work(ada, "draft", [root], state=WorkState.DRAFT)
    opened = [root.id, cousin.id, alone.id, draft.id, "nothing"]
    drawing = explored(parts, focus, opened=opened)
    assert set(titles(drawing)) == {"root", "focus", "cousin", "second"}
    assert drawing["opened"] == [root.id, cousin.id]
    assert (drawing["shown"], drawing["total"], drawing["beside"]) == (2, 2, 2)
    assert by_title(drawing)["root"]["hidden_remixes"] == 0
    assert set(titles(explored(parts, focus, opened=[cousin.id]))) == {"root", "focus", "cousin", "second"}
    assert second.title not in titles(explored(parts, focus, opened=[root.id]))


def test_a_draft_is_drawn_for_its_artist_and_for_nobody_else(parts: Parts, rows: Rows, ada: Account) -> None:
    root = rows.work(ada, "root")
    draft = rows.work(ada, "draft", [root], state=WorkState.DRAFT)
    own = explore(actor_of(ada), parts, draft.id, limit=60)
    assert [one.title for one in own.nodes] == ["root", "draft"]
    with pytest.raises(NotFound):
        explore(VISITOR, parts, draft.id, limit=60)


def test_the_card_has_the_credits_of_the_work_and_those_it_owes(parts: Parts, rows: Rows, ada: Account) -> None:
    root = rows.work(ada, "root", credits=[{"name": "Bo", "role": "bass"}])
    remix = rows.work(ada, "remix", [root], state=WorkState.WITHDRAWN)
    card = view_explorer(VISITOR, parts, remix.id, limit=60).card
    assert [[(one.artist, one.role) for one in lines] for lines in card.owed.values()] == [
        [("Ada", "artist"), ("Bo", "bass")]
    ]
    assert not card.may_hear
