"""Where things lie on paper, in millimetres from the sheet's upper left corner."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

A4 = (210.0, 297.0)


@dataclass(frozen=True)
class Box:
    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height

    def within(self, margin: float) -> Box:
        return Box(self.left + margin, self.top + margin, self.width - 2 * margin, self.height - 2 * margin)


@dataclass(frozen=True)
class LabelSheet:
    """A sheet of self-adhesive labels, upright A4, as makers sell it."""

    columns: int
    rows: int
    width: float
    height: float
    left: float
    top: float
    step_across: float
    step_down: float

    def boxes(self) -> Sequence[Box]:
        """By rows."""
        return [
            Box(self.left + column * self.step_across, self.top + row * self.step_down, self.width, self.height)
            for row in range(self.rows)
            for column in range(self.columns)
        ]


LABELS = LabelSheet(3, 7, 63.5, 38.1, 7.25, 15.15, 66.0, 38.1)
"""21 on a sheet, the commonest there is (Avery L7160 and what fits it)."""
STICK_LABELS = LabelSheet(5, 13, 38.1, 21.2, 4.75, 10.7, 40.6, 21.2)
"""65 on a sheet (Avery L7651): for USB sticks, and narrow enough for a cassette's."""

CARD_HEIGHT = 101.6
FLAP, SPINE, FRONT, INNER = 16.0, 12.7, 65.0, 64.0
CARD_WIDTH = FLAP + SPINE + FRONT + INNER
CARDS_A_SHEET = 2


@dataclass(frozen=True)
class Card:
    """A J-card of a cassette's case, seen from outside: back flap, spine, front, and a leaf that folds in behind it."""

    box: Box

    @property
    def flap(self) -> Box:
        return Box(self.box.left, self.box.top, FLAP, CARD_HEIGHT)

    @property
    def spine(self) -> Box:
        return Box(self.flap.right, self.box.top, SPINE, CARD_HEIGHT)

    @property
    def front(self) -> Box:
        return Box(self.spine.right, self.box.top, FRONT, CARD_HEIGHT)

    @property
    def inner(self) -> Box:
        """A millimetre narrower, so that it lies flat."""
        return Box(self.front.right, self.box.top, INNER, CARD_HEIGHT)

    @property
    def folds(self) -> Sequence[float]:
        return [self.spine.left, self.front.left, self.inner.left]


def cards() -> Sequence[Card]:
    """Those of one upright A4, one above the other."""
    left = (A4[0] - CARD_WIDTH) / 2
    gap = (A4[1] - CARDS_A_SHEET * CARD_HEIGHT) / (CARDS_A_SHEET + 1)
    return [
        Card(Box(left, gap + number * (CARD_HEIGHT + gap), CARD_WIDTH, CARD_HEIGHT)) for number in range(CARDS_A_SHEET)
    ]


@dataclass(frozen=True)
class ZinePage:
    number: int
    """1 to 8."""
    box: Box
    is_turned: bool
    """It stands on its head on the sheet."""


_TOP, _BOTTOM = (5, 4, 3, 2), (6, 7, 8, 1)


def zine_pages() -> Iterator[ZinePage]:
    """Eight pages on one lying A4, in the order in which they are read.

    Fold it in both middles and across again, cut from the middle to the first fold on either side (`zine_cut`), fold
    it lengthwise and push the ends together: the cover is below on the right, the back beside it.
    """
    width, height = A4[1] / 4, A4[0] / 2
    places = {number: (column, 0) for column, number in enumerate(_TOP)}
    places |= {number: (column, 1) for column, number in enumerate(_BOTTOM)}
    for number in range(1, 9):
        column, row = places[number]
        yield ZinePage(number, Box(column * width, row * height, width, height), is_turned=row == 0)


def zine_cut() -> tuple[float, float, float]:
    """From x, to x, at y."""
    return A4[1] / 4, A4[1] * 3 / 4, A4[0] / 2
