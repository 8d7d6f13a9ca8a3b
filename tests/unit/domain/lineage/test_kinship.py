"""Generations and ways of descent, against walking every single way."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.lineage.kinship import PATHS_LIMIT, Descent, descents

CITED = st.lists(st.sets(st.integers(0, 100), max_size=4), min_size=1, max_size=12)


def walked(up: dict[int, set[int]], work: int, length: int = 0) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for source in up[work]:
        found.setdefault(source, []).append(length + 1)
        for id, lengths in walked(up, source, length + 1).items():
            found.setdefault(id, []).extend(lengths)
    return found


@given(CITED, st.randoms(use_true_random=False))
def test_descents_agree_with_walking_every_way(cited: list[set[int]], chance: object) -> None:
    up = {number: {one % number for one in sources if number} for number, sources in enumerate(cited)}
    for work in up:
        ways = walked(up, work)
        links = [(str(one), str(source), source + 1) for one in (work, *ways) for source in up[one]]
        chance.shuffle(links)  # type: ignore[attr-defined]
        found = {int(id): (one.generation, one.paths) for id, one in descents(str(work), links).items()}
        assert found == {id: (min(lengths), len(lengths)) for id, lengths in ways.items()}


def test_more_ways_than_json_can_hold_are_said_to_be_more() -> None:
    links = [
        (f"{generation + 1}{side}", f"{generation}{other}", generation * 2 + (other == "b") + 1)
        for generation in range(60)
        for side in "ab"
        for other in "ab"
    ]
    found = descents("60a", links)
    assert (found["0a"].paths, found["0a"].shown_paths, found["0a"].has_more_paths) == (2**59, PATHS_LIMIT, True)
    assert (found["50a"].shown_paths, found["50a"].has_more_paths) == (2**9, False)
    assert Descent(1, 1, PATHS_LIMIT).has_more_paths is False
    assert PATHS_LIMIT == 9_007_199_254_740_991


def test_an_ancestor_keeps_its_number_and_the_work_is_none_of_its_own() -> None:
    found = descents("c", [("c", "b", 7), ("c", "a", 3), ("b", "a", 3)])
    assert found == {"b": Descent(7, 1, 1), "a": Descent(3, 1, 2)}
    assert descents("c", []) == {}
