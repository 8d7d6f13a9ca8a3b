"""A lineage as boxes and curves in pixels, for SVG: small on a work's page, whole as a file."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from remixhub.domain.licences.marks import Mark, code_of, marks_of
from remixhub.domain.licences.terms import Licence
from remixhub.domain.lineage.drawing import Drawn, DrawnLink, Layout, lay_out
from remixhub.domain.lineage.generations import ELSEWHERE, Link

BOX_WIDTH, BOX_HEIGHT = 166, 46
_COLUMN, _ROW, _MARGIN = 208, 60, 14
_LETTERS = 22
"""In a line of a box."""
_SLIM, _BROAD = frozenset("iljtfrI.,:;'’!|()[] "), frozenset("mwMW@%&—…")


@dataclass(frozen=True)
class Labelled:
    """A work as pictures name it."""

    id: str
    title: str
    artist: str
    licence: Licence
    is_tombstone: bool = False
    address: str = ""
    """Of a source from elsewhere."""
    site: str = ""
    """The same source's; it stands in the artist's place, whom the words name."""

    @property
    def is_elsewhere(self) -> bool:
        return bool(self.address)


@dataclass(frozen=True)
class Box:
    work: Labelled
    x: float
    y: float
    title: str
    """Cut to what has room."""
    line: str
    marks: Sequence[Mark]
    is_focus: bool

    @property
    def words(self) -> str:
        """All that the box shows, for who does not see it: first what is written there, so that it can be spoken to."""
        whole = [] if self.title == self.work.title else [f"in full {self.work.title} by {self.work.artist}"]
        marks = [mark.words for mark in self.marks]
        elsewhere = [f"by {self.work.artist}", "from elsewhere"] if self.work.is_elsewhere else []
        return ", ".join(
            [
                f"{self.title} {self.line}",
                *whole,
                *marks,
                *(["tombstone"] if self.work.is_tombstone else []),
                *elsewhere,
            ]
        )


@dataclass(frozen=True)
class Curve:
    d: str
    """The path, from the source to the derivative."""
    is_disputed: bool
    is_near: bool
    """One of its ends is the focus."""


@dataclass(frozen=True)
class Picture:
    width: float
    height: float
    boxes: Sequence[Box]
    """From the left, from above."""
    curves: Sequence[Curve]
    generations: Sequence[tuple[float, int]]
    """Where each column begins, and which generation stands there."""
    box_width: int = BOX_WIDTH
    box_height: int = BOX_HEIGHT


def _mono(letter: str) -> float:
    return 0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def _proportional(letter: str) -> float:
    """About so wide in a heavy grotesque, in letters."""
    if letter in _SLIM:
        return 0.6
    return 1.45 if letter in _BROAD else 1.2 if letter.isupper() else _mono(letter)


def picture(
    works: Iterable[Labelled], links: Collection[Link], *, focus_id: str = "", disputed: Collection[Link] = ()
) -> Picture:
    """`works` oldest first: the order decides between places that are as good."""
    known = {one.id: one for one in works}
    placed = [Drawn(rank, id, ELSEWHERE if one.is_elsewhere else 0) for rank, (id, one) in enumerate(known.items())]
    layout = lay_out(placed, links)
    curves = [
        Curve(_path(layout, one), one.link in disputed, focus_id in (one.link.source_id, one.link.derivative_id))
        for one in layout.links
    ]
    by_place = sorted(layout.places.items(), key=lambda one: (one[1].column, one[1].row))
    boxes = [
        _box(known[id], _x(place.column), _y(place.row) - BOX_HEIGHT / 2, is_focus=id == focus_id)
        for id, place in by_place
    ]
    width = _x(max(len(layout.generations) - 1, 0)) + BOX_WIDTH + _MARGIN
    heads = [(_x(column), generation) for column, generation in enumerate(layout.generations)]
    return Picture(width, _y(layout.rows) + _MARGIN, boxes, curves, heads)


def cut_title(title: str, marks: Collection[Mark]) -> str:
    """The first line of a box; the marks stand behind it."""
    return cut(title, _LETTERS - 2.5 * len(marks), _proportional)


def cut_line(artist: str, code: str) -> str:
    """The second."""
    return f"{cut(artist, _LETTERS - 1 - len(code))} · {code}"


def cut(text: str, room: float, width: Callable[[str], float] = _mono) -> str:
    """To so many letters, with an ellipsis for the rest."""
    if sum(map(width, text)) <= room:
        return text
    taken = ""
    for letter in text:
        room -= width(letter)
        if room < 1:
            break
        taken += letter
    return taken.rstrip() + "…"


def _box(work: Labelled, x: float, y: float, *, is_focus: bool) -> Box:
    code, marks = code_of(work.licence), marks_of(work.licence)
    return Box(work, x, y, cut_title(work.title, marks), cut_line(work.site or work.artist, code), marks, is_focus)


def _path(layout: Layout, drawn: DrawnLink) -> str:
    source, derivative = layout.places[drawn.link.source_id], layout.places[drawn.link.derivative_id]
    d = f"M{_x(source.column) + BOX_WIDTH} {_y(source.row):g}"
    at = (_x(source.column) + BOX_WIDTH, _y(source.row))
    for number, bend in enumerate(drawn.bends, start=source.column + 1):
        d += _curve(at, (_x(number), _y(bend)))
        at = (_x(number) + BOX_WIDTH, _y(bend))
        d += f"H{at[0]:g}"
    return d + _curve(at, (_x(derivative.column), _y(derivative.row)))


def _curve(start: tuple[float, float], end: tuple[float, float]) -> str:
    middle = (start[0] + end[0]) / 2
    return f"C{middle:g} {start[1]:g} {middle:g} {end[1]:g} {end[0]:g} {end[1]:g}"


def _x(column: int) -> float:
    return _MARGIN + column * _COLUMN


def _y(row: float) -> float:
    return _MARGIN + row * _ROW - (_ROW - BOX_HEIGHT) / 2
