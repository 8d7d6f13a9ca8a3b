"""Uncompressed samples in a file, and their way to float32.

WAV and AIFF are read here and never reach a C decoder: the headers are parsed in Python, the samples by numpy.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from io import FileIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from remixhub.domain.measurements import MediaWarning
from remixhub.domain.media import Truncated

_STEP_SAMPLES = 16_384


class SampleType(StrEnum):
    """Values are numpy's type words without byte order; `i3` is packed 24 bits."""

    U8 = "u1"
    S8 = "i1"
    S16 = "i2"
    S24 = "i3"
    S32 = "i4"
    F32 = "f4"
    F64 = "f8"

    @property
    def width_bytes(self) -> int:
        return int(self.value[1])

    @property
    def is_float(self) -> bool:
        return self.value[0] == "f"


@dataclass(frozen=True)
class PcmLayout:
    """Where the samples are and what they look like, as far as the file really holds them."""

    sample_type: SampleType
    big_endian: bool
    channels: int
    sample_rate_hz: int
    bit_depth: int
    """Bits that carry sound; the rest of a wider sample is below, or above by `headroom_bits`."""
    offset_bytes: int
    frames: int
    headroom_bits: int = 0
    """How far samples lie below full scale, as those of 24 bits do that fill the lower end of 32."""
    tags: dict[str, str] = field(default_factory=dict)
    warnings: tuple[MediaWarning, ...] = ()

    @property
    def frame_bytes(self) -> int:
        return self.channels * self.sample_type.width_bytes

    @property
    def codec(self) -> str:
        """By ffmpeg's names, such as `pcm_s24le`."""
        kind = {"u": "u", "i": "s", "f": "f"}[self.sample_type.value[0]]
        width = self.sample_type.width_bytes
        return f"pcm_{kind}{width * 8}" + ("" if width == 1 else "be" if self.big_endian else "le")


def read_blocks(path: Path, layout: PcmLayout, block_frames: int) -> Iterator[NDArray[np.float32]]:
    """Float32 `(n_frames, channels)` blocks; integers fill ±1.0. Raises Truncated when the file ends too early."""
    with FileIO(path) as file:
        file.seek(layout.offset_bytes)
        for start in range(0, layout.frames, block_frames):
            frames = min(block_frames, layout.frames - start)
            raw = _read_fully(file, frames * layout.frame_bytes)
            if len(raw) < frames * layout.frame_bytes:
                raise Truncated(f"The file ended within its audio, after frame {start}.")
            samples = to_float(raw, layout.sample_type, layout.big_endian)
            if layout.headroom_bits:
                samples *= np.float32(2.0**layout.headroom_bits)
            yield samples.reshape(frames, layout.channels)


def to_float(raw: bytearray | bytes, sample_type: SampleType, big_endian: bool) -> NDArray[np.float32]:
    """One-dimensional; a full-scale integer becomes ±1.0, more than 24 bits are rounded to what float32 holds."""
    if sample_type is SampleType.S24:
        return _from_24_bits(raw, big_endian)
    stored = np.frombuffer(raw, np.dtype(sample_type.value).newbyteorder(">" if big_endian else "<"))
    samples = stored.astype(np.float32)
    if sample_type is SampleType.U8:
        samples -= np.float32(128)
    if not sample_type.is_float:
        samples *= np.float32(2.0 ** (1 - 8 * sample_type.width_bytes))
    return samples


def _from_24_bits(raw: bytearray | bytes, big_endian: bool) -> NDArray[np.float32]:
    """Reads overlapping int32 words three bytes apart, eight times as fast as spreading the bytes; the strange byte
    of each word is the lowest one and is masked away. In steps whose integers stay in the cache: six times as fast.
    """
    count = len(raw) // 3
    samples = np.empty(count, np.float32)
    if not count:
        return samples
    # The word of the first sample, or the last if big-endian, reaches out of the bytes: it stands alone.
    if big_endian:
        alone, rest = np.frombuffer(bytes(raw[-3:]) + b"\0", ">i4"), np.ndarray(count - 1, ">i4", raw, 0, (3,))
        parts = ((samples[:-1], rest), (samples[-1:], alone))
    else:
        alone, rest = np.frombuffer(b"\0" + bytes(raw[:3]), "<i4"), np.ndarray(count - 1, "<i4", raw, 2, (3,))
        parts = ((samples[:1], alone), (samples[1:], rest))
    for out, words in parts:
        for at in range(0, len(words), _STEP_SAMPLES):
            step = slice(at, at + _STEP_SAMPLES)
            whole = np.bitwise_and(words[step], np.int32(-256), dtype=np.int32)
            np.multiply(whole, np.float32(2.0**-31), out=out[step], dtype=np.float32, casting="unsafe")
    return samples


def _read_fully(file: FileIO, size_bytes: int) -> bytearray:
    """A raw file may answer with less than asked for."""
    buffer = bytearray(size_bytes)
    view = memoryview(buffer)
    filled = 0
    while filled < size_bytes and (count := file.readinto(view[filled:])):
        filled += count
    return bytearray(view[:filled]) if filled < size_bytes else buffer
