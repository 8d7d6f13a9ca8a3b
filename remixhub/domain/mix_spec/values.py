"""A mix spec as a value: the same for both versions. Frames count at the spec's rate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from remixhub.domain.mix_spec.bounds import DEFAULT_RATE_HZ, VERSION


@dataclass(frozen=True)
class Clip:
    """A span of the lane's stem and its place in the mix."""

    trim_start_frames: int = 0
    trim_end_frames: int = 0
    offset_frames: int = 0
    fade_in_frames: int = 0
    fade_out_frames: int = 0


@dataclass(frozen=True)
class Point:
    """Of a curve that rides on a gain in decibels, or on a pan."""

    at_frames: int
    value: float


@dataclass(frozen=True)
class Span:
    """From its start up to, not including, its end."""

    start_frames: int
    end_frames: int


@dataclass(frozen=True)
class Lane:
    stem: str
    """A stem's id, or on the command line a file name."""
    clips: tuple[Clip, ...] = (Clip(),)
    gain_db: float = 0.0
    pan: float = 0.0
    gain_points: tuple[Point, ...] = ()
    pan_points: tuple[Point, ...] = ()
    mute_ranges: tuple[Span, ...] = ()
    muted: bool = False
    solo: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            **vars(self),
            "clips": [asdict(clip) for clip in self.clips],
            **_points_as_json(self.gain_points, self.pan_points),
            "mute_ranges": [asdict(span) for span in self.mute_ranges],
        }


@dataclass(frozen=True)
class Loop(Span):
    times: int = 1


@dataclass(frozen=True)
class Loudness:
    target_lufs: float
    ceiling_dbtp: float = -1.0


@dataclass(frozen=True)
class Grid:
    bpm: float
    beats_per_bar: int = 4
    first_beat_frames: int = 0


@dataclass(frozen=True)
class Marker:
    at_frames: int
    name: str


@dataclass(frozen=True)
class MixSpec:
    lanes: tuple[Lane, ...]
    sample_rate_hz: int = DEFAULT_RATE_HZ
    gain_db: float = 0.0
    loudness: Loudness | None = None
    pan: float = 0.0
    gain_points: tuple[Point, ...] = ()
    pan_points: tuple[Point, ...] = ()
    loop: Loop | None = None
    grid: Grid | None = None
    markers: tuple[Marker, ...] = ()
    stems: Mapping[str, str] = field(default_factory=dict)
    """Names of stems for people, by stem."""

    def sounding(self) -> tuple[Lane, ...]:
        """A muted lane is silent even when soloed; if any lane is soloed, only soloed lanes sound."""
        soloed = any(lane.solo for lane in self.lanes)
        return tuple(lane for lane in self.lanes if not lane.muted and (lane.solo or not soloed))

    def sounding_stems(self) -> tuple[str, ...]:
        """Each once, in the order of the lanes; those without clips are not heard."""
        return tuple(dict.fromkeys(lane.stem for lane in self.sounding() if lane.clips))

    def as_json(self) -> dict[str, Any]:
        """The whole document in version 2, every field spelled out; `parse_mix_spec` gives the equal spec back."""
        return {
            "version": VERSION,
            **vars(self),
            "lanes": [lane.as_json() for lane in self.lanes],
            **_points_as_json(self.gain_points, self.pan_points),
            "loop": self.loop and asdict(self.loop),
            "loudness": self.loudness and asdict(self.loudness),
            "grid": self.grid and asdict(self.grid),
            "markers": [asdict(marker) for marker in self.markers],
            "stems": dict(self.stems),
        }


TOGETHER_LOUDNESS = Loudness(target_lufs=-14.0)


def stems_together(gains_db: Mapping[str, float], sample_rate_hz: int) -> MixSpec:
    """All stems at the gains that their artist suggests, by stem in the order of the pack, and nothing else done."""
    lanes = tuple(Lane(stem, gain_db=gain_db + 0.0) for stem, gain_db in gains_db.items())
    return MixSpec(lanes, sample_rate_hz, loudness=TOGETHER_LOUDNESS)


def _points_as_json(gain: tuple[Point, ...], pan: tuple[Point, ...]) -> dict[str, list[dict[str, float]]]:
    return {
        "gain_points": [{"at_frames": point.at_frames, "gain_db": point.value} for point in gain],
        "pan_points": [{"at_frames": point.at_frames, "pan": point.value} for point in pan],
    }
