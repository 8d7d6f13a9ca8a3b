"""Stereo files that were split into a mono file for each side, as Pro Tools writes them: `Kick.L.wav`, `Kick.R.wav`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_SIDE = re.compile(
    r"^(?P<name>.*?)(?:[ ._-]+[(\[]?|[(\[])(?P<side>l|r|left|right)[)\]]?(?P<suffix>\.\w{1,5})?$", re.IGNORECASE
)
_OTHER = {"l": "r", "left": "right"}


@dataclass(frozen=True)
class Halves:
    left: str
    right: str

    @property
    def name(self) -> str:
        """Of both together: `Kick.wav`."""
        match = _SIDE.match(self.left)
        assert match is not None
        return f"{match['name']}{match['suffix'] or ''}"


def find_halves(names: Iterable[str]) -> list[Halves]:
    """By their names alone; whether both are mono and equally long has to be looked at."""
    by_side: dict[tuple[str, str, str], str] = {}
    for name in names:
        if match := _SIDE.match(name):
            by_side[match["name"].lower(), match["side"].lower(), (match["suffix"] or "").lower()] = name
    return [
        Halves(name, by_side[stem, _OTHER[side], suffix])
        for (stem, side, suffix), name in by_side.items()
        if side in _OTHER and (stem, _OTHER[side], suffix) in by_side
    ]
