"""File names of strangers: fit to be shown and downloaded, whatever was sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.filenames import LONGEST, FilenameInvalid, archive_name, clean_filename


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("bass.wav", "bass.wav"),
        ("Grüße – Baß 01.flac", "Grüße – Baß 01.flac"),
        ("../../etc/passwd", "passwd"),
        ("C:\\fakepath\\lead.wav", "lead.wav"),
        ("a\r\nSet-Cookie: x.wav", "aSet-Cookie: x.wav"),
        ("gnp\u202e.wav", "gnp.wav"),
        ("  .hidden.wav ", "hidden.wav"),
        ("cafe\u0301.wav", "caf\u00e9.wav"),
        ("x" * 300 + ".aiff", "x" * 250 + ".aiff"),
        ("x" * 300, "x" * 255),
        ("a." + "y" * 300, "a." + "y" * 253),
    ],
)
def test_a_name_keeps_what_can_be_shown(given_name: str, shown: str) -> None:
    assert clean_filename(given_name) == shown


@pytest.mark.parametrize("nothing", ["", "..", "../..", "\n\t", " . ", "a/", "\u202e\u200b"])
def test_a_name_with_nothing_left_is_refused(nothing: str) -> None:
    with pytest.raises(FilenameInvalid) as refused:
        clean_filename(nothing)
    assert refused.value.code == "filename_invalid"
    assert "/filename" in refused.value.violations


@given(st.text(max_size=600))
def test_no_name_brings_a_path_a_control_character_or_too_many_letters(text: str) -> None:
    try:
        shown = clean_filename(text)
    except FilenameInvalid:
        return
    assert shown.isprintable()
    assert "/" not in shown
    assert "\\" not in shown
    assert shown not in (".", "..")
    assert 1 <= len(shown) <= LONGEST
    assert clean_filename(shown) == shown


def test_names_inside_archives_are_numbered_and_safe_on_every_system() -> None:
    assert archive_name(1, "Kick", ".wav") == "01 Kick.wav"
    assert archive_name(12, 'a/b\\c:"d"?*|<e>', ".flac") == "12 a_b_c__d_____e_.flac"
    assert archive_name(3, "\n", ".wav") == "03 stem.wav"
    assert archive_name(4, " . a. ", ".wav") == "04 a.wav"
    assert archive_name(5, "XaX", ".wav") == "05 XaX.wav"
    assert archive_name(123, "x" * 101, ".wav") == f"123 {'x' * 100}.wav"


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("x" * 255, "x" * 255),
        ("x" * 251 + ".wav", "x" * 251 + ".wav"),
        ("x" * 252 + ".wav", "x" * 251 + ".wav"),
        ("x" * 300 + "." + "y" * 10, "x" * 244 + "." + "y" * 10),
        ("x" * 300 + "." + "y" * 11, "x" * 255),
        ("x" * 254 + "  " + "y" * 300, "x" * 254),
        ("x" * 254 + "." + "y" * 300, "x" * 254),
        ("X" * 300, "X" * 255),
        ("X.wav X", "X.wav X"),
        ("..x.wav.", "x.wav"),
        ("a.b." + "x" * 300 + ".wav", "a.b." + "x" * 247 + ".wav"),
    ],
)
def test_a_long_name_keeps_its_ending_where_it_has_one(given_name: str, shown: str) -> None:
    assert clean_filename(given_name) == shown
