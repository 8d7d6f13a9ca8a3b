"""Compositions of columns, as a sound is drawn: bars, a halftone, combs, steps."""

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
    box,
    dot_screen,
    line_screen,
    sheet,
    turned,
)


def bars(score: Score) -> tuple[Plate, Plate]:
    """The waveform in broad bars, printed twice and not quite in the same place."""
    levels = score.folded(score.pick("bars", (7, 9, 12)))
    margin, middle = score.pick("margin", (70, -10)), score.between("middle", 460, 520)
    step = (SIDE - 2 * margin) / len(levels)
    lag = score.pick("lag", (1, 2, -1))
    first, second = [], []
    for number, level in enumerate(levels):
        x = margin + step * number
        half = 40 + 390 * level
        first.append(box(x + step * 0.1, middle - half, x + step * 0.72, middle + half))
        other = 40 + 340 * levels[(number + lag) % len(levels)]
        second.append(box(x + step * 0.38, middle - other + 46, x + step, middle + other + 46))
    one, two = (Layer(tuple(Area((loop,)) for loop in loops)) for loops in (first, second))
    if score.chance("ground") < 0.35:
        one = Layer((Area((sheet(), *first)),))
    if score.chance("screen") < 0.45:
        two = Layer((line_screen(score.pitch * 0.8, score.angle, 0.55),), within=Area(tuple(second)))
    return _turned(score, (one,), (two,))


def halftone(score: Score) -> tuple[Plate, Plate]:
    """The waveform as a halftone: dots swell where it is loud, before one large plain shape."""
    pitch = max(score.pitch, 40)
    upright = score.chance("upright") < 0.4

    def radius(x: float, y: float) -> float:
        along, off = (y, x) if upright else (x, y)
        level = 0.12 + 0.48 * score.at(along / SIDE)
        near = max(0.0, 1 - abs(off - 500) / (level * SIDE))
        return pitch * 0.6 * math.pow(near, 0.7)

    lean = score.between("lean", -180, 180)
    shapes: tuple[Loop, ...] = (
        Circle(score.between("x", 350, 650), score.between("y", 350, 650), score.between("size", 260, 350)),
        [(500 + lean, 90), (920, 860), (80, 860)],
        [(-40, 500 + lean), (1040, 500 - lean), (1040, 1040), (-40, 1040)],
        [(500 + lean, -40), (1040, -40), (1040, 1040), (500 - lean, 1040)],
    )
    shape = score.pick("shape", shapes)
    loops = (sheet(), shape) if isinstance(shape, Circle) and score.chance("turned") < 0.5 else (shape,)
    return (Layer((Area(loops),)),), (Layer(dot_screen(pitch, score.angle, radius)),)


def comb(score: Score) -> tuple[Plate, Plate]:
    """Thin upright strips over the whole sheet that part where the music stands, over a round in the other ink."""
    levels = score.folded(score.pick("strips", (24, 32, 48)))
    step = SIDE / len(levels)
    middle = score.between("middle", 380, 620)
    strips: list[Loop] = []
    for number, level in enumerate(levels):
        x, half = step * number, 20 + 330 * level
        strips.append(box(x, -40, x + step * 0.62, middle - half))
        strips.append(box(x, middle + half, x + step * 0.62, 1040))
    round_ = Circle(score.between("x", 320, 680), middle, score.between("size", 210, 300))
    first: tuple[Layer, ...] = (Layer((Area((round_,)),)),)
    if score.chance("ground") < 0.35:
        first = (Layer((Area((sheet(), round_)),)),)
    return _turned(score, first, (Layer((Area(tuple(strips)),)),))


def stairs(score: Score) -> tuple[Plate, Plate]:
    """Two flights of broad steps from opposite sides; what meets is printed over."""
    levels = score.folded(score.pick("steps", (7, 8, 10)))
    room = (SIDE + 80) / len(levels)
    from_left, from_right = [], []
    for number, level in enumerate(levels):
        y = -40 + room * number
        from_left.append(box(-40, y, 120 + 700 * level, y + room + 1))
        other = levels[-1 - number]
        from_right.append(box(940 - 640 * other, y + room * 0.5, 1040, y + room * 1.5 + 1))
    two = Layer((Area((_outline(from_right),)),))
    if score.chance("screen") < 0.6:
        within = Area((_outline(from_right),))
        lined = score.chance("lined") < 0.5
        screen = (
            (line_screen(score.pitch, score.angle, 0.5),)
            if lined
            else dot_screen(max(score.pitch, 40), score.angle, lambda x, y: max(score.pitch, 40) * 0.38)
        )
        two = Layer(screen, within=within)
    return _turned(score, (Layer((Area((_outline(from_left),)),)),), (two,))


def _turned(score: Score, first: Plate, second: Plate) -> tuple[Plate, Plate]:
    return (turned(first), turned(second)) if score.chance("turned") < 0.4 else (first, second)


def _outline(boxes: list[list[tuple[float, float]]]) -> Loop:
    """Of boxes that stand on each other and share one side."""
    right = [point for one in boxes for point in (one[1], one[2])]
    left = [point for one in reversed(boxes) for point in (one[3], one[0])]
    return right + left
