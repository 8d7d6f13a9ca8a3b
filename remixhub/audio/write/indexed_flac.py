"""FLAC of fixed blocks, and the index of where they lie: of a file so written any span can be read by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import numpy as np
from numpy.typing import NDArray

from remixhub.audio.confine.ffmpeg import FfmpegPaths
from remixhub.audio.read.flac_chunks import BLOCK_FRAMES, STREAMINFO_BYTES, FlacIndex
from remixhub.audio.write.encode import AudioFormat, Pipe, whole_or_gone
from remixhub.audio.write.quantise import Quantiser

_STREAMINFO_AT = 8
_SIZE_FIELD = 4
"""Of a line of ffmpeg's `framecrc`: stream, two times, frames, bytes, checksum."""


class IndexedFlac:
    """An encoder; once its context has ended it knows the index of what it wrote."""

    def __init__(self, path: Path, sample_rate_hz: int, channels: int, bit_depth: int, pipe: Pipe) -> None:
        self._path, self._rate_hz, self._channels, self._bit_depth = path, sample_rate_hz, channels, bit_depth
        self._pipe = pipe
        self._frames = 0
        self.lengths: tuple[int, ...] = ()
        """Of the blocks in bytes, at the end."""

    def write(self, block: NDArray[np.float32]) -> None:
        """`block` is float32 `(n_frames, channels)`; what exceeds full scale is clipped."""
        self._frames += len(block)
        self._pipe.write(block)

    def index(self, halvings: int = 0) -> FlacIndex:
        """`halvings` is how often the samples were halved before they were written."""
        with self._path.open("rb") as file:
            file.seek(_STREAMINFO_AT)
            streaminfo = file.read(STREAMINFO_BYTES)
        return FlacIndex(
            sample_rate_hz=self._rate_hz,
            channels=self._channels,
            bit_depth=self._bit_depth,
            halvings=halvings,
            total_frames=self._frames,
            first_block_at=self._path.stat().st_size - sum(self.lengths),
            streaminfo=streaminfo,
            lengths=self.lengths,
        )


@contextmanager
def open_indexed_flac(
    path: Path, sample_rate_hz: int, channels: int, bit_depth: int, ffmpeg: FfmpegPaths
) -> Iterator[IndexedFlac]:
    """Writes `path`, 16 or 24 bits without dither; on leaving it is complete, or gone if the body raised.

    Raises EncoderFailed. The encoder itself says where its blocks end: a search for their heads could be misled.
    """
    # One file for the blocks and one for their lengths; by a plain name, since paths would have to be escaped here.
    both = f"[f=flac:metadata_header_padding=0]file:{path.name}|[f=framecrc]pipe:1"
    encoding = ["-c:a", "flac", "-compression_level", "3", "-frame_size", str(BLOCK_FRAMES)]
    with whole_or_gone(path, AudioFormat.FLAC), TemporaryFile() as lines:
        with Pipe(
            ffmpeg,
            _written_rate_hz(sample_rate_hz),
            channels,
            [*encoding, "-map", "0:a", "-f", "tee", "-y", both],
            quantiser=Quantiser(bit_depth, dither=False),
            folder=path.parent,
            answers=lines,
        ) as pipe:
            flac = IndexedFlac(path, sample_rate_hz, channels, bit_depth, pipe)
            yield flac
        flac.lengths = _lengths(lines)


def _written_rate_hz(sample_rate_hz: int) -> int:
    """FLAC writes high rates in tens. The samples stay as they are, and the index has the very rate."""
    return sample_rate_hz if sample_rate_hz < 65_535 else round(sample_rate_hz, -1)


def _lengths(lines: IO[bytes]) -> tuple[int, ...]:
    lines.seek(0)
    fields = (line.split(b",") for line in lines if not line.startswith(b"#"))
    # A last line of no bytes stands for the head, which is written anew at the end.
    return tuple(length for length in (int(words[_SIZE_FIELD]) for words in fields) if length)
