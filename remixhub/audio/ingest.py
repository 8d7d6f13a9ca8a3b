"""One upload into everything that pages, mixes and checks need of it, in one decode and in constant memory.

What browsers mix is written on the way (`mixer_sound.py`).
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
from remixhub.audio.measure.sound import SoundMeter
from remixhub.audio.measure.true_peak import TruePeakMeter
from remixhub.audio.mixer_sound import RenditionFile, halvings_of, open_mixer_sound
from remixhub.audio.read.decode import Blocks, OnProgress, open_blocks
from remixhub.audio.read.probe import Probe, probe
from remixhub.audio.write.encode import AudioFormat, Encoder, open_encoder
from remixhub.audio.write.preview import open_preview
from remixhub.domain.measurements import Measurements
from remixhub.domain.states import RenditionKind

_HALVING_DB = 20 * math.log10(2)


@dataclass(frozen=True)
class Ingested:
    measurements: Measurements
    renditions: tuple[RenditionFile, ...]
    sound: bytes | None
    """What it is like (`domain.stems.sound`); None for silence."""


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
    preview = out_dir / "preview.mp3"
    fine, coarse = out_dir / "peaks.dat", out_dir / "peaks_coarse.dat"
    meters = _Meters(found)
    sound = out_dir / f"sound{'.flac' if found.is_lossless else '.wav'}" if _is_trimmed(found) else None
    with (
        open_blocks(source, found, sandbox) as blocks,
        open_preview(preview, found.sample_rate_hz, found.channels, sandbox.programs) as preview_encoder,
        open_mixer_sound(out_dir, found, sandbox) as mixer,
        _open_sound(sound, found, sandbox) as sound_encoder,
    ):
        for block in blocks.followed(on_progress, cancelled, "measuring"):
            preview_encoder.write(block)
            mixer.write(block)
            if sound_encoder is not None:
                sound_encoder.write(block)
            meters.add(block)
    mixer_files = mixer.finish(source, meters.halvings())
    meters.peaks.write(fine, FINE_FRAMES)
    meters.peaks.write(coarse, COARSE_FRAMES)
    measured = meters.measurements(blocks)
    files = [
        RenditionFile(RenditionKind.PREVIEW, preview, AudioFormat.MP3.media_type),
        *mixer_files,
        RenditionFile(RenditionKind.PEAKS, fine, PEAKS_MEDIA_TYPE),
        RenditionFile(RenditionKind.PEAKS_COARSE, coarse, PEAKS_MEDIA_TYPE),
    ]
    if sound is not None:
        files.append(RenditionFile(RenditionKind.SOUND, sound, AudioFormat(sound.suffix[1:]).media_type))
        with sound.open("rb") as written:
            measured = replace(measured, sound_sha256=hashlib.file_digest(written, "sha256").hexdigest())
    return Ingested(measured, tuple(files), meters.sound())


def measure(source: Path, sandbox: Sandbox, *, on_progress: OnProgress | None = None) -> Measurements:
    """What `ingest` measures, without renditions."""
    meters, blocks = _measured(source, sandbox, on_progress, None)
    return meters.measurements(blocks)


def sound_of(
    source: Path,
    sandbox: Sandbox,
    *,
    on_progress: OnProgress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> bytes | None:
    """`Ingested.sound` alone, of what was ingested before there was one."""
    meters, _ = _measured(source, sandbox, on_progress, cancelled)
    return meters.sound()


def _measured(
    source: Path, sandbox: Sandbox, on_progress: OnProgress | None, cancelled: Callable[[], bool] | None
) -> tuple[_Meters, Blocks]:
    found = probe(source, sandbox)
    meters = _Meters(found)
    with open_blocks(source, found, sandbox) as blocks:
        for block in blocks.followed(on_progress, cancelled, "measuring"):
            meters.add(block)
    return meters, blocks


class _Meters:
    def __init__(self, found: Probe) -> None:
        self._probe = found
        self._digest = hashlib.sha256(f"float32 {found.sample_rate_hz} {found.channels}\n".encode())
        self._loudness = LoudnessMeter(found.sample_rate_hz, found.channels)
        self._true_peak = TruePeakMeter(found.sample_rate_hz, found.channels)
        self._levels = LevelMeter(found.channels, found.bit_depth)
        self.peaks = PeaksBuilder(found.sample_rate_hz, found.channels)
        self._sound = SoundMeter(found.sample_rate_hz)

    def add(self, block: NDArray[np.float32]) -> None:
        grid = Grid.of(block)
        self._digest.update(np.ascontiguousarray(block, "<f4").data)
        self._loudness.add(block)
        self._true_peak.add(grid)
        self._levels.add(grid)
        self.peaks.add(grid)
        self._sound.add(grid)

    def halvings(self) -> int:
        return halvings_of(self._levels.peak)

    def sound(self) -> bytes | None:
        """Once all was added."""
        levels = self._levels
        return self._sound.vector(
            integrated_lufs=self._loudness.integrated_lufs(),
            loudness_range_lu=self._loudness.loudness_range_lu(),
            crest_db=(levels.peak_dbfs or 0.0) - (levels.rms_dbfs or 0.0),
            silence_share=self.peaks.silence_share(),
        )

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
