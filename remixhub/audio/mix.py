"""Renders mix specs after `docs/mix-spec.md`, streaming: memory does not grow with the length of the mix.

The float32 sum is spilled to a temporary file and measured on the way; only then is the loudness gain known, and a
second pass applies it and feeds the encoders. There is no limiter: what exceeds full scale is reported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import Protocol

import numpy as np

from remixhub.audio.confine.sandbox import Sandbox
from remixhub.audio.measure.grid import Grid
from remixhub.audio.measure.loudness import LoudnessMeter
from remixhub.audio.measure.peaks import PeaksBuilder
from remixhub.audio.measure.true_peak import TruePeakMeter
from remixhub.audio.mixing.beginning import Beginning
from remixhub.audio.mixing.fader import Fader
from remixhub.audio.mixing.lanes import LaneSound, Read
from remixhub.audio.mixing.plan import PlannedLane, plan_lanes, unrolled
from remixhub.audio.mixing.readers import kept_bytes, open_lanes
from remixhub.audio.mixing.spill import Spill, blocks_of
from remixhub.audio.resample import Block
from remixhub.audio.tags import Tags
from remixhub.audio.write.encode import AudioFormat, open_encoder
from remixhub.domain.measurements import MediaWarning
from remixhub.domain.media import Cancelled
from remixhub.domain.mix_spec import Loudness, MixSpec, digest

_LANES_AT_ONCE = 16
"""Each lane may hold a decoder process; more lanes are added in further passes over the spilled sum."""
_KEPT_BYTES_AT_ONCE = 4 * 1024**3
"""Stems that lanes go back in are kept decoded; of more than this, in further passes too."""


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
    warnings: list[MediaWarning] = []
    planned = plan_lanes(spec, stems, sandbox, warnings)
    spans = unrolled(planned, spec, sandbox.caps.longest_seconds)
    sounding = [lane for lane in planned if lane.lane in spec.sounding() and lane.clips]
    folder = outputs[0].path.parent if outputs else None
    groups = [
        partial(open_lanes, group, spec.sample_rate_hz, sandbox, warnings, folder=folder)
        for group in lanes_at_once(sounding)
    ]
    drawing = PeaksBuilder(spec.sample_rate_hz, 2) if peaks else None
    rendered = _render(spec, groups, spans, outputs, sandbox, Watcher(on_progress, cancelled), warnings, drawing)
    for frames_per_pixel, path in (peaks or {}).items():
        if drawing is not None:
            drawing.write(path, frames_per_pixel)
    return rendered


def render_beginning(
    spec: MixSpec,
    beginning: Beginning,
    reads: Mapping[str, Read],
    output: Output,
    sandbox: Sandbox,
    *,
    on_progress: Callable[[float, str], None] | None = None,
) -> Mixdown:
    """How the mix begins, from as much of each stem as that takes: `reads` by stem, of what `beginning` hears of it.

    It is the mix's own beginning but for the loudness gain, which is the one that these seconds would get alone: that
    of the whole is not known yet. Raises EncoderFailed.
    """
    sounds = [lane.sound(spec.sample_rate_hz, reads[lane.lane.stem]) for lane in beginning.lanes]
    group = [lambda **_: nullcontext(sounds)]
    return _render(spec, group, beginning.spans, [output], sandbox, Watcher(on_progress), [])


class _Open(Protocol):
    """Opens lanes that sound together; `on_block` is called now and then while that takes long."""

    def __call__(self, *, on_block: Callable[[], None]) -> AbstractContextManager[Sequence[LaneSound]]: ...


def _render(
    spec: MixSpec,
    groups: Sequence[_Open],
    spans: Sequence[range],
    outputs: Sequence[Output],
    sandbox: Sandbox,
    watcher: Watcher,
    warnings: list[MediaWarning],
    drawing: PeaksBuilder | None = None,
) -> Mixdown:
    """`spans` are the frames of the sum in the order in which they are heard."""
    folder = outputs[0].path.parent if outputs else None
    with TemporaryFile(prefix="remixhub-mix-", dir=folder) as file:
        spill, meters = Spill(file), _Meters(spec.sample_rate_hz)
        is_looped = len(spans) > 1  # else the mix is heard as it is made, and measured on the way
        sum_lanes(spec, groups, max(span.stop for span in spans), spill, watcher, None if is_looped else meters)
        if is_looped:
            for block in spill.heard(spans):
                watcher.step(0.5, "mixing")
                meters.add(block)
        levels = meters.levels()
        gain_db = _loudness_gain_db(spec.loudness, levels, warnings)
        _encode(spec, gain_db, spans, spill, outputs, sandbox, watcher, drawing)
    raised = levels.raised(gain_db)
    _warn_of_overs(raised, outputs, warnings)
    return Mixdown(
        sample_rate_hz=spec.sample_rate_hz,
        duration_frames=sum(map(len, spans)),
        integrated_lufs=raised.integrated_lufs,
        true_peak_dbtp=raised.true_peak_dbtp,
        sample_peak_dbfs=raised.sample_peak_dbfs,
        loudness_gain_db=gain_db,
        warnings=tuple(dict.fromkeys(warnings)),
    )


@dataclass(frozen=True)
class _Levels:
    integrated_lufs: float | None
    true_peak_dbtp: float | None
    sample_peak_dbfs: float | None

    def raised(self, gain_db: float) -> _Levels:
        levels = (self.integrated_lufs, self.true_peak_dbtp, self.sample_peak_dbfs)
        return _Levels(*(None if level is None else level + gain_db for level in levels))


class _Meters:
    """Of the mix as it is heard, fed in blocks."""

    def __init__(self, sample_rate_hz: int) -> None:
        self._loudness = LoudnessMeter(sample_rate_hz, 2)
        self._true_peak = TruePeakMeter(sample_rate_hz, 2)
        self._peak = 0.0

    def add(self, block: Block) -> None:
        grid = Grid.of(block)
        self._loudness.add(block)
        self._true_peak.add(grid)
        self._peak = max(self._peak, float(grid.cell_peaks.max()))

    def levels(self) -> _Levels:
        sample_peak_dbfs = 20 * float(np.log10(self._peak)) if self._peak else None
        return _Levels(self._loudness.integrated_lufs(), self._true_peak.peak_dbtp(), sample_peak_dbfs)


def sum_lanes(
    spec: MixSpec,
    groups: Sequence[_Open],
    total_frames: int,
    spill: Spill,
    watcher: Watcher,
    meters: _Meters | None = None,
) -> None:
    """Leaves the sum, with the master's gain and pan, in `spill`. Lanes are added in their order, however they are
    grouped.
    """
    groups = groups or [lambda **_: nullcontext([])]
    master = Fader(spec, 2, spec.sample_rate_hz)
    for number, open_group in enumerate(groups):
        is_last = number == len(groups) - 1

        def show(start: int, number: int = number) -> None:
            watcher.step(0.5 * (number + start / total_frames) / len(groups), "mixing")

        with open_group(on_block=partial(show, 0)) as sounds:
            for span in blocks_of(total_frames):
                show(span.start)
                block = spill.read(span) if number else np.zeros((len(span), 2), np.float32)
                for sound in sounds:
                    sound.add_to(block, span.start)
                if is_last:
                    block = _mastered(block, master, span.start)
                    if meters is not None:
                        meters.add(block)
                spill.write(block, span.start)


def lanes_at_once(sounding: Sequence[PlannedLane]) -> Iterator[list[PlannedLane]]:
    """Lanes whose stems are open, or kept, at a time."""
    group: list[PlannedLane] = []
    for lane in sounding:
        kept = sum(map(kept_bytes, [*group, lane]))
        if group and (len(group) == _LANES_AT_ONCE or kept > _KEPT_BYTES_AT_ONCE):
            yield group
            group = []
        group.append(lane)
    if group:
        yield group


def _mastered(block: Block, master: Fader, start: int) -> Block:
    """`block` may be changed."""
    if master.steady_gain is not None:
        block *= np.float32(master.steady_gain)
        return block
    mastered = np.zeros_like(block)
    master.add(mastered, block, start)
    return mastered


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
    spans: Sequence[range],
    spill: Spill,
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
        written, total_frames = 0, sum(map(len, spans))
        for block in spill.heard(spans):
            watcher.step(0.5 + 0.5 * written / total_frames, "encoding")
            written += len(block)
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
