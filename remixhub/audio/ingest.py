"""One upload into everything that pages, mixes and checks need of it, in one decode and in constant memory.

The mixer rendition is 16-bit FLAC at the source's own rate: browsers decode it without delay or padding, so that stems
stay aligned to the frame, which no lossy codec warrants; and it costs the encoder a quarter of an MP3.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from remixhub.audio.confine.sandbox import Sandbox
from remixhub.audio.engine import ENGINE_VERSION
from remixhub.audio.measure.grid import Grid
from remixhub.audio.measure.levels import LevelMeter
from remixhub.audio.measure.loudness import LoudnessMeter
from remixhub.audio.measure.peaks import COARSE_FRAMES, FINE_FRAMES, PEAKS_MEDIA_TYPE, PeaksBuilder
from remixhub.audio.measure.true_peak import TruePeakMeter
from remixhub.audio.read.decode import Blocks, open_blocks
from remixhub.audio.read.probe import Probe, probe
from remixhub.audio.write.encode import AudioFormat, Encoder, open_encoder
from remixhub.audio.write.preview import open_preview
from remixhub.domain.measurements import Measurements
from remixhub.domain.media import Cancelled
from remixhub.domain.states import RenditionKind

_HALVING_DB = 20 * math.log10(2)

OnProgress = Callable[[float, str], None]
"""Told the share done, 0 to 1, and what is being done."""


@dataclass(frozen=True)
class RenditionFile:
    kind: RenditionKind
    path: Path
    media_type: str


@dataclass(frozen=True)
class Ingested:
    measurements: Measurements
    renditions: tuple[RenditionFile, ...]


def ingest(
    source: Path,
    out_dir: Path,
    sandbox: Sandbox,
    *,
    on_progress: OnProgress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Ingested:
    """Writes the renditions into `out_dir`, which exists. Equal bytes in, equal bytes out.

    Raises the classes of `domain.media`: Refused for the file's faults, Cancelled when `cancelled` says so.
    """
    found = probe(source, sandbox)
    preview, mixer = out_dir / "preview.mp3", out_dir / "mixer.flac"
    fine, coarse = out_dir / "peaks.dat", out_dir / "peaks_coarse.dat"
    meters = _Meters(found)
    sound = out_dir / f"sound{'.flac' if found.is_lossless else '.wav'}" if _is_trimmed(found) else None
    with (
        open_blocks(source, found, sandbox) as blocks,
        open_preview(preview, found.sample_rate_hz, found.channels, sandbox.programs) as preview_encoder,
        _open_mixer(mixer, found, sandbox) as mixer_encoder,
        _open_sound(sound, found, sandbox) as sound_encoder,
    ):
        for block in blocks:
            _follow(blocks, found, on_progress, cancelled)
            preview_encoder.write(block)
            mixer_encoder.write(block)
            if sound_encoder is not None:
                sound_encoder.write(block)
            meters.add(block)
    halvings = meters.halvings()
    if halvings:
        _write_lower(source, mixer, found, sandbox, halvings)
    meters.peaks.write(fine, FINE_FRAMES)
    meters.peaks.write(coarse, COARSE_FRAMES)
    measured = meters.measurements(blocks)
    files = [
        RenditionFile(RenditionKind.PREVIEW, preview, AudioFormat.MP3.media_type),
        RenditionFile(RenditionKind.MIXER, mixer, AudioFormat.FLAC.media_type),
        RenditionFile(RenditionKind.PEAKS, fine, PEAKS_MEDIA_TYPE),
        RenditionFile(RenditionKind.PEAKS_COARSE, coarse, PEAKS_MEDIA_TYPE),
    ]
    if sound is not None:
        files.append(RenditionFile(RenditionKind.SOUND, sound, AudioFormat(sound.suffix[1:]).media_type))
        with sound.open("rb") as written:
            measured = replace(measured, sound_sha256=hashlib.file_digest(written, "sha256").hexdigest())
    return Ingested(measured, tuple(files))


def measure(source: Path, sandbox: Sandbox, *, on_progress: OnProgress | None = None) -> Measurements:
    """What `ingest` measures, without renditions."""
    found = probe(source, sandbox)
    meters = _Meters(found)
    with open_blocks(source, found, sandbox) as blocks:
        for block in blocks:
            _follow(blocks, found, on_progress, None)
            meters.add(block)
    return meters.measurements(blocks)


class _Meters:
    def __init__(self, found: Probe) -> None:
        self._probe = found
        self._digest = hashlib.sha256(f"float32 {found.sample_rate_hz} {found.channels}\n".encode())
        self._loudness = LoudnessMeter(found.sample_rate_hz, found.channels)
        self._true_peak = TruePeakMeter(found.sample_rate_hz, found.channels)
        self._levels = LevelMeter(found.channels, found.bit_depth)
        self.peaks = PeaksBuilder(found.sample_rate_hz, found.channels)

    def add(self, block: NDArray[np.float32]) -> None:
        grid = Grid.of(block)
        self._digest.update(np.ascontiguousarray(block, "<f4").data)
        self._loudness.add(block)
        self._true_peak.add(grid)
        self._levels.add(grid)
        self.peaks.add(grid)

    def halvings(self) -> int:
        """How often the audio must be halved to fit integers."""
        peak = self._levels.peak
        return math.ceil(math.log2(peak)) if peak > 1 else 0

    def measurements(self, blocks: Blocks) -> Measurements:
        """Once `blocks` has been read to its end."""
        found, levels = self._probe, self._levels
        levels.finish()
        return Measurements(
            engine_version=ENGINE_VERSION,
            container=found.container,
            codec=found.codec,
            sample_rate_hz=found.sample_rate_hz,
            channels=found.channels,
            bit_depth=found.bit_depth,
            duration_frames=blocks.frames,
            declared_frames=found.declared_frames,
            integrated_lufs=self._loudness.integrated_lufs(),
            loudness_range_lu=self._loudness.loudness_range_lu(),
            true_peak_dbtp=self._true_peak.peak_dbtp(),
            sample_peak_dbfs=levels.peak_dbfs,
            rms_dbfs=levels.rms_dbfs,
            dc_offset=levels.dc_offset,
            clipping_runs=levels.clipping_runs,
            clipped_samples=levels.clipped_samples,
            longest_clip_frames=levels.longest_clip_frames,
            first_clip_frames=levels.first_clip_frames,
            leading_silence_frames=levels.leading_silence_frames,
            trailing_silence_frames=levels.trailing_silence_frames,
            silence_share=self.peaks.silence_share(),
            pcm_sha256=self._digest.hexdigest(),
            mixer_gain_db=self.halvings() * _HALVING_DB,
            tags=dict(found.tags),
            warnings=(*found.warnings, *blocks.warnings),
        )


def _follow(blocks: Blocks, found: Probe, on_progress: OnProgress | None, cancelled: Callable[[], bool] | None) -> None:
    if cancelled is not None and cancelled():
        raise Cancelled("The ingest was cancelled.")
    if on_progress is not None and found.declared_frames:
        on_progress(min(blocks.frames / found.declared_frames, 1.0), "measuring")


def _open_mixer(path: Path, found: Probe, sandbox: Sandbox, *, dither: bool = False) -> AbstractContextManager[Encoder]:
    """What has 16 bits or fewer is kept exactly."""
    return open_encoder(
        path,
        AudioFormat.FLAC,
        found.sample_rate_hz,
        found.channels,
        ffmpeg=sandbox.programs,
        bit_depth=16,
        dither=dither or found.bit_depth is None or found.bit_depth > 16,
    )


def _is_trimmed(found: Probe) -> bool:
    return found.extent is not None and found.extent.trimmed_frames > 0


def _open_sound(path: Path | None, found: Probe, sandbox: Sandbox) -> AbstractContextManager[Encoder | None]:
    """Nothing is lost: lossless sound keeps its bits, and decoded floats are written as they are."""
    if path is None:
        return nullcontext()
    depth = None if not found.is_lossless else 16 if (found.bit_depth or 24) <= 16 else 24
    format = AudioFormat(path.suffix[1:])
    return open_encoder(
        path, format, found.sample_rate_hz, found.channels, ffmpeg=sandbox.programs, bit_depth=depth, dither=False
    )


def _write_lower(source: Path, path: Path, found: Probe, sandbox: Sandbox, halvings: int) -> None:
    """The mixer rendition again, for the few files that exceed full scale: one learns that at their end."""
    factor = np.float32(2.0**-halvings)
    with open_blocks(source, found, sandbox) as blocks, _open_mixer(path, found, sandbox, dither=True) as encoder:
        for block in blocks:
            encoder.write(block * factor)
