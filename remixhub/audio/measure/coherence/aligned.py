"""The fit with each stem where it belongs: one that sounds late is read again, earlier, if that explains more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from remixhub.audio.measure.coherence.fit import Fit, fit_mix
from remixhub.audio.measure.coherence.lags import Peak, drift_ppm, peak_of
from remixhub.audio.measure.coherence.spectra import Grid, Spectra
from remixhub.audio.measure.coherence.stereo import perhaps_swapped

Reread = Callable[[int, int], Spectra]
"""Of a stem by its number, advanced by so many frames."""

_ROUNDS = 6
_FINE = 1e-5
_CLEAR = 8.0
_LEAST_LAG_FRAMES = 0.4
_BETTER, _BETTER_MASTERED = 0.7, 0.98
_MASTERED_LAG_FRAMES = 1.5
_BETTER_SWAPPED = 0.85
_MIRROR = np.array([[1], [-1]], np.float32)
"""Of middle and sides: left and right exchanged."""


@dataclass
class Aligned:
    fit: Fit
    lags_frames: dict[int, float] = field(default_factory=dict)
    """How much later a stem sounds than in the mix; only of those that do."""
    drifts_ppm: dict[int, float] = field(default_factory=dict)
    swapped: set[int] = field(default_factory=set)
    """Left and right are exchanged."""


def align(
    stems: NDArray[np.complex64],
    mix: Spectra,
    grid: Grid,
    reread: Reread,
    coarse: Mapping[int, int],
    positions: NDArray[np.float64],
) -> Aligned:
    """`coarse` is where stems were found in long windows; `positions` are the frames' places in the piece."""
    plain = fit_mix(stems, mix, grid)

    def shift(found: Aligned) -> None:
        tried: set[tuple[int, int]] = set()
        for _ in range(_ROUNDS):
            if found.fit.badness < _FINE:
                break
            if not any(_moved(found, number, lag, reread, tried) for number, lag in _candidates(found, coarse)):
                break

    found = Aligned(plain)
    shift(found)
    # What is late can look exchanged, and what is exchanged can look late: the order that explains more is right.
    exchanged = Aligned(plain)
    _swap(exchanged)
    if exchanged.swapped and found.fit.badness > _FINE:
        shift(exchanged)
        _swap_back(exchanged)
        found = min(found, exchanged, key=lambda one: one.fit.badness)
    if found.fit.badness > _FINE and not found.swapped and (exchanged.swapped or found.fit is not plain):
        _swap(found)
    if found.fit.badness > _FINE:
        for number in range(len(stems)):
            if (ppm := drift_ppm(found.fit, number, positions)) is not None:
                found.drifts_ppm[number] = ppm
    return found


def _swap(found: Aligned) -> None:
    fits = [
        (_with(found.fit, number, found.fit.stems[number] * _MIRROR), number) for number in perhaps_swapped(found.fit)
    ]
    best, number = min(fits, key=lambda one: one[0].badness, default=(found.fit, -1))
    if best.badness < _BETTER_SWAPPED * found.fit.badness:
        found.fit = best
        found.swapped.add(number)


def _swap_back(found: Aligned) -> None:
    """Of a stem that looked exchanged only because another one was late."""
    for number in sorted(found.swapped):
        back = _with(found.fit, number, found.fit.stems[number] * _MIRROR)
        if back.badness < found.fit.badness:
            found.fit = back
            found.swapped.remove(number)


def _with(fit: Fit, number: int, spectra: Spectra) -> Fit:
    stems = fit.stems.copy()
    stems[number] = spectra
    return fit_mix(stems, fit.mix, fit.grid)


def _candidates(found: Aligned, coarse: Mapping[int, int]) -> list[tuple[int, float]]:
    """Stems and how much later they may sound, the loudest of what would be won first."""
    won: list[tuple[float, int, float]] = []
    for number in range(len(found.fit.gains)):
        if number in coarse and number not in found.lags_frames and coarse[number]:
            won.append((2.0 + float(found.fit.level_db[number]) / 1e3, number, float(coarse[number])))
        peak = peak_of(found.fit, number)
        if peak is not None and _is_lag(peak):
            own = float(_energy(found.fit, number))
            won.append((own * (abs(peak.height) - abs(peak.at_zero)), number, peak.lag_frames))
    return [(number, lag) for _, number, lag in sorted(won, reverse=True)]


def _energy(fit: Fit, number: int) -> float:
    share = (fit.cells.weights * fit.hold**2 * fit.cells.gram[:, :, number, number]).sum()
    return float(share / fit.cells.energy.size)


def _is_lag(peak: Peak) -> bool:
    return peak.clearness > _CLEAR and abs(peak.lag_frames) >= _LEAST_LAG_FRAMES


def _moved(found: Aligned, number: int, lag_frames: float, reread: Reread, tried: set[tuple[int, int]]) -> bool:
    lag = found.lags_frames.get(number, 0.0) + lag_frames
    whole = round(lag)
    if (number, round(4 * lag)) in tried:
        return False
    tried.add((number, round(4 * lag)))
    fit = found.fit
    read = reread(number, whole)
    read = read * _MIRROR if number in found.swapped else read
    # A response of the whole mix may have taken up a part of the lag, so that whole frames are tried as well.
    exactly = _with(fit, number, fit.grid.advanced(read, lag - whole)), lag
    roundly = (_with(fit, number, read), float(whole)) if whole else exactly
    moved, lag = min(roundly, exactly, key=lambda one: one[0].badness)
    mastered = not moved.is_exact and abs(lag_frames) >= _MASTERED_LAG_FRAMES
    if moved.badness > fit.badness * (_BETTER_MASTERED if mastered else _BETTER):
        return False
    found.fit = moved
    found.lags_frames[number] = lag
    return True
