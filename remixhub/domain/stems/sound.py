"""How a stem sounds in twelve figures, so that stems can be found that sound like it.

Each figure is a measure brought to 0…1 by bounds that hold all but the odd stem, and kept as one signed byte: -127 for
its lower bound and 127 for its upper one. Distance is Euclid's over weighted figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

RECIPE = 1
"""Raised when the same sound would get other figures: what was measured before is measured again."""
_REACH = 127


@dataclass(frozen=True)
class Axis:
    low: float
    high: float
    weight: float = 1.0


AXES: Mapping[str, Axis] = {
    "level_lufs": Axis(-50, -6, 0.5),
    "loudness_range_lu": Axis(0, 20, 0.5),
    "crest_db": Axis(3, 30),
    "brightness_octaves": Axis(5, 14, 2.0),  # where the power lies: 32 Hz to 16 kHz
    "spread_octaves": Axis(0, 3),
    "flatness_db": Axis(-50, 0),
    "low_share": Axis(0, 1),  # of the power below 200 Hz, as a root
    "high_share": Axis(0, 1),  # above 2 kHz
    "air_share": Axis(0, 1),  # above 8 kHz
    "onsets_root": Axis(0, 4),  # of those a second
    "regularity": Axis(0, 1),
    "silence_share": Axis(0, 1, 0.5),
}
WEIGHTS = tuple(axis.weight for axis in AXES.values())


def packed(figures: Mapping[str, float]) -> bytes:
    """In the order of the axes, a byte each."""
    return bytes(_byte(figures[name], axis) & 0xFF for name, axis in AXES.items())


def _byte(figure: float, axis: Axis) -> int:
    share = (figure - axis.low) / (axis.high - axis.low)
    return round(min(max(share, 0.0), 1.0) * 2 * _REACH) - _REACH
