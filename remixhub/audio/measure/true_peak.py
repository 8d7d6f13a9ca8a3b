"""True peak after ITU-R BS.1770-4 annex 2: the highest value between the samples, by oversampling.

Exact and yet cheap: an interpolated value cannot exceed the highest sample under the filter times the sum of the
filter's absolute coefficients, so only those 64-frame cells are oversampled whose bound beats the best value so far.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from remixhub.audio.measure.grid import CELL_FRAMES, Grid

_TAPS = 20
"""Coefficients of each phase; an even number, at most a cell."""
_KAISER_BETA = 5.0
_SLICE_FRAMES = 16
"""Cells are oversampled in slices: a product's cost grows with a slice's length and with the taps around it."""
_SLICES = CELL_FRAMES // _SLICE_FRAMES
_BATCH_CELLS = 32
"""Small enough for a matrix product in one thread."""


class TruePeakMeter:
    """Feed grids (or blocks) in order, then ask for `peak()`. Oversamples by 4 below 88.2 kHz, by 2 above."""

    def __init__(self, sample_rate_hz: int, channels: int) -> None:
        phases = _phases(4 if sample_rate_hz < 88_200 else 2)
        self._bound = np.float32(np.abs(phases).sum(axis=1).max() * 1.0001)
        self._slice = _slice_matrix(phases)
        self._past = np.zeros((channels, _TAPS - 1), np.float32)
        self._past_peak = np.zeros(channels, np.float32)
        self._best = np.float32(0)

    def add(self, grid: Grid) -> None:
        peaks = grid.cell_peaks
        self._best = max(self._best, peaks.max())
        before = np.concatenate([self._past_peak[:, None], peaks[:, :-1]], axis=1)
        bounds = np.maximum(before, peaks) * self._bound
        candidates = np.flatnonzero(bounds > self._best)
        # The first of these raises the best value, which spares most of the others.
        candidates = candidates[np.argsort(-bounds.reshape(-1)[candidates], kind="stable")]
        whole = np.zeros((len(peaks), -grid.frames % CELL_FRAMES), np.float32)
        samples = np.concatenate([self._past, grid.samples, whole], axis=1)
        self._search(samples, candidates, bounds.reshape(-1))
        self._past = samples[:, grid.frames : grid.frames + _TAPS - 1].copy()
        self._past_peak = np.abs(self._past).max(axis=1)

    def add_block(self, block: NDArray[np.float32]) -> None:
        """`block` is float32 `(n_frames, channels)`."""
        if len(block):
            self.add(Grid.of(block))

    def peak(self) -> float:
        """Linear; 1.0 is 0 dBTP. Counts what the interpolation filter still rings after the last sample."""
        rest = np.zeros((len(self._past), CELL_FRAMES), np.float32)
        self.add(Grid(rest, rest[:, :1], rest[:, :1]))
        return float(self._best)

    def peak_dbtp(self) -> float | None:
        """None for digital silence."""
        peak = self.peak()
        return float(20 * np.log10(peak)) if peak > 0 else None

    def _search(self, samples: NDArray[np.float32], candidates: NDArray[np.intp], bounds: NDArray[np.float32]) -> None:
        """`candidates` index `(channel, cell)` in flat order, highest bound first."""
        width = _SLICE_FRAMES + _TAPS - 1
        slices = np.lib.stride_tricks.sliding_window_view(samples, width, axis=1)[:, ::_SLICE_FRAMES]
        cells = len(bounds) // len(samples)
        for start in range(0, len(candidates), _BATCH_CELLS):
            batch = candidates[start : start + _BATCH_CELLS]
            if bounds[batch[0]] <= self._best:
                return
            channel, cell = batch // cells, batch % cells
            rows = slices[channel[:, None], cell[:, None] * _SLICES + np.arange(_SLICES)].reshape(-1, width)
            between = rows @ self._slice
            self._best = max(self._best, between.max(), -between.min())


def _phases(factor: int) -> NDArray[np.float64]:
    """Windowed-sinc interpolation, `(factor - 1, taps)`: each row gives one value between two samples."""
    at = np.arange(1, factor)[:, None] / factor
    distance = np.arange(_TAPS)[None, :] - (_TAPS // 2 - 1) - at
    window = np.i0(_KAISER_BETA * np.sqrt(np.maximum(1 - (distance / (_TAPS / 2)) ** 2, 0))) / np.i0(_KAISER_BETA)
    rows = np.sinc(distance) * window
    return np.asarray(rows / rows.sum(axis=1, keepdims=True))


def _slice_matrix(phases: NDArray[np.float64]) -> NDArray[np.float32]:
    """Times a window of `_SLICE_FRAMES + taps - 1` samples: all interpolated values of a slice."""
    matrix = np.zeros((_SLICE_FRAMES + _TAPS - 1, _SLICE_FRAMES, len(phases)), np.float32)
    for frame in range(_SLICE_FRAMES):
        matrix[frame : frame + _TAPS, frame, :] = phases.T
    return matrix.reshape(len(matrix), -1)
