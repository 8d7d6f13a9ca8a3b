"""Credit splits: always the whole, never more than stated, in proportion when too much is asked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.lineage.shares import (
    WHOLE,
    Claim,
    SharesInvalid,
    apportion,
    check_split,
    clean_inherited_shares,
    people_of,
    settle,
)

MAKER = Claim("me", "Mine", "Me", 0, 0)
splits = st.lists(st.integers(0, WHOLE // 4), max_size=4).map(
    lambda weights: tuple((f"P{i}", weight) for i, weight in enumerate(weights))
)
claims_of = st.lists(st.tuples(st.integers(1, 8), st.integers(0, WHOLE), splits), max_size=12).map(
    lambda drawn: [Claim(f"w{i}", f"W{i}", f"A{i}", *one) for i, one in enumerate(drawn)]
)


@given(claims_of)
def test_the_parts_always_add_up_to_the_whole(claims: list[Claim]) -> None:
    shares = settle(MAKER, claims)
    assert sum(one.basis_points for one in shares) == WHOLE
    assert all(one.basis_points >= 0 for one in shares)


@given(claims_of)
def test_claims_are_met_exactly_while_they_leave_something_and_cut_in_proportion_otherwise(claims: list[Claim]) -> None:
    asked = sum(one.basis_points for one in claims)
    shares = settle(MAKER, claims)
    for claim in claims:
        got = sum(one.basis_points for one in shares if one.work_id == claim.work_id)
        if asked <= WHOLE:
            assert got == claim.basis_points
        else:
            assert abs(got - claim.basis_points * WHOLE / asked) < 1
    assert sum(one.basis_points for one in shares if one.work_id == "me") == max(0, WHOLE - asked)


@given(st.integers(0, 10**6), st.lists(st.integers(0, 10**6), min_size=1).filter(any))
def test_apportioning_stays_within_one_of_the_exact_part(whole: int, weights: list[int]) -> None:
    parts = apportion(whole, weights)
    assert sum(parts) == whole
    assert all(
        abs(part - whole * weight / sum(weights)) < 1 + 1e-6 for part, weight in zip(parts, weights, strict=True)
    )


def test_the_earlier_line_has_the_last_hundredth() -> None:
    assert apportion(100, [1, 1, 1]) == [34, 33, 33]
    ada = Claim("w", "Song", "Ada", 1, 1001, (("Bo", 5000),))
    assert [(one.name, one.basis_points) for one in settle(MAKER, [ada])] == [("Me", 8999), ("Ada", 501), ("Bo", 500)]


def test_of_those_who_get_nothing_the_maker_alone_is_listed() -> None:
    band = Claim("me", "Mine", "Me", 0, 0, (("Bo", 0),))
    claims = [Claim("w", "Song", "Me", 1, 0), Claim("x", "Air", "Ada", 1, WHOLE)]
    assert [(one.work_id, one.name) for one in settle(band, claims)] == [("me", "Me"), ("x", "Ada")]


def test_the_maker_is_listed_even_with_nothing() -> None:
    greedy = Claim("w", "Song", "Ada", 1, WHOLE)
    assert [(one.name, one.basis_points) for one in settle(MAKER, [greedy])] == [("Me", 0), ("Ada", WHOLE)]


def test_percents_become_basis_points_without_zeros_at_the_end() -> None:
    assert clean_inherited_shares([20, 0.25, 0, 0]) == [2000, 25]
    assert people_of([{"name": "Bo", "role": ""}, {"name": "Cy", "share_percent": 12.5}]) == (("Cy", 1250),)
    check_split([{"name": "Bo", "share_percent": 99.99}, {"name": "Cy", "share_percent": 0.01}])


@pytest.mark.parametrize("percents", [[-0.01], [100.01], [0.005], [float("nan")]])
def test_odd_percents_are_refused_where_they_stand(percents: list[float]) -> None:
    with pytest.raises(SharesInvalid) as refused:
        clean_inherited_shares([5, *percents])
    assert list(refused.value.violations) == ["/inherited_shares/1"]
    with pytest.raises(SharesInvalid) as refused:
        check_split([{"name": "Bo"}, {"name": "Cy", "share_percent": percents[0]}])
    assert list(refused.value.violations) == ["/credits/1"]


def test_shares_reach_eight_generations_far_and_may_be_nothing_or_all() -> None:
    assert clean_inherited_shares([100, 0, *[1] * 6]) == [WHOLE, 0, *[100] * 6]
    assert clean_inherited_shares([0, 0]) == clean_inherited_shares([]) == []
    with pytest.raises(SharesInvalid, match="these are 9") as refused:
        clean_inherited_shares([1] * 9)
    assert list(refused.value.violations) == ["/inherited_shares"]


def test_people_cannot_share_more_than_there_is() -> None:
    with pytest.raises(SharesInvalid, match=r"100\.01 %") as refused:
        check_split([{"name": "Bo", "share_percent": 60}, {"name": "Cy", "share_percent": 40.01}])
    assert list(refused.value.violations) == ["/credits"]
    check_split([{"name": "Bo", "share_percent": 100}, {"name": "Cy"}, {"name": "Di", "share_percent": None}])


def test_the_largest_remainders_have_what_is_left() -> None:
    assert apportion(100, [1, 2, 4]) == [14, 29, 57]
    assert apportion(10, [1, 1, 2]) == [3, 2, 5]
    assert apportion(1, [1, 5, 4]) == [0, 1, 0]


@given(st.integers(0, 10**6), st.lists(st.integers(0, 10**6), min_size=1).filter(any))
def test_nobody_is_rounded_up_before_somebody_with_a_larger_remainder(whole: int, weights: list[int]) -> None:
    total = sum(weights)
    drawn = zip(apportion(whole, weights), weights, strict=True)
    remainders = [(whole * weight % total, part - whole * weight // total) for part, weight in drawn]
    assert all(extra in (0, 1) for _, extra in remainders)
    lowest_up = min((remainder for remainder, extra in remainders if extra), default=total)
    assert all(remainder <= lowest_up for remainder, extra in remainders if not extra)
