"""Generations and credits as values."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.licensing import Licence
from remixhub.domain.lineage.generations import Ancestor, Link, credits_owed, credits_text, generations
from remixhub.domain.states import SourceKind


def ancestor(work_id: str, artist: str, *contributors: tuple[str, str]) -> Ancestor:
    url = f"https://hub.example/works/{work_id}"
    return Ancestor(work_id, f"Song {work_id}", artist, Licence.BY, url, (SourceKind.REMIX,), contributors)


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


def test_the_artist_comes_first_and_then_the_contributors_in_their_own_order() -> None:
    owed = credits_owed([ancestor("1", "Ada", ("Ben", "cello"), ("Cy", "mixing")), ancestor("2", "Dee")])
    assert [(credit.artist, credit.role) for credit in owed] == [
        ("Ada", "artist"),
        ("Ben", "cello"),
        ("Cy", "mixing"),
        ("Dee", "artist"),
    ]


def test_nobody_is_credited_twice_for_the_same_role_in_a_work() -> None:
    owed = credits_owed([ancestor("1", "Ada", ("ben", "Cello"), ("Ben", "cello")), ancestor("1", "Ada")])
    assert [(credit.artist, credit.role) for credit in owed] == [("Ada", "artist"), ("ben", "Cello")]


def test_the_same_artist_is_credited_for_each_work() -> None:
    assert len(credits_owed([ancestor("1", "Ada"), ancestor("2", "Ada")])) == 2


def test_the_text_names_title_author_address_and_licence_of_each_work() -> None:
    told = [ancestor("1", "Ada", ("Ben", "cello"), ("Cy", "")), ancestor("2", "Dee")]
    text = credits_text(credits_owed(told))
    assert text.splitlines() == [
        "“Song 1” by Ada, Ben (cello), Cy – https://hub.example/works/1 – Creative Commons Attribution 4.0, "
        "https://creativecommons.org/licenses/by/4.0/",
        "“Song 2” by Dee – https://hub.example/works/2 – Creative Commons Attribution 4.0, "
        "https://creativecommons.org/licenses/by/4.0/",
    ]
