"""Moments within a piece as people write them."""

from __future__ import annotations

import pytest

from remixhub.domain.lengths import length_named, length_written


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1:07", 67.0), ("1:07.5", 67.5), (" 0:05 ", 5.0), ("90", 90.0), ("12,25", 12.25), ("1:02:03", 3723.0)],
)
def test_a_moment_is_read(text: str, seconds: float) -> None:
    assert length_named(text) == seconds


@pytest.mark.parametrize("text", ["", "1:7:", "1:60", "-1", "1.5:00", "one", "1:2:3:4", "nan"])
def test_what_is_no_moment_says_how_it_is_written(text: str) -> None:
    with pytest.raises(ValueError, match="such as 1:07"):
        length_named(text)


@pytest.mark.parametrize("seconds", [0.0, 5.0, 67.5, 59.999, 3723.25, 600.0])
def test_what_is_written_reads_as_it_was(seconds: float) -> None:
    assert length_named(length_written(seconds)) == seconds
