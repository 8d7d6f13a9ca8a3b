"""Sheets of self-adhesive labels: a work's name, whose it is, what one may do, and the square code of its page."""

from __future__ import annotations

from itertools import cycle, islice

from remixhub.domain.bundles.contents import Bundle
from remixhub.domain.bundles.sheets import LABELS, STICK_LABELS, Box
from remixhub.services.bundles.paper.fonts import FontCase
from remixhub.services.bundles.paper.press import MONO, SOFT, STRONG, TITLE, Press
from remixhub.services.bundles.paper.words import facts

_PADDING = 3.0
"""Printers are off by a millimetre or two."""


def printed(bundle: Bundle, case: FontCase, language: str) -> bytes:
    """A label a work; what is left of the last sheet repeats them."""
    press = Press(f"Labels: {bundle.title}", case, language)
    works = [work for work in bundle.works if not work.is_tombstone]
    boxes = LABELS.boxes()
    sheets = -(-max(len(works), 1) // len(boxes))
    filled = islice(cycle(works or [None]), sheets * len(boxes))
    for number, work in enumerate(filled):
        if number % len(boxes) == 0:
            press.add_page()
        box = boxes[number % len(boxes)].within(_PADDING)
        if work is None:
            _label(press, box, bundle.title, bundle.by, bundle.hub_name, bundle.url)
        else:
            _label(press, box, work.title, work.artist, facts(work), work.url)
    return press.body()


def printed_for_stick(bundle: Bundle, case: FontCase, language: str) -> bytes:
    """The bundle's own, 65 times."""
    press = Press(f"Labels for sticks: {bundle.title}", case, language)
    press.add_page()
    for whole in STICK_LABELS.boxes():
        box = whole.within(2)
        press.square_code(bundle.url, box.left, box.top, box.height)
        beside = Box(box.left + box.height + 1, box.top, box.width - box.height - 1, box.height)
        top = press.set_fitted(
            bundle.title.upper(), Box(beside.left, beside.top, beside.width, 9), TITLE, (10, 6), leading=1
        )
        press.set_fitted(bundle.by, Box(beside.left, top + 0.4, beside.width, 6), STRONG, (6, 5))
    return press.body()


def _label(press: Press, box: Box, title: str, by: str, told: str, url: str) -> None:
    press.square_code(url, box.left, box.top, box.height * 0.8)
    press.set_fitted(
        url, Box(box.left, box.top + box.height * 0.8 + 1, box.width, box.height * 0.2), MONO, (5, 4), ink=SOFT
    )
    left = box.left + box.height * 0.8 + 1.5
    width = box.right - left
    top = press.set_fitted(title.upper(), Box(left, box.top + 0.5, width, 12), TITLE, (15, 7), leading=1)
    top = press.set_fitted(by, Box(left, top + 0.5, width, 6), STRONG, (8, 6))
    press.set_fitted(told, Box(left, top + 0.5, width, box.top + box.height * 0.8 - top), MONO, (5.5, 4.5), ink=SOFT)
