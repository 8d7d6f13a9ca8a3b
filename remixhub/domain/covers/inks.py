"""The inks and papers of the house; the same by day and by night, as a print is."""

from __future__ import annotations

from dataclasses import dataclass

from remixhub.domain.covers.score import Score

_PAPER, _TAPE = "#f3eee2", "#efe0a9"
_ORANGE, _BLUE, _PLUM, _INK = "#f04a23", "#2a47c9", "#6a1f4f", "#17161a"


@dataclass(frozen=True)
class Inks:
    first: str
    second: str
    both: str
    """Where they are printed over each other."""
    paper: str = _PAPER


_BRIGHT = (
    Inks(_ORANGE, _BLUE, _PLUM),
    Inks(_ORANGE, _PLUM, "#5c1028"),
    Inks(_BLUE, _ORANGE, _PLUM),
    Inks(_ORANGE, _INK, "#2c1210", _TAPE),
)
_DARK = (
    Inks(_BLUE, _PLUM, "#241048", _TAPE),
    Inks(_BLUE, _INK, "#0d1030"),
    Inks(_PLUM, _ORANGE, "#2a0a1e"),
    Inks(_ORANGE, _INK, "#2c1210"),
    Inks(_BLUE, _ORANGE, _PLUM),
)


def inks_of(score: Score) -> Inks:
    """Major keys print bright and minor ones dark; the tonic says in which order."""
    palette = _DARK if score.is_minor else _BRIGHT
    return palette[score.tonic % len(palette)]
