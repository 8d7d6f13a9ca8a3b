"""File names of strangers: fit to be shown and downloaded, whatever was sent."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.filenames import (
    LONGEST,
    LONGEST_BYTES,
    FilenameInvalid,
    archive_name,
    attachment,
    clean_filename,
    download_name,
)
from remixhub.domain.text import written


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
        ("cafe\u0301.wav", "cafe\u0301.wav"),
        ("海\u3000歌.wav", "海\u3000歌.wav"),
        ("می\u200cخواهم.wav", "می\u200cخواهم.wav"),
        ("\U0001f469\u200d\U0001f3a4 \U0001fae8.wav", "\U0001f469\u200d\U0001f3a4 \U0001fae8.wav"),
        ("\u2067open.wav", "open.wav"),
        ("\u2067x\u2069.wav", "\u2067x\u2069.wav"),
        ("x" * 250 + "e\u0301" + ".wav", "x" * 250 + ".wav"),
        ("e" + "\u0301" * 300 + ".wav", "e" + "\u0301" * 250 + ".wav"),
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
    assert written(shown) == shown
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


def test_names_inside_archives_fit_into_file_systems() -> None:
    assert archive_name(1, "字" * 120, ".wav") == f"01 {'字' * 82}.wav"
    assert archive_name(2, "E\u0301te\u0301", ".wav") == "02 Été.wav"
    assert (
        archive_name(3, "\U0001f469\u200d\U0001f3a4" * 40, ".wav") == "03 " + "\U0001f469\u200d\U0001f3a4" * 22 + ".wav"
    )
    assert archive_name(4, "\U0001f1e9\U0001f1ea" * 40, ".wav") == "04 " + "\U0001f1e9\U0001f1ea" * 30 + ".wav"
    assert archive_name(5, "CON", ".wav") == "05 CON.wav"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("CON.wav", "_CON.wav"),
        ("con", "_con"),
        ("Nul .tar.gz", "_Nul .tar.gz"),
        ("COM1.wav", "_COM1.wav"),
        ("lpt³.wav", "_lpt³.wav"),
        ("CONIN$.wav", "_CONIN$.wav"),
        ("aux.2024.wav", "_aux.2024.wav"),
        ("Console.wav", "Console.wav"),
        ("COM10.wav", "COM10.wav"),
        ("com.wav", "com.wav"),
        (".hidden. .wav", "hidden.wav"),
        ("trailing. . ", "trailing"),
        ("a/b: c?.wav", "a_b_ c_.wav"),
        ("...", "file"),
        ("字" * 255, "字" * 84),
        ("字" * 110 + ".wav", "字" * 83 + ".wav"),
        ("E\u0301.wav", "É.wav"),
        ("-M- - Machistador.wav", "-M- - Machistador.wav"),
    ],
)
def test_downloads_are_called_what_every_system_takes(name: str, safe: str) -> None:
    assert download_name(name) == safe
    assert download_name(safe) == safe


def test_an_ending_that_has_to_stay_stays() -> None:
    whole = download_name("長" * 80 + " - " + "題" * 200, " (stems v12).zip")
    assert whole.endswith("長 - 題 (stems v12).zip") or whole.endswith("長 (stems v12).zip")
    assert len(whole.encode()) <= LONGEST_BYTES


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("remix-graph.dot", 'attachment; filename="remix-graph.dot"'),
        ("größe.wav", "attachment; filename=\"gr__e.wav\"; filename*=UTF-8''gr%C3%B6%C3%9Fe.wav"),
        ("100%; a.wav", "attachment; filename=\"100__ a.wav\"; filename*=UTF-8''100%25%3B%20a.wav"),
        ('a"\r\nSet-Cookie: x.wav', 'attachment; filename="a_Set-Cookie_ x.wav"'),
        ("it's.wav", 'attachment; filename="it\'s.wav"'),
    ],
)
def test_downloads_are_named_in_headers(name: str, header: str) -> None:
    assert attachment(name) == header


some_names = st.text(max_size=300) | st.text(
    st.sampled_from("ａe\u0301\u200d\U0001f469字.  /CON1\u2067\u2069"), max_size=300
)


@given(some_names, st.sampled_from(["", ".wav", ".flac", " (entries).zip"]))
def test_no_name_breaks_a_file_system(name: str, ending: str) -> None:
    for made in (archive_name(7, name, ending or ".m4a"), download_name(name, ending), download_name(name)):
        assert len(made.encode()) <= LONGEST_BYTES
        assert written(made) == made
        assert not set(made) & set('<>:"|?*\\/')
        assert made[0] not in ". "
        assert made[-1] not in ". "
        assert made == unicodedata.normalize("NFC", made)
    assert download_name(name, ending).endswith(ending)
    assert attachment(name).isascii()
    assert attachment(name).isprintable()
