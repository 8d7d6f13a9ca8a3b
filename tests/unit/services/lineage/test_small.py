"""The small picture about a work: which works it shows, and what it says of the others."""

from __future__ import annotations

import pytest

from remixhub.compose import Parts
from remixhub.domain.states import LinkState, WorkState
from remixhub.models import Account, SourceLink, Work
from remixhub.services.lineage.small import Surroundings, surroundings_of
from tests.unit.rows import Rows


@pytest.fixture
def ada(rows: Rows) -> Account:
    return rows.account("ada")


def about(parts: Parts, work: Work, limit: int = 50) -> Surroundings:
    with parts.database.reading() as session:
        return surroundings_of(session, session.get_one(Work, work.id), limit=limit)


def shown(found: Surroundings) -> set[str]:
    return {box.work.title for box in found.drawing.picture.boxes} if found.drawing else set()


def test_sources_the_work_remixes_and_theirs_are_shown_and_drafts_are_not(
    parts: Parts, rows: Rows, ada: Account
) -> None:
    root = rows.work(ada, "root")
    focus = rows.work(ada, "focus", [root])
    remix = rows.work(ada, "remix", [focus, root])
    again = rows.work(ada, "again", [remix], state=WorkState.WITHDRAWN)
    rows.work(ada, "third", [again])
    rows.work(ada, "cousin", [root])
    rows.work(ada, "draft", [focus], state=WorkState.DRAFT)
    rows.change(SourceLink, SourceLink.derivative_id == again.id, state=LinkState.DISPUTED)
    rows.change(Work, Work.id == focus.id, descendant_count=3)
    found = about(parts, focus)
    assert [one.title for one in found.remixes] == ["remix"]
    assert shown(found) == {"root", "focus", "remix", "again"}
    assert found.drawing is not None
    assert (found.drawing.works, found.drawing.more_sources, found.drawing.more_descendants) == (4, 0, 1)
    picture = found.drawing.picture
    assert sorted((one.is_near, one.is_disputed) for one in picture.curves) == [
        (False, False), (False, True), (True, False), (True, False),
    ]  # fmt: skip
    assert [box.work.title for box in picture.boxes if box.work.is_tombstone] == ["again"]


def test_no_more_than_twelve_are_drawn_and_the_others_are_counted(parts: Parts, rows: Rows, ada: Account) -> None:
    sources = [rows.work(ada, f"source {number}") for number in range(5)]
    focus = rows.work(ada, "focus", sources)
    remixes = [rows.work(ada, f"remix {number}", [focus]) for number in range(10)]
    for number in range(10):
        rows.work(ada, f"beyond {number}", [remixes[number]])
    rows.change(Work, Work.id == focus.id, descendant_count=20)
    found = about(parts, focus)
    assert len(found.remixes) == 10
    assert shown(found) == {
        "focus", "source 0", "source 1", "source 2",
        *(f"remix {number}" for number in range(6)), "beyond 0", "beyond 1",
    }  # fmt: skip
    assert found.drawing is not None
    assert (found.drawing.works, found.drawing.more_sources, found.drawing.more_descendants) == (12, 2, 12)


def test_remixes_take_the_room_that_nothing_beyond_them_needs(parts: Parts, rows: Rows, ada: Account) -> None:
    focus = rows.work(ada, "focus")
    remixes = [rows.work(ada, f"remix {number:02}", [focus]) for number in range(20)]
    rows.work(ada, "beyond", [remixes[0]])
    rows.change(Work, Work.id == focus.id, descendant_count=21)
    found = about(parts, focus, limit=15)
    assert len(found.remixes) == 15
    assert shown(found) == {"focus", "beyond", *(f"remix {number:02}" for number in range(10))}


def test_a_work_without_relations_has_no_drawing(parts: Parts, rows: Rows, ada: Account) -> None:
    found = about(parts, rows.work(ada, "alone"))
    assert (list(found.remixes), found.drawing) == ([], None)
