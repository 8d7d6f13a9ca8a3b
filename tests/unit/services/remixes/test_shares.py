"""Who gets what of a remix: by what each source stated when it was cited, through the generations."""

from __future__ import annotations

import pytest

from remixhub.compose import Parts
from remixhub.domain.access import VISITOR
from remixhub.domain.states import WorkState
from remixhub.models import Account, Work
from remixhub.services.licences.sources import SourcesMissing
from remixhub.services.remixes.shares import Split, simulate, split_of
from tests.unit.rows import Rows


@pytest.fixture
def ada(rows: Rows) -> Account:
    return rows.account("ada")


def lines(split: Split) -> list[tuple[str, int, int]]:
    return [(one.name, one.generation, one.basis_points) for one in split.shares]


def test_a_source_has_what_it_stated_for_the_generation_it_is_away(parts: Parts, rows: Rows, ada: Account) -> None:
    root = rows.work(ada, "Root", inherited_shares=[2000, 500, 10])
    first = rows.work(rows.account("bo"), "First", [root], inherited_shares=[1000])
    assert lines(split_of(VISITOR, parts, first.id)) == [("Bo", 0, 8000), ("Ada", 1, 2000)]
    assert lines(simulate(VISITOR, parts, [first.id])) == [("You", 0, 8500), ("Bo", 1, 1000), ("Ada", 2, 500)]
    second = rows.work(rows.account("cy"), "Second", [first])
    assert lines(simulate(VISITOR, parts, [second.id])) == [("You", 0, 9990), ("Ada", 3, 10)]
    third = rows.work(rows.account("di"), "Third", [second])
    assert lines(simulate(VISITOR, parts, [third.id])) == [("You", 0, 10_000)]


def test_a_source_on_several_ways_claims_once_by_the_nearest(parts: Parts, rows: Rows, ada: Account) -> None:
    root = rows.work(ada, "Root", inherited_shares=[2000, 500])
    first = rows.work(rows.account("bo"), "First", [root])
    for cited in ([root.id, first.id], [first.id, root.id]):
        assert sorted(lines(simulate(VISITOR, parts, cited))) == [("Ada", 1, 2000), ("You", 0, 8000)]


def test_a_link_keeps_what_was_stated_then(parts: Parts, rows: Rows, ada: Account) -> None:
    root = rows.work(ada, "Root", inherited_shares=[2000])
    remix = rows.work(rows.account("bo"), "Remix", [root])
    rows.change(Work, Work.id == root.id, inherited_shares=[9000])
    assert lines(split_of(VISITOR, parts, remix.id)) == [("Bo", 0, 8000), ("Ada", 1, 2000)]
    assert lines(simulate(VISITOR, parts, [root.id])) == [("You", 0, 1000), ("Ada", 1, 9000)]


def test_who_is_credited_with_a_share_has_it_of_the_claim(parts: Parts, rows: Rows, ada: Account) -> None:
    credits = [{"name": "Eve", "role": "bass", "share_percent": 25.0}, {"name": "Flo", "role": "keys"}]
    root = rows.work(ada, "Root", inherited_shares=[2000], credits=credits)
    split = simulate(VISITOR, parts, [root.id])
    assert lines(split) == [("You", 0, 8000), ("Ada", 1, 1500), ("Eve", 1, 500)]
    assert not split.is_cut


def test_claims_beyond_the_whole_are_cut_by_largest_remainders(parts: Parts, rows: Rows, ada: Account) -> None:
    asked = (10_000, 5_000, 2_500)  # of 17,500: 5,714 2/7, 2,857 1/7 and 1,428 4/7
    works = [rows.work(ada, f"Root {share}", inherited_shares=[share]) for share in asked]
    split = simulate(VISITOR, parts, [one.id for one in works])
    assert split.is_cut
    assert [basis_points for _, _, basis_points in lines(split)] == [0, 5714, 2857, 1429]


def test_the_whole_may_be_claimed_without_a_cut(parts: Parts, rows: Rows, ada: Account) -> None:
    works = [rows.work(ada, name, inherited_shares=[5000]) for name in ("One", "Two")]
    split = simulate(VISITOR, parts, [one.id for one in works])
    assert (split.is_cut, lines(split)[0]) == (False, ("You", 0, 0))


def test_a_work_named_twice_claims_once_and_a_simulation_needs_one(parts: Parts, rows: Rows, ada: Account) -> None:
    root = rows.work(ada, "Root", inherited_shares=[3000])
    assert lines(simulate(VISITOR, parts, [root.id, root.id])) == [("You", 0, 7000), ("Ada", 1, 3000)]
    with pytest.raises(SourcesMissing):
        simulate(VISITOR, parts, [])
    assert rows.all(Work, Work.state == WorkState.DRAFT) == []
