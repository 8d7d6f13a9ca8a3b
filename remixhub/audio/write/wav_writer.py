"""Writes WAV: 32-bit float or 16/24-bit integer PCM, RF64 when it outgrows 4 GiB, RIFF INFO for the tags."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from remixhub.audio.write.quantise import Quantiser

_RIFF_LIMIT = 2**32 - 1
_DS64_SIZE = 28


class WavWriter:
    """Context manager. Sizes are filled in at the end; a JUNK chunk keeps the place that RF64's ds64 would need."""

    def __init__(
        self,
        path: Path,
        sample_rate_hz: int,
        channels: int,
        *,
        bit_depth: int = 32,
        info: Mapping[str, str] | None = None,
        seed: int = 0,
    ) -> None:
        self._file = path.open("wb")
        self._quantise = None if bit_depth == 32 else Quantiser(bit_depth, seed=seed)
        self._bit_depth = bit_depth
        self._frame_bytes = channels * bit_depth // 8
        self._data_bytes = 0
        kind = 3 if bit_depth == 32 else 1
        fmt = (kind, channels, sample_rate_hz, sample_rate_hz * self._frame_bytes, self._frame_bytes, bit_depth)
        self._write(b"RIFF\0\0\0\0WAVE", _chunk(b"JUNK", bytes(_DS64_SIZE)))
        self._write(_chunk(b"fmt ", struct.pack("<HHIIHH", *fmt) + (b"\0\0" if kind == 3 else b"")))
        self._fact_at = self._file.tell()
        self._write(_chunk(b"fact", bytes(4)), _info_chunk(info or {}), b"data\0\0\0\0")
        self._data_at = self._file.tell()

    def write(self, block: NDArray[np.float32]) -> None:
        """`block` is float32 `(n_frames, channels)`; float files keep it as it is, above full scale too."""
        if self._quantise is None:
            raw = np.ascontiguousarray(block, "<f4").tobytes()
        elif self._bit_depth == 16:
            raw = self._quantise(block).astype("<i2", copy=False).tobytes()
        else:
            samples = np.ascontiguousarray(self._quantise(block).astype("<i4", copy=False).reshape(-1, 1))
            raw = samples.view(np.uint8)[:, 1:].tobytes()
        self._write(raw)
        self._data_bytes += len(raw)

    def close(self) -> None:
        if self._file.closed:
            return
        with self._file:
            self._write(b"\0" * (self._data_bytes % 2))
            riff_bytes = self._file.tell() - 8
            frames = self._data_bytes // self._frame_bytes
            small = riff_bytes <= _RIFF_LIMIT
            self._patch(4, struct.pack("<I", min(riff_bytes, _RIFF_LIMIT)))
            self._patch(self._fact_at + 8, struct.pack("<I", min(frames, _RIFF_LIMIT)))
            self._patch(self._data_at - 4, struct.pack("<I", self._data_bytes if small else _RIFF_LIMIT))
            if not small:
                self._patch(0, b"RF64")
                ds64 = struct.pack("<QQQI", riff_bytes, self._data_bytes, frames, 0)
                self._patch(12, _chunk(b"ds64", ds64))

    def _write(self, *pieces: bytes) -> None:
        for piece in pieces:
            self._file.write(piece)

    def _patch(self, offset: int, value: bytes) -> None:
        self._file.seek(offset)
        self._file.write(value)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def _info_chunk(info: Mapping[str, str]) -> bytes:
    if not info:
        return b""
    fields = (_chunk(name.encode("ascii"), value.encode("utf-8") + b"\0") for name, value in info.items())
    return _chunk(b"LIST", b"INFO" + b"".join(fields))
