"""Where things lie on paper."""

from __future__ import annotations

import itertools

import pytest

from remixhub.domain.bundles.sheets import A4, LABELS, STICK_LABELS, LabelSheet, cards, zine_cut, zine_pages


def test_a_card_fits_the_case_of_a_cassette() -> None:
    for card in cards():
        assert (card.spine.width, card.front.width, card.box.height) == (12.7, 65.0, 101.6)
        assert card.front.left == card.spine.right
        assert card.spine.left == card.flap.right
        assert card.inner.width < card.front.width
        assert card.box.within(-10).left > 0, "room for marks, and for what printers leave white"
    first, second = cards()
    assert second.box.top > first.box.bottom + 10


@pytest.mark.parametrize(("sheet", "count"), [(LABELS, 21), (STICK_LABELS, 65)])
def test_labels_lie_in_the_middle_of_the_sheet_and_beside_each_other(sheet: LabelSheet, count: int) -> None:
    boxes = sheet.boxes()
    assert len(boxes) == count
    assert boxes[0].left == pytest.approx(A4[0] - boxes[-1].right, abs=0.1)
    assert boxes[0].top == pytest.approx(A4[1] - boxes[-1].bottom, abs=0.1)
    assert all(a.right <= b.left or a.bottom <= b.top + 1e-9 for a, b in itertools.pairwise(boxes))


def test_a_zine_folds_into_pages_that_follow_each_other() -> None:
    pages = {page.number: page for page in zine_pages()}
    column = {number: round(page.box.left / page.box.width) for number, page in pages.items()}
    assert sorted(pages) == list(range(1, 9))
    for left, right in ((8, 1), (2, 3), (4, 5), (6, 7)):
        assert pages[left].is_turned == pages[right].is_turned, "seen together when it lies open"
        step = -1 if pages[left].is_turned else 1
        assert column[right] - column[left] == step
    for front, back in ((1, 2), (5, 6)):
        assert column[front] == column[back], "one leaf, which the fold in the middle of the sheet holds together"
        assert column[front] in (0, 3)
    from_x, to_x, y = zine_cut()
    inner = [page.box for number, page in pages.items() if column[number] in (1, 2)]
    assert (from_x, to_x) == (min(box.left for box in inner), max(box.right for box in inner))
    assert y == pages[1].box.top
