"""The jury: ballots that fit the rubric, judges made comparable, and listening orders that are fair to entries."""

from __future__ import annotations

import hashlib
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.contests.judging import (
    BallotOutsideRubric,
    Criterion,
    Normalisation,
    Rubric,
    RubricInvalid,
    checked_scores,
    jury_scores,
    listening_orders,
    normalised,
    weighted,
)

RUBRIC = Rubric((Criterion("craft", "Craft", 2, 10), Criterion("idea", "Idea", 1, 5)))
ENTRIES = ["a", "b", "c", "d", "e"]
marks = st.dictionaries(st.sampled_from(ENTRIES), st.integers(0, 20).map(lambda half: half / 20), min_size=1)
juries = st.dictionaries(st.sampled_from(["j1", "j2", "j3"]), marks, min_size=1)
scores = st.fixed_dictionaries(
    {"craft": st.integers(0, 20).map(lambda half: half / 2), "idea": st.integers(0, 10).map(lambda half: half / 2)}
)


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"craft": 7, "idea": math.nan}, "/scores/idea"),
        ({"craft": math.inf, "idea": 1}, "/scores/craft"),
        ({"craft": -0.5, "idea": 1}, "/scores/craft"),
        ({"craft": 10.5, "idea": 1}, "/scores/craft"),
        ({"craft": 7.25, "idea": 1}, "/scores/craft"),
        ({"craft": True, "idea": 1}, "/scores/craft"),
        ({"craft": "7", "idea": 1}, "/scores/craft"),
        ({"craft": None, "idea": 1}, "/scores/craft"),
        ({"craft": 7}, "/scores/idea"),
        ({"craft": 7, "idea": 1, "looks": 3}, "/scores/looks"),
        ({"craft": 10**400, "idea": 1}, "/scores/craft"),
        ([7, 1], "/scores/craft"),
        (None, "/scores/craft"),
    ],
)
def test_a_ballot_outside_the_rubric_says_where(given: Any, where: str) -> None:
    with pytest.raises(BallotOutsideRubric) as refused:
        checked_scores(RUBRIC, given)
    assert where in refused.value.violations


def test_scores_reach_from_nothing_to_the_maximum() -> None:
    for craft, idea in ((0, 5), (10, 0), (0.5, 4.5)):
        checked = checked_scores(RUBRIC, {"craft": craft, "idea": idea})
        assert checked == {"craft": craft, "idea": idea}
        assert all(isinstance(one, float) for one in checked.values())
    with pytest.raises(BallotOutsideRubric) as refused:
        checked_scores(RUBRIC, {"craft": 10.5, "looks": 1})
    assert set(refused.value.violations) == {"/scores/craft", "/scores/idea", "/scores/looks"}
    assert "10 in halves" in refused.value.violations["/scores/craft"][0]


def test_weights_and_maxima_make_the_mark() -> None:
    assert checked_scores(RUBRIC, {"craft": 7, "idea": 2.5}) == {"craft": 7.0, "idea": 2.5}
    assert weighted(RUBRIC, {"craft": 7.0, "idea": 2.5}) == pytest.approx((2 * 0.7 + 0.5) / 3)
    assert weighted(RUBRIC, {"craft": 10.0, "idea": 5.0}) == 1


def criterion(**changes: Any) -> dict[str, Any]:
    return {"key": "a", "title": "A", "weight": 1, "max_score": 10, **changes}


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ([], ["/rubric"]),
        ({}, ["/rubric"]),
        (None, ["/rubric"]),
        ([{"key": "a"}], ["/rubric/0"]),
        ([7], ["/rubric/0"]),
        ([criterion(), None], ["/rubric/1"]),
        ([criterion(more=1)], ["/rubric/0"]),
        ([criterion(key="A b")], ["/rubric/0/key"]),
        ([criterion(key="")], ["/rubric/0/key"]),
        ([criterion(key="a" * 33)], ["/rubric/0/key"]),
        ([criterion(key=7)], ["/rubric/0/key"]),
        ([criterion(title="  ")], ["/rubric/0/title"]),
        ([criterion(title="x" * 81)], ["/rubric/0/title"]),
        ([criterion(title=None)], ["/rubric/0/title"]),
        ([criterion(weight=0)], ["/rubric/0/weight"]),
        ([criterion(weight=101)], ["/rubric/0/weight"]),
        ([criterion(weight=True)], ["/rubric/0/weight"]),
        ([criterion(max_score=1.5)], ["/rubric/0/max_score"]),
        ([criterion(max_score=101)], ["/rubric/0/max_score"]),
        ([criterion(), criterion()], ["/rubric"]),
        ([criterion(key=f"k{i}") for i in range(13)], ["/rubric"]),
        ([criterion(weight=0, max_score=0), criterion(key="b", title="")],
         ["/rubric/0/weight", "/rubric/0/max_score", "/rubric/1/title"]),
    ],
)  # fmt: skip
def test_odd_rubrics_are_refused_where_they_are_odd(value: Any, where: list[str]) -> None:
    with pytest.raises(RubricInvalid, match=r"^[A-Z].* .*\.$") as refused:
        Rubric.parse(value)
    assert list(refused.value.violations) == where


def test_rubrics_at_their_limits_can_be_used() -> None:
    criteria = [criterion(key="k" * 30 + f"{i:02}", title="x" * 80, weight=100, max_score=100) for i in range(12)]
    assert Rubric.parse(criteria).dump() == criteria
    assert Rubric.parse([criterion(title="x", max_score=1)]).criteria == (Criterion("a", "x", 1, 1),)


def test_a_rubric_comes_back_from_its_json() -> None:
    assert Rubric.parse(RUBRIC.dump()) == RUBRIC


def test_z_scores_and_ranks_by_hand() -> None:
    ballots = {"strict": {"a": 0.1, "b": 0.3}, "mild": {"a": 0.9, "b": 0.9}}
    assert normalised(Normalisation.Z_SCORE, ballots) == {
        "strict": {"a": pytest.approx(-1), "b": pytest.approx(1)},
        "mild": {"a": 0, "b": 0},
    }
    ranked = normalised(Normalisation.RANK, {"j": {"a": 0.1, "b": 0.3, "c": 0.3}, "k": {"a": 0.5}})
    assert ranked == {"j": {"a": 0, "b": 0.75, "c": 0.75}, "k": {"a": 0.5}}
    three = normalised(Normalisation.Z_SCORE, {"j": {"a": 0.0, "b": 0.5, "c": 1.0}})
    assert three == {"j": {"a": pytest.approx(-(1.5**0.5)), "b": 0, "c": pytest.approx(1.5**0.5)}}
    assert normalised(Normalisation.NONE, ballots) == ballots


def test_means_of_z_scores_become_parts_by_the_normal_distribution() -> None:
    def given(craft: float) -> dict[str, float]:
        return {"craft": craft, "idea": 0.0}

    ballots = {"j": {"a": given(2), "b": given(8)}, "k": {"a": given(4), "b": given(4)}}
    expected = {"j": {"a", "b", "c"}, "k": {"a", "b"}}
    found = jury_scores(RUBRIC, Normalisation.Z_SCORE, ballots, expected)
    # j gives −1 and 1, k gives 0 to both: means of −½ and ½, and Φ(½) = 0.69146
    assert found.by_entry == {"a": pytest.approx(0.30854, abs=1e-5), "b": pytest.approx(0.69146, abs=1e-5)}
    assert (found.ballots_counted, found.missing) == (4, (("j", "c"),))
    ranked = jury_scores(RUBRIC, Normalisation.RANK, ballots, expected)
    assert ranked.by_entry == {"a": 0.25, "b": 0.75}


@given(juries, st.floats(0.1, 5), st.floats(0, 1))
def test_a_milder_judge_changes_nothing_once_made_comparable(
    jury: dict[str, dict[str, float]], factor: float, shift: float
) -> None:
    milder = {judge: {entry: mark * factor + shift for entry, mark in given.items()} for judge, given in jury.items()}
    for method in (Normalisation.Z_SCORE, Normalisation.RANK):
        for judge, marked in normalised(method, jury).items():
            for entry, value in marked.items():
                assert normalised(method, milder)[judge][entry] == pytest.approx(value, abs=1e-6)


full = st.dictionaries(
    st.sampled_from(["j1", "j2", "j3"]), st.fixed_dictionaries(dict.fromkeys(ENTRIES, scores)), min_size=1
)


@given(full, st.sampled_from(Normalisation))
def test_who_is_marked_higher_by_every_judge_is_not_behind(
    jury: dict[str, dict[str, dict[str, float]]], method: Normalisation
) -> None:
    found = jury_scores(RUBRIC, method, jury, {judge: set(ENTRIES) for judge in jury})
    assert found.missing == ()
    assert all(0 <= value <= 1 for value in found.by_entry.values())
    for one in ENTRIES:
        for other in ENTRIES:
            if all(weighted(RUBRIC, given[one]) >= weighted(RUBRIC, given[other]) for given in jury.values()):
                assert found.by_entry[one] >= found.by_entry[other] - 1e-12


@given(full, st.sampled_from(Normalisation))
def test_the_order_of_judges_and_entries_changes_no_bit(
    jury: dict[str, dict[str, dict[str, float]]], method: Normalisation
) -> None:
    expected = {judge: set(ENTRIES) for judge in jury}
    reversed_jury = {judge: dict(reversed(given.items())) for judge, given in reversed(jury.items())}
    assert jury_scores(RUBRIC, method, jury, expected) == jury_scores(RUBRIC, method, reversed_jury, expected)


def test_missing_ballots_are_named_and_unexpected_ones_do_not_count() -> None:
    given = {"craft": 8.0, "idea": 4.0}
    found = jury_scores(
        RUBRIC, Normalisation.NONE, {"j1": {"a": given, "z": given}, "stranger": {"a": given}},
        {"j1": {"a", "b"}, "j2": {"a"}},
    )  # fmt: skip
    assert found.missing == (("j1", "b"), ("j2", "a"))
    assert found.ballots_counted == 1
    assert found.by_entry == {"a": pytest.approx(0.8)}


@given(st.integers(1, 8), st.integers(0, 60), st.text(max_size=5))
def test_every_entry_is_heard_early_by_some_judge(judges: int, entries: int, seed: str) -> None:
    judge_ids, entry_ids = [f"j{i}" for i in range(judges)], [f"e{i}" for i in range(entries)]
    orders = listening_orders(judge_ids, entry_ids, seed)
    early = -(-entries // judges)
    assert all(sorted(order) == sorted(entry_ids) for order in orders.values())
    assert {entry for order in orders.values() for entry in order[:early]} == set(entry_ids)
    assert listening_orders(judge_ids[::-1], entry_ids[::-1], seed) == orders


def test_judges_hear_in_orders_of_their_own() -> None:
    orders = listening_orders(["a", "b", "c"], [f"e{i}" for i in range(30)], "seed")
    assert len({tuple(order) for order in orders.values()}) == 3


def test_the_orders_of_a_seed_never_change() -> None:
    """Computed once from the rule as it is written down, so that anybody can compute them again."""

    def draw(*words: str) -> bytes:
        return hashlib.sha256("\n".join(words).encode()).digest()

    for seed in ("s", "t", "u", "v"):
        entries = sorted("abcde", key=lambda one: draw(seed, "entry", one))
        first, second = sorted(["x", "y"], key=lambda one: draw(seed, "judge", one))
        blocks = [entries[:2], entries[2:]]
        expected = {
            judge: [one for block in turns for one in sorted(block, key=lambda id: draw(seed, judge, id))]
            for judge, turns in ((first, blocks), (second, blocks[::-1]))
        }
        assert listening_orders(["x", "y"], list("abcde"), seed) == expected
