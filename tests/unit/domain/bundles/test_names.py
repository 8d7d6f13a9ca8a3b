"""What sticks take: names given to anything at all are taken by FAT32, and what it would mix up is found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.bundles.names import LONGEST_PATH, faults_of, units_of
from remixhub.domain.filenames import archive_name

FAMILY = "\U0001f469\u200d\U0001f467"
NASTY = st.sampled_from(
    ["con", "NUL", "aux.", " ", ". .", "a:b", "..", "../..", "x" * 300, FAMILY * 60, "e\u0301", "K", "k"]
)


@given(st.lists(st.one_of(st.text(), NASTY), max_size=8))
def test_whatever_works_and_stems_are_called_sticks_take_the_names(titles: list[str]) -> None:
    paths = [
        f"stems/{archive_name(place, title, '', longest=40)}/{archive_name(1, title, '.wav', longest=40)}"
        for place, title in enumerate(titles, 1)
    ]
    assert list(faults_of(paths)) == []
    assert all(units_of(path) <= LONGEST_PATH for path in paths)


@pytest.mark.parametrize(
    "paths",
    [
        ["works/A.txt", "works/a.TXT"], ["works/straße", "works/STRASSE"], ["a/x", "A/y"], ["a", "a/b"], ["A", "a/b"],
        ["con"], ["x/Com1.txt"], ["lpt³"], ["a."], ["a "], [" a"], ["a:b"], ["a\\b"], ["a\tb"], ["a//b"], ["/a"],
        ["a/"], [".."], ["a/./b"], ["x" * 256], ["𝄞" * 128], ["abcdefghi/" * 20 + "x"], ["e\u0301"],
    ],
)  # fmt: skip
def test_what_a_stick_refuses_or_mixes_up_is_found(paths: list[str]) -> None:
    assert list(faults_of(paths))


def test_what_differs_is_not_mixed_up() -> None:
    assert list(faults_of(["a/b", "a/c", "b/a", "works/01 é.wav", "x" * 200])) == []
