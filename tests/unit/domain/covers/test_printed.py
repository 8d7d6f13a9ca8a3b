"""Covers: always the same for a work, never the same for two, within their sheet, whatever the sound."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remixhub.domain.covers.envelope import COLUMNS
from remixhub.domain.covers.inks import Inks, inks_of
from remixhub.domain.covers.printed import COMPOSITIONS, Cover, digest_of, print_cover
from remixhub.domain.covers.score import Score
from remixhub.domain.covers.shapes import Area, Circle, Dots, Layer, Point, Shape, Strokes
from remixhub.domain.covers.svg import svg_of
from remixhub.domain.musical_key import Mode, MusicalKey

EXTREMES = {
    "none": b"",
    "silence": bytes(COLUMNS),
    "full scale": bytes([255] * COLUMNS),
    "one column": bytes([255, *[0] * (COLUMNS - 1)]),
    "a saw": bytes([0, 255] * (COLUMNS // 2)),
}
KEYS = [None, *(MusicalKey(tonic, mode) for tonic in range(12) for mode in Mode)]
FAR = 2500
"""Shapes may reach over the sheet, but none is lost far outside of it."""

scores = st.builds(
    Score,
    st.text("0123456789abcdef", min_size=32, max_size=32),
    st.one_of(st.just(b""), st.binary(min_size=COLUMNS, max_size=COLUMNS), st.sampled_from([*EXTREMES.values()])),
    st.one_of(st.none(), st.floats(20, 400)),
    st.sampled_from(KEYS),
)


def places(cover: Cover) -> Iterator[Point]:
    for layer in (*cover.first, *cover.second):
        for shape in (*layer.shapes, *([layer.within] if layer.within else [])):
            yield from _places(shape)


def _places(shape: Shape) -> Iterator[Point]:
    if isinstance(shape, Dots):
        yield from shape.at
        return
    for loop in shape.loops if isinstance(shape, Area) else shape.lines:
        if isinstance(loop, Circle):
            yield loop.x - loop.radius, loop.y - loop.radius
            yield loop.x + loop.radius, loop.y + loop.radius
        else:
            yield from loop


@settings(max_examples=150)
@given(scores)
def test_any_score_prints_a_small_picture_of_plain_shapes(score: Score) -> None:
    cover = print_cover(score)
    assert all(abs(x) < FAR and abs(y) < FAR for x, y in places(cover))
    svg = svg_of(cover)
    root = ElementTree.fromstring(svg)
    assert root.get("viewBox") == "0 0 1000 1000"
    assert len(svg) < 12_000
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags <= {"svg", "defs", "g", "path", "use", "mask", "clipPath"}
    assert not any("style" in element.attrib or (element.text or "").strip() for element in root.iter())
    assert not re.search(r"nan|inf|\de[-+]?\d", " ".join(re.findall(r' d="([^"]*)"', svg)))


@given(scores)
def test_a_work_is_printed_the_same_way_each_time(score: Score) -> None:
    again = Score(score.work_id, score.envelope, score.tempo_bpm, score.key)
    assert svg_of(print_cover(again)) == svg_of(print_cover(score))
    assert digest_of(again) == digest_of(score)


@pytest.mark.parametrize("envelope", EXTREMES.values(), ids=EXTREMES)
def test_five_hundred_works_have_five_hundred_covers_in_every_composition(envelope: bytes) -> None:
    scores = [Score(f"{number:032x}", envelope, 120.0, MusicalKey(9, Mode.MINOR)) for number in range(500)]
    assert len({svg_of(print_cover(score)) for score in scores}) == 500
    assert {score.pick("composition", COMPOSITIONS) for score in scores} == set(COMPOSITIONS)


@pytest.mark.parametrize("composition", COMPOSITIONS)
def test_each_composition_shows_what_the_work_sounds_like(composition: object) -> None:
    work_id = next(
        id
        for id in (f"{number:032x}" for number in range(1000))
        if Score(id).pick("composition", COMPOSITIONS) is composition
    )
    rising, falling = bytes(range(0, 240, 5)), bytes(range(235, -1, -5))
    assert svg_of(print_cover(Score(work_id, rising, 120.0))) != svg_of(print_cover(Score(work_id, falling, 120.0)))


@pytest.mark.parametrize("composition", COMPOSITIONS)
def test_both_plates_are_inked(composition: object) -> None:
    for number in range(300):
        score = Score(f"{number:032x}")
        if score.pick("composition", COMPOSITIONS) is composition:
            cover = print_cover(score)
            assert _is_inked(cover.first)
            assert _is_inked(cover.second)


def _is_inked(plate: tuple[Layer, ...]) -> bool:
    return any(layer.shapes for layer in plate)


def test_the_key_chooses_the_inks_and_the_tempo_the_screen() -> None:
    minor, major = (Score("a", key=MusicalKey(9, mode)) for mode in (Mode.MINOR, Mode.MAJOR))
    assert inks_of(minor) != inks_of(major)
    assert Score("a", tempo_bpm=174).pitch < Score("a", tempo_bpm=70).pitch
    assert len({inks_of(Score("a", key=key)) for key in KEYS if key}) >= 6


def test_whatever_changes_a_print_changes_its_digest() -> None:
    score = Score("a" * 32, bytes(COLUMNS), 120.0, MusicalKey(9, Mode.MINOR))
    others = [
        Score("b" * 32, bytes(COLUMNS), 120.0, MusicalKey(9, Mode.MINOR)),
        Score("a" * 32, b"", 120.0, MusicalKey(9, Mode.MINOR)),
        Score("a" * 32, bytes(COLUMNS), 121.0, MusicalKey(9, Mode.MINOR)),
        Score("a" * 32, bytes(COLUMNS), 120.0, MusicalKey(9, Mode.MAJOR)),
        Score("a" * 32, bytes(COLUMNS), None, None),
    ]
    assert len({digest_of(one) for one in [score, *others]}) == 6


def test_the_paths_lead_where_the_shapes_are() -> None:
    first = (
        Layer((Area(([(10, 20), (30, 20), (30, 50)], Circle(50, 50, 10))),)),
        Layer((Dots(((5, 5), (9, 7), (1, 8)), 2),)),
    )
    second = (Layer((Strokes(([(0, 0), (10, 0), (10, -5)],), 3),), within=Area((Circle(50, 50, 10),))),)
    svg = svg_of(Cover(Inks("#f00", "#00f", "#808", "#fff"), first, second, (4, -4)))
    circle = "M50 40a10 10 0 1 0 0 20a10 10 0 1 0 0-20z"
    assert [found.replace(" -", "-") for found in re.findall(r' d="([^"]*)"', svg)] == [
        circle, f"M10 20l20 0 0 30z{circle}", "m5 5h0m4 2h0m-8 1h0", "M0 0l10 0 0-5", "M0 0h1000v1000h-1000z",
    ]  # fmt: skip
    assert 'stroke-width="4" stroke-linecap="round"' in svg
    assert 'transform="translate(4 -4)"' in svg
    assert re.findall(r'<use href="#(\w)" fill="(#\w+)"', svg) == [
        ("a", "#fff"), ("a", "#f00"), ("b", "#00f"), ("b", "#808"),
    ]  # fmt: skip
