"""The passwords that leaks hold most often are refused, by a list that comes with the hub."""

from __future__ import annotations

import pytest
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from remixhub.compose import Parts
from remixhub.domain.passwords import PASSWORD_MIN, PasswordTooWeak
from remixhub.services.accounts.passwords import check_new_password


def is_refused(parts: Parts, password: str) -> bool:
    try:
        check_new_password(parts, password, handle="mika", email="mika@example.org")
    except PasswordTooWeak:
        return True
    return False


def test_the_3000_most_common_are_refused_with_what_makes_them_long_enough(parts: Parts) -> None:
    most_common = FREQUENCY_LISTS["passwords"][:3000]
    endings = ("", "!" * 6, "246801")
    for password in most_common:
        for ending in endings:
            assert is_refused(parts, password + ending), password + ending


def test_more_than_3000_of_the_list_are_long_enough_to_be_chosen_otherwise(parts: Parts) -> None:
    """ASVS 6.2.4 counts those that the hub's own rule of length would let through."""
    long_enough = {word for words in FREQUENCY_LISTS.values() for word in words if len(word) >= PASSWORD_MIN}
    assert sum(is_refused(parts, word) for word in long_enough) > 3000


@pytest.mark.parametrize("password", ["manchester", "Manchester1", "q1w2e3r4t5y6", "translator2026", "RemixHub 2026"])
def test_such_as(parts: Parts, password: str) -> None:
    assert is_refused(parts, password)


def test_three_words_are_not(parts: Parts) -> None:
    assert not is_refused(parts, "manchester translator dragon")
