"""The pan law of the W3C Web Audio StereoPannerNode, so that a browser plays the same mix."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class StereoGains:
    """How much of each input side goes to each output side. A mono lane feeds both from its one channel."""

    left_to_left: float
    right_to_left: float
    left_to_right: float
    right_to_right: float


def mono_gains(pan: float) -> tuple[float, float]:
    """Left and right gain of a mono lane: equal power, -3 dB at the centre."""
    angle = (pan + 1) / 2 * math.pi / 2
    return math.cos(angle), math.sin(angle)


def stereo_gains(pan: float) -> StereoGains:
    """Unity at the centre; towards one side, the other side's channel is moved over at equal power."""
    angle = (pan + 1 if pan <= 0 else pan) * math.pi / 2
    near, far = math.cos(angle), math.sin(angle)
    if pan == 0:
        return StereoGains(1.0, 0.0, 0.0, 1.0)
    return StereoGains(1.0, near, 0.0, far) if pan < 0 else StereoGains(near, 0.0, far, 1.0)


def add_panned(out: NDArray[np.float32], lane: NDArray[np.float32], pan: float, gain: float) -> None:
    """Adds `lane` `(n_frames, 1 or 2)` to `out` `(n_frames, 2)` in place."""
    if lane.shape[1] == 1:
        for side, amount in enumerate(mono_gains(pan)):
            _add(out[:, side], lane[:, 0], gain * amount)
        return
    gains = stereo_gains(pan)
    if gains.left_to_left == gains.right_to_right:
        _add(out, lane, gain)
        return
    _add(out[:, 0], lane[:, 0], gain * gains.left_to_left)
    _add(out[:, 0], lane[:, 1], gain * gains.right_to_left)
    _add(out[:, 1], lane[:, 0], gain * gains.left_to_right)
    _add(out[:, 1], lane[:, 1], gain * gains.right_to_right)


def _add(out: NDArray[np.float32], lane: NDArray[np.float32], gain: float) -> None:
    if gain == 1:
        out += lane
    elif gain != 0:
        out += lane * np.float32(gain)
