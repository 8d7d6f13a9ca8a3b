"""The jury: ballots that fit the rubric, judges made comparable, and listening orders that are fair to entries."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.judging import (
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


def test_weights_and_maxima_make_the_mark() -> None:
    assert checked_scores(RUBRIC, {"craft": 7, "idea": 2.5}) == {"craft": 7.0, "idea": 2.5}
    assert weighted(RUBRIC, {"craft": 7.0, "idea": 2.5}) == pytest.approx((2 * 0.7 + 0.5) / 3)
    assert weighted(RUBRIC, {"craft": 10.0, "idea": 5.0}) == 1


@pytest.mark.parametrize(
    "value",
    [
        [],
        {},
        None,
        [{"key": "a"}],
        [{"key": "A b", "title": "A", "weight": 1, "max_score": 10}],
        [{"key": "a", "title": "", "weight": 1, "max_score": 10}],
        [{"key": "a", "title": "A", "weight": 0, "max_score": 10}],
        [{"key": "a", "title": "A", "weight": 1, "max_score": 1.5}],
        [{"key": "a", "title": "A", "weight": True, "max_score": 10}],
        [{"key": "a", "title": "A", "weight": 1, "max_score": 10}] * 2,
        [{"key": f"k{i}", "title": "A", "weight": 1, "max_score": 10} for i in range(13)],
    ],
)
def test_odd_rubrics_are_refused(value: Any) -> None:
    with pytest.raises(RubricInvalid) as refused:
        Rubric.parse(value)
    assert all(pointer.startswith("/rubric") for pointer in refused.value.violations)


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
    assert found.by_entry == {"a": pytest.approx(0.8), "b": 0.0}


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
