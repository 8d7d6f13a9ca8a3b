"""A PDF that is the same for the same input: the house's fonts and inks, boxes of text, square codes, marks."""

from __future__ import annotations

import functools
import io
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal, cast

import segno
from fpdf import FPDF
from fpdf.enums import Align, MethodReturnValue, XPos, YPos
from PIL import Image

from remixhub.domain.bundles.sheets import A4, Box
from remixhub.services.bundles.paper.fonts import MONO, STRONG, TEXT, TITLE, FontCase

__all__ = ["MONO", "STRONG", "TEXT", "TITLE", "Press"]

Ink = tuple[int, int, int]
INK: Ink = (0x17, 0x16, 0x1A)
SOFT: Ink = (0x55, 0x50, 0x4A)
PAPER: Ink = (0xF3, 0xEE, 0xE2)
SPOT_1: Ink = (0xF0, 0x4A, 0x23)
SPOT_2: Ink = (0x2A, 0x47, 0xC9)
TAPE: Ink = (0xEF, 0xE0, 0xA9)
_ALWAYS = datetime(1980, 1, 1, tzinfo=UTC)
"""Equal input, equal bytes."""
POINT = 25.4 / 72
_QUIET = 4
"""Modules of paper around a square code, as ISO/IEC 18004 asks."""

logging.getLogger("fpdf").setLevel(logging.ERROR)
logging.getLogger("fontTools").setLevel(logging.ERROR)


class Press(FPDF):
    def __init__(
        self, title: str, case: FontCase, language: str, orientation: Literal["portrait", "landscape"] = "portrait"
    ) -> None:
        super().__init__(orientation=orientation, unit="mm", format=A4)
        self._case = case
        self.set_auto_page_break(False)
        self.set_margin(0)
        self.c_margin = 0.0
        self.set_creation_date(_ALWAYS)
        self.set_lang(language)
        self.set_title(title)
        self.set_creator("RemixHub")
        for name in (TITLE, TEXT, STRONG, MONO):
            self.add_font(name, "", case.base(name))
        self.set_fallback_fonts([TEXT], exact_match=False)

    def get_fallback_font(self, char: str, style: str = "") -> str | None:
        """In the weight of the font that lacks the letter."""
        font = self.font_family
        part = self._case.part_for(char, font)
        if part is None:
            return None
        name = f"{part.file}-{font}".lower()
        if name not in self.fonts:
            self.add_font(name, "", self._case.pinned_part(part, font))
        return name

    def body(self) -> bytes:
        return bytes(self.output())

    # text

    def lines(self, text: str, font: str, size: float, width: float) -> list[str]:
        """Broken to a width; `size` in points."""
        self.set_font(font, size=size)
        broken = self.multi_cell(
            width, text=self._case.said(text, font), align=Align.L, dry_run=True, output=MethodReturnValue.LINES
        )
        return cast(list[str], broken)

    def fitted(
        self, text: str, font: str, sizes: tuple[float, float], width: float, height: float, *, leading: float = 1.2
    ) -> tuple[list[str], float]:
        """The lines and the largest size between `sizes` that fits; below that the last line ends in three dots."""
        size, smallest = sizes
        while True:
            lines = self.lines(text, font, size, width)
            room = int(height / (size * leading * POINT) + 1e-6)
            breaks_word = any(self.get_string_width(word) > width for word in self._case.said(text, font).split())
            if len(lines) <= room and not (breaks_word and size - 0.5 >= smallest):
                return lines, size
            if size - 0.5 < smallest:
                return self._shortened(lines[: max(room, 1)], width), size
            size -= 0.5

    def _shortened(self, lines: list[str], width: float) -> list[str]:
        last = lines[-1].rstrip()
        while last and self.get_string_width(f"{last}…") > width:
            last = last[:-1]
        return [*lines[:-1], f"{last.rstrip()}…"]

    def set_lines(
        self, lines: Sequence[str], left: float, top: float, width: float, font: str, size: float,
        *, ink: Ink = INK, leading: float = 1.2, align: Align = Align.L,
    ) -> float:  # fmt: skip
        """Returns where the next line would begin."""
        self.set_font(font, size=size)
        self.set_text_color(*ink)
        step = size * leading * POINT
        for number, line in enumerate(lines):
            self.set_xy(left, top + number * step)
            self.current_font_is_set_on_page = False  # fpdf2 2.8.9 forgets it where a line ended in another font
            self.cell(width, step, line, align=align, new_x=XPos.LEFT, new_y=YPos.NEXT)
        return top + len(lines) * step

    def set_fitted(
        self, text: str, box: Box, font: str, sizes: tuple[float, float], *, ink: Ink = INK, leading: float = 1.2
    ) -> float:
        lines, size = self.fitted(text, font, sizes, box.width, box.height, leading=leading)
        return self.set_lines(lines, box.left, box.top, box.width, font, size, ink=ink, leading=leading)

    # drawing

    def fill_box(self, box: Box, ink: Ink) -> None:
        self.set_fill_color(*ink)
        self.rect(box.left, box.top, box.width, box.height, style="F")

    def outline(self, box: Box, width: float = 0.5, ink: Ink = INK) -> None:
        self.set_draw_color(*ink)
        self.set_line_width(width)
        self.rect(box.left, box.top, box.width, box.height)

    def rule(self, x1: float, y1: float, x2: float, y2: float, width: float = 0.3, ink: Ink = INK) -> None:
        self.set_draw_color(*ink)
        self.set_line_width(width)
        self.line(x1, y1, x2, y2)

    def dashes(self, x1: float, y1: float, x2: float, y2: float) -> None:
        self.set_dash_pattern(1, 1)
        self.rule(x1, y1, x2, y2, 0.15, SOFT)
        self.set_dash_pattern()

    def square_code(self, url: str, left: float, top: float, side: float) -> None:
        """With its quiet zone inside of `side`."""
        rows = _modules(url)
        step = side / (len(rows) + 2 * _QUIET)
        self.fill_box(Box(left, top, side, side), (255, 255, 255))
        self.set_fill_color(0, 0, 0)
        for down, row in enumerate(rows):
            across = 0
            while across < len(row):
                run = 0
                while across + run < len(row) and row[across + run]:
                    run += 1
                if run:
                    # a little over the next row, so that no hairline shows between them
                    self.rect(
                        left + (across + _QUIET) * step,
                        top + (down + _QUIET) * step,
                        run * step,
                        step * 1.02,
                        style="F",
                    )
                across += run + 1
        self.link(left, top, side, side, url)

    def picture(self, body: bytes, box: Box, said: str) -> None:
        """The middle of it, as large as the box."""
        with Image.open(io.BytesIO(body)) as opened:
            across, down = opened.size
        scale = max(box.width / across, box.height / down)
        width, height = across * scale, down * scale
        with self.rect_clip(box.left, box.top, box.width, box.height):
            left, top = box.left - (width - box.width) / 2, box.top - (height - box.height) / 2
            self.image(io.BytesIO(body), left, top, width, height, alt_text=said)


@functools.lru_cache(maxsize=256)
def _modules(url: str) -> Sequence[Sequence[int]]:
    """By rows, 1 where it is dark."""
    return [list(row) for row in segno.make(url, error="m", micro=False, boost_error=False).matrix]
