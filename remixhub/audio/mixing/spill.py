"""The sum of a mix in a file, so that it can be heard again once its loudness is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

import numpy as np

from remixhub.audio.engine import BLOCK_FRAMES
from remixhub.audio.resample import Block

_FRAME_BYTES = 8


def blocks_of(total_frames: int) -> Iterator[range]:
    for start in range(0, total_frames, BLOCK_FRAMES):
        yield range(start, min(start + BLOCK_FRAMES, total_frames))


class Spill:
    """Stereo."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, block: Block, start: int) -> None:
        self._file.seek(start * _FRAME_BYTES)
        self._file.write(block.data)

    def read(self, span: range) -> Block:
        self._file.seek(span.start * _FRAME_BYTES)
        return np.frombuffer(bytearray(self._file.read(len(span) * _FRAME_BYTES)), np.float32).reshape(-1, 2)

    def heard(self, spans: Iterable[range]) -> Iterator[Block]:
        """The spans one after another, in blocks that are full but for the last."""
        pieces: list[Block] = []
        frames = 0
        for span in spans:
            at = span.start
            while at < span.stop:
                piece = self.read(range(at, min(span.stop, at + BLOCK_FRAMES - frames)))
                pieces.append(piece)
                at, frames = at + len(piece), frames + len(piece)
                if frames == BLOCK_FRAMES:
                    yield pieces[0] if len(pieces) == 1 else np.concatenate(pieces)
                    pieces, frames = [], 0
        if pieces:
            yield pieces[0] if len(pieces) == 1 else np.concatenate(pieces)
