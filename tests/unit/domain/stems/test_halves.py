"""Halves of stereo files are told by their names, however programs write them."""

from __future__ import annotations

import pytest

from remixhub.domain.stems.halves import Halves, find_halves


@pytest.mark.parametrize(
    ("left", "right", "name"),
    [
        ("Kick.L.wav", "Kick.R.wav", "Kick.wav"),
        ("Kick_l.aif", "Kick_r.aif", "Kick.aif"),
        ("Kick - Left.wav", "Kick - Right.wav", "Kick.wav"),
        ("Kick (L).wav", "Kick (R).wav", "Kick.wav"),
        ("Kick[L].wav", "Kick[R].wav", "Kick.wav"),
        ("sub/Kick L.wav", "sub/kick r.wav", "sub/Kick.wav"),
        ("Kick.L", "Kick.R", "Kick"),
    ],
)
def test_two_halves_are_one(left: str, right: str, name: str) -> None:
    (found,) = find_halves([right, "Bass.wav", left])
    assert found == Halves(left, right)
    assert found.name == name


@pytest.mark.parametrize(
    "names",
    [
        ["Kick.L.wav"], ["Kick.L.wav", "Snare.R.wav"], ["KickL.wav", "KickR.wav"], ["Hall.wav", "Halr.wav"],
        ["a/Kick.L.wav", "b/Kick.R.wav"], ["Kick.L.wav", "Kick.R.aif"], ["Kick.L.wav", "Kick.right.wav"], [],
    ],
)  # fmt: skip
def test_others_are_not(names: list[str]) -> None:
    assert find_halves(names) == []
