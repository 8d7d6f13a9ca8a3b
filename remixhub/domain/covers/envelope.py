"""A sound's course in a few columns, folded from its peaks as stored: BBC audiowaveform .dat, version 2, 8 bits."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence

COLUMNS = 48
_HEADER = struct.Struct("<iIiiIi")


def columns_of(peaks: bytes) -> list[float]:
    """The mean peak of each column, 0 to 1, the louder channel counting; all zero for what holds no sound.

    Raises ValueError for what is no such file.
    """
    if len(peaks) < _HEADER.size:
        raise ValueError("The peaks are too short.")
    version, flags, _, _, pixels, channels = _HEADER.unpack_from(peaks)
    if version != 2 or flags != 1 or channels < 1 or len(peaks) != _HEADER.size + 2 * pixels * channels:
        raise ValueError("The peaks are not of version 2 with 8 bits.")
    pairs = memoryview(peaks)[_HEADER.size :].cast("b")
    width = 2 * channels
    highest = [max(map(abs, pairs[at : at + width])) for at in range(0, len(pairs), width)]
    if not highest:
        return [0.0] * COLUMNS
    return [_mean(highest, column) / 128 for column in range(COLUMNS)]


def envelope_of(parts: Iterable[Sequence[float]]) -> bytes:
    """One byte a column, of the whole piece or of its stems together: powers add up. Empty without any part."""
    powers = [0.0] * COLUMNS
    count = 0
    for columns in parts:
        count += 1
        powers = [power + level * level for power, level in zip(powers, columns, strict=True)]
    if not count:
        return b""
    loudest = max(1.0, max(powers) ** 0.5)
    return bytes(round(255 * power**0.5 / loudest) for power in powers)


def _mean(highest: Sequence[int], column: int) -> float:
    """Each column holds one pixel at least, also of what has fewer pixels than there are columns."""
    first = column * len(highest) // COLUMNS
    last = max((column + 1) * len(highest) // COLUMNS, first + 1)
    return sum(highest[first:last]) / (last - first)
