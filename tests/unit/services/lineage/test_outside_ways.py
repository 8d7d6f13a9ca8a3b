"""Ways and neighbourhoods over sources from elsewhere: two works that cite the same one are near each other by it."""

from __future__ import annotations

import pytest

from remixhub.compose import Parts
from remixhub.domain.access import VISITOR
from remixhub.domain.lineage.foreign_addresses import node_id
from remixhub.domain.states import WorkKind, WorkState
from remixhub.models import Account, Work
from remixhub.services.lineage.explorer import as_json, explore
from remixhub.services.lineage.surroundings import find_path, get_neighbourhood
from tests.unit.rows import Rows, actor_of

RAIN, THUNDER = "https://freesound.org/s/1/", "https://ines.bandcamp.com/track/thunder"
NODE = node_id(RAIN)


@pytest.fixture
def ada(rows: Rows) -> Account:
    return rows.account("ada")


def remix(rows: Rows, by: Account, title: str, address: str = RAIN, **facts: object) -> Work:
    work = rows.work(by, title, **{"kind": WorkKind.REMIX, **facts})
    rows.elsewhere(work, address)
    return work


def test_a_way_leads_over_the_source_that_both_cite(parts: Parts, rows: Rows, ada: Account) -> None:
    first, second = remix(rows, ada, "First"), remix(rows, ada, "Second")
    below = rows.work(ada, "Below", [second])
    path = find_path(VISITOR, parts, first.id, below.id)
    assert path.steps == [first.id, NODE, second.id, below.id]
    assert [work.title for work in path.works] == ["First", "Second", "Below"]
    assert [(link.derivative_id, link.source_id) for link in path.links] == [(below.id, second.id)]
    (node,) = path.elsewhere
    assert {one.derivative_id for one in node.citations} == {first.id, second.id}
    assert find_path(VISITOR, parts, first.id, remix(rows, ada, "Other", THUNDER).id).steps == []


def test_neighbours_over_it_are_two_hops_away(parts: Parts, rows: Rows, ada: Account) -> None:
    first, second = remix(rows, ada, "First"), remix(rows, ada, "Second")
    near = get_neighbourhood(VISITOR, parts, first.id, hops=1, limit=10)
    assert [one.node.id for one in near.neighbours] == [first.id]
    assert [(one.node.id, one.hops, one.hidden_remixes) for one in near.elsewhere] == [(NODE, 1, 1)]
    far = get_neighbourhood(VISITOR, parts, first.id, hops=2, limit=10)
    assert [(one.node.id, one.hops) for one in far.neighbours] == [(first.id, 0), (second.id, 2)]
    assert [(one.node.id, one.hidden_remixes) for one in far.elsewhere] == [(NODE, 0)]
    cut = get_neighbourhood(VISITOR, parts, first.id, hops=2, limit=1)
    assert (len(cut.neighbours), len(cut.elsewhere), cut.left_out, cut.cut_at_hop) == (1, 1, 1, 2)


def test_no_draft_and_nothing_that_a_draft_wants_is_on_a_way(parts: Parts, rows: Rows, ada: Account) -> None:
    first = remix(rows, ada, "First")
    draft = remix(rows, ada, "Draft", state=WorkState.DRAFT)
    rows.elsewhere(draft, THUNDER, is_wanted=True, position=1)
    other = remix(rows, ada, "Other", THUNDER)
    assert find_path(VISITOR, parts, first.id, other.id).steps == []
    near = get_neighbourhood(VISITOR, parts, first.id, hops=3, limit=10)
    assert [one.node.id for one in near.neighbours] == [first.id]
    assert near.elsewhere[0].hidden_remixes == 0
    own = get_neighbourhood(actor_of(ada), parts, draft.id, hops=2, limit=10)
    assert [one.node.id for one in own.neighbours] == [draft.id, first.id]
    assert [one.node.id for one in own.elsewhere] == [NODE], "what it wants is not cited"


def test_the_explorer_opens_it_to_what_else_was_made_from_it(parts: Parts, rows: Rows, ada: Account) -> None:
    first, second = remix(rows, ada, "First"), remix(rows, ada, "Second")
    remix(rows, ada, "Draft", state=WorkState.DRAFT)
    shut = as_json(explore(VISITOR, parts, first.id, limit=10))
    assert [one["id"] for one in shut["works"]] == [first.id]
    assert [one["hidden_remixes"] for one in shut["elsewhere"]] == [1]
    opened = as_json(explore(VISITOR, parts, first.id, limit=10, opened=[NODE]))
    assert {one["id"] for one in opened["works"]} == {first.id, second.id}
    assert ([one["hidden_remixes"] for one in opened["elsewhere"]], opened["beside"]) == ([0], 1)
    assert opened["opened"] == [NODE]
