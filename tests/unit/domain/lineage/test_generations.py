"""Generations as values."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.lineage.generations import Link, generations


def test_generations_count_links_upwards_as_negative_and_downwards_as_positive() -> None:
    chain = [Link("b", "a"), Link("c", "b"), Link("d", "c")]
    assert generations("b", chain) == {"a": -1, "b": 0, "c": 1, "d": 2}


def test_a_work_that_is_reached_twice_counts_by_its_shortest_way() -> None:
    diamond = [Link("b", "a"), Link("c", "b"), Link("c", "a")]
    assert generations("c", diamond) == {"a": -1, "b": -1, "c": 0}


def test_what_only_shares_an_ancestor_has_no_generation() -> None:
    assert generations("b", [Link("b", "a"), Link("x", "a")]) == {"a": -1, "b": 0}


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda pair: pair[0] > pair[1]), max_size=30))
def test_every_generation_is_one_link_from_the_one_before(pairs: list[tuple[int, int]]) -> None:
    links = [Link(str(derivative), str(source)) for derivative, source in pairs]
    steps = generations("5", links)
    assert steps["5"] == 0
    for work_id, step in steps.items():
        if step < 0:
            assert any(link.source_id == work_id and steps.get(link.derivative_id) == step + 1 for link in links)
        if step > 0:
            assert any(link.derivative_id == work_id and steps.get(link.source_id) == step - 1 for link in links)
