"""Layered drawings as values: what holds for every graph, and how a few small ones look."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.lineage.drawing import Drawn, Layout, lay_out
from remixhub.domain.lineage.generations import Link

_Graph = tuple[list[Drawn], list[Link]]
_ROUNDED = 0.011


@st.composite
def graphs(draw: st.DrawFn) -> _Graph:
    count = draw(st.integers(0, 24))
    stated = draw(st.lists(st.integers(0, 6), min_size=count, max_size=count))
    pairs = draw(st.lists(st.tuples(st.integers(0, 25), st.integers(0, 25)).filter(lambda one: one[0] > one[1])))
    works = [Drawn(rank // 3, f"{rank:02}", generation) for rank, generation in enumerate(stated)]
    return works, [Link(f"{derivative:02}", f"{source:02}") for derivative, source in pairs]


def columns_of(layout: Layout) -> list[list[float]]:
    columns: list[list[float]] = [[] for _ in layout.generations]
    for place in layout.places.values():
        columns[place.column].append(place.row)
    return [sorted(column) for column in columns]


@given(graphs())
def test_no_two_works_overlap_and_all_stay_within_the_height(graph: _Graph) -> None:
    layout = lay_out(*graph)
    assert layout.places.keys() == {one.id for one in graph[0]}
    for column in columns_of(layout):
        assert all(below - above >= 1 - _ROUNDED for above, below in pairwise(column))
        assert all(0.5 - _ROUNDED <= row <= layout.rows - 0.5 + _ROUNDED for row in column)


@given(graphs())
def test_every_link_leads_to_the_right_and_bends_once_in_each_column_between(graph: _Graph) -> None:
    layout = lay_out(*graph)
    known = {one.id for one in graph[0]}
    drawn = [one.link for one in layout.links]
    assert len(drawn) == len(set(drawn))
    assert set(drawn) == {one for one in graph[1] if one.source_id in known and one.derivative_id in known}
    for one in layout.links:
        source, derivative = layout.places[one.link.source_id], layout.places[one.link.derivative_id]
        assert source.column < derivative.column
        assert len(one.bends) in (0, derivative.column - source.column - 1)
        assert layout.generations[source.column] < layout.generations[derivative.column]


@given(graphs(), st.randoms(use_true_random=False))
def test_the_drawing_does_not_depend_on_the_order_in_which_it_is_told(graph: _Graph, chance: random.Random) -> None:
    works, links = list(graph[0]), [*graph[1], *graph[1][:3]]
    chance.shuffle(works)
    chance.shuffle(links)
    assert lay_out(works, links) == lay_out(*graph)


@given(graphs())
def test_it_is_no_larger_than_the_works_and_a_few_bends_for_each(graph: _Graph) -> None:
    layout = lay_out(*graph)
    assert layout.rows <= len(graph[0]) * (1 + 4 * 0.4) + _ROUNDED
    assert len(layout.generations) <= len(graph[0])
    bends = {(one.link.source_id, number) for one in layout.links for number in range(len(one.bends))}
    assert len(bends) <= 4 * len(graph[0])


def test_a_chain_is_a_straight_line() -> None:
    chain = [str(number) for number in range(30)]
    layout = lay_out([Drawn(int(id), id) for id in chain], [Link(b, a) for a, b in pairwise(chain)])
    assert {place.row for place in layout.places.values()} == {0.5}
    assert layout.generations == list(range(30))


def test_the_root_of_a_star_stands_in_its_middle_and_the_older_remix_higher() -> None:
    remixes = [f"r{number:02}" for number in range(60)]
    works = [Drawn(0, "root"), *(Drawn(rank, id) for rank, id in enumerate(remixes, start=1))]
    layout = lay_out(works, [Link(id, "root") for id in remixes])
    assert layout.rows == 60
    assert layout.places["root"].row == 30
    assert sorted(remixes, key=lambda id: layout.places[id].row) == remixes


def test_links_are_untangled() -> None:
    works = [Drawn(rank, id) for rank, id in enumerate("abcxyz")]
    layout = lay_out(works, [Link("x", "c"), Link("y", "b"), Link("z", "a")])
    rows = {id: place.row for id, place in layout.places.items()}
    assert (rows["x"], rows["y"], rows["z"]) == (rows["c"], rows["b"], rows["a"])


def test_a_column_is_the_stated_generation_or_beyond_the_farthest_source() -> None:
    works = [Drawn(0, "a", 40), Drawn(1, "b", 41), Drawn(2, "c", 41)]
    layout = lay_out(works, [Link("b", "a"), Link("c", "b"), Link("c", "a")])
    assert layout.generations == [40, 41, 42]
    assert layout.places["c"].column == 2


def test_the_longest_links_go_without_bends_when_there_are_too_many() -> None:
    chain = [f"{number:02}" for number in range(40)]
    every = [Link(derivative, source) for i, source in enumerate(chain) for derivative in chain[i + 1 :]]
    layout = lay_out([Drawn(rank, id) for rank, id in enumerate(chain)], every)
    bends = {(one.link.source_id, number) for one in layout.links for number in range(len(one.bends))}
    assert len(bends) <= 4 * len(chain)
    bent = {
        layout.places[one.link.derivative_id].column for one in layout.links if one.link.source_id == "00" and one.bends
    }
    assert bent == set(range(2, max(bent) + 1))
    assert max(bent) < 39


def test_those_who_are_wanted_at_one_place_stand_about_it() -> None:
    roots = [Drawn(rank, f"root {rank}") for rank in range(5)]
    works = [*roots, *(Drawn(rank, id) for rank, id in enumerate(["middle", "x", "y", "z"], start=5))]
    links = [*(Link("middle", one.id) for one in roots), *(Link(id, "middle") for id in "xyz")]
    rows = {id: place.row for id, place in lay_out(works, links).places.items()}
    assert rows["middle"] == 2.5
    assert [rows[id] for id in "xyz"] == [1.5, 2.5, 3.5]


def test_a_circle_is_refused() -> None:
    with pytest.raises(ValueError, match="circle"):
        lay_out([Drawn(0, "a"), Drawn(1, "b")], [Link("a", "b"), Link("b", "a")])
