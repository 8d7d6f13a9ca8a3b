"""Parts of a stem as a lane reads it, decoded to a file: what an index of FLAC blocks gave of it.

This FLAC is of our own making, so that libsndfile decodes it in this process, without the sandbox of uploads: for a
few seconds of each stem, processes would cost four times as much as the sound (docs/decisions/035-openings.md).
"""

from __future__ import annotations

from bisect import bisect_right
from pathlib import Path
from typing import BinaryIO

import numpy as np
import soundfile

from remixhub.audio.engine import BLOCK_FRAMES
from remixhub.audio.read.flac_chunks import FlacIndex, Span
from remixhub.audio.resample import Block
from remixhub.domain.media import Damaged


class Excerpt:
    """Spans are added in their order."""

    def __init__(self, index: FlacIndex, file: BinaryIO) -> None:
        self._index = index
        self._file = file
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._frames = 0
        """In the file."""
        self._places: list[int] = []

    def add(self, span: Span, flac: Path) -> None:
        """`flac` holds the head for the span and its bytes. Raises Damaged."""
        gain = np.float32(2**self._index.halvings)
        self._starts.append(span.start_frames)
        self._ends.append(span.start_frames + span.frames)
        self._places.append(self._frames)
        before = self._frames
        try:
            with _Forward(flac) as sound:
                while len(block := sound.read(BLOCK_FRAMES, dtype="float32", always_2d=True)):
                    self._file.write((block * gain).data)
                    self._frames += len(block)
        except soundfile.SoundFileError as exc:
            raise Damaged(f"A span of the stem cannot be decoded: {exc}.") from exc
        if self._frames - before != span.frames:
            raise Damaged(f"A span of the stem has {self._frames - before} frames instead of {span.frames}.")

    def read(self, start: int, most: int) -> Block:
        """As `lanes.Read`; nothing where no span holds the frame."""
        number = bisect_right(self._starts, start) - 1
        if number < 0 or start >= self._ends[number]:
            return np.zeros((0, self._index.channels), np.float32)
        frames = min(most, self._ends[number] - start)
        frame_bytes = self._index.channels * 4
        self._file.seek((self._places[number] + start - self._starts[number]) * frame_bytes)
        return np.frombuffer(self._file.read(frames * frame_bytes), np.float32).reshape(-1, self._index.channels)


class _Forward(soundfile.SoundFile):  # type: ignore[misc]  # it has no types
    """Read from its start to its end: the numbers of a span's blocks begin anywhere, and seeking goes by them."""

    def seekable(self) -> bool:
        return False
