"""The picture beside a link: the print in pixels."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from remixhub.domain.covers.inks import Inks
from remixhub.domain.covers.printed import Cover, print_cover
from remixhub.domain.covers.score import Score
from remixhub.domain.covers.shapes import Area, Circle, Dots, Layer, box, line_screen, sheet
from remixhub.services.works.link_pictures import printed_png

INKS = Inks("#ff0000", "#0000ff", "#800080", "#ffffff")
RED, BLUE, PURPLE, WHITE = (255, 0, 0), (0, 0, 255), (128, 0, 128), (255, 255, 255)


def drawn(*layers: Layer, second: tuple[Layer, ...] = (), askew: tuple[int, int] = (0, 0)) -> Image.Image:
    return Image.open(io.BytesIO(printed_png(Cover(INKS, layers, second, askew)))).convert("RGB")


def test_where_both_plates_meet_is_the_overprint() -> None:
    left, middle = Layer((Area((box(0, 0, 600, 1000),)),)), Layer((Area((box(400, 0, 800, 1000),)),))
    picture = drawn(left, second=(middle,))
    assert picture.size == (1200, 1200)
    assert [picture.getpixel((x, 600)) for x in (100, 600, 800, 1100)] == [RED, PURPLE, BLUE, WHITE]


def test_a_loop_in_a_loop_is_a_hole_and_a_layer_stays_within_its_limits() -> None:
    hole = Layer((Area((sheet(), Circle(500, 500, 200))),))
    assert [drawn(hole).getpixel(at) for at in ((600, 600), (60, 60))] == [WHITE, RED]
    kept = Layer((Area((sheet(),)),), within=Area((Circle(500, 500, 200),)))
    assert [drawn(kept).getpixel(at) for at in ((600, 600), (60, 60))] == [RED, WHITE]


def test_dots_and_lines_are_inked_and_the_second_plate_lies_askew() -> None:
    dots = Layer((Dots(((500, 500),), 50),))
    assert [drawn(dots).getpixel((x, 600)) for x in (600, 655, 670)] == [RED, RED, WHITE]
    assert drawn(second=(dots,), askew=(20, 0)).getpixel((675, 600)) == BLUE
    lines = drawn(Layer((line_screen(100, 0, 0.5),)))
    assert {lines.getpixel((600, y)) for y in range(0, 1200, 15)} >= {RED, WHITE}


@pytest.mark.parametrize("number", range(12))
def test_a_print_is_small_and_the_same_each_time(number: int) -> None:
    cover = print_cover(Score(f"{number:032x}"))
    assert printed_png(cover) == printed_png(cover)
    assert len(printed_png(cover)) < 200_000
