"""What a plate is cut from: areas, dots and strokes on a sheet of 1000 × 1000, in whole units."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

SIDE = 1000
_OVER = 40
"""How far shapes reach beyond the sheet: a plate that was laid askew still covers its edge."""

Point = tuple[float, float]


@dataclass(frozen=True)
class Circle:
    x: float
    y: float
    radius: float


Loop = Circle | Sequence[Point]


@dataclass(frozen=True)
class Area:
    """Filled by the even-odd rule: a loop inside another is a hole."""

    loops: tuple[Loop, ...]


@dataclass(frozen=True)
class Dots:
    at: tuple[Point, ...]
    radius: float


@dataclass(frozen=True)
class Strokes:
    lines: tuple[Sequence[Point], ...]
    width: float


Shape = Area | Dots | Strokes


@dataclass(frozen=True)
class Layer:
    shapes: tuple[Shape, ...]
    within: Area | None = None
    """What lies outside of it is not printed."""


Plate = tuple[Layer, ...]


def box(left: float, top: float, right: float, bottom: float) -> list[Point]:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def sheet() -> list[Point]:
    return box(-_OVER, -_OVER, SIDE + _OVER, SIDE + _OVER)


def ground(line: Sequence[Point], to_y: float = SIDE + _OVER) -> Area:
    """What lies between a line from left to right and a height."""
    first, last = line[0], line[-1]
    return Area(([(-_OVER, to_y), (-_OVER, first[1]), *line, (SIDE + _OVER, last[1]), (SIDE + _OVER, to_y)],))


def dot_screen(pitch: float, angle: float, radius_at: Callable[[float, float], float]) -> tuple[Dots, ...]:
    """A halftone: a turned grid of dots, each as large as `radius_at` says, in steps of one unit; none below 2."""
    sized: dict[int, list[Point]] = {}
    for x, y in _grid(pitch, angle):
        radius = round(radius_at(x, y))
        if radius >= 2:
            sized.setdefault(radius, []).append((x, y))
    return tuple(Dots(tuple(points), radius) for radius, points in sorted(sized.items()))


def line_screen(pitch: float, angle: float, share: float = 0.5) -> Strokes:
    """Parallel lines over the whole sheet; `share` of the paper is inked."""
    along, across = _axes(angle)
    reach = SIDE * 0.78
    lines = []
    for step in range(-math.ceil(reach / pitch), math.ceil(reach / pitch) + 1):
        x, y = SIDE / 2 + across[0] * step * pitch, SIDE / 2 + across[1] * step * pitch
        lines.append([(x - along[0] * reach, y - along[1] * reach), (x + along[0] * reach, y + along[1] * reach)])
    return Strokes(tuple(lines), pitch * share)


def turned(plate: Plate) -> Plate:
    """What stood lies: left is top, and top is left."""
    return tuple(
        Layer(tuple(map(_turned, layer.shapes)), within=None if layer.within is None else _turned_area(layer.within))
        for layer in plate
    )


def _turned(shape: Shape) -> Shape:
    if isinstance(shape, Area):
        return _turned_area(shape)
    if isinstance(shape, Dots):
        return Dots(tuple((y, x) for x, y in shape.at), shape.radius)
    return Strokes(tuple([(y, x) for x, y in line] for line in shape.lines), shape.width)


def _turned_area(area: Area) -> Area:
    return Area(
        tuple(
            Circle(loop.y, loop.x, loop.radius) if isinstance(loop, Circle) else [(y, x) for x, y in loop]
            for loop in area.loops
        )
    )


def _grid(pitch: float, angle: float) -> Iterable[Point]:
    along, across = _axes(angle)
    count = math.ceil(SIDE * 0.75 / pitch)
    for row in range(-count, count + 1):
        for column in range(-count, count + 1):
            x = SIDE / 2 + (along[0] * column + across[0] * row) * pitch
            y = SIDE / 2 + (along[1] * column + across[1] * row) * pitch
            if -pitch < x < SIDE + pitch and -pitch < y < SIDE + pitch:
                yield x, y


def _axes(angle: float) -> tuple[Point, Point]:
    """`angle` in degrees."""
    turn = math.radians(angle)
    return (math.cos(turn), math.sin(turn)), (-math.sin(turn), math.cos(turn))
