"""Peaks folded into the columns that a cover is printed from."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.covers.envelope import COLUMNS, columns_of, envelope_of


def peaks(pairs: list[tuple[int, int]], channels: int = 1) -> bytes:
    """`pairs` are (minimum, maximum), channels interleaved."""
    header = struct.pack("<iIiiIi", 2, 1, 48_000, 4096, len(pairs) // channels, channels)
    return header + b"".join(struct.pack("bb", *pair) for pair in pairs)


def test_each_column_is_the_mean_peak_of_its_share() -> None:
    columns = columns_of(peaks([(-64, 10), (-10, 32)] * COLUMNS))
    assert columns == [pytest.approx((64 + 32) / 2 / 128)] * COLUMNS


def test_the_louder_channel_counts() -> None:
    assert columns_of(peaks([(0, 1), (-128, 0)] * COLUMNS, channels=2)) == [1.0] * COLUMNS


def test_a_course_stays_in_its_order() -> None:
    columns = columns_of(peaks([(0, number) for number in range(96)]))
    assert columns == sorted(columns)
    assert columns[0] < columns[-1]


def test_what_is_shorter_than_the_columns_fills_them_all() -> None:
    assert columns_of(peaks([(0, 64)])) == [0.5] * COLUMNS


def test_nothing_is_silence() -> None:
    assert columns_of(peaks([])) == [0.0] * COLUMNS


@pytest.mark.parametrize("broken", [b"", peaks([(0, 1)])[:-1], b"\x01" + peaks([(0, 1)])[1:], peaks([(0, 1)]) + b"x"])
def test_other_bytes_are_refused(broken: bytes) -> None:
    with pytest.raises(ValueError, match="peaks"):
        columns_of(broken)


def test_stems_add_up_by_their_power() -> None:
    loud, soft = [0.6] * COLUMNS, [0.8] * COLUMNS
    assert envelope_of([loud, soft]) == bytes([255] * COLUMNS)
    assert envelope_of([loud]) == bytes([153] * COLUMNS)


def test_without_sound_there_is_no_envelope() -> None:
    assert envelope_of([]) == b""


@given(st.lists(st.lists(st.floats(0, 1), min_size=COLUMNS, max_size=COLUMNS), min_size=1, max_size=5))
def test_an_envelope_is_a_byte_a_column(parts: list[list[float]]) -> None:
    assert len(envelope_of(parts)) == COLUMNS
