"""Compositions that stand on a horizon: hills, a sun over water, a town, strata."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from remixhub.domain.covers.score import Score
from remixhub.domain.covers.shapes import (
    SIDE,
    Area,
    Circle,
    Layer,
    Plate,
    Point,
    box,
    dot_screen,
    ground,
    line_screen,
    sheet,
)

_EDGE = 40
_FINE = 72


def hills(score: Score) -> tuple[Plate, Plate]:
    """A sun that was left out of the sky, a ridge as the music swells, and peaks before it."""
    sun = Circle(score.between("x", 330, 700), score.between("y", 270, 380), score.between("size", 190, 290))
    screen = _sun_screen(score, Circle(sun.x + 14, sun.y + 10, sun.radius))
    back = _ridge(score, base=score.between("base", 760, 820), height=score.between("height", 260, 380))
    peaks, lean = score.folded(score.pick("peaks", (3, 4, 5, 6))), score.between("lean", 0.3, 0.7)
    width = (SIDE + 2 * _EDGE) / len(peaks)
    front: list[Point] = []
    for number, level in enumerate(peaks):
        front += [(-_EDGE + width * number, 1000 - 60 * level), (-_EDGE + width * (number + lean), 930 - 330 * level)]
    front.append((SIDE + _EDGE, 980))
    sky: Plate = (Layer((Area((sheet(), sun)),)),)
    return sky, (screen, Layer((line_screen(score.pitch, score.angle),), within=ground(back)), Layer((ground(front),)))


def water(score: Score) -> tuple[Plate, Plate]:
    """A sun at the horizon; on the water lie the columns, the beginning far away."""
    horizon = score.between("horizon", 430, 560)
    sun = Circle(score.between("x", 300, 700), horizon - score.between("rise", 0, 150), score.between("size", 210, 300))
    levels = score.folded(score.pick("waves", (13, 16, 19)))
    room = (SIDE - horizon - 30) / sum(1 + 0.12 * number for number in range(len(levels)))
    light, y = [], horizon + 26
    for number, level in enumerate(levels):
        high = room * (1 + 0.12 * number)
        reach = 60 + 430 * level
        sway = (score.chance(f"sway{number}") - 0.5) * 130
        light.append(Area((box(sun.x + sway - reach, y, sun.x + sway + reach, y + high * 0.52),)))
        y += high
    above = Area((box(-_EDGE, -_EDGE, SIDE + _EDGE, horizon),))
    disc = Layer((Area((sun,)),), within=above)
    if score.chance("night") < 0.5:
        sea = Area((box(-_EDGE, horizon, SIDE + _EDGE, SIDE + _EDGE),))
        return (disc, Layer((sea,))), (Layer(tuple(light)), Layer((line_screen(score.pitch, 0, 0.34),), within=above))
    return (Layer((Area((sheet(), sun)),), within=above), Layer(tuple(light))), (
        Layer(dot_screen(score.pitch, score.angle, lambda x, y: _within(sun, x, y) * score.pitch * 0.36), within=above),
        Layer((line_screen(score.pitch * 0.8, 0, 0.3),), within=Area((box(-_EDGE, horizon, 1040, 1040),))),
    )


def town(score: Score) -> tuple[Plate, Plate]:
    """Blocks as high as the columns, two rows of them, under a moon."""
    moon = Circle(score.between("x", 260, 740), score.between("y", 220, 330), score.between("size", 130, 210))
    far, near = score.folded(score.pick("far", (11, 13, 15))), score.folded(score.pick("near", (6, 7, 8)))
    behind = Area(([(-_EDGE, 1040), *_steps(far[::-1], 760, 480), (1040, 1040)],))
    before = _steps(near, 960, 520)
    windows = [loop for number, level in enumerate(near) for loop in _windows(score, number, len(near), level)]
    sky = Layer((Area((sheet(), moon)),)) if score.chance("night") < 0.6 else Layer((Area((moon,)),))
    screen = Layer((line_screen(score.pitch, score.pick("way", (0, 45, 90, 135)), 0.46),), within=behind)
    return (sky,), (screen, Layer((Area(([(-_EDGE, 1040), *before, (1040, 1040)], *windows)),)))


def strata(score: Score) -> tuple[Plate, Plate]:
    """The music cut into lengths that lie over each other, each with the edge that it sounds like."""
    count = score.pick("count", (4, 5, 6))
    plates: tuple[list[Layer], list[Layer]] = ([], [])
    top, pitch = score.between("top", 200, 280), max(score.pitch, 42)
    room = (SIDE - top) / count
    for number in range(count):
        line = []
        for step in range(_FINE + 1):
            level = score.at((number + step / _FINE) / count)
            line.append((SIDE * step / _FINE, top + room * (number + 0.8 - 1.7 * level)))
        fill = ground(line, to_y=top + room * (number + 1.3))
        kind = (number + int(score.chance("first") * 4)) % 4
        screen = (
            (fill,),
            (line_screen(score.pitch, score.angle + 40 * number, 0.5),),
            (fill,),
            dot_screen(
                pitch, score.angle, _band(pitch * 0.38, top + room * (number - 0.95), top + room * (number + 1.3))
            ),
        )[kind]
        plates[(0, 1, 1, 0)[kind]].append(Layer(screen, within=None if kind in (0, 2) else fill))
    if score.chance("sun") < 0.6:
        sun = Circle(score.between("x", 200, 800), top + 20, score.between("size", 110, 190))
        plates[0].append(Layer((Area((sun,)),)))
    return tuple(plates[0]), tuple(plates[1])


def _ridge(score: Score, base: float, height: float) -> list[Point]:
    shares = [step / _FINE for step in range(_FINE + 1)]
    return [(SIDE * share, base - height * score.at(0.5 + (share - 0.5) * 0.7)) for share in shares]


def _sun_screen(score: Score, sun: Circle) -> Layer:
    if score.chance("sun-screen") < 0.65:
        return Layer(dot_screen(score.pitch, score.angle, lambda x, y: _within(sun, x, y) * score.pitch * 0.34))
    return Layer((line_screen(score.pitch, score.angle + 90, 0.4),), within=Area((sun,)))


def _within(sun: Circle, x: float, y: float) -> float:
    return 1.0 if math.hypot(x - sun.x, y - sun.y) <= sun.radius else 0.0


def _band(radius: float, top: float, bottom: float) -> Callable[[float, float], float]:
    return lambda _x, y: radius if top <= y <= bottom else 0.0


def _steps(levels: Sequence[float], base: float, height: float) -> list[Point]:
    width = (SIDE + 2 * _EDGE) / len(levels)
    line = []
    for number, level in enumerate(levels):
        y = base - height * (0.12 + 0.88 * level)
        line += [(-_EDGE + width * number, y), (-_EDGE + width * (number + 1), y)]
    return line


def _windows(score: Score, number: int, count: int, level: float) -> list[list[Point]]:
    width = (SIDE + 2 * _EDGE) / count
    left, top = -_EDGE + width * number, 960 - 520 * (0.12 + 0.88 * level)
    found = []
    for row in range(int((940 - top) / 62)):
        for column in range(2):
            if score.chance(f"window{number}.{row}.{column}") < 0.34:
                x, y = left + width * (0.22 + 0.34 * column), top + 36 + 62 * row
                found.append(box(x, y, x + width * 0.2, y + 30))
    return found
