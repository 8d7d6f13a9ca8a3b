"""Duels: strengths come back from votes drawn by known ones, and chosen pairs teach more than random ones."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.duels import Duel, damped_means, next_pair, strengths

ENTRIES, DUELS, SPREAD = 40, 600, 2.0
"""A spread of two logits: an entry one spread above the average wins seven duels of eight against it."""
SEEDS = range(12)
IDS = ["ann", "bo", "cy", "dee", "eve"]
some_duels = st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)).map(lambda pair: Duel(*pair)), max_size=40)


class Trial:
    """A contest whose true strengths are known."""

    def __init__(self, seed: int, *, chosen: bool) -> None:
        drawn = random.Random(seed)
        raw = {f"entry {i}": drawn.gauss(0, SPREAD) for i in range(ENTRIES)}
        mean = sum(raw.values()) / ENTRIES
        self.truth = {id: value - mean for id, value in raw.items()}
        duels: list[Duel] = []
        for number in range(DUELS):
            pair = (
                next_pair(self.truth, duels, seed=f"{seed} {number}") if chosen else drawn.sample(list(self.truth), 2)
            )
            assert pair is not None
            one, other = pair
            wins = drawn.random() < 1 / (1 + math.exp(self.truth[other] - self.truth[one]))
            duels.append(Duel(one, other) if wins else Duel(other, one))
        self.found = strengths(self.truth, duels)

    def kendall_tau(self) -> float:
        pairs = list(itertools.combinations(self.truth, 2))
        agree = sum(
            (self.truth[one] > self.truth[other]) == (self.found[one].value > self.found[other].value)
            for one, other in pairs
        )
        return 2 * agree / len(pairs) - 1

    def coverage(self) -> float:
        return mean_of([one.low <= self.truth[id] <= one.high for id, one in self.found.items()])

    def squared_error(self) -> float:
        return mean_of([(one.value - self.truth[id]) ** 2 for id, one in self.found.items()])


def mean_of(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def test_strengths_come_back_and_chosen_pairs_beat_random_ones() -> None:
    chosen = [Trial(seed, chosen=True) for seed in SEEDS]
    at_random = [Trial(seed, chosen=False) for seed in SEEDS]
    tau, coverage = mean_of([one.kendall_tau() for one in chosen]), mean_of([one.coverage() for one in chosen])
    ratio = mean_of([one.squared_error() for one in chosen]) / mean_of([one.squared_error() for one in at_random])
    lost = (1 - tau) / (1 - mean_of([one.kendall_tau() for one in at_random]))
    print(f"tau {tau:.3f}, coverage {coverage:.3f}, squared error {ratio:.2f} and 1 − tau {lost:.2f} of random pairing")
    assert min(one.kendall_tau() for one in chosen) >= 0.8
    assert coverage >= 0.9
    assert ratio <= 0.9
    assert lost <= 0.95


@given(some_duels, st.randoms(use_true_random=False))
def test_the_order_of_duels_and_entries_changes_no_bit(duels: list[Duel], order: random.Random) -> None:
    ids, shuffled = list(IDS), list(duels)
    order.shuffle(ids)
    order.shuffle(shuffled)
    assert strengths(ids, shuffled) == strengths(IDS, duels)
    assert next_pair(ids, shuffled, seed="s") == next_pair(IDS, duels, seed="s")


@given(some_duels)
def test_strengths_are_finite_and_centred(duels: list[Duel]) -> None:
    found = strengths(IDS, duels)
    assert abs(sum(one.value for one in found.values())) < 1e-9
    assert all(one.low < one.value < one.high and 0 < one.chance < 1 for one in found.values())


def test_one_duel_makes_a_winner_and_nobody_else() -> None:
    found = strengths(["a", "b", "c"], [Duel("a", "b"), Duel("x", "a"), Duel("a", "a")])
    assert found["a"].value > found["c"].value > found["b"].value
    assert (found["c"].value, found["c"].wins, found["c"].losses) == (pytest.approx(0, abs=1e-12), 0, 0)
    assert (found["c"].low, found["c"].high) == pytest.approx((-3.92, 3.92), abs=0.01)
    assert (found["a"].wins, found["a"].losses) == (1, 0)
    assert strengths([], []) == {}


def test_a_voter_is_offered_every_pair_once_and_none_with_what_is_barred() -> None:
    seen: set[frozenset[str]] = set()
    while (pair := next_pair(IDS, [], barred={"ann"}, seen=seen, seed=str(len(seen)))) is not None:
        assert "ann" not in pair
        assert frozenset(pair) not in seen
        seen.add(frozenset(pair))
    assert len(seen) == 6


def test_sides_are_drawn() -> None:
    left = [next_pair(["a", "b"], [], seed=str(seed))[0] for seed in range(200)]  # type: ignore[index]
    assert 70 < left.count("a") < 130


def test_few_ballots_cannot_win_by_luck() -> None:
    scores = {"lucky": [10.0], "good": [9.0] * 20, "fair": [5.0] * 5, "poor": [3.0] * 20}
    damped = damped_means(scores, weight=5)
    assert damped["good"] > damped["lucky"] > damped["fair"] > damped["poor"]
    assert damped_means({"a": []}, weight=5) == {"a": 0.0}
    assert damped_means({"a": [4.0], "b": []}, weight=0) == {"a": 4.0, "b": 0.0}
