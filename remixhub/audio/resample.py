"""A stem at another rate than its own: the same for the mix and for what browsers mix."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import soxr
from numpy.typing import NDArray

Block = NDArray[np.float32]
RECIPE = "soxr HQ"
"""Names the arithmetic below; another one is another sound."""


def resampled_frames(frames: int, from_hz: int, to_hz: int) -> int:
    """Rounded to the nearest frame, halves up."""
    return (2 * frames * to_hz + from_hz) // (2 * from_hz)


def resampled(blocks: Iterator[Block], channels: int, from_hz: int, to_hz: int) -> Iterator[Block]:
    """soxr's HQ recipe (100 dB, linear phase), its delay taken out; as many frames as `resampled_frames` says."""
    stream = soxr.ResampleStream(from_hz, to_hz, channels, dtype="float32", quality="HQ")
    taken = given = 0
    for block in blocks:
        piece = stream.resample_chunk(np.ascontiguousarray(block)).reshape(-1, channels)
        taken, given = taken + len(block), given + len(piece)
        yield piece
    left = resampled_frames(taken, from_hz, to_hz) - given
    rest = stream.resample_chunk(np.zeros((0, channels), np.float32), last=True).reshape(-1, channels)[:left]
    yield rest if len(rest) == left else np.concatenate([rest, np.zeros((left - len(rest), channels), np.float32)])
