"""J-cards for cassettes: two on an A4, with marks where to cut and to fold."""

from __future__ import annotations

from remixhub.domain.bundles.contents import Bundle, BundledWork
from remixhub.domain.bundles.sheets import CARDS_A_SHEET, Box, Card, cards
from remixhub.services.bundles.paper.fonts import FontCase
from remixhub.services.bundles.paper.press import INK, MONO, PAPER, SOFT, SPOT_1, STRONG, TAPE, TEXT, TITLE, Press
from remixhub.services.bundles.paper.words import Pictures, credit_of, facts

_CODE = 22.0
_MARGIN = 3.5


def printed(bundle: Bundle, pictures: Pictures, case: FontCase, language: str) -> bytes:
    press = Press(f"J-cards: {bundle.title}", case, language)
    works = [work for work in bundle.works if not work.is_tombstone]
    for first in range(0, len(works), CARDS_A_SHEET):
        press.add_page()
        for card, work in zip(cards(), works[first : first + CARDS_A_SHEET], strict=False):
            _front(press, card, work, pictures.get(work.id))
            _spine(press, card, work)
            _flap(press, card, work)
            _inner(press, card, work)
            _marks(press, card)
    return press.body()


def _front(press: Press, card: Card, work: BundledWork, picture: bytes | None) -> None:
    box = card.front
    cover = Box(box.left, box.top, box.width, box.width)
    if picture is None:
        press.fill_box(cover, SPOT_1)
        press.set_fitted(work.title.upper(), cover.within(5), TITLE, (44, 12), leading=0.95)
    else:
        press.picture(picture, cover, f"Cover of {work.title}")
    press.fill_box(Box(box.left, cover.bottom, box.width, box.height - cover.height), PAPER)
    press.rule(box.left, cover.bottom, box.right, cover.bottom, 0.5)
    left, width = box.left + _MARGIN, box.width - 2 * _MARGIN
    top = press.set_fitted(work.title.upper(), Box(left, cover.bottom + 2.5, width, 15), TITLE, (26, 9), leading=0.95)
    press.set_fitted(work.artist, Box(left, top + 1, width, 6), STRONG, (11, 7))
    press.set_fitted(facts(work), Box(left, box.bottom - 7, width, 4), MONO, (6.5, 5), ink=SOFT)


def _spine(press: Press, card: Card, work: BundledWork) -> None:
    box = card.spine
    press.fill_box(box, INK)
    with press.rotation(90, box.left, box.bottom):
        room = box.height - 2 * _MARGIN
        first = Box(box.left + _MARGIN, box.bottom + 2.2, room, 5.5)
        press.set_fitted(work.title.upper(), first, TITLE, (14, 7), ink=PAPER, leading=1)
        second = Box(box.left + _MARGIN, box.bottom + 7.8, room, 4)
        press.set_fitted(work.artist, second, STRONG, (8, 6), ink=TAPE)


def _flap(press: Press, card: Card, work: BundledWork) -> None:
    box = card.flap
    press.fill_box(box, PAPER)
    with press.rotation(90, box.left, box.bottom):
        room = box.height - 2 * _MARGIN
        top = press.set_fitted(
            f"{work.title} · {work.artist}", Box(box.left + _MARGIN, box.bottom + 2.2, room, 4), STRONG, (8, 6)
        )
        press.set_fitted(
            f"{work.licence_name}\n{work.licence_url or work.url}",
            Box(box.left + _MARGIN, top + 0.6, room, 7.5), MONO, (6, 4.5), ink=SOFT,
        )  # fmt: skip


def _inner(press: Press, card: Card, work: BundledWork) -> None:
    box = card.inner
    press.fill_box(box, PAPER)
    left, width = box.left + _MARGIN, box.width - 2 * _MARGIN
    code_top = box.bottom - _CODE - _MARGIN
    top = press.set_lines(["STEMS"], left, box.top + _MARGIN, width, MONO, 6, ink=SOFT)
    stems = work.pack.stems if work.pack is not None else ()
    named = ", ".join(stem.name for stem in stems) or work.withheld or "None: this is its whole piece."
    top = press.set_fitted(named, Box(left, top, width, 20), TEXT, (8, 6)) + 2
    top = press.set_lines(["CREDITS"], left, top, width, MONO, 6, ink=SOFT)
    press.set_fitted("\n".join(credit_of(work)), Box(left, top, width, code_top - top - 2), TEXT, (7.5, 5.5))
    press.square_code(work.url, box.left + _MARGIN, code_top, _CODE)
    beside = Box(left + _CODE + 3, code_top + 1, width - _CODE - 3, _CODE)
    top = press.set_fitted("Take the stems, make a remix.", beside, STRONG, (9, 7))
    press.set_fitted(work.url, Box(beside.left, top + 1, beside.width, beside.bottom - top - 1), MONO, (6, 4.5))


def _marks(press: Press, card: Card) -> None:
    """Corners to cut at lie outside of the card, dashes where it is folded above and below it."""
    box = card.box
    for x in (box.left, box.right):
        for y, away in ((box.top, -1), (box.bottom, 1)):
            press.rule(x, y + away, x, y + 5 * away, 0.2)
    for y in (box.top, box.bottom):
        for x, away in ((box.left, -1), (box.right, 1)):
            press.rule(x + away, y, x + 5 * away, y, 0.2)
    for x in card.folds:
        press.dashes(x, box.top - 5, x, box.top - 1)
        press.dashes(x, box.bottom + 1, x, box.bottom + 5)
    press.rule(card.inner.left, box.top, card.inner.left, box.bottom, 0.1, SOFT)
    press.set_lines(
        ["Print at 100 %. Cut at the corners, fold at the dashes."],
        box.left,
        box.bottom + 5.5,
        box.width,
        MONO,
        6,
        ink=SOFT,
    )
