"""A cursor is good for the listing that gave it, as it came."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remixhub.edge.cursor import decode_cursor, encode_cursor
from remixhub.services.paging import CursorInvalid

KEY = "0123456789abcdef" * 2
positions = st.lists(st.one_of(st.integers(-(2**63), 2**63 - 1), st.text()), min_size=1, max_size=4)


@given(positions)
def test_a_cursor_comes_back_as_its_position(position: list[int | str]) -> None:
    assert decode_cursor(KEY, "works", encode_cursor(KEY, "works", position)) == position


def test_the_first_page_needs_none() -> None:
    assert decode_cursor(KEY, "works", None) is None


def test_a_cursor_of_another_listing_or_another_hub_is_refused() -> None:
    cursor = encode_cursor(KEY, "works", [7])
    for key, listing in ((KEY, "mixes"), (KEY[::-1], "works")):
        with pytest.raises(CursorInvalid):
            decode_cursor(key, listing, cursor)


@given(st.data())
def test_a_cursor_that_was_touched_is_refused(data: st.DataObject) -> None:
    cursor = encode_cursor(KEY, "works", [7, "abc"])
    at = data.draw(st.integers(0, len(cursor) - 2))  # the last letter has bits that nothing reads
    other = data.draw(st.sampled_from([letter for letter in "aZ09-_.!" if letter != cursor[at]]))
    for touched in (cursor[:at] + other + cursor[at + 1 :], cursor[:at], cursor[:at] + cursor[at + 1 :]):
        with pytest.raises(CursorInvalid):
            decode_cursor(KEY, "works", touched)


@pytest.mark.parametrize("cursor", ["", ".", "Wzdd", "Wzdd.", "nonsense", "a" * 10_000])
def test_nonsense_is_refused(cursor: str) -> None:
    with pytest.raises(CursorInvalid):
        decode_cursor(KEY, "works", cursor)
