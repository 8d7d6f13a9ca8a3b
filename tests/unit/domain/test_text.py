"""Text that people write is text; what is none is refused with its place."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.text import NotText, composed, kept_of, written

PEOPLE_WRITE = [
    "海\u3000歌",
    "Qui est là\u00a0?",
    "1\u202f000 nuits",
    "می\u200cخواهم",
    "क्\u200dष",
    "\U0001f469\u200d\U0001f3a4 live",
    "Shake \U0001fae8",
    "new in a later Unicode: \U0001fae9 \U000323b0",
    "שיר \u200f2024",
    "C++\u200e",
    "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "☂\ufe0f and ☂\ufe0e",
    "a \u2067עברית\u2069 b \u2068x\u2069 \u202aold\u202c",
    "\u2068\u202aan embedding that its isolate closes\u2069",
    "e\u0301 as a Mac has it",
    "ไทย\u200bคำ",
    "co\u00adoperate",
    "\uf8ff Music",
    "\ufffd",
]
NO_TEXT = [
    ("a\x07b", "U+0007 CONTROL CHARACTER (character 2)"),
    ("a\x7f", "U+007F"),
    ("\x85a", "U+0085"),
    ("a\x1c", "U+001C"),
    ("a\x9bb", "U+009B"),
    ("a\u2028b", "U+2028 LINE SEPARATOR (character 2) breaks the line"),
    ("a\u2029", "U+2029"),
    ("gnp\u202etxt", "U+202E RIGHT-TO-LEFT OVERRIDE (character 4) turns the text around it"),
    ("gnp\u202dtxt\u202c", "U+202D"),
    ("\u2067abc", "U+2067 RIGHT-TO-LEFT ISOLATE (character 1) is not closed in its line: close it by U+2069"),
    ("ab\u202bc", "U+202B RIGHT-TO-LEFT EMBEDDING (character 3) is not closed in its line: close it by U+202C"),
    ("\u2068a\u2068b\u2069", "U+2068 FIRST STRONG ISOLATE (character 1)"),
    ("a\u2069", "U+2069 POP DIRECTIONAL ISOLATE (character 2) closes nothing"),
    ("\u2066a\u202c\u2069", "U+202C"),
    ("\u202aa\u2069", "U+2069"),
    ("a\ufffe", "U+FFFE (character 2) is no text"),
    ("a\ufdd0", "U+FDD0"),
    ("\U0010ffffa", "U+10FFFF"),
    ("a\ud800", "U+D800"),
]


@pytest.mark.parametrize("text", PEOPLE_WRITE)
def test_what_people_write_is_kept_as_it_is(text: str) -> None:
    assert written(text) == written(text, multiline=True) == kept_of(text) == text


@pytest.mark.parametrize(("text", "said"), NO_TEXT)
def test_what_is_no_text_is_refused_with_its_name_and_place(text: str, said: str) -> None:
    for multiline in (False, True):
        with pytest.raises(NotText) as refused:
            written(text, multiline=multiline)
        assert str(refused.value).startswith(said)
    assert written(kept_of(text)) == kept_of(text), "what files say is mended"


def test_line_breaks_and_tabs_are_text_where_there_may_be_several_lines() -> None:
    assert written("a\n\tb\r\nc", multiline=True) == "a\n\tb\r\nc"
    for text, advice in (("a\nb", "a space"), ("a\tb", "write a space"), ("a\rb", "a space")):
        with pytest.raises(NotText, match=advice):
            written(text)
    with pytest.raises(NotText, match="an ordinary line break"):
        written("a\u2028b", multiline=True)


def test_what_opens_in_a_line_is_closed_in_it() -> None:
    assert written("\u2067a\u2069\n\u2067b\u2069", multiline=True)
    with pytest.raises(NotText, match=r"U\+2067 RIGHT-TO-LEFT ISOLATE \(character 3\)"):
        written("x\n\u2067a\nb\u2069", multiline=True)


def test_spaces_at_the_ends_are_nobodys_words() -> None:
    assert written(" \u00a0\u3000a\u2003b\u3000\n") == "a\u2003b"
    assert written("\ufeffa\u200c ") == "a\u200c"
    assert written("\n \u3000昔々\n\u3000次\n\n", multiline=True) == "\u3000昔々\n\u3000次"


@pytest.mark.parametrize(
    "text", ["", " ", "\u3000", "\u200b", "\u200f\u200e", "\u3164", "\u2060\ufe0f ", "\u2800", "\u115f"]
)
def test_what_nobody_sees_is_empty(text: str) -> None:
    assert (written(text), written(text, multiline=True), kept_of(text)) == ("", "", "")


def test_breaks_in_what_files_say_become_what_is_wished() -> None:
    assert kept_of("a\r\nb\u2028c\x00d") == "abcd"
    assert kept_of("a\nb\tc\x00d", instead=" ") == "a b cd"


def test_names_are_compared_composed() -> None:
    assert composed("E\u0301te\u0301") == composed("Été") == "Été"


@given(st.text(max_size=60))
def test_what_is_written_stays_so(text: str) -> None:
    assert written(kept_of(text)) == kept_of(text)
    try:
        kept = written(text)
    except NotText:
        return
    assert written(kept) == kept == kept_of(kept)
    assert kept in text


@given(
    st.characters(
        exclude_categories=["Cc", "Zl", "Zp", "Cs", "Cn"],
        exclude_characters="\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    )
)
def test_every_other_character_passes(ch: str) -> None:
    assert written(f"a{ch}b") == f"a{ch}b"


def test_code_points_that_this_python_does_not_know_pass() -> None:
    unknown = [chr(code) for code in range(0x10FFFF) if unicodedata.category(chr(code)) == "Cn"]
    refused = []
    for ch in unknown:
        try:
            written(f"a{ch}")
        except NotText:
            refused.append(ch)
    assert {ord(ch) for ch in refused} <= {
        *range(0xFDD0, 0xFDF0),
        *(p << 16 | n for p in range(17) for n in (0xFFFE, 0xFFFF)),
    }
    assert len(refused) == 65
