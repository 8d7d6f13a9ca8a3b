"""Automation as music programs have it: straight in amplitude between its points, where a mix is straight in decibels.

So a slope gets points in between, each of them on the curve, and reading takes those out again that lie on the straight
line between their neighbours. What a person had put right there is lost, and nothing is heard of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from remixhub.domain.mix_spec import Point

_STEP_DB = 1.5
"""Between neighbours this far apart, amplitude leaves the decibels' line by at most 0.033 dB."""
_MOST_STEPS = 40
_MOST_POINTS = 50_000
"""To which all curves of a session grow, unless they have more from the start."""
_ON_THE_LINE = 1e-6
_DIGITS = 9
"""In which what was written is read: far below what is heard, above what floats lose on the way."""


def amplitude(gain_db: float) -> float:
    return math.pow(10.0, gain_db / 20.0)


def decibels(value: float) -> float:
    return round(20.0 * math.log10(value), _DIGITS) + 0.0


def rounded(value: float) -> float:
    return round(value, _DIGITS) + 0.0


def most_steps(count: int) -> int:
    """Between two points of a session that has so many in all."""
    return min(_MOST_STEPS, max(1, _MOST_POINTS // max(count, 1)))


def sloped(points: Sequence[Point], most: int) -> Sequence[Point]:
    """A curve in decibels with enough points for programs that go straight in amplitude; at most so many steps each."""

    def steps(before: Point, after: Point) -> int:
        wanted = math.ceil(abs(after.value - before.value) / _STEP_DB)
        return max(1, min(wanted, most, after.at_frames - before.at_frames))

    return _between(points, lambda before, after: [
        before.at_frames + step * (after.at_frames - before.at_frames) // steps(before, after)
        for step in range(1, steps(before, after))
    ])  # fmt: skip


def held(points: Sequence[Point], lowest: float, highest: float) -> Sequence[Point]:
    """A curve that stays within bounds: it bends where it meets one, to the frame."""

    def crossings(before: Point, after: Point) -> list[int]:
        rise, run = after.value - before.value, after.at_frames - before.at_frames
        met = [
            before.at_frames + round(run * (bound - before.value) / rise)
            for bound in (lowest, highest)
            if min(before.value, after.value) < bound < max(before.value, after.value)
        ]
        return sorted({frame for frame in met if before.at_frames < frame < after.at_frames})

    bent = _between(points, crossings)
    return [Point(point.at_frames, min(max(point.value, lowest), highest)) for point in bent]


def unsloped(points: Sequence[Point]) -> tuple[Point, ...]:
    """Without what `sloped` put in between: points of a slope on the line between those beside them."""
    if len(points) < 3:
        return tuple(points)
    kept = [points[0]]
    for point, after in pairwise(points[1:]):
        if point.value in (kept[-1].value, after.value) or not _is_between(kept[-1], point, after):
            kept.append(point)
    return (*kept, points[-1])


def _is_between(before: Point, point: Point, after: Point) -> bool:
    return abs(_at(before, after, point.at_frames) - point.value) <= _ON_THE_LINE


def _at(before: Point, after: Point, frame: int) -> float:
    share = (frame - before.at_frames) / (after.at_frames - before.at_frames)
    return before.value + (after.value - before.value) * share


def _between(points: Sequence[Point], frames: Callable[[Point, Point], Sequence[int]]) -> list[Point]:
    """With further points on the curve, at the frames that are given for each two neighbours."""

    def parts() -> Iterator[Point]:
        for before, after in pairwise(points):
            yield before
            yield from (Point(frame, _at(before, after, frame)) for frame in frames(before, after))
        yield from points[-1:]

    return list(parts())
