"""What is printed of a bundle, read back by PDFium and by ZXing."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from remixhub.domain.bundles.sheets import LABELS, Box, cards, zine_pages
from remixhub.services.bundles import paper
from remixhub.services.bundles.paper.zine import shared_out
from tests.unit.services.bundles.stage import a_bundle, a_work

_DOTS_A_MM = 8
WORKS = (
    a_work(1, "Night Drive", "Ada Øst"),
    a_work(2, "夜のドライブ", "山田 太郎", description="A *remix* of it."),
    a_work(3, "Ночная езда (Remix)", "서울 비트"),
    a_work(4, "ليلة Zażółć", "Zoë"),
    a_work(5, "Gone", "Nobody", is_tombstone=True, pack=None),
)
BUNDLE = a_bundle(*WORKS, text="# Why\n\nA tape.\n\n" + "Long winter nights. " * 400)


@pytest.fixture(scope="module")
def printed() -> Mapping[str, bytes]:
    cover = io.BytesIO()
    Image.new("RGB", (300, 200), "#00ff00").save(cover, "PNG")
    return paper.written(BUNDLE, lambda work: cover.getvalue() if work is WORKS[0] else None)


@dataclass(frozen=True)
class Sheet:
    picture: Image.Image
    page: pypdfium2.PdfPage

    def codes(self) -> list[tuple[str, float, float]]:
        """What each square code says, and its middle in millimetres."""
        found = []
        for code in zxingcpp.read_barcodes(self.picture):
            corners = (code.position.top_left, code.position.bottom_right)
            x, y = (sum(getattr(corner, axis) for corner in corners) / 2 / _DOTS_A_MM for axis in "xy")
            found.append((code.text, x, y))
        return found

    def said(self, box: Box | None = None) -> str:
        text, unit = self.page.get_textpage(), 72 / 25.4
        if box is None:
            return " ".join(text.get_text_bounded().split())
        height = self.page.get_height()
        left, right = box.left * unit, box.right * unit
        return " ".join(text.get_text_bounded(left, height - box.bottom * unit, right, height - box.top * unit).split())

    def colour(self, x: float, y: float) -> tuple[int, ...]:
        got = self.picture.getpixel((round(x * _DOTS_A_MM), round(y * _DOTS_A_MM)))
        assert isinstance(got, tuple)
        return got


def sheets(body: bytes) -> Iterator[Sheet]:
    for page in pypdfium2.PdfDocument(body):
        yield Sheet(page.render(scale=_DOTS_A_MM * 25.4 / 72).to_pil().convert("RGB"), page)


def is_in(box: Box, x: float, y: float) -> bool:
    return box.left <= x <= box.right and box.top <= y <= box.bottom


def test_cards_have_each_thing_on_its_face(printed: Mapping[str, bytes]) -> None:
    first, second = sheets(printed["print/j-cards.pdf"])
    card, other = cards()
    assert "NIGHT DRIVE" in first.said(card.front)
    assert "Ada Øst" in first.said(card.front)
    assert "リードボーカル" in first.said(card.inner), "letters stay letters"
    assert "夜のドライブ" in first.said(other.front)
    assert [(text, is_in(where.inner, x, y)) for (text, x, y), where in zip(first.codes(), cards(), strict=True)] == [
        (WORKS[0].url, True),
        (WORKS[1].url, True),
    ]
    assert len(second.codes()) == 2, "withdrawn works have no card"
    middle = card.front.left + card.front.width / 2
    assert first.colour(middle, card.front.top + 30) == (0, 255, 0), "its cover"
    ink, spine = (0x17, 0x16, 0x1A), card.spine
    for x, is_ink in ((0.3, True), (-0.3, False), (spine.width - 0.3, True), (spine.width + 0.3, False)):
        assert (first.colour(spine.left + x, spine.top + 5) == ink) is is_ink, x
    assert first.colour(spine.left + 1, spine.top + 0.3) == first.colour(spine.left + 1, spine.bottom - 0.3) == ink
    assert first.colour(spine.left + 1, spine.bottom + 0.3) == (255, 255, 255)


def test_labels_fill_the_sheet_and_lead_to_the_works(printed: Mapping[str, bytes]) -> None:
    (sheet,) = sheets(printed["print/labels.pdf"])
    found = sheet.codes()
    places = [next(n for n, box in enumerate(LABELS.boxes()) if is_in(box, x, y)) for _, x, y in found]
    assert sorted(places) == list(range(21))
    assert all(text == WORKS[place % 4].url for (text, _, _), place in zip(found, places, strict=True))
    assert "[…] ZAŻÓŁĆ" in sheet.said(), "what there is no font for says so"
    (stick,) = sheets(printed["print/stick-labels.pdf"])
    assert [text for text, _, _ in stick.codes()] == [BUNDLE.url] * 65


def test_the_zine_is_eight_pages_in_their_places_and_says_where_it_goes_on(printed: Mapping[str, bytes]) -> None:
    (sheet,) = sheets(printed["print/zine.pdf"])
    pages = list(zine_pages())
    assert "WINTER TAPE" in sheet.said(pages[0].box)
    assert "Кассетный клуб" in sheet.said(pages[0].box)
    assert sheet.said(pages[1].box).startswith("Why")
    for page in pages[1:-1]:
        foot = Box(page.box.left, page.box.bottom - 7, 20, 7)
        if page.is_turned:
            foot = Box(page.box.right - 20, page.box.top, 20, 7)
        assert sheet.said(foot) == str(page.number)
    with_codes = [next(p.number for p in pages if is_in(p.box, x, y)) for _, x, y in sheet.codes()]
    assert {text for text, _, _ in sheet.codes()} == {BUNDLE.url}
    assert with_codes.count(8) == 1, "the back"
    assert len(with_codes) == 2, "where the text was cut"
    cut = next(page for page in pages if page.number == min(with_codes))
    assert "There is more than fits" in sheet.said(cut.box)
    everything = sheet.said()
    for said in ("HOW TO REMIX", "Ночная езда (Remix) by 서울 비트", "It was withdrawn.", "CC BY-SA 4.0"):
        assert said in everything, said


def test_the_zine_of_one_work_says_nothing_twice_and_leaves_room_for_notes() -> None:
    cover = io.BytesIO()
    Image.new("RGB", (300, 200), "#00ff00").save(cover, "PNG")
    alone = a_bundle(a_work(1, "Pier Lights", "Ada", description="Told once."), text="Told once.", title="Pier Lights")
    body = paper.written(alone, lambda _work: cover.getvalue())["print/zine.pdf"]
    (page,) = pypdfium2.PdfDocument(body)
    told = page.get_textpage().get_text_range()
    assert told.count("Told once.") == 1
    assert told.count("NOTES") == 3
    assert len(list(page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]))) <= 2, "its cover and the code"


def test_it_is_the_same_each_time_and_says_what_it_is(printed: Mapping[str, bytes]) -> None:
    few = a_bundle(WORKS[4], title="Empty")
    first, again = paper.written(few, language="pl"), paper.written(few, language="pl")
    assert first == again
    assert sorted(first) == ["print/labels.pdf", "print/stick-labels.pdf", "print/zine.pdf"], "no card for nothing"
    assert b"/Lang (pl)" in first["print/zine.pdf"]
    assert pypdfium2.PdfDocument(first["print/zine.pdf"]).get_metadata_dict()["Title"] == "Zine: Empty"
    (sheet,) = sheets(first["print/zine.pdf"])
    assert "NOTES" in sheet.said(), "pages that nothing needs are to write on"


@pytest.mark.parametrize(
    ("wanted", "given"),
    [([1, 1, 1, 1], [1, 1, 1, 1]), ([3, 2, 2, 1], [2, 2, 2, 1]), ([1, 9, 9, 1], [1, 2, 2, 1]), ([9, 1, 1], [4, 1, 1])],
)
def test_what_is_longest_gives_way(wanted: list[int], given: list[int]) -> None:
    assert shared_out(wanted, sum(given) if sum(given) > 4 else 6) == given
