"""Renders mix specs after `docs/mix-spec.md`, streaming: memory does not grow with the length of the mix.

The float32 sum is spilled to a temporary file and measured on the way; only then is the loudness gain known, and a
second pass applies it and feeds the encoders. There is no limiter: what exceeds full scale is reported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

import numpy as np

from remixhub.audio.confine.sandbox import Sandbox
from remixhub.audio.engine import BLOCK_FRAMES
from remixhub.audio.lanes import Block, PlannedLane, open_lane, plan_lane
from remixhub.audio.measure.grid import Grid
from remixhub.audio.measure.loudness import LoudnessMeter
from remixhub.audio.measure.peaks import PeaksBuilder
from remixhub.audio.measure.true_peak import TruePeakMeter
from remixhub.audio.read.probe import Probe
from remixhub.audio.tags import Tags
from remixhub.audio.write.encode import AudioFormat, open_encoder
from remixhub.domain.measurements import MediaWarning
from remixhub.domain.media import Cancelled
from remixhub.domain.mix_spec import Loudness, MixEmpty, MixSpec, MixStemMissing, MixTooLong, digest

_LANES_AT_ONCE = 16
"""Each lane may hold a decoder process; more lanes are added in further passes over the spilled sum."""
_FRAME_BYTES = 8


@dataclass(frozen=True)
class Output:
    """A file to write; see `encode.open_encoder` for the defaults of depth and bitrate."""

    path: Path
    format: AudioFormat
    tags: Tags = field(default_factory=Tags)
    bit_depth: int | None = None
    bitrate_bps: int | None = None

    @property
    def keeps_overs(self) -> bool:
        """Whether samples above full scale survive in the file."""
        return self.format is AudioFormat.WAV and self.bit_depth in (None, 32)


@dataclass(frozen=True)
class Mixdown:
    """What was rendered. Levels are those of the float32 mix after all gains; None for silence."""

    sample_rate_hz: int
    duration_frames: int
    integrated_lufs: float | None
    """None also below 0.4 s."""
    true_peak_dbtp: float | None
    sample_peak_dbfs: float | None
    loudness_gain_db: float
    """What the loudness target came to, after the master gain."""
    warnings: tuple[MediaWarning, ...]


@dataclass(frozen=True)
class Watcher:
    """Who follows a render: `on_progress(fraction, step)` is called once a block, `cancelled()` asked as often."""

    on_progress: Callable[[float, str], None] | None = None
    cancelled: Callable[[], bool] | None = None

    def step(self, fraction: float, step: str) -> None:
        """Raises Cancelled."""
        if self.cancelled is not None and self.cancelled():
            raise Cancelled("The render was cancelled.")
        if self.on_progress is not None:
            self.on_progress(fraction, step)


def render_mix(
    spec: MixSpec,
    stems: Mapping[str, Path],
    outputs: Sequence[Output],
    sandbox: Sandbox,
    *,
    peaks: Mapping[int, Path] | None = None,
    on_progress: Callable[[float, str], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Mixdown:
    """Writes all `outputs`, or none of them when it raises. `stems` maps the lanes' stems to local files, `peaks` the
    frames a pixel (multiples of 256) to the `.dat` files that are to be drawn.

    Equal specs over equal stems give equal bytes. The spill file takes 8 bytes a frame beside the first output.
    Raises MixStemMissing, MixEmpty, MixTooLong, Cancelled, EncoderFailed, and the classes of `domain.media` for
    damaged stems.
    """
    watcher = Watcher(on_progress, cancelled)
    warnings: list[MediaWarning] = []
    planned = _plan(spec, stems, sandbox, warnings)
    total_frames = _total_frames(planned, spec.sample_rate_hz, sandbox.caps.longest_seconds)
    sounding = [lane for lane in planned if lane.lane in spec.sounding() and lane.frames]
    spill_folder = outputs[0].path.parent if outputs else None
    with TemporaryFile(prefix="remixhub-mix-", dir=spill_folder) as spill:
        levels = _mix(spec, sounding, total_frames, spill, sandbox, watcher, warnings)
        gain_db = _loudness_gain_db(spec.loudness, levels, warnings)
        drawing = PeaksBuilder(spec.sample_rate_hz, 2) if peaks else None
        _encode(spec, gain_db, total_frames, spill, outputs, sandbox, watcher, drawing)
    for frames_per_pixel, path in (peaks or {}).items():
        if drawing is not None:
            drawing.write(path, frames_per_pixel)
    raised = levels.raised(gain_db)
    _warn_of_overs(raised, outputs, warnings)
    return Mixdown(
        sample_rate_hz=spec.sample_rate_hz,
        duration_frames=total_frames,
        integrated_lufs=raised.integrated_lufs,
        true_peak_dbtp=raised.true_peak_dbtp,
        sample_peak_dbfs=raised.sample_peak_dbfs,
        loudness_gain_db=gain_db,
        warnings=tuple(warnings),
    )


@dataclass(frozen=True)
class _Levels:
    integrated_lufs: float | None
    true_peak_dbtp: float | None
    sample_peak_dbfs: float | None

    def raised(self, gain_db: float) -> _Levels:
        levels = (self.integrated_lufs, self.true_peak_dbtp, self.sample_peak_dbfs)
        return _Levels(*(None if level is None else level + gain_db for level in levels))


def _plan(
    spec: MixSpec, stems: Mapping[str, Path], sandbox: Sandbox, warnings: list[MediaWarning]
) -> list[PlannedLane]:
    missing = {f"/lanes/{n}/stem": lane.stem for n, lane in enumerate(spec.lanes) if lane.stem not in stems}
    if missing:
        names = ", ".join(sorted(set(missing.values())))
        violations = {pointer: [f"there is no stem {stem}"] for pointer, stem in missing.items()}
        raise MixStemMissing(f"The mix names stems that are not there: {names}.", violations=violations)
    seen: dict[Path, Probe] = {}
    planned = [
        plan_lane(lane, clip, stems[lane.stem], spec.sample_rate_hz, sandbox, seen)
        for lane in spec.lanes
        for clip in lane.clips
    ]
    resampled = {p.lane.stem: p.probe.sample_rate_hz for p in planned if p.probe.sample_rate_hz != spec.sample_rate_hz}
    for stem, rate_hz in resampled.items():
        detail = f"{stem} was resampled from {rate_hz} Hz to {spec.sample_rate_hz} Hz."
        warnings.append(MediaWarning("resampled", detail))
    for lane in planned:
        if not lane.frames:
            warnings.append(MediaWarning("trimmed_away", f"Trimming leaves nothing of {lane.lane.stem}."))
    return planned


def _total_frames(planned: Sequence[PlannedLane], sample_rate_hz: int, longest_seconds: int) -> int:
    """Muted lanes count too, so that muting the longest does not shorten the mix."""
    total_frames = max((lane.end_frames for lane in planned), default=0)
    if total_frames == 0:
        raise MixEmpty("Trimming leaves nothing of any lane; trim less.")
    if total_frames > longest_seconds * sample_rate_hz:
        raise MixTooLong(f"The mix would last {total_frames / sample_rate_hz:.0f} s; {longest_seconds} s are the most.")
    return total_frames


def _mix(
    spec: MixSpec,
    sounding: Sequence[PlannedLane],
    total_frames: int,
    spill: BinaryIO,
    sandbox: Sandbox,
    watcher: Watcher,
    warnings: list[MediaWarning],
) -> _Levels:
    """Leaves the sum, with the master gain, in `spill`. Lanes are added in their order, however they are grouped."""
    groups = [sounding[at : at + _LANES_AT_ONCE] for at in range(0, len(sounding), _LANES_AT_ONCE)] or [()]
    loudness = LoudnessMeter(spec.sample_rate_hz, 2)
    true_peak = TruePeakMeter(spec.sample_rate_hz, 2)
    peak = 0.0
    master = np.float32(10 ** (spec.gain_db / 20))
    for number, group in enumerate(groups):
        last = number == len(groups) - 1
        with ExitStack() as stack:
            streams = [stack.enter_context(open_lane(lane, spec.sample_rate_hz, sandbox, warnings)) for lane in group]
            for start, frames in _spans(total_frames):
                watcher.step(0.5 * (number + start / total_frames) / len(groups), "mixing")
                block = _read(spill, start, frames) if number else np.zeros((frames, 2), np.float32)
                for stream in streams:
                    stream.add_to(block, start)
                if last:
                    block *= master
                    grid = Grid.of(block)
                    loudness.add(block)
                    true_peak.add(grid)
                    peak = max(peak, float(grid.cell_peaks.max()))
                spill.seek(start * _FRAME_BYTES)
                spill.write(block.data)
            for stream in streams:
                stream.finish()
    sample_peak_dbfs = 20 * float(np.log10(peak)) if peak else None
    return _Levels(loudness.integrated_lufs(), true_peak.peak_dbtp(), sample_peak_dbfs)


def _loudness_gain_db(wanted: Loudness | None, levels: _Levels, warnings: list[MediaWarning]) -> float:
    if wanted is None:
        return 0.0
    if levels.true_peak_dbtp is None:
        warnings.append(MediaWarning("silent", "The mix is silent, so it has no loudness."))
        return 0.0
    room_db = wanted.ceiling_dbtp - levels.true_peak_dbtp
    if levels.integrated_lufs is None:
        warnings.append(MediaWarning("too_short", "The mix is too short or too quiet to have a loudness."))
        return min(0.0, room_db)
    needed_db = wanted.target_lufs - levels.integrated_lufs
    if room_db < needed_db - 0.05:
        detail = (
            f"The mix reaches {levels.integrated_lufs + room_db:.1f} LUFS instead of {wanted.target_lufs:.1f}: "
            f"any louder, its true peak would exceed {wanted.ceiling_dbtp:.1f} dBTP."
        )
        warnings.append(MediaWarning("ceiling_reached", detail))
    return min(needed_db, room_db)


def _encode(
    spec: MixSpec,
    gain_db: float,
    total_frames: int,
    spill: BinaryIO,
    outputs: Sequence[Output],
    sandbox: Sandbox,
    watcher: Watcher,
    drawing: PeaksBuilder | None,
) -> None:
    gain = np.float32(10 ** (gain_db / 20))
    seed = int(digest(spec)[:16], 16)
    with ExitStack() as stack:
        encoders = [
            stack.enter_context(
                open_encoder(
                    output.path,
                    output.format,
                    spec.sample_rate_hz,
                    2,
                    ffmpeg=sandbox.programs,
                    tags=output.tags,
                    bit_depth=output.bit_depth,
                    bitrate_bps=output.bitrate_bps,
                    seed=seed,
                )
            )
            for output in outputs
        ]
        for start, frames in _spans(total_frames):
            watcher.step(0.5 + 0.5 * start / total_frames, "encoding")
            block = _read(spill, start, frames)
            block *= gain
            for encoder in encoders:
                encoder.write(block)
            if drawing is not None:
                drawing.add(Grid.of(block))


def _warn_of_overs(levels: _Levels, outputs: Sequence[Output], warnings: list[MediaWarning]) -> None:
    peak_dbfs = levels.sample_peak_dbfs
    if peak_dbfs is not None and peak_dbfs > 0 and not all(output.keeps_overs for output in outputs):
        detail = f"The mix peaks at {peak_dbfs:+.1f} dBFS and is clipped; lower the master gain or ask for a loudness."
        warnings.append(MediaWarning("above_full_scale", detail))


def _spans(total_frames: int) -> Iterator[tuple[int, int]]:
    """Start and length of each block."""
    for start in range(0, total_frames, BLOCK_FRAMES):
        yield start, min(BLOCK_FRAMES, total_frames - start)


def _read(spill: BinaryIO, start: int, frames: int) -> Block:
    spill.seek(start * _FRAME_BYTES)
    return np.frombuffer(bytearray(spill.read(frames * _FRAME_BYTES)), np.float32).reshape(frames, 2)
