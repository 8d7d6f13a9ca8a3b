"""How a mix begins: which of its frames are heard first, and what of each stem that takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from remixhub.audio.mixing.lanes import LaneSound, Read
from remixhub.audio.mixing.plan import PlannedClip, clips_of, heard_spans
from remixhub.domain.mix_spec import Lane, MixSpec


@dataclass(frozen=True)
class StemShape:
    """At the mix's rate."""

    frames: int
    channels: int


@dataclass(frozen=True)
class BeginningLane:
    lane: Lane
    clips: tuple[PlannedClip, ...]
    channels: int

    def sound(self, sample_rate_hz: int, read: Read) -> LaneSound:
        return LaneSound(self.lane, self.clips, self.channels, sample_rate_hz, read)


@dataclass(frozen=True)
class Beginning:
    whole_frames: int
    """Of the mix, loop unrolled."""
    spans: Sequence[range]
    """Frames of the sum in the order in which they are heard."""
    lanes: Sequence[BeginningLane]
    """Those that sound."""

    def heard(self) -> dict[str, list[range]]:
        """The frames of each stem, in their order and apart."""
        end = max((span.stop for span in self.spans), default=0)
        heard: dict[str, list[range]] = {}
        for lane in self.lanes:
            for clip in lane.clips:
                if clip.start_frames < end:
                    source = clip.source_frames
                    frames = min(len(source), end - clip.start_frames)
                    heard.setdefault(lane.lane.stem, []).append(range(source.start, source.start + frames))
        return {stem: list(_joined(spans)) for stem, spans in heard.items()}


def beginning_of(spec: MixSpec, stems: Mapping[str, StemShape], most_frames: int) -> Beginning:
    """`stems` has those of all lanes. Of a mix without a single frame there are no spans."""
    planned = [
        BeginningLane(lane, clips_of(lane, stems[lane.stem].frames, []), stems[lane.stem].channels)
        for lane in spec.lanes
    ]
    total_frames = max((clip.end_frames for lane in planned for clip in lane.clips), default=0)
    whole = list(heard_spans(total_frames, spec.loop)) if total_frames else []
    sounding = [lane for lane in planned if lane.lane in spec.sounding() and lane.clips]
    return Beginning(sum(map(len, whole)), list(_first(whole, most_frames)), sounding)


def _first(spans: Iterable[range], most_frames: int) -> Iterator[range]:
    left = most_frames
    for span in spans:
        if left:
            first = span[:left]
            yield first
            left -= len(first)


def _joined(spans: Iterable[range]) -> Iterator[range]:
    """Those that overlap or meet as one."""
    joined: range | None = None
    for span in sorted(spans, key=lambda one: one.start):
        if joined is not None and span.start <= joined.stop:
            joined = range(joined.start, max(joined.stop, span.stop))
        else:
            if joined is not None:
                yield joined
            joined = span
    if joined is not None:
        yield joined
