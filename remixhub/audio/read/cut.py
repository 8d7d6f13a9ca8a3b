"""The frames that a decoder gives, cut to those that are the sound."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import numpy as np
from numpy.typing import NDArray

from remixhub.audio.engine import BLOCK_FRAMES
from remixhub.audio.read.extent import Run

Frames = NDArray[np.float32]
"""`(n_frames, channels)`"""


def cut(given: Iterator[Frames], run: Run, channels: int) -> Generator[Frames, None, bool]:
    """The run's spans, in pieces of any length; takes no more than it needs. Returns whether it was given all."""
    rest, position = np.zeros((0, channels), np.float32), 0
    for span in run.spans:
        if span.start_frames is None:
            yield from _silence(span.frames, channels)
        while position < span.end_frames:
            if not len(rest):
                rest = next(given, rest)
            if not len(rest):
                return False
            first, last = (min(max(at - position, 0), len(rest)) for at in (span.start_frames or 0, span.end_frames))
            if last > first:
                yield rest[first:last]
            position, rest = position + last, rest[last:]
    return True


def in_blocks(pieces: Iterator[Frames], block_frames: int) -> Iterator[Frames]:
    """Every block but the last has exactly `block_frames`."""
    waiting: list[Frames] = []
    frames = 0
    for piece in pieces:
        waiting.append(piece)
        frames += len(piece)
        if frames >= block_frames:
            joined = np.concatenate(waiting)
            whole = frames - frames % block_frames
            for start in range(0, whole, block_frames):
                yield joined[start : start + block_frames]
            waiting, frames = [joined[whole:]], frames - whole
    if frames:
        yield np.concatenate(waiting)


def _silence(frames: int, channels: int) -> Iterator[Frames]:
    for start in range(0, frames, BLOCK_FRAMES):
        yield np.zeros((min(BLOCK_FRAMES, frames - start), channels), np.float32)
