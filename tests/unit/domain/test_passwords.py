"""Which passwords may be chosen: long ones, and none that is tried first."""

from __future__ import annotations

import pytest

from remixhub.domain.passwords import PASSWORD_MAX, PasswordTooWeak, check_password

NAMES = ("mika-the-great", "mika.velasquez@example.org", "RemixHub", "North Pier Records")
COMMON = frozenset({"password", "baseball", "qwertyuiop", "1234567890", "international", "dragon"})


def check(password: str) -> None:
    check_password(password, names=NAMES, common=COMMON)


def refuse(password: str, why: str) -> None:
    with pytest.raises(PasswordTooWeak, match=why) as refused:
        check(password)
    assert refused.value.violations == {"/password": [refused.value.detail]}


@pytest.mark.parametrize(
    "password",
    [
        "a sentence nobody guesses",
        "x9?kLm20zz",
        "пароль из слов",
        "q" * 60 + "wert",
        "my dragon plays baseball",
        "dragon of Leith",
        "mika sings in the dark",
        "North Pier at seven",
        "a-fifth-of-november",
    ],
)
def test_long_enough_is_good_enough_without_rules_of_composition(password: str) -> None:
    check(password)


@pytest.mark.parametrize("password", ["short-123", "x1y2" * 33, ""])
def test_ten_to_128_characters(password: str) -> None:
    refuse(password, "Use 10 to 128 characters")


def test_the_longest_password_is_accepted() -> None:
    check("a1b2" * (PASSWORD_MAX // 4))


@pytest.mark.parametrize(
    "password",
    [
        "1234567890",
        "QwertyUIOP",
        "International",
        "baseball123",
        "Baseball2026!",
        "password!12345678",
        "1234567890!!!",
        "PasswordPassword",
        "dragondragondragon",
        "p@ssw0rd2026",
        "baseball baseball ",
        "aaaaaaaaaaaa",
        "abababababab",
        "abcdefghijkl",
        "9876543210987",
        "0123456789012",
    ],
)
def test_what_is_tried_first_is_refused_in_capitals_and_with_an_ending_too(password: str) -> None:
    refuse(password, "among the first")


@pytest.mark.parametrize(
    "password",
    [
        "mika-the-great",
        "MIKA.VELASQUEZ",
        "mika velasquez 2026!",
        "RemixHub-2026",
        "RemixHub-20269347",
        "remixhubmika",
        "northpier123",
        "Records of mika",
        "great@example.org",
    ],
)
def test_names_that_everybody_knows_are_refused_by_themselves(password: str) -> None:
    refuse(password, "made of your handle")


def test_four_different_characters_and_ten_in_all_are_enough() -> None:
    check("aaaaaaabcd")
    for password in ("aaaaaaaabc", "aaaaaabcd"):
        with pytest.raises(PasswordTooWeak):
            check(password)
