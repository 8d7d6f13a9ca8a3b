"""The pan law of the W3C Web Audio StereoPannerNode, so that a browser plays the same mix."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray


def pan_matrix(channels: int, pan: float, gain: float = 1.0) -> NDArray[np.float32]:
    """`(channels, 2)`: a lane `(n_frames, channels)` times this is its stereo image.

    Mono at equal power, -3 dB at the centre. Stereo at unity at the centre; towards one side, the other side's
    channel is moved over at equal power.
    """
    if channels == 1:
        angle = (pan + 1) / 2 * math.pi / 2
        rows = [[math.cos(angle), math.sin(angle)]]
    elif pan == 0:
        rows = [[1.0, 0.0], [0.0, 1.0]]
    else:
        angle = (pan + 1 if pan < 0 else pan) * math.pi / 2
        near, far = math.cos(angle), math.sin(angle)
        rows = [[1.0, 0.0], [near, far]] if pan < 0 else [[near, far], [0.0, 1.0]]
    return np.asarray(np.array(rows) * gain, np.float32)


def add_panned(out: NDArray[np.float32], lane: NDArray[np.float32], matrix: NDArray[np.float32]) -> None:
    """Adds `lane` to `out` `(n_frames, 2)` in place, by way of a `pan_matrix`."""
    if len(matrix) == 2 and matrix[0, 0] == matrix[1, 1] and matrix[0, 1] == matrix[1, 0] == 0:
        # A product by one number costs a third of one by a matrix.
        out += lane if matrix[0, 0] == 1 else lane * matrix[0, 0]
    else:
        out += lane @ matrix


def add_moving(
    out: NDArray[np.float32],
    lane: NDArray[np.float32],
    pan: NDArray[np.float64],
    gain: NDArray[np.float64] | float,
) -> None:
    """As `add_panned`, with a pan and a gain of each frame's own."""
    if lane.shape[1] == 1:
        far, near = _shares((pan + 1) / 2)
        out += lane * _columns(gain * far, gain * near)
        return
    leftwards = pan <= 0
    far, near = _shares(np.where(leftwards, pan + 1, pan))
    far, near = gain * far, gain * near
    out += lane * _columns(np.where(leftwards, gain, far), np.where(leftwards, near, gain))
    out += lane[:, ::-1] * _columns(np.where(leftwards, far, 0), np.where(leftwards, 0, near))


def _shares(x: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Cosine and sine of x · π/2 from 0 to 1; a root costs a tenth of a sine."""
    cosine = np.cos(x * (math.pi / 2))
    return cosine, np.sqrt(1 - cosine * cosine)


def _columns(left: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float32]:
    columns = np.empty((len(left), 2), np.float32)
    columns[:, 0], columns[:, 1] = left, right
    return columns
