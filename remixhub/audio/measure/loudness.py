"""Programme loudness after ITU-R BS.1770-4 and EBU R 128, loudness range after EBU Tech 3342.

The K-weighting is an IIR filter, which numpy has not. It is run as matrix products: within a cell of some sixty
samples the output is a triangular matrix times the input plus a matrix times the filter's four state values; the
states at the cells' beginnings follow from each other in the same way, a row of cells at a time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_ABSOLUTE_GATE_LUFS = -70.0
_RELATIVE_GATE_LU = -10.0
_RANGE_GATE_LU = -20.0
_OFFSET_LU = -0.691
_BLOCK_HOPS, _SHORT_TERM_HOPS = 4, 30
"""Of 100 ms: gating blocks of 400 ms overlap by three quarters, short-term windows last 3 s."""
_CELLS_IN_ROW = 32
_SERIAL_PRODUCT = 262_144
"""OpenBLAS spreads larger products over threads, whose waiting costs more than the work; ours are cut below that."""

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class _Biquad:
    """H(z) = (b0 + b1 z⁻¹ + b2 z⁻²) / (1 + a1 z⁻¹ + a2 z⁻²)."""

    b0: float
    b1: float
    b2: float
    a1: float
    a2: float


def _k_weighting(sample_rate_hz: int) -> tuple[_Biquad, _Biquad]:
    """The standard's shelf and high-pass. It tabulates them at 48 kHz; these are the analogue filters behind the
    tables, taken to any rate by the bilinear transform.
    """
    k = math.tan(math.pi * 1681.974450955533 / sample_rate_hz)
    gain, q = 10 ** (3.999843853973347 / 20), 0.7071752369554196
    middle = gain**0.4996667741545416
    norm = 1 + k / q + k * k
    shelf = _Biquad(
        (gain + middle * k / q + k * k) / norm,
        2 * (k * k - gain) / norm,
        (gain - middle * k / q + k * k) / norm,
        2 * (k * k - 1) / norm,
        (1 - k / q + k * k) / norm,
    )
    k = math.tan(math.pi * 38.13547087602444 / sample_rate_hz)
    q = 0.5003270373238773
    norm = 1 + k / q + k * k
    return shelf, _Biquad(1, -2, 1, 2 * (k * k - 1) / norm, (1 - k / q + k * k) / norm)


def _state_space(sample_rate_hz: int) -> tuple[Float64, Float64, Float64, float]:
    """A, B, C, D of both filters in series: s' = A s + B x, y = C s + D x, with four states."""
    shelf, high_pass = _k_weighting(sample_rate_hz)
    parts = []
    for filter in (shelf, high_pass):
        a = np.array([[-filter.a1, 1.0], [-filter.a2, 0.0]])
        b = np.array([filter.b1 - filter.a1 * filter.b0, filter.b2 - filter.a2 * filter.b0])
        parts.append((a, b, np.array([1.0, 0.0]), filter.b0))
    (a1, b1, c1, d1), (a2, b2, c2, d2) = parts
    a = np.block([[a1, np.zeros((2, 2))], [np.outer(b2, c1), a2]])
    return a, np.concatenate([b1, b2 * d1]), np.concatenate([d2 * c1, c2]), d1 * d2


class _CellFilter:
    """K-weights one channel, `cell` samples at a time; keeps the state from call to call."""

    def __init__(self, sample_rate_hz: int, cell: int, cells_in_hop: int) -> None:
        a, b, c, d = _state_space(sample_rate_hz)
        powers = [np.eye(4)]
        for _ in range(max(cell, _CELLS_IN_ROW)):
            powers.append(powers[-1] @ a)
        response = np.array([d] + [c @ powers[n] @ b for n in range(cell - 1)])
        columns = np.arange(cell)
        delay = columns[:, None] - columns[None, :]
        # x (cells, cell) @ direct.T, plus s (cells, 4) @ free.T, is the output.
        self._direct = np.where(delay >= 0, response[delay], 0).T.astype(np.float32)
        self._free = np.array([c @ powers[n] for n in range(cell)]).T.astype(np.float32)
        # x @ drive.T is what a cell adds to the state at its end.
        self._drive = np.array([powers[cell - 1 - n] @ b for n in range(cell)]).astype(np.float32)
        self._step = powers[cell]
        self._row_step, self._row_mix = self._row_matrices()
        self.state = np.zeros(4)
        self._shape = (-1, _group(cells_in_hop, cell), cell)

    def _row_matrices(self) -> tuple[Float64, Float64]:
        """From the state at a row's beginning, and from what its cells add, to the state before each of its cells
        and after the last.
        """
        powers = [np.eye(4)]
        for _ in range(_CELLS_IN_ROW):
            powers.append(powers[-1] @ self._step)
        mix = np.zeros((_CELLS_IN_ROW, 4, _CELLS_IN_ROW + 1, 4))
        for added in range(_CELLS_IN_ROW):
            for at in range(added + 1, _CELLS_IN_ROW + 1):
                mix[added, :, at, :] = powers[at - 1 - added].T
        step = np.stack([power.T for power in powers], axis=1)
        return step.reshape(4, -1), mix.reshape(_CELLS_IN_ROW * 4, -1)

    def __call__(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """`samples` is float32, one-dimensional and whole hops long; so is the answer."""
        cells = samples.reshape(self._shape)
        states = self._states((cells @ self._drive).reshape(-1, 4).astype(np.float64))
        weighted = cells @ self._direct
        weighted += states.astype(np.float32).reshape(*cells.shape[:2], 4) @ self._free
        return weighted.reshape(-1)

    def _states(self, added: Float64) -> Float64:
        """`added` is `(n_cells, 4)`; the answer, of the same shape, is the state before each cell."""
        rows, rest = divmod(len(added), _CELLS_IN_ROW)
        whole = (added[: rows * _CELLS_IN_ROW].reshape(rows, 1, -1) @ self._row_mix)[:, 0]
        before = np.empty((len(added), 4))
        for row in range(rows):
            states = (whole[row] + self.state @ self._row_step).reshape(-1, 4)
            before[row * _CELLS_IN_ROW : (row + 1) * _CELLS_IN_ROW] = states[:-1]
            self.state = states[-1]
        for index in range(len(added) - rest, len(added)):
            before[index] = self.state
            self.state = self._step @ self.state + added[index]
        return before


class LoudnessMeter:
    """Feed float32 blocks `(n_frames, channels)` of any length, mono or stereo, in order; then ask.

    Exact where 100 ms are a whole number of frames that has a divisor between 32 and 64, as at all usual rates;
    elsewhere the hop is up to 0.7 % off, which moves the result by a few hundredths of a LU.
    """

    def __init__(self, sample_rate_hz: int, channels: int) -> None:
        self._hop_frames, cell = _hop(sample_rate_hz)
        self._filters = [_CellFilter(sample_rate_hz, cell, self._hop_frames // cell) for _ in range(channels)]
        self._kept = np.empty((channels, 0), np.float32)
        self._energies: list[Float64] = []

    def add(self, block: NDArray[np.float32]) -> None:
        samples = np.concatenate([self._kept, block.T], axis=1)
        hops = samples.shape[1] // self._hop_frames
        used = hops * self._hop_frames
        self._kept = samples[:, used:].copy()
        if not hops:
            return
        energy = np.zeros(hops)
        for samples_of_channel, filter in zip(samples, self._filters, strict=True):
            weighted = filter(samples_of_channel[:used]).reshape(hops, -1)
            energy += np.einsum("ij,ij->i", weighted, weighted)
        self._energies.append(energy / self._hop_frames)

    def integrated_lufs(self) -> float | None:
        """Gated at −70 LUFS and at −10 LU; None for silence and for less than 0.4 s."""
        return _gated_lufs(self._windows(_BLOCK_HOPS))

    def loudness_range_lu(self) -> float | None:
        """From the 10th to the 95th percentile of short-term loudness, gated at −20 LU; None below 3 s or silent."""
        windows = self._windows(_SHORT_TERM_HOPS)
        windows = windows[windows > _energy(_ABSOLUTE_GATE_LUFS)]
        if not windows.size:
            return None
        levels = _lufs(windows[windows > windows.mean() * 10 ** (_RANGE_GATE_LU / 10)])
        low, high = np.percentile(levels, (10, 95), method="nearest")
        return float(high - low)

    def _windows(self, hops: int) -> Float64:
        """Mean energies of all windows of so many hops."""
        energies = np.concatenate([np.empty(0), *self._energies])
        if len(energies) < hops:
            return np.empty(0)
        windows: Float64 = np.lib.stride_tricks.sliding_window_view(energies, hops).mean(axis=1)
        return windows


def _gated_lufs(windows: Float64) -> float | None:
    windows = windows[windows > _energy(_ABSOLUTE_GATE_LUFS)]
    if not windows.size:
        return None
    windows = windows[windows > windows.mean() * 10 ** (_RELATIVE_GATE_LU / 10)]
    return float(_lufs(windows.mean()))


def _hop(sample_rate_hz: int) -> tuple[int, int]:
    """Frames of 100 ms, and the largest divisor of them from 32 to 64."""
    nearest = round(sample_rate_hz / 10)
    for hop in (nearest, round(nearest / 64) * 64):
        cell = next((cell for cell in range(64, 31, -1) if hop % cell == 0), None)
        if cell:
            return hop, cell
    raise AssertionError("a multiple of 64 has the divisor 64")


def _group(cells_in_hop: int, cell: int) -> int:
    """How many cells one product may hold."""
    most = _SERIAL_PRODUCT // (cell * cell)
    return next(size for size in range(min(cells_in_hop, most), 0, -1) if cells_in_hop % size == 0)


def _energy(lufs: float) -> float:
    return float(10 ** ((lufs - _OFFSET_LU) / 10))


def _lufs(energy: Float64) -> Float64:
    with np.errstate(divide="ignore"):
        return np.asarray(_OFFSET_LU + 10 * np.log10(energy))
