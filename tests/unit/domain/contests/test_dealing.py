"""The deal of a secret remixer: nobody gets their own, and anybody can deal again."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.contests.dealing import DealTooSmall, deal, seed_commitment

GOLDEN = {"a": "c", "b": "a", "c": "d", "d": "e", "e": "b"}


@given(st.sets(st.text(min_size=1, max_size=8), min_size=2, max_size=30), st.text())
def test_everybody_gives_and_takes_once_and_nobody_their_own(people: set[str], seed: str) -> None:
    dealt = deal(people, seed)
    assert set(dealt) == set(dealt.values()) == people
    assert all(giver != taker for giver, taker in dealt.items())
    assert deal(sorted(people, reverse=True), seed) == dealt


def test_the_deal_of_a_seed_never_changes() -> None:
    """Computed once by hand from the rule as it is written down; another version of Python must deal the same."""
    assert deal("abcde", "seed") == GOLDEN
    assert seed_commitment("seed") == "19b25856e1c150ca834cffc8b59b23adbd0ec0389e58eb22b3b64768098d002b"


def test_all_nine_deals_of_four_come_about_alike() -> None:
    counted = Counter(tuple(deal("abcd", str(seed)).values()) for seed in range(1800))
    assert len(counted) == 9
    assert all(140 < count < 260 for count in counted.values())


@pytest.mark.parametrize("people", [[], ["a"], ["a", "a"]])
def test_one_alone_cannot_be_dealt_to(people: list[str]) -> None:
    with pytest.raises(DealTooSmall, match=f"there are {len(set(people))}"):
        deal(people, "seed")
