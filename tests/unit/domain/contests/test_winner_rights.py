"""Whose a winner's remix is, by the terms, the release and the clock."""

from __future__ import annotations

import datetime as dt

import pytest

from remixhub.domain.contests.terms import ContestTerms, Exclusivity
from remixhub.domain.contests.winner_rights import WinnerRights, reverts_at, rights, winners

DAY = dt.date(2027, 1, 31)
END = dt.datetime(2027, 2, 1, tzinfo=dt.UTC)
BEFORE = END - dt.timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("exclusivity", "release_by", "is_released", "moment", "expected"),
    [
        (Exclusivity.EXCLUSIVE, DAY, False, BEFORE, WinnerRights.EXCLUSIVE),
        (Exclusivity.EXCLUSIVE, DAY, False, END, WinnerRights.REVERTED),
        (Exclusivity.EXCLUSIVE, DAY, True, END, WinnerRights.RELEASED),
        (Exclusivity.FIRST_OFFER, DAY, False, BEFORE, WinnerRights.FIRST_OFFER),
        (Exclusivity.FIRST_OFFER, DAY, False, END, WinnerRights.REVERTED),
        (Exclusivity.FIRST_OFFER, None, False, END, WinnerRights.FIRST_OFFER),
        (Exclusivity.NONE, DAY, False, END, WinnerRights.FREE),
        (Exclusivity.NONE, None, True, END, WinnerRights.RELEASED),
    ],
)
def test_rights_end_with_the_release_by_date_in_utc(
    exclusivity: Exclusivity, release_by: dt.date | None, is_released: bool, moment: dt.datetime, expected: WinnerRights
) -> None:
    terms = ContestTerms(exclusivity=exclusivity, release_by=release_by)
    assert rights(terms, is_released=is_released, moment=moment) is expected


def test_only_rights_that_there_are_can_revert() -> None:
    assert reverts_at(ContestTerms(exclusivity=Exclusivity.EXCLUSIVE, release_by=DAY)) == END
    assert reverts_at(ContestTerms(release_by=DAY)) is None
    assert reverts_at(ContestTerms(exclusivity=Exclusivity.FIRST_OFFER)) is None


@pytest.mark.parametrize(("prizes", "expected"), [((), ["a"]), (("One",), ["a"]), (("One", "Two"), ["a", "b", "c"])])
def test_who_is_on_a_place_with_a_prize_has_won(prizes: tuple[str, ...], expected: list[str]) -> None:
    ranks = {"a": 1, "b": 2, "c": 2, "d": 4}
    standings = [{"entry_id": entry, "rank": rank} for entry, rank in ranks.items()]
    assert winners(ContestTerms(prizes=prizes), standings) == expected
