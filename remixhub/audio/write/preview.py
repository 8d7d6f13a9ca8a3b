"""MP3 previews: by pydub while the whole segment fits SEGMENT_BYTES, by a streaming encoder beyond.

Where the line lies, and why, is docs/decisions/002-where-pydub-ends.md.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remixhub.audio.confine.ffmpeg import FfmpegPaths
from remixhub.audio.write.encode import AudioFormat, Encoder, lame_gain, mp3_rate_hz, open_encoder
from remixhub.audio.write.quantise import Quantiser
from remixhub.domain.media import EncoderFailed

PREVIEW_BITRATE_BPS = 128_000
SEGMENT_BYTES = 16 * 1024**2
"""Of 16-bit PCM: 95 s of CD audio in stereo. pydub takes up to five times as much memory on the way."""


@contextmanager
def open_preview(path: Path, sample_rate_hz: int, channels: int, ffmpeg: FfmpegPaths) -> Iterator[Encoder]:
    """Writes `path` as MP3; on leaving it is complete, or gone if the body raised. Raises EncoderFailed."""
    preview = _Preview(path, sample_rate_hz, channels, ffmpeg)
    with preview.stack:
        yield preview
        preview.finish()


class _Preview:
    """Keeps blocks as a segment until they are too many or too loud for one; then streams them all."""

    def __init__(self, path: Path, sample_rate_hz: int, channels: int, ffmpeg: FfmpegPaths) -> None:
        self.stack = ExitStack()
        self._path = path
        self._rate_hz = sample_rate_hz
        self._channels = channels
        self._ffmpeg = ffmpeg
        self._kept: list[NDArray[np.float32]] = []
        self._kept_samples = 0
        self._stream: Encoder | None = None

    def write(self, block: NDArray[np.float32]) -> None:
        if self._stream is None:
            self._kept_samples += block.size
            # Integers end at full scale, the streaming encoder's floats do not.
            fits = self._kept_samples * 2 <= SEGMENT_BYTES and np.abs(block).max(initial=0) < 1
            if fits:
                self._kept.append(block.copy())
                return
            self._stream = self._open_stream()
        self._stream.write(block)

    def finish(self) -> None:
        if self._stream is None:
            quantise = Quantiser(16)
            samples = b"".join(quantise(block).astype("<i2", copy=False).tobytes() for block in self._kept)
            export_mp3(samples, self._path, self._rate_hz, self._channels, self._ffmpeg)

    def _open_stream(self) -> Encoder:
        stream = self.stack.enter_context(
            open_encoder(
                self._path,
                AudioFormat.MP3,
                self._rate_hz,
                self._channels,
                ffmpeg=self._ffmpeg,
                bitrate_bps=PREVIEW_BITRATE_BPS,
            )
        )
        for block in self._kept:
            stream.write(block)
        self._kept.clear()
        return stream


def export_mp3(samples: bytes, path: Path, sample_rate_hz: int, channels: int, ffmpeg: FfmpegPaths) -> None:
    """`samples` are interleaved little-endian int16, of our own making. Equal samples give equal bytes."""
    pydub = _import_pydub()
    segment = pydub.AudioSegment(data=samples, sample_width=2, frame_rate=sample_rate_hz, channels=channels)
    segment.converter = str(ffmpeg.ffmpeg)
    try:
        segment.export(
            path,
            format="mp3",
            codec="libmp3lame",
            bitrate=str(PREVIEW_BITRATE_BPS),
            parameters=[
                *(
                    "-af",
                    f"volume={lame_gain(PREVIEW_BITRATE_BPS)}:precision=float",
                    "-ar",
                    str(mp3_rate_hz(sample_rate_hz)),
                ),
                *("-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact"),
            ],
        ).close()
    except (pydub.exceptions.CouldntEncodeError, OSError) as exc:
        path.unlink(missing_ok=True)
        raise EncoderFailed(f"The preview could not be encoded: {exc}") from exc


def _import_pydub() -> Any:
    """Late, since most of the service never needs it; quietly, since it warns of the missing programs that we name
    to it afterwards, and of the standard library's ageing.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pydub
        import pydub.exceptions
    return pydub
