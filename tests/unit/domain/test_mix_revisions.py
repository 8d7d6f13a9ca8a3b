"""Which states of a draft mix go: from the older half, never the newest, and never more than need to."""

from __future__ import annotations

import pytest

from remixhub.domain.mix_revisions import MOST_BYTES, MOST_REVISIONS, Kept, thinned_out


def small(count: int) -> list[Kept]:
    return [Kept(number, 1000) for number in range(1, count + 1)]


def test_nothing_goes_while_there_is_room() -> None:
    assert thinned_out([]) == []
    assert thinned_out(small(MOST_REVISIONS)) == []


def test_every_second_of_the_older_half_goes_and_the_first_stays() -> None:
    assert thinned_out(small(MOST_REVISIONS + 1)) == list(range(2, MOST_REVISIONS // 2 + 1, 2))


def test_a_long_sitting_keeps_its_beginning_and_all_of_its_last_half_hour() -> None:
    kept: list[Kept] = []
    for number in range(1, 2001):
        kept.append(Kept(number, 1000))
        gone = thinned_out(kept)
        kept = [one for one in kept if one.number not in gone]
        assert len(kept) <= MOST_REVISIONS
    numbers = [one.number for one in kept]
    assert numbers[0] == 1
    assert numbers[-37:] == list(range(1964, 2001))


@pytest.mark.parametrize("count", [2, 3, 7])
def test_large_states_are_thinned_out_until_they_fit_and_the_newest_stays_whatever_its_size(count: int) -> None:
    large = [Kept(number, MOST_BYTES // 2 + 1) for number in range(1, count + 1)]
    assert thinned_out(large) == list(range(1, count))
    assert thinned_out([Kept(1, MOST_BYTES + 1)]) == []
    assert thinned_out([Kept(1, 1), Kept(2, MOST_BYTES + 1)]) == [1]
