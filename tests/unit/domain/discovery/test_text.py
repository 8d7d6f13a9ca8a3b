"""Text as it is searched."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.discovery.text import WORDS_LIMIT, Asked, asked_words, edges_of, folded, is_word, words_of

TEXTS = st.text(max_size=60) | st.text(alphabet="Éé ßſﬁŁøІiİ夜景カｶﾞ'’-_12#@^~=\"\\", max_size=20)


@given(TEXTS)
def test_folding_again_changes_nothing_that_is_compared(text: str) -> None:
    assert words_of(folded(text)) == words_of(text)


@given(TEXTS)
def test_case_and_composition_do_not_count(text: str) -> None:
    for form in ("NFC", "NFD"):
        assert words_of(unicodedata.normalize(form, text)) == words_of(text)


@given(st.text(alphabet=st.characters(codec="latin-1"), max_size=40))
def test_capitals_do_not_count(text: str) -> None:
    assert words_of(text.upper().replace("\u1e9e", "ss")) == words_of(text)


@given(TEXTS)
def test_tokens_hold_nothing_that_an_index_reads_as_a_sign(text: str) -> None:
    for token in words_of(text):
        assert token
        assert not set(token) & set(" \t\n\"'\\&|!():*=^~@#")
        assert token == folded(token)


@given(TEXTS)
def test_whatever_is_in_a_text_finds_it(text: str) -> None:
    """A question is made of the very tokens that its own text is indexed by."""
    there = words_of(text)
    for word in asked_words(text, is_typed=False):
        begins = [token for token in there if token.startswith(word.text)]
        assert word.text in there or (word.is_prefix and begins)


@given(TEXTS)
def test_a_question_has_few_words_and_only_its_last_goes_on(text: str) -> None:
    words = asked_words(text)
    assert len(words) <= WORDS_LIMIT
    assert not any(word.is_prefix and is_word(word.text) for word in words[:-1])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ёлка", "елка"), ("Straße", "STRASSE"), ("ｶﾞｯｺｳ", "ガッコウ"), ("ＡＢＣ", "abc"), ("Łódź", "lodz"),
        ("İstanbul", "istanbul"), ("ﬁre", "fire"), ("Ǆ", "dz"), ("naïve", "naive"), ("Ålesund", "alesund"),
    ],
)  # fmt: skip
def test_spellings_that_are_the_same(one: str, other: str) -> None:
    assert words_of(one) == words_of(other)


def test_voicing_and_vowels_make_other_words() -> None:
    assert words_of("が") != words_of("か")
    assert words_of("की") != words_of("का")


def test_words_that_are_joined_are_found_together_and_apart() -> None:
    assert words_of("Lo-Fi l’amour") == ["lo", "fi", "l", "amour", "lofi", "lamour"]


def test_scripts_without_spaces_are_cut_into_pairs() -> None:
    assert words_of("東京夜景 dub") == ["東京", "京夜", "夜景", "景", "dub"]
    assert asked_words("夜") == (Asked("夜", is_prefix=True),)
    assert asked_words("京夜景") == (Asked("京夜"), Asked("夜景"))


def test_what_is_being_typed() -> None:
    assert asked_words("night dr") == (Asked("night"), Asked("dr", is_prefix=True))
    assert asked_words("night dr ") == (Asked("night"), Asked("dr"))
    assert asked_words("night d") == (Asked("night"), Asked("d"))
    assert asked_words("夜 dub")[-1] == Asked("dub", is_prefix=True)
    assert asked_words("?!") == asked_words("") == ()


def test_beginnings() -> None:
    assert (edges_of("a"), edges_of("ab"), edges_of("abcd")) == ([], ["ab"], ["ab", "abc"])
