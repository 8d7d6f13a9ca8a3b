"""How much later a stem sounds than in the mix, to parts of a frame, and whether it runs at another speed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from remixhub.audio.measure.coherence.fit import Fit
from remixhub.audio.measure.coherence.gains import Array

MOST_FRAMES = 1_500
_FINER = 4
_SKIRT = 64
_FLOOR = 0.02
_TENTHS = 10
_CLEAR_TENTH = 7.0
_LEAST_TENTHS = 4
_LEAST_PPM = 8.0


@dataclass(frozen=True)
class Peak:
    lag_frames: float
    """How much later the stem sounds than in the mix."""
    height: float
    """1 where the stem is in the mix as the fit has it; negative upside down."""
    clearness: float
    """Against the RMS away from it."""
    at_zero: float
    """The response where the stem lies now."""


def peak_of(fit: Fit, stem: int, frames: slice = slice(None)) -> Peak | None:
    """The response from the stem to what the mix holds when all other stems are taken away."""
    bus = fit.bus[frames]
    ours = bus * fit.stems[stem][frames]
    theirs = fit.rest[frames] + ours * np.float32(fit.gains[stem])
    weights = fit.bin_weights[frames]
    cross = (weights * theirs * ours.conj()).sum(axis=(0, 1))
    own = (weights * (ours.real**2 + ours.imag**2)).sum(axis=(0, 1))
    if own.max() < 1e-20:
        return None
    n_fft = fit.grid.n_fft
    spectrum = np.zeros(_FINER * n_fft // 2 + 1, np.complex128)
    shape = own / (own + _FLOOR * own.max())
    spectrum[fit.grid.bins] = cross / (own + _FLOOR * own.max())
    response = np.fft.irfft(spectrum, _FINER * n_fft) * (_FINER * n_fft / 2 / shape.sum())
    reach = _FINER * MOST_FRAMES
    near = np.concatenate([response[-reach:], response[: reach + 1]])
    at = int(np.abs(near).argmax())
    away = np.concatenate([near[: max(0, at - _FINER * _SKIRT)], near[at + _FINER * _SKIRT + 1 :]])
    return Peak(
        lag_frames=-(at + _vertex(near, at) - reach) / _FINER,
        height=float(near[at]),
        clearness=float(abs(near[at]) / np.sqrt(np.mean(away**2) + 1e-30)),
        at_zero=float(near[reach]),
    )


def _vertex(values: NDArray[np.float64], at: int) -> float:
    """Of the parabola through three points, from the middle one."""
    if not 0 < at < len(values) - 1:
        return 0.0
    before, here, after = np.abs(values[at - 1 : at + 2])
    bend = before - 2 * here + after
    return float(0.5 * (before - after) / bend) if bend else 0.0


def drift_ppm(fit: Fit, stem: int, positions: Array) -> float | None:
    """Parts per million by which the stem is longer than in the mix: lags of tenths of the piece against their places.

    `positions` are those of the fit's frames, in frames from the start.
    """
    places, lags = [], []
    for frames in np.array_split(np.arange(len(positions)), _TENTHS):
        if not frames.size:
            continue
        some = slice(int(frames[0]), int(frames[-1]) + 1)
        peak = peak_of(fit, stem, some)
        if peak is not None and peak.clearness > _CLEAR_TENTH:
            places.append(float(positions[some].mean()))
            lags.append(peak.lag_frames)
    if len(lags) < _LEAST_TENTHS:
        return None
    slopes = [
        (lags[late] - lags[early]) / (places[late] - places[early])
        for late in range(len(lags))
        for early in range(late)
        if places[late] > places[early]
    ]
    if not slopes:
        return None
    slope = float(np.median(slopes))
    offsets = np.array(lags) - slope * np.array(places)
    spread = float(np.median(np.abs(offsets - np.median(offsets))))
    span = abs(slope) * (max(places) - min(places))
    return 1e6 * slope if abs(slope) * 1e6 > _LEAST_PPM and span > 4 * spread + 2 else None
