from __future__ import annotations

import pytest

from remixhub.domain.licences.terms import OFFERED, Licence
from remixhub.domain.stems.qc import FindingCode
from remixhub.web import filters


@pytest.mark.parametrize(
    ("seconds", "text"), [(None, "–"), (0.0, "0:00"), (59.99, "0:59"), (187.2, "3:07"), (3723.0, "1:02:03")]
)
def test_durations_read_like_a_clock(seconds: float | None, text: str) -> None:
    assert filters.duration(seconds) == text


@pytest.mark.parametrize(
    ("count_bytes", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (48_211_000, "48 MB"),
        (2 * 1024**3, "2.1 GB"),
        (10**16, "10000 TB"),
    ],
)
def test_sizes_are_decimal_as_in_file_managers(count_bytes: int, text: str) -> None:
    assert filters.size(count_bytes) == text


def test_levels_use_a_real_minus_and_name_silence() -> None:
    assert filters.lufs(-14.04) == "−14.0 LUFS"
    assert filters.lufs(None) == "silent"
    assert filters.dbtp(-1.0) == "−1.0 dBTP"
    assert filters.decibels(0.0) == "0 dB"
    assert filters.decibels(-3.5) == "−3.5 dB"
    assert filters.decibels(2.0) == "+2.0 dB"


def test_licences_have_short_names_and_say_what_they_ask() -> None:
    assert filters.licence_name(Licence.BY_NC_SA) == "CC BY-NC-SA 4.0"
    assert filters.licence_name(Licence.CC0) == "CC0 1.0"
    assert filters.licence_name(Licence("cc-by-sa-3.0-de")) == "CC BY-SA 3.0 DE"
    assert filters.licence_name(Licence("LicenseRef-contest-nc-0123456789")) == "Contest licence 0123456789"
    assert "not commercially" in filters.licence_meaning(Licence.BY_NC)
    assert "unchanged" in filters.licence_meaning(Licence.BY_ND)
    assert len({filters.licence_meaning(licence) for licence in OFFERED}) == len(OFFERED)


def test_counts_agree_with_their_noun() -> None:
    assert filters.count(1, "remix", "remixes") == "1 remix"
    assert filters.count(0, "stem") == "0 stems"


@pytest.mark.parametrize("code", [*FindingCode, "review_failed"])
def test_every_finding_has_words(code: str) -> None:
    words = filters.finding_title({"code": code, "stem": "s1"}, {"s1": "Bass"})
    assert words.startswith("“Bass”: ")
    assert "_" not in words


def test_a_finding_about_the_mix_says_so() -> None:
    assert filters.finding_title({"code": "mix_differs", "stem": None}, {}).startswith("Reference mix: ")


@pytest.mark.parametrize(
    ("key", "shown"), [("A minor", "A minor · 8A"), ("am", "am · 8A"), ("hijaz on D", "hijaz on D"), (None, "")]
)
def test_a_key_stands_as_it_was_stated_with_its_place_on_the_wheel(key: str | None, shown: str) -> None:
    assert filters.with_camelot(key) == shown


@pytest.mark.parametrize(
    ("title", "name", "shown"),
    [
        ("Sign in – RemixHub", "Stem Mill", "Sign in – Stem Mill"),
        ("Sign in – RemixHub", "", "Sign in"),
        ("RemixHub", "Stem Mill", "Stem Mill"),
        ("RemixHub – a song – RemixHub", "Stem Mill", "RemixHub – a song – Stem Mill"),
        ("Of no house", "Stem Mill", "Of no house"),
    ],
)
def test_titles_name_the_hub_as_its_operators_do(title: str, name: str, shown: str) -> None:
    assert filters.of_house(title, name) == shown
