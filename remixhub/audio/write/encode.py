"""Streaming encoders: float32 blocks in, an MP3, Opus, FLAC or WAV file out, in constant memory.

The input is our own PCM, so ffmpeg runs here without the sandbox. Equal input gives equal bytes.
"""

from __future__ import annotations

import os
import queue
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryFile
from types import MappingProxyType
from typing import IO, Protocol

import numpy as np
from numpy.typing import NDArray

from remixhub.audio.confine.ffmpeg import FfmpegPaths
from remixhub.audio.tags import Tags
from remixhub.audio.write.quantise import Quantiser
from remixhub.audio.write.wav_writer import WavWriter
from remixhub.domain.media import EncoderFailed

_MP3_RATES_HZ = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
_QUEUED_BLOCKS = 4
_MP3_BITRATE_BPS = 192_000
_LAME_SCALES = ((160_000, 0.95), (192_000, 0.97), (224_000, 0.98))
"""Up to which bitrate LAME multiplies its input by what; ffmpeg cannot turn it off, so the input is raised before."""


class AudioFormat(StrEnum):
    MP3 = "mp3"
    OPUS = "opus"
    FLAC = "flac"
    WAV = "wav"

    @property
    def media_type(self) -> str:
        return {"mp3": "audio/mpeg", "opus": "audio/ogg"}.get(self.value, f"audio/{self.value}")

    @property
    def suffix(self) -> str:
        return f".{self.value}"


class Encoder(Protocol):
    def write(self, block: NDArray[np.float32]) -> None:
        """`block` is float32 `(n_frames, channels)`, of any length; it may be reused after the call."""


@contextmanager
def open_encoder(
    path: Path,
    format: AudioFormat,
    sample_rate_hz: int,
    channels: int,
    *,
    ffmpeg: FfmpegPaths,
    tags: Tags | None = None,
    bit_depth: int | None = None,
    bitrate_bps: int | None = None,
    seed: int = 0,
    dither: bool = True,
) -> Iterator[Encoder]:
    """Writes `path`; on leaving it is complete, or gone if the body raised. Raises EncoderFailed.

    `bit_depth` is 16 (with TPDF dither from `seed`) or 24 for FLAC, and 16, 24 or 32 (float, untouched) for WAV; the
    defaults are 24 and 32. `bitrate_bps` defaults to 192k for MP3 and 128k for Opus. Rates that a format does
    not know, such as those above 48 kHz for MP3, are resampled.
    """
    tags = tags or Tags()
    with whole_or_gone(path, format):
        if format is AudioFormat.WAV:
            with WavWriter(
                path, sample_rate_hz, channels, bit_depth=bit_depth or 32, info=tags.riff(), seed=seed
            ) as writer:
                yield writer
            return
        options, metadata = _output(format, sample_rate_hz, bitrate_bps, tags)
        quantiser = Quantiser(bit_depth or 24, seed=seed, dither=dither) if format is AudioFormat.FLAC else None
        gain = lame_gain(bitrate_bps or _MP3_BITRATE_BPS) if format is AudioFormat.MP3 else 1.0
        output = [*options, "-y", f"file:{path}"]
        with Pipe(ffmpeg, sample_rate_hz, channels, output, metadata=metadata, quantiser=quantiser, gain=gain) as pipe:
            yield pipe


@contextmanager
def whole_or_gone(path: Path, format: str) -> Iterator[None]:
    """Of what raises inside, no half a file is left. Raises EncoderFailed for the system's faults."""
    try:
        yield
    except BaseException as exc:
        path.unlink(missing_ok=True)
        if isinstance(exc, OSError):
            raise EncoderFailed(f"Writing {format} failed: {exc}") from exc
        raise


def mp3_rate_hz(sample_rate_hz: int) -> int:
    """The rate that an MP3 of this audio has: the same when MP3 knows it, else the next one above, at most 48 kHz."""
    return next((rate for rate in _MP3_RATES_HZ if rate >= sample_rate_hz), _MP3_RATES_HZ[-1])


def lame_gain(bitrate_bps: int) -> float:
    """By what the input is to be multiplied, so that LAME keeps its level at this bitrate."""
    return 1 / next((scale for highest_bps, scale in _LAME_SCALES if bitrate_bps <= highest_bps), 1.0)


def _output(
    format: AudioFormat, sample_rate_hz: int, bitrate_bps: int | None, tags: Tags
) -> tuple[list[str], Mapping[str, str]]:
    """ffmpeg's options for the output, and its metadata."""
    if format is AudioFormat.MP3:
        rate = str(mp3_rate_hz(sample_rate_hz))
        lame = ["-c:a", "libmp3lame", "-b:a", str(bitrate_bps or _MP3_BITRATE_BPS), "-ar", rate, "-id3v2_version", "3"]
        return [*lame, "-f", "mp3"], tags.id3()
    if format is AudioFormat.OPUS:
        return ["-c:a", "libopus", "-b:a", str(bitrate_bps or 128_000), "-ar", "48000", "-f", "opus"], tags.vorbis()
    # FLAC writes rates above 65,535 Hz in tens.
    resampled = ["-ar", "96000"] if sample_rate_hz > 65_535 and sample_rate_hz % 10 else []
    return ["-c:a", "flac", "-compression_level", "3", *resampled, "-f", "flac"], tags.vorbis()


class Pipe:
    """An ffmpeg that reads PCM from its stdin. A thread feeds it, so that encoding and computing overlap."""

    def __init__(
        self,
        ffmpeg: FfmpegPaths,
        sample_rate_hz: int,
        channels: int,
        output: list[str],
        *,
        metadata: Mapping[str, str] = MappingProxyType({}),
        quantiser: Quantiser | None = None,
        gain: float = 1.0,
        folder: Path | None = None,
        answers: IO[bytes] | None = None,
    ) -> None:
        """`output` is what ffmpeg is told of its output, by names in `folder`; `answers` takes what it prints."""
        self._quantise = quantiser
        self._gain = np.float32(gain)
        sample = "f32le" if quantiser is None else "s16le" if quantiser.bit_depth == 16 else "s32le"
        self._dtype = {"f32le": "<f4", "s16le": "<i2", "s32le": "<i4"}[sample]
        self._messages: IO[bytes] = TemporaryFile()  # noqa: SIM115  closed by __exit__
        self._blocks: queue.Queue[memoryview | None] = queue.Queue(_QUEUED_BLOCKS)
        self._broken = False
        named_layouts = {1: ["-channel_layout", "mono"], 2: ["-channel_layout", "stereo"]}
        layout = named_layouts.get(channels, ["-ac", str(channels)])
        source = ["-f", sample, "-ar", str(sample_rate_hz), *layout, "-i", "pipe:0"]
        named = [word for name, value in metadata.items() for word in ("-metadata", f"{name}={value}")]
        bitexact = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact"]
        depth = ["-bits_per_raw_sample", "24"] if sample == "s32le" else []
        quiet = [str(ffmpeg.ffmpeg), "-nostdin", "-hide_banner", "-v", "error"]
        self._process = subprocess.Popen(  # noqa: S603
            [*quiet, *source, *bitexact, *named, *depth, *output],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL if answers is None else answers,
            cwd=folder,
            env={"PATH": os.defpath, "LC_ALL": "C"},  # the worker's holds secrets
            stderr=self._messages,
        )
        self._feeder = threading.Thread(target=self._feed, daemon=True)
        self._feeder.start()

    def write(self, block: NDArray[np.float32]) -> None:
        raised = block if self._gain == 1 else block * self._gain
        samples = raised if self._quantise is None else self._quantise(raised)
        # The feeder may still read it when the caller writes over the block.
        own = np.array(samples, self._dtype, order="C", copy=True if samples is block else None)
        self._blocks.put(own.reshape(-1).view(np.uint8).data)
        if self._broken:
            self._fail()

    def _feed(self) -> None:
        """Runs in its own thread until None arrives. A dead encoder is noted, and the queue still drained."""
        stdin = self._process.stdin
        assert stdin is not None
        while (piece := self._blocks.get()) is not None:
            if not self._broken:
                try:
                    stdin.write(piece)
                except OSError:
                    self._broken = True
        try:
            stdin.close()
        except OSError:
            self._broken = True

    def _fail(self) -> None:
        self._process.kill()
        self._process.wait()
        self._messages.seek(0)
        said = self._messages.read(2_000).decode("utf-8", "replace").strip()
        raise EncoderFailed(f"ffmpeg could not encode: {said or 'no message'}")

    def __enter__(self) -> Pipe:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self._process.kill()
        self._blocks.put(None)
        self._feeder.join()
        try:
            if (self._process.wait() != 0 or self._broken) and kind is None:
                self._fail()
        finally:
            self._messages.close()
