"""Random mix specs of both versions with the corners in which renderers differ: for every renderer the same ones.

Draws come from a `random.Random`: a seeded one, or hypothesis' `st.randoms(use_true_random=False)`, which shrinks.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

_BORDERS = (4_096, 65_536, 131_072)
"""Where renderers go from one block to the next."""


def mix_specs(count: int, stems: Mapping[str, int], rate_hz: int, *, seed: int = 14) -> list[dict[str, Any]]:
    """A quarter of version 1. `stems` has the frames of each stem at the mix's rate."""
    return [random_spec(Random(f"{seed}/{n}"), stems, rate_hz, 1 if n % 4 == 0 else 2) for n in range(count)]


def random_spec(random: Random, stems: Mapping[str, int], rate_hz: int, version: int) -> dict[str, Any]:
    """It is not empty, lasts some three times the longest stem, and stays within a few times full scale."""
    draw = _Draw(random, rate_hz, max(stems.values()))
    lanes = [draw.lane(stem, stems[stem], version) for stem in random.choices(list(stems), k=random.randint(1, 5))]
    if not any(_reaches(clip, stems[lane["stem"]]) for lane in lanes for clip in lane.get("clips", [lane])):
        lanes.append({"stem": next(iter(stems))})
    spec = {
        "version": version,
        "sample_rate_hz": rate_hz,
        "lanes": lanes,
        **draw.some(gain_db=lambda: draw.gain_db(-12, 3), loudness=draw.loudness),
    }
    if version == 2:
        spec |= draw.some(
            pan=draw.pan, gain_points=draw.gain_points, pan_points=draw.pan_points, loop=draw.loop,
            markers=lambda: [{"at_frames": draw.frame(), "name": "Drop"}],
            grid=lambda: {"bpm": 124.5}, stems=lambda: {stem: f"{stem}.wav" for stem in stems},
        )  # fmt: skip
    return spec


class _Draw:
    def __init__(self, random: Random, rate_hz: int, longest: int) -> None:
        self.random, self.rate_hz, self.longest = random, rate_hz, longest

    def some(self, **fields: Any) -> dict[str, Any]:
        """Each of the fields in one of two specs."""
        return {name: make() for name, make in fields.items() if self.random.random() < 0.5}

    def lane(self, stem: str, frames: int, version: int) -> dict[str, Any]:
        lane = {
            "stem": stem,
            **self.some(gain_db=lambda: self.gain_db(-40, 6), pan=self.pan),
            "muted": self.random.random() < 0.1,
            "solo": self.random.random() < 0.1,
        }
        if version == 1:
            return lane | self.clip(frames)
        return lane | self.some(
            clips=lambda: [self.clip(frames) for _ in range(self.random.randint(0, 6))],
            gain_points=self.gain_points,
            pan_points=self.pan_points,
            mute_ranges=self.mute_ranges,
        )

    def clip(self, frames: int) -> dict[str, int]:
        """Anything from nothing to the whole stem, with fades that may meet or be longer than what is left."""
        start = self.random.choice([0, self.random.randint(0, frames)])
        end = self.random.choice([0, frames - start, self.random.randint(0, frames)])
        return {
            "trim_start_frames": start,
            "trim_end_frames": end,
            "offset_frames": self.frame(),
            **self.some(fade_in_frames=self.fade, fade_out_frames=self.fade),
        }

    def frame(self) -> int:
        """Often just before, at or behind a border of blocks."""
        at_border = self.random.choice(_BORDERS) * self.random.randint(0, 2) + self.random.randint(-1, 1)
        return max(0, self.random.choice([0, at_border, self.random.randint(0, 2 * self.longest)]))

    def fade(self) -> int:
        return self.random.choice([0, 1, 441, self.random.randint(0, 2 * self.longest)])

    def gain_db(self, lowest: float, highest: float) -> float:
        return round(self.random.uniform(lowest, highest), 3)

    def pan(self) -> float:
        return self.random.choice([-1, 0, 1, round(self.random.uniform(-1, 1), 3)])

    def gain_points(self) -> list[dict[str, float]]:
        return [{"at_frames": at, "gain_db": self.gain_db(-60, 6)} for at in self.frames(5)]

    def pan_points(self) -> list[dict[str, float]]:
        return [{"at_frames": at, "pan": round(self.random.uniform(-2, 2), 3)} for at in self.frames(5)]

    def frames(self, most: int) -> list[int]:
        """In their order, some side by side, some behind the end."""
        at = [self.frame() for _ in range(self.random.randint(0, most))]
        return sorted({*at, *(each + 1 for each in at[:1])})

    def mute_ranges(self) -> list[dict[str, int]]:
        """Some shorter than their two ramps, some of which one begins where the other ends."""
        ranges, at = [], self.frame()
        for _ in range(self.random.randint(0, 4)):
            length = self.random.choice([1, self.rate_hz // 100, self.random.randint(1, self.rate_hz // 2)])
            ranges.append({"start_frames": at, "end_frames": at + length})
            at += length + self.random.choice([0, self.random.randint(0, self.longest)])
        return ranges

    def loop(self) -> dict[str, int]:
        """Some reach past the end, or begin behind it."""
        start = self.frame()
        return {
            "start_frames": start,
            "end_frames": start + self.random.choice([1, self.random.randint(1, self.longest)]),
            "times": self.random.randint(1, 3),
        }

    def loudness(self) -> dict[str, float] | None:
        target = {"target_lufs": round(self.random.uniform(-30, -9), 2)}
        return self.random.choice([None, target, target | {"ceiling_dbtp": round(self.random.uniform(-6, 0), 2)}])


def _reaches(clip: Mapping[str, Any], frames: int) -> bool:
    return frames > clip.get("trim_start_frames", 0) + clip.get("trim_end_frames", 0)
