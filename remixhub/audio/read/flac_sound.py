"""The frames of a FLAC file, handed to the decoder without the metadata, and the check of what it gives back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from remixhub.audio.read.flac_header import FlacHeader
from remixhub.audio.read.window import Window

_PIECE_BYTES = 1 << 18


def feed_frames(path: Path, window: Window, header: FlacHeader) -> Iterator[bytes]:
    """The file as if it held no pictures, tags, seek points, cue sheets, nor anything else to stumble over."""
    yield header.bare
    with window.open(path) as file:
        file.seek(header.audio_at)
        while piece := file.read(_PIECE_BYTES):
            yield piece


class FlacChecksum:
    """Holds decoded samples to the MD5 that the encoder took of them."""

    def __init__(self, header: FlacHeader) -> None:
        self._header = header
        self._digest = hashlib.md5(usedforsecurity=False)
        self._frames = 0
        self.complete = False
        """Whether the declared frames are all there and as they were encoded; what follows is no part of them."""
        self.followed = False

    def whole_part(self, block: NDArray[np.int32]) -> NDArray[np.int32]:
        """`block` is `(n_frames, channels)`, its samples fill 32 bits. Less of it at the declared sound's end."""
        if self.complete:
            self.followed = True
            return block[:0]
        left = (self._header.frames or 0) - self._frames
        self._frames += len(block)
        if 0 < left <= len(block):
            self._digest.update(self._packed(block[:left]))
            if self.matches():
                self.complete, self.followed = True, left < len(block)
                return block[:left]
            self._digest.update(self._packed(block[left:]))
        else:
            self._digest.update(self._packed(block))
        return block

    def matches(self) -> bool:
        return self._header.md5 == self._digest.digest()

    def _packed(self, block: NDArray[np.int32]) -> bytes:
        bits = self._header.bit_depth
        width_bytes = (bits + 7) // 8
        samples = block >> np.int32(32 - bits)
        if width_bytes == 3:
            return np.ascontiguousarray(samples, "<i4").view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
        return samples.astype(f"<i{width_bytes}").tobytes()


def to_float(block: NDArray[np.int32]) -> NDArray[np.float32]:
    """Full scale becomes ±1.0; exact up to 24 bits."""
    samples = block.astype(np.float32)
    samples *= np.float32(2.0**-31)
    return samples
