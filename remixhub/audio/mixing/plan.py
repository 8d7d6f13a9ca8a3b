"""What a spec comes to over its stems: how long each clip is, how the mix is unrolled, what is warned about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from remixhub.audio.confine.sandbox import Sandbox
from remixhub.audio.read.decode import open_blocks
from remixhub.audio.read.probe import Probe, probe
from remixhub.audio.resample import resampled_frames
from remixhub.domain.measurements import MediaWarning
from remixhub.domain.mix_spec import MOST_LANES, Clip, Lane, Loop, MixEmpty, MixSpec, MixStemMissing, MixTooLong


@dataclass(frozen=True)
class PlannedClip:
    """A clip of which something remains."""

    clip: Clip
    frames: int

    @property
    def start_frames(self) -> int:
        """In the mix, as is the end."""
        return self.clip.offset_frames

    @property
    def end_frames(self) -> int:
        return self.clip.offset_frames + self.frames

    @property
    def source_frames(self) -> range:
        """Of the stem."""
        return range(self.clip.trim_start_frames, self.clip.trim_start_frames + self.frames)


@dataclass(frozen=True)
class PlannedLane:
    """A lane whose stem was looked at."""

    lane: Lane
    path: Path
    probe: Probe
    clips: tuple[PlannedClip, ...]

    @property
    def end_frames(self) -> int:
        return max((clip.end_frames for clip in self.clips), default=0)

    @property
    def plays_forward(self) -> bool:
        """Whether one reading of the stem from start to end serves all clips."""
        in_time = sorted(self.clips, key=lambda clip: clip.start_frames)
        return all(
            one.end_frames <= other.start_frames and one.source_frames.stop <= other.source_frames.start
            for one, other in pairwise(in_time)
        )


def plan_lanes(
    spec: MixSpec, stems: Mapping[str, Path], sandbox: Sandbox, warnings: list[MediaWarning]
) -> list[PlannedLane]:
    """Raises MixStemMissing, and the classes of `domain.media`."""
    missing = {f"/lanes/{n}/stem": lane.stem for n, lane in enumerate(spec.lanes) if lane.stem not in stems}
    if missing:
        names = ", ".join(sorted(set(missing.values())))
        violations = {pointer: [f"there is no stem {stem}"] for pointer, stem in missing.items()}
        raise MixStemMissing(f"The mix names stems that are not there: {names}.", violations=violations)
    probes = {path: probe(path, sandbox) for path in dict.fromkeys(stems[lane.stem] for lane in spec.lanes)}
    lengths = {
        path: resampled_frames(_frames_of(path, found, sandbox), found.sample_rate_hz, spec.sample_rate_hz)
        for path, found in probes.items()
    }
    for stem in dict.fromkeys(lane.stem for lane in spec.lanes):
        rate_hz = probes[stems[stem]].sample_rate_hz
        if rate_hz != spec.sample_rate_hz:
            detail = f"{stem} was resampled from {rate_hz} Hz to {spec.sample_rate_hz} Hz."
            warnings.append(MediaWarning("resampled", detail))
    return [
        PlannedLane(lane, path, probes[path], clips_of(lane, lengths[path], warnings))
        for lane, path in ((lane, stems[lane.stem]) for lane in spec.lanes)
    ]


def unrolled(planned: Sequence[PlannedLane], spec: MixSpec, longest_seconds: int) -> list[range]:
    """The frames of the mix in the order in which they are heard; muted lanes count too, so that muting the longest
    does not shorten it. Raises MixEmpty, MixTooLong.
    """
    total_frames = max(lane.end_frames for lane in planned)
    if total_frames == 0:
        raise MixEmpty("Trimming leaves nothing of any lane; trim less.")
    spans = list(heard_spans(total_frames, spec.loop))
    most_frames = longest_seconds * spec.sample_rate_hz
    heard_frames = sum(map(len, spans))
    if heard_frames > most_frames:
        lasts = heard_frames / spec.sample_rate_hz
        raise MixTooLong(f"The mix would last {lasts:.0f} s; {longest_seconds} s are the most.")
    if sum(clip.frames for lane in planned for clip in lane.clips) > MOST_LANES * most_frames:
        raise MixTooLong(f"Its clips would last longer than {MOST_LANES} times {longest_seconds} s together.")
    return spans


def heard_spans(total_frames: int, loop: Loop | None) -> Iterator[range]:
    """One, unless something is heard again."""
    if loop is None or loop.times == 1 or loop.start_frames >= total_frames:
        yield range(total_frames)
        return
    end = min(loop.end_frames, total_frames)
    yield range(end)
    for _ in range(loop.times - 1):
        yield range(loop.start_frames, end)
    if end < total_frames:
        yield range(end, total_frames)


def _frames_of(path: Path, found: Probe, sandbox: Sandbox) -> int:
    if found.declared_frames is not None:
        return found.declared_frames
    with open_blocks(path, found, sandbox) as blocks:
        return sum(len(block) for block in blocks)


def clips_of(lane: Lane, stem_frames: int, warnings: list[MediaWarning]) -> tuple[PlannedClip, ...]:
    """Those of which something remains."""
    clips = []
    for number, clip in enumerate(lane.clips, start=1):
        frames = stem_frames - clip.trim_start_frames - clip.trim_end_frames
        if frames > 0:
            clips.append(PlannedClip(clip, frames))
        else:
            which = f"clip {number} of " if len(lane.clips) > 1 else ""
            warnings.append(MediaWarning("trimmed_away", f"Trimming leaves nothing of {which}{lane.stem}."))
    return tuple(clips)
