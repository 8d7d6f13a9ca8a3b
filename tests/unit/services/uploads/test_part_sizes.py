"""How long the parts of a file are."""

from __future__ import annotations

import pytest

from remixhub.services.uploads.uploads import fitting_part_size

MIB = 1024**2


@pytest.mark.parametrize(
    ("size_bytes", "expected"),
    [(1, 5 * MIB), (60 * MIB, 5 * MIB), (200 * MIB, 10 * MIB), (320 * MIB, 16 * MIB), (4000 * MIB, 16 * MIB)],
)
def test_small_files_have_shorter_parts_but_none_that_the_storage_refuses(size_bytes: int, expected: int) -> None:
    assert fitting_part_size(size_bytes, 16 * MIB) == expected
