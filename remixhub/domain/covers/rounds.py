"""Compositions around a centre: a record, a fan, arches, two reels."""

from __future__ import annotations

import math

from remixhub.domain.covers.score import Score
from remixhub.domain.covers.shapes import (
    SIDE,
    Area,
    Circle,
    Layer,
    Loop,
    Plate,
    Point,
    dot_screen,
    line_screen,
    sheet,
)


def record(score: Score) -> tuple[Plate, Plate]:
    """One turn from the beginning to the end, each column as a ray; the label stays paper."""
    x, y = score.pick("place", ((500, 500), (500, 500), (720, 690), (290, 700), (700, 300)))
    inner, outer = score.between("inner", 130, 190), score.between("outer", 430, 480)
    start = 360 * score.chance("start")
    rays = score.folded(score.pick("rays", (36, 48, 48)))
    wedges: list[Loop] = []
    for number, level in enumerate(rays):
        turn, half = start + 360 * number / len(rays), 360 / len(rays) * 0.29
        far = inner + 34 + (outer - inner - 34) * level
        wedges.append([_polar(x, y, inner + 26, turn - half), _polar(x, y, far, turn - half),
                       _polar(x, y, far, turn + half), _polar(x, y, inner + 26, turn + half)])  # fmt: skip
    label = Circle(x, y, inner * 0.72)
    hole = Circle(x, y, 16)
    if score.chance("ground") < 0.5:
        disc = Circle(x, y, outer + 30)
        first: Plate = (Layer((Area((sheet(), disc)),)), Layer((Area((label, hole)),)))
        return first, (Layer((Area(tuple(wedges)),)),)
    disc = Circle(x, y, (inner + outer) * 0.56)
    screen = dot_screen(score.pitch, score.angle, lambda px, py: score.pitch * 0.2 if px + py > SIDE * 1.2 else 0)
    return (Layer((Area((disc, label)),)), Layer(screen)), (Layer((Area(tuple(wedges)),)), Layer((Area((hole,)),)))


def fan(score: Score) -> tuple[Plate, Plate]:
    """Rays from a corner or the foot of the sheet, as long as the columns; every other one on the other plate."""
    (x, y), begin, end = score.pick(
        "place", (((0, 1000), -90, 0), ((1000, 1000), -180, -90), ((500, 1000), -180, 0), ((0, 0), 0, 90))
    )
    levels = score.folded(score.pick("rays", (12, 16, 24)))
    reach = 940 if x == 500 else 1300
    width = (end - begin) / len(levels)
    loops: tuple[list[Loop], list[Loop]] = ([], [])
    for number, level in enumerate(levels):
        far = reach * (0.42 + 0.58 * level)
        turn = begin + width * number
        extra = width * 0.22
        edge = [_polar(x, y, far, turn - extra + (width + 2 * extra) * step / 4) for step in range(5)]
        loops[number % 2].append([(x, y), *edge])
    sun = Circle(x, y, reach * score.between("sun", 0.16, 0.26))
    first, second = (Layer(tuple(Area((loop,)) for loop in one)) for one in loops)
    if score.chance("screen") < 0.5:
        second = Layer((line_screen(score.pitch, score.angle, 0.56),), within=Area(tuple(loops[1])))
    return (first,), (second, Layer((Area((sun,)),)))


def arches(score: Score) -> tuple[Plate, Plate]:
    """Rings about one centre, broad where the music is loud; by turns solid, lined and of the other ink."""
    x, y = score.pick("place", ((500, 1010), (500, 1010), (-10, 1010), (1010, 1010), (500, 500)))
    levels = score.folded(score.pick("rings", (5, 6, 7)))
    reach = 480 if y == 500 else 900 if x == 500 else 1180
    weights = [0.35 + level for level in levels]
    room = reach / sum(weights)
    first: list[Layer] = []
    second: list[Layer] = []
    near = 0.0
    for number, weight in enumerate(weights):
        far = near + weight * room
        loops = (Circle(x, y, far + 10), Circle(x, y, max(near, 1) - 10 if number else 1))
        ring = Area(loops if number else loops[:1])
        if number % 3 == 0:
            second.append(Layer((ring,)))
        elif number % 3 == 1:
            first.append(Layer((ring,)))
        else:
            second.append(Layer((line_screen(score.pitch, score.angle, 0.5),), within=ring))
        near = far
    if score.chance("ground") < 0.5:
        first.append(Layer((Area((sheet(), Circle(x, y, reach - 2))),)))
    return tuple(first), tuple(second)


def reels(score: Score) -> tuple[Plate, Plate]:
    """Side A and side B: two rounds whose rims are the first and the second half of the music, one over the other."""
    lean = score.between("lean", -0.9, 0.9)
    apart = score.between("apart", 150, 210)
    dx, dy = math.cos(lean) * apart, math.sin(lean) * apart
    size = score.between("size", 240, 290)
    left = _rim(score, 500 - dx, 500 - dy, size, 0.0)
    right = _rim(score, 500 + dx, 500 + dy, size, 0.5)
    hubs = [Circle(500 + side * dx, 500 + side * dy, size * 0.27) for side in (-1, 1)]
    screen = line_screen(score.pitch, score.angle, 0.55)
    dots = dot_screen(
        score.pitch, score.angle, lambda x, y: score.pitch * 0.37 * (_far(x - 500 - dx, y - 500 - dy) < 440)
    )
    side_b = Area((right, hubs[1]))
    second = score.pick("screen", (Layer((side_b,)), Layer((screen,), within=side_b), Layer(dots, within=side_b)))
    return (Layer((Area((left, hubs[0])),)),), (second,)


def _rim(score: Score, x: float, y: float, radius: float, begins: float) -> list[Point]:
    """Teeth as long as the columns, there and back, so that the end meets the beginning."""
    points = []
    teeth = score.pick("teeth", (20, 28, 36))
    start = 360 * score.chance(f"turn{begins}")
    for tooth in range(teeth):
        far = radius * (0.78 + 0.72 * score.at(begins + abs(tooth / teeth - 0.5)))
        for share in (0, 0.33, 0.66, 1):
            points.append(_polar(x, y, far, start + 360 * (tooth + share) / teeth))
    return points


def _far(x: float, y: float) -> float:
    return math.hypot(x, y)


def _polar(x: float, y: float, radius: float, degrees: float) -> Point:
    turn = math.radians(degrees)
    return x + radius * math.cos(turn), y + radius * math.sin(turn)
