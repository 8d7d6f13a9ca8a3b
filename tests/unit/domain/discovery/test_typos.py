"""Every word that is one mistake away is found by what both look like with a letter left out, and no other."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.discovery import typos

WORDS = st.text(alphabet="abcdé", min_size=3, max_size=14)


@st.composite
def mistakes(draw: st.DrawFn) -> tuple[str, str]:
    """A word, and the same with one mistake."""
    word = draw(WORDS)
    at = draw(st.integers(0, len(word) - 1))
    letter = draw(st.sampled_from("abcdx"))
    match draw(st.sampled_from(["more", "fewer", "other", "swapped"])):
        case "more":
            return word, word[:at] + letter + word[at:]
        case "fewer":
            return word, word[:at] + word[at + 1 :]
        case "other":
            return word, word[:at] + letter + word[at + 1 :]
    return word, word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :]


def plain_distance(one: str, other: str) -> int:
    """Optimal string alignment, by the book."""
    rows = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i in range(len(one) + 1):
        for j in range(len(other) + 1):
            if not i or not j:
                rows[i][j] = i + j
                continue
            same = one[i - 1] == other[j - 1]
            rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (not same))
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]


@given(mistakes())
def test_a_mistyped_word_shares_a_form_with_what_was_meant(pair: tuple[str, str]) -> None:
    word, typed = pair
    assert typos.is_near(typed, word)
    if len(typed) >= typos.SHORTEST:
        assert typos.forms_of_word(typed) & typos.stored_forms(word)


@given(mistakes(), st.text(alphabet="abc", max_size=5))
def test_a_mistyped_beginning_shares_a_form_too(pair: tuple[str, str], rest: str) -> None:
    begun, typed = pair
    word = begun + rest
    assert typos.is_near_beginning(typed, word)
    # a mistake is looked for where the first letters tell it, or where they are right
    heads_near = typos.is_near(typed[:4], word[:4]) or typed[:4] == word[:4]
    if len(typed) >= 4 and heads_near:
        assert typos.forms_of_beginning(typed) & typos.stored_forms(word)


@given(WORDS, WORDS)
def test_nearness_is_one_mistake(one: str, other: str) -> None:
    assert typos.is_near(one, other) == (plain_distance(one, other) <= 1) == typos.is_near(other, one)


@given(st.text(max_size=60))
def test_a_word_has_few_forms(word: str) -> None:
    assert len(typos.stored_forms(word)) <= 15
    assert all(len(form) <= 10 for form in typos.stored_forms(word))
