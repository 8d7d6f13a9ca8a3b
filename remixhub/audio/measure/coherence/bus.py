"""What a mastering does to the sum: a gain for each cell, as compressors have, and one response, as equalisers have.

It cannot see, by construction, a wrong level of a stem that is alone in all of its cells: that is an equaliser's work.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from remixhub.audio.measure.coherence.gains import Array, Cells, agreed, levels_db, rest_beside, reweighted, solve
from remixhub.audio.measure.coherence.spectra import Grid, Spectra

_ROUNDS = 15
_SMOOTHING = 0.06
"""A sixth of an octave in all."""
_PRIOR_WEIGHT = 0.5
_LEAST_LIVE = 2


@dataclass(frozen=True)
class Bus:
    gains: Array
    hold: Array
    """`(n_frames, c)`: the gain of each cell."""
    weights: Array


def fit_bus(cells: Cells, start: Array | None = None) -> Bus:
    """Gains of cells and of stems in turn. Cells first: a stem that sounds in a fade only would trap the gains."""
    n_frames, n_cells = cells.energy.shape
    gains = np.ones(cells.cross.shape[-1]) if start is None else start
    plain = weights = cells.weights
    hold = np.ones((n_frames, n_cells))
    shared, total = cells.shared(gains), cells.total(gains)
    consensus = 1.0
    for _ in range(_ROUNDS):
        hold = _cell_gains(cells, shared, total, weights)
        gains = solve(cells, weights, consensus, hold)
        consensus = agreed(gains, levels_db(cells, weights * hold**2, gains))
        gains, consensus = gains / consensus, 1.0
        shared, total = cells.shared(gains), cells.total(gains)
        weights = reweighted(plain, rest_beside(cells, shared, total, hold), cells)
    return Bus(gains, _cell_gains(cells, shared, total, weights), weights)


def _cell_gains(cells: Cells, shared: Array, total: Array, weights: Array) -> Array:
    """Each cell's own best gain, drawn to that of its band and of its frame. Of the stems' sum, and it with the mix."""
    live = (total > 1e-5 * total.max(axis=0)) & cells.live
    raw = np.where(live, shared / np.maximum(total, 1e-30), np.nan)
    by_band = np.where(live.any(axis=0), np.clip(_median(raw.T), 0.05, 8), 1.0)
    # Where the stems are silent never 1: the ends of fades would ring.
    weight = weights * by_band
    both = (weight * by_band * total).sum(axis=1)
    by_energy = np.where(both > 1e-20, (weight * shared).sum(axis=1) / np.maximum(both, 1e-30), 0.0)
    by_frame = np.where(live.sum(axis=1) > _LEAST_LIVE, _median(raw / by_band), by_energy)
    prior = np.clip(by_frame, 0, 8)[:, None] * by_band
    drawn = (np.where(live, raw, prior) + _PRIOR_WEIGHT * prior) / (1 + _PRIOR_WEIGHT)
    return np.clip(drawn, 0.3 * prior, 3 * prior)


def _median(rows: Array) -> Array:
    """Of each row, without what is no number; 1 of a row without numbers."""
    count = np.isfinite(rows).sum(axis=1)
    ordered = np.sort(rows, axis=1)  # no numbers stand at the end
    low, high = (
        np.take_along_axis(ordered, np.maximum(at, 0)[:, None], 1)[:, 0] for at in ((count - 1) // 2, count // 2)
    )
    return np.where(count > 0, (low + high) / 2, 1.0)


def response_of(total: Spectra, mix: Spectra, weights: NDArray[np.float32], grid: Grid) -> NDArray[np.complex64]:
    """`(2, n_bins)`: the smoothed complex response from `total` to `mix`; it takes up an equaliser and its phase."""
    cross = (weights * mix * total.conj()).sum(axis=0)
    own = (weights * (total.real**2 + total.imag**2)).sum(axis=0)
    hz = grid.bins_hz
    first = np.searchsorted(hz, hz * (1 - _SMOOTHING))
    last = np.searchsorted(hz, hz * (1 + _SMOOTHING), side="right")

    def smoothed(values: NDArray[np.complex64]) -> NDArray[np.complex128]:
        summed = np.concatenate([np.zeros((2, 1)), np.cumsum(values, axis=1, dtype=np.complex128)], axis=1)
        found: NDArray[np.complex128] = summed[:, last] - summed[:, first]
        return found

    power = smoothed(own).real
    floor = 1e-6 * power.max(axis=1, keepdims=True) + 1e-30
    response = np.where(power > floor, smoothed(cross) / np.maximum(power, floor), 1)
    return response.astype(np.complex64)
