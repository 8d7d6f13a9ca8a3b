"""Permissions on the way up: what still binds, held against a naive walk over every path."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.licences.judging import HeldLicence
from remixhub.domain.licences.terms import Licence
from remixhub.domain.lineage.covered import Cover, Sources, held_over

NC, SA, BY = Licence.BY_NC, Licence.BY_SA, Licence.BY


def direct(work_id: str, licence: Licence) -> HeldLicence:
    return HeldLicence(work_id, licence, (work_id,), (work_id,))


def bindings(declared: list[HeldLicence], sources: Sources, covers: list[Cover]) -> set[tuple[str, Licence]]:
    return {(one.work_id, one.licence) for one in held_over(declared, sources, covers)}


def test_a_permission_holds_for_what_came_through_the_work_that_holds_it() -> None:
    sources: Sources = {"remix": [("loop", NC)], "loop": [("root", NC)]}
    cover = Cover("remix", "root", BY)
    assert bindings([direct("remix", SA)], sources, [cover]) == {("remix", SA), ("loop", NC), ("root", BY)}
    assert bindings([direct("loop", NC)], sources, [cover]) == {("loop", NC), ("root", NC)}
    both = bindings([direct("remix", SA), direct("loop", NC)], sources, [cover])
    assert both == {("remix", SA), ("loop", NC), ("root", BY), ("root", NC)}


def test_of_two_permissions_on_one_way_the_nearer_counts() -> None:
    sources: Sources = {"new": [("old", BY)], "old": [("root", NC)]}
    covers = [Cover("old", "root", SA), Cover("new", "root", BY)]
    assert bindings([direct("new", BY)], sources, covers) == {("new", BY), ("old", BY), ("root", BY)}
    assert bindings([direct("old", BY)], sources, covers) == {("old", BY), ("root", SA)}


def test_ways_are_the_nearest_and_a_permission_for_what_is_not_above_says_nothing() -> None:
    sources: Sources = {"far": [("near", BY)], "near": [("root", NC)]}
    found = held_over([direct("far", BY), direct("near", BY)], sources, [Cover("far", "elsewhere", BY)])
    assert {one.path_ids for one in found} == {("far",), ("near",), ("near", "root")}


@st.composite
def lineages(draw: st.DrawFn) -> tuple[list[HeldLicence], dict[str, list[tuple[str, Licence]]], list[Cover]]:
    """Works are numbers, made from smaller ones."""
    size = draw(st.integers(1, 7))
    licences = st.sampled_from([NC, SA, BY])
    sources = {}
    for work in range(size):
        above = draw(st.sets(st.integers(0, work - 1), max_size=3)) if work else set()
        sources[str(work)] = [(str(one), draw(licences)) for one in sorted(above)]
    declared = [direct(str(one), draw(licences)) for one in sorted(draw(st.sets(st.integers(0, size - 1), min_size=1)))]
    pairs = st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)).filter(lambda pair: pair[0] != pair[1])
    covers = [Cover(str(by), str(of), draw(licences)) for by, of in sorted(draw(st.sets(pairs, max_size=5)))]
    return declared, sources, covers


@given(lineages())
def test_what_binds_is_what_every_single_path_says(
    lineage: tuple[list[HeldLicence], dict[str, list[tuple[str, Licence]]], list[Cover]],
) -> None:
    declared, sources, covers = lineage
    permitted = {(one.derivative_id, one.work_id): one.licence for one in covers}
    expected: set[tuple[str, Licence]] = set()

    def go(work: str, licence: Licence, way: tuple[str, ...]) -> None:
        nearest = next((permitted[by, work] for by in way if (by, work) in permitted), licence)
        expected.add((work, nearest))
        for source, held in sources[work]:
            go(source, held, (*way, work))

    for one in declared:
        go(one.work_id, one.licence, ())
    assert bindings(declared, sources, covers) == expected
