"""A zine: eight pages on one side of an A4, which is cut once and folded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import zip_longest

from markdown_it import MarkdownIt

from remixhub.domain.bundles.contents import Bundle, BundledWork
from remixhub.domain.bundles.sheets import A4, Box, ZinePage, zine_cut, zine_pages
from remixhub.services.bundles.paper.fonts import FontCase
from remixhub.services.bundles.paper.press import (
    INK,
    MONO,
    PAPER,
    POINT,
    SOFT,
    SPOT_1,
    SPOT_2,
    STRONG,
    TAPE,
    TEXT,
    TITLE,
    Press,
)  # fmt: skip
from remixhub.services.bundles.paper.words import HOW_TO_REMIX, Pictures, credit_of, facts

_MARGIN = 7.0
_FIRST, _LAST = 2, 7
_CODE = 18.0
_SIZES = {TEXT: 7.5, STRONG: 8.0, TITLE: 15.0, MONO: 5.5}
_LEADING = {TEXT: 1.3, STRONG: 1.25, TITLE: 1.0, MONO: 1.4}
_PLAIN = MarkdownIt("commonmark", {"html": False, "breaks": True})


@dataclass(frozen=True)
class Block:
    text: str
    font: str = TEXT
    before: float = 1.6
    """Millimetres above it, unless it begins a page."""


@dataclass(frozen=True)
class Line:
    text: str
    font: str
    before: float

    @property
    def height(self) -> float:
        return _SIZES[self.font] * _LEADING[self.font] * POINT


def printed(bundle: Bundle, pictures: Pictures, case: FontCase, language: str) -> bytes:
    press = Press(f"Zine: {bundle.title}", case, language, "landscape")
    press.add_page()
    pages = list(zine_pages())
    covers = [(work, body) for work in bundle.works[:_LAST] if (body := pictures.get(work.id)) is not None]
    with _standing(press, pages[0]):
        _cover(press, pages[0].box, bundle, covers[0] if covers else None)
    _inside(press, pages[_FIRST - 1 : _LAST], bundle, covers[1:])
    with _standing(press, pages[-1]):
        _back(press, pages[-1].box, bundle)
    _marks(press)
    return press.body()


@contextmanager
def _standing(press: Press, page: ZinePage) -> Iterator[None]:
    if not page.is_turned:
        yield
        return
    box = page.box
    with press.rotation(180, box.left + box.width / 2, box.top + box.height / 2):
        yield


def _cover(press: Press, box: Box, bundle: Bundle, cover: tuple[BundledWork, bytes] | None) -> None:
    inner = box.within(_MARGIN)
    press.fill_box(box, TAPE)
    press.set_lines(
        press.lines(f"{bundle.kind.value.upper()} · {bundle.hub_name}", MONO, 6, inner.width)[:1],
        inner.left,
        inner.top,
        inner.width,
        MONO,
        6,
    )
    if cover is not None:
        square = Box(inner.left, inner.top + 5, inner.width, 48)
        press.picture(cover[1], square, f"Cover of {cover[0].title}")
        press.outline(square)
        title = Box(inner.left, square.bottom + 3, inner.width, 25)
    else:
        title = Box(inner.left, inner.top + 10, inner.width, 60)
    top = press.set_fitted(bundle.title.upper(), title, TITLE, (38, 11), leading=0.92)
    press.set_fitted(bundle.by, Box(inner.left, top + 1.5, inner.width, 9), STRONG, (11, 7))


def _back(press: Press, box: Box, bundle: Bundle) -> None:
    inner = box.within(_MARGIN)
    press.fill_box(box, PAPER)
    press.set_fitted(
        "HEAR IT, TAKE IT, REMIX IT", Box(inner.left, inner.top, inner.width, 18), TITLE, (22, 14), leading=0.95
    )
    side = 36.0
    left = inner.left + (inner.width - side) / 2
    press.square_code(bundle.url, left, inner.top + 20, side)
    top = press.set_fitted(bundle.url, Box(inner.left, inner.top + 58, inner.width, 10), MONO, (6.5, 4.5))
    made = f"From {bundle.hub_name}, {bundle.hub_url}. Made {bundle.made_at[:10]}."
    told = f"{made} Copy it, and pass it on as its licences say."
    press.set_fitted(told, Box(inner.left, top + 2, inner.width, 18), TEXT, (7.5, 6), ink=SOFT)


def _marks(press: Press) -> None:
    """Thin dashes where it is folded, a line where it is cut."""
    width, height = A4[1], A4[0]
    from_x, to_x, y = zine_cut()
    for column in (1, 2, 3):
        press.dashes(width / 4 * column, 0, width / 4 * column, height)
    press.dashes(0, y, from_x, y)
    press.dashes(to_x, y, width, y)
    press.rule(from_x, y, to_x, y, 0.4, SPOT_1)


# what stands inside


def _inside(
    press: Press, pages: Sequence[ZinePage], bundle: Bundle, covers: Sequence[tuple[BundledWork, bytes]]
) -> None:
    room, width = pages[0].box.height - 2 * _MARGIN, pages[0].box.width - 2 * _MARGIN
    lined = [lines for section in _sections(bundle) if (lines := _lines(press, section, width))]
    wanted = [len(_paged(lines, room, len(lines))) for lines in lined]
    laid = [_paged(lines, room, most) for lines, most in zip(lined, shared_out(wanted, len(pages)), strict=True)]
    at = iter(pages)
    for filled in laid:
        for lines, is_cut in filled:
            page = next(at)
            with _standing(press, page):
                _page(press, page, lines, bundle.url if is_cut else None)
    for page, cover in zip_longest(spare := list(at), covers[: len(spare)]):
        with _standing(press, page):
            _spare(press, page, cover)


def shared_out(wanted: Sequence[int], pages: int) -> list[int]:
    """How many pages each section gets: what wants most gives way first, of equals the works and then the text."""
    given = list(wanted)
    while sum(given) > pages:
        most = max(given)
        given[next(one for one in (1, 0, *range(len(given))) if given[one] == most)] -= 1
    return given


def _sections(bundle: Bundle) -> Iterator[Sequence[Block]]:
    is_said_below = any(work.description == bundle.text and not work.is_tombstone for work in bundle.works)
    yield [] if is_said_below else list(_of_markdown(bundle.text))
    yield [block for work in bundle.works for block in _of_work(work)]
    credits = []
    for work in bundle.works:
        if lines := credit_of(work):
            credits += [Block(work.title, STRONG), *(Block(line, TEXT, 0.3) for line in lines)]
    yield [Block("CREDITS", TITLE), *credits] if credits else []
    licences = dict.fromkeys((work.licence_name, work.licence_url) for work in bundle.works if work.licence_name)
    told = [Block("\n".join(filter(None, licence)), MONO) for licence in licences]
    steps = [Block(f"{number}. {step}") for number, step in enumerate(HOW_TO_REMIX, 1)]
    yield [Block("HOW TO REMIX", TITLE), *steps, Block("LICENCES", TITLE, 4), *told]


def _of_work(work: BundledWork) -> Iterator[Block]:
    yield Block(work.title.upper(), TITLE, 4)
    yield Block(work.artist, STRONG, 0.5)
    if work.is_tombstone:
        yield Block("It was withdrawn.", TEXT, 0.5)
        return
    yield Block(facts(work), MONO, 0.6)
    if work.pack is not None:
        yield Block("Stems: " + ", ".join(stem.name for stem in work.pack.stems), TEXT, 1)
    if work.sources:
        yield Block("Made from " + "; ".join(f"{one.title} by {one.artist}" for one in work.sources), TEXT, 1)
    if work.note:
        yield Block(work.note, STRONG, 1)
    yield from _of_markdown(work.description)


def _of_markdown(text: str) -> Iterator[Block]:
    """Its paragraphs, headings and points as plain text."""
    mark, is_heading, before = "", False, 1.6
    for token in _PLAIN.parse(text):
        if token.type == "heading_open":
            is_heading = True
        elif token.type == "list_item_open":
            mark = "– "
        elif token.type in ("fence", "code_block"):
            yield Block(token.content.rstrip(), MONO)
        elif token.type == "inline":
            plain = "".join(
                "\n" if one.type in ("softbreak", "hardbreak") else one.content for one in token.children or ()
            )
            if plain.strip():
                yield Block(f"{mark}{plain}", STRONG if is_heading else TEXT, 0.5 if mark else before)
            mark, is_heading = "", False


def _lines(press: Press, blocks: Sequence[Block], width: float) -> list[Line]:
    found = []
    for block in blocks:
        for number, text in enumerate(press.lines(block.text, block.font, _SIZES[block.font], width)):
            found.append(Line(text, block.font, 0 if number else block.before))
    return found


def _paged(lines: Sequence[Line], room: float, most: int) -> list[tuple[list[Line], bool]]:
    """The lines of each page, and whether the page ends before the section does."""
    pages: list[list[Line]] = [[]]
    used = 0.0
    for number, line in enumerate(lines):
        is_last = len(pages) == most
        needed = _with_heading(lines[number:]) + (line.before if pages[-1] else 0)
        limit = room - (_CODE + 3 if is_last and _rest(lines[number:], used) > room else 0)
        if used + needed > limit:
            if is_last:
                return [*((page, False) for page in pages[:-1]), (pages[-1], True)]
            pages.append([])
            used = 0.0
        used += line.height + (line.before if pages[-1] else 0)
        pages[-1].append(line)
    return [(page, False) for page in pages]


def _with_heading(lines: Sequence[Line]) -> float:
    """The height of a line, and of what has to stand on the same page below a heading."""
    height = 0.0
    for number, line in enumerate(lines):
        height += line.height + (line.before if number else 0)
        if line.font not in (TITLE, STRONG):
            break
    return height


def _rest(lines: Sequence[Line], used: float) -> float:
    return used + sum(line.height + line.before for line in lines)


def _page(press: Press, page: ZinePage, lines: Sequence[Line], goes_on_at: str | None) -> None:
    inner = page.box.within(_MARGIN)
    top = inner.top
    for number, line in enumerate(lines):
        top += line.before if number else 0
        ink = SPOT_2 if line.font == TITLE else SOFT if line.font == MONO else INK
        top = press.set_lines(
            [line.text],
            inner.left,
            top,
            inner.width,
            line.font,
            _SIZES[line.font],
            ink=ink,
            leading=_LEADING[line.font],
        )
    if goes_on_at is not None:
        code_top = inner.bottom - _CODE
        press.square_code(goes_on_at, inner.left, code_top, _CODE)
        beside = Box(inner.left + _CODE + 2, code_top + 1, inner.width - _CODE - 2, _CODE)
        end = press.set_fitted("There is more than fits here. It goes on at", beside, STRONG, (8, 6))
        press.set_fitted(goes_on_at, Box(beside.left, end + 0.5, beside.width, 9), MONO, (5.5, 4.5))
    _number(press, page)


def _spare(press: Press, page: ZinePage, cover: tuple[BundledWork, bytes] | None) -> None:
    """A page that no text needs: a cover that is nowhere else in it, or lines to write on."""
    inner = page.box.within(_MARGIN)
    if cover is not None:
        work, body = cover
        square = Box(inner.left, inner.top + 8, inner.width, inner.width)
        press.picture(body, square, f"Cover of {work.title}")
        press.outline(square)
        press.set_fitted(
            f"{work.title} · {work.artist}", Box(inner.left, square.bottom + 2, inner.width, 8), STRONG, (8, 6)
        )
    else:
        press.set_lines(["NOTES"], inner.left, inner.top, inner.width, MONO, 6, ink=SOFT)
        for row in range(1, 11):
            press.rule(inner.left, inner.top + 8 * row, inner.right, inner.top + 8 * row, 0.15, SOFT)
    _number(press, page)


def _number(press: Press, page: ZinePage) -> None:
    box = page.box
    press.set_lines(
        [str(page.number)], box.left + _MARGIN, box.bottom - _MARGIN + 1, box.width - 2 * _MARGIN, MONO, 5.5, ink=SOFT
    )
