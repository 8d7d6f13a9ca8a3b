"""Gain, mute ranges and pan along the mix: of a lane, and of the master."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from remixhub.audio.mixing.panning import add_moving, add_panned, pan_matrix
from remixhub.domain.mix_spec import Lane, MixSpec, Point, Span

_Values = NDArray[np.float64]


class Fader:
    """Of a lane or of a spec's master over sound of so many channels."""

    def __init__(self, of: Lane | MixSpec, channels: int, sample_rate_hz: int) -> None:
        self._channels = channels
        self._gain_db, self._pan = of.gain_db, of.pan
        self._gain_curve, self._pan_curve = _Curve(of.gain_points), _Curve(of.pan_points)
        self._mutes = _Mutes(of.mute_ranges if isinstance(of, Lane) else (), sample_rate_hz // 100)
        self._matrices: dict[tuple[float, float], NDArray[np.float32]] = {}

    @property
    def steady_gain(self) -> float | None:
        """The gain, where it never moves and nothing is panned."""
        moves = self._gain_curve or self._pan_curve or self._mutes
        return None if moves or self._pan else 10 ** (self._gain_db / 20)

    def add(self, out: NDArray[np.float32], sound: NDArray[np.float32], at: int) -> None:
        """Adds `sound` `(n_frames, channels)`, whose first frame lies at frame `at` of the mix, to `out`."""
        end = at + len(sound)
        gain = _linear(self._gain_db + self._gain_curve.over(at, end))
        shares = self._mutes.over(at, end)
        if shares is not None:
            gain = gain * shares
        pan = self._pan + self._pan_curve.over(at, end)
        if isinstance(pan, np.ndarray):
            add_moving(out, sound, np.clip(pan, -1, 1), gain)
        elif isinstance(gain, np.ndarray):
            add_panned(out, sound * gain.astype(np.float32)[:, None], self._matrix(pan, 1.0))
        else:
            add_panned(out, sound, self._matrix(pan, gain))

    def _matrix(self, pan: float, gain: float) -> NDArray[np.float32]:
        """The last one is kept."""
        if (pan, gain) not in self._matrices:
            self._matrices = {(pan, gain): pan_matrix(self._channels, max(-1.0, min(pan, 1.0)), gain)}
        return self._matrices[pan, gain]


def _linear(gain_db: float | _Values) -> float | _Values:
    """A fifth of the time of a power for arrays."""
    return np.exp(gain_db * (math.log(10) / 20)) if isinstance(gain_db, np.ndarray) else 10 ** (gain_db / 20)


class _Curve:
    def __init__(self, points: Sequence[Point]) -> None:
        self._at = [point.at_frames for point in points]
        self._values = [point.value for point in points]

    def __bool__(self) -> bool:
        return bool(self._at)

    def over(self, start: int, end: int) -> float | _Values:
        """Its values at these frames; one number where it is level."""
        if not self._at:
            return 0.0
        first, last = bisect_right(self._at, start) - 1, bisect_left(self._at, end - 1)
        around = slice(max(first, 0), last + 1)  # the points that these frames lie between
        at, values = self._at[around], self._values[around]
        if len(set(values)) == 1:
            return values[0]
        return np.interp(np.arange(start, end, dtype=np.float64), at, values)


class _Mutes:
    def __init__(self, ranges: Sequence[Span], ramp_frames: int) -> None:
        self._ranges = ranges
        self._ends = [one.end_frames for one in ranges]
        self._ramp_frames = ramp_frames

    def __bool__(self) -> bool:
        return bool(self._ranges)

    def over(self, start: int, end: int) -> _Values | None:
        """What is left of each frame, from 0 to 1; None where none of them is muted."""
        shares = None
        for one in self._ranges[bisect_right(self._ends, start) :]:
            first, last = max(one.start_frames, start), min(one.end_frames, end)
            if first >= last:
                break
            shares = np.ones(end - start) if shares is None else shares
            at = np.arange(first, last, dtype=np.float64)
            falling, rising = (at - one.start_frames) / self._ramp_frames, (one.end_frames - at) / self._ramp_frames
            shares[first - start : last - start] = np.maximum(0, 1 - np.minimum(falling, rising))
        return shares
