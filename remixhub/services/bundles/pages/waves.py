"""Envelopes as paths for inline SVG: a stroke for each step, about a hundred steps across."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

STEPS = 96
HALF = 50
"""The height above the middle line, and below."""


def folded(envelope: Sequence[int], steps: int) -> list[int]:
    """The highest of what falls into each step; as it is where it has no more than `steps`. Values within 0–100."""
    held = [min(max(level, 0), 100) for level in envelope]
    if len(held) <= steps:
        return held
    bounds = [step * len(held) // steps for step in range(steps + 1)]
    return [max(held[first:last]) for first, last in pairwise(bounds)]


def strokes(envelope: Sequence[int]) -> str:
    """To be stroked at a width of less than 1, in a box of `len` by 100; silence is a thin line."""
    return "".join(
        f"M{step}.5 {HALF - reach}v{2 * reach}"
        for step, level in enumerate(folded(envelope, STEPS))
        for reach in (max(round(level * HALF / 100), 1),)
    )


def width(envelope: Sequence[int]) -> int:
    return min(len(envelope), STEPS)
