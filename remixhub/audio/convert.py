"""A finished file in another format, in constant memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from remixhub.audio.confine.sandbox import Sandbox
from remixhub.audio.read.decode import open_blocks
from remixhub.audio.read.probe import probe
from remixhub.audio.resample import resampled
from remixhub.audio.tags import Tags
from remixhub.audio.write.encode import AudioFormat, open_encoder


def convert(
    source: Path,
    path: Path,
    format: AudioFormat,
    sandbox: Sandbox,
    *,
    tags: Tags | None = None,
    bit_depth: int | None = None,
    bitrate_bps: int | None = None,
    sample_rate_hz: int | None = None,
    on_progress: Callable[[float], None] = lambda _fraction: None,
) -> int:
    """Writes `path`, and says how many frames; or nothing when it raises: EncoderFailed, and the classes of
    `domain.media` for a damaged source.

    Depth and bitrate are those of `open_encoder`; without a `sample_rate_hz` the source keeps its own.
    `on_progress(fraction)` is called once a block, where the source says how long it is.
    """
    found = probe(source, sandbox)
    rate_hz, channels = sample_rate_hz or found.sample_rate_hz, found.channels
    frames = 0
    with (
        open_blocks(source, found, sandbox) as blocks,
        open_encoder(
            path, format, rate_hz, channels,
            ffmpeg=sandbox.programs, tags=tags, bit_depth=bit_depth, bitrate_bps=bitrate_bps,
        ) as encoder,
    ):  # fmt: skip
        own = iter(blocks)
        for block in (
            own if rate_hz == blocks.sample_rate_hz else resampled(own, channels, blocks.sample_rate_hz, rate_hz)
        ):
            frames += len(block)
            encoder.write(block)
            if found.declared_frames:
                on_progress(min(1.0, blocks.frames / found.declared_frames))
    return frames
