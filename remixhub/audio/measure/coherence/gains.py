"""Which gain each stem has in the mix: weighted least squares over cells of frame, mid or side, and band.

The fit of a mix that is the plain sum. Cells that the stems do not explain lose their weight step by step, so that a
missing stem does not bend the gains of the others.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from remixhub.audio.measure.coherence.spectra import Grid, Spectra

_ROUNDS = 8
_RIDGE, _RIDGE_OF_MIX = 1e-6, 1e-7
_AUDIBLE_DB = -35.0
_FADED = 1e-2
_AGREEING = 0.06
"""Half a decibel: gains that are the same within it agree."""
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Cells:
    """Products of all pairs of stems and mix, summed over each cell's bins; `c` runs over mid and side times bands.

    What a fit asks again and again is kept, until `compact`.
    """

    gram: NDArray[np.float32]
    """`(n_frames, c, n, n)`"""
    cross: NDArray[np.float32]
    """`(n_frames, c, n)`: of each stem with the mix."""
    energy: NDArray[np.float32]
    """`(n_frames, c)`: of the mix."""

    def compact(self) -> Cells:
        """Without what is kept for speed, which is twice as large."""
        return Cells(self.gram, self.cross, self.energy)

    @cached_property
    def weights(self) -> Array:
        """Each cell counts alike, but silence and the sides of what is nearly mono do not."""
        frames, cells = self.energy.shape
        energy = self.energy.astype(np.float64)
        both = np.broadcast_to(energy.reshape(frames, 2, -1).sum(axis=1, keepdims=True), (frames, 2, cells // 2))
        floor = 0.003 * both.reshape(frames, cells) + 1e-4 * energy.max(axis=0) + 1e-7 * energy.max() + 1e-20
        weights: Array = 1 / (energy + floor)
        return weights

    def audible_weights(self) -> Array:
        """The same, but that the ends of fades hardly count."""
        energy = self.energy.astype(np.float64)
        weights: Array = self.weights * energy / (energy + _FADED * energy.max(axis=0) + 1e-30)
        return weights

    @cached_property
    def live(self) -> NDArray[np.bool_]:
        """`(n_frames, c)`: where the mix sounds."""
        found: NDArray[np.bool_] = self.energy > 1e-7 * self.energy.max()
        return found

    def total(self, gains: Array) -> Array:
        """`(n_frames, c)`: the energy of the stems' sum."""
        found: Array = self._pairs @ np.outer(gains, gains).ravel()
        return found.reshape(self.energy.shape)

    def shared(self, gains: Array) -> Array:
        """`(n_frames, c)`: of the stems' sum with the mix."""
        found: Array = np.asarray(self.cross @ gains, np.float64)
        return found

    def summed(self, weights: Array) -> Array:
        """`(n, n)`: the products of stems over all cells, weighted."""
        found: Array = weights.ravel() @ self._pairs
        return found.reshape(self.gram.shape[-2:])

    def own(self, weights: Array) -> Array:
        """`(n,)`: the energy of each stem over all cells, weighted."""
        found: Array = weights.ravel() @ self._squares
        return found

    @cached_property
    def _pairs(self) -> Array:
        """`(n_frames * c, n * n)`, so that sums over it are one product: `einsum` looks for its path each time."""
        return self.gram.reshape(self.energy.size, -1).astype(np.float64)

    @cached_property
    def _squares(self) -> Array:
        """`(n_frames * c, n)`: of each stem with itself."""
        return np.ascontiguousarray(self._pairs[:, :: self.gram.shape[-1] + 1])


def make_cells(stems: NDArray[np.complex64], mix: Spectra, grid: Grid) -> Cells:
    """`stems` is `(n, n_frames, 2, n_bins)`."""
    n_stems, n_frames = stems.shape[:2]
    n_bands = len(grid.bands)
    products = np.empty((n_frames, 2, n_bands, n_stems + 1, n_stems + 1), np.float32)
    for number, band in enumerate(grid.bands):
        both = np.concatenate([stems[:, :, :, band], mix[None, :, :, band]]).transpose(1, 2, 0, 3)
        parts = np.concatenate([both.real, both.imag], axis=-1)
        products[:, :, number] = parts @ parts.swapaxes(-1, -2)
    products = products.reshape(n_frames, 2 * n_bands, n_stems + 1, n_stems + 1)
    apart = products[:, :, :-1, :-1], products[:, :, :-1, -1], products[:, :, -1, -1]
    return Cells(*(np.ascontiguousarray(part) for part in apart))


def solve(cells: Cells, weights: Array, consensus: float, hold: Array | None = None) -> Array:
    """The gains that leave least. What cannot be told from another stem reads as the others do, not as none.

    `hold` is the gain of each cell, where the mix has one of its own.
    """
    on_gram, on_cross = (weights, weights) if hold is None else (weights * hold**2, weights * hold)
    matrix = cells.summed(on_gram)
    target: Array = on_cross.ravel() @ cells.cross.reshape(on_cross.size, -1)
    ridge = _RIDGE * np.diag(matrix) + _RIDGE_OF_MIX * float((weights * cells.energy).sum()) + 1e-30
    gains: Array = np.linalg.solve(matrix + np.diag(ridge), target + ridge * consensus).astype(np.float64, copy=False)
    return gains


def rest_of(cells: Cells, gains: Array, hold: Array | float = 1.0) -> Array:
    """`(n_frames, c)`: the energy that the stems leave."""
    return rest_beside(cells, cells.shared(gains), cells.total(gains), hold)


def rest_beside(cells: Cells, shared: Array, total: Array, hold: Array | float) -> Array:
    """The same, of stems whose sum is known."""
    rest = cells.energy - 2 * hold * shared + hold**2 * total
    found: Array = np.maximum(rest, 1e-8 * cells.energy)
    return found


def fit_sum(cells: Cells) -> tuple[Array, Array]:
    """The gains relative to one another, and the weights that they stand on."""
    plain = weights = cells.weights
    gains = np.ones(cells.cross.shape[-1])
    consensus = 1.0
    for _ in range(_ROUNDS):
        gains = solve(cells, weights, consensus)
        consensus = agreed(gains, levels_db(cells, weights, gains))
        weights = reweighted(plain, rest_of(cells, gains), cells)
    return gains, weights


def reweighted(plain: Array, rest: Array, cells: Cells) -> Array:
    share = plain * rest
    heard = share[cells.live]
    usual = float(np.median(heard)) if heard.size else 0.0
    found: Array = plain / (1 + share / (2 * max(usual, 1e-9)))
    return found


def levels_db(cells: Cells, weights: Array, gains: Array) -> Array:
    """How loud each stem is in the mix, against the mix, all cells alike."""
    own = cells.own(weights) * gains**2
    level: Array = 10 * np.log10(own / max(float((weights * cells.energy).sum()), 1e-30) + 1e-15)
    return level


def agreed(gains: Array, level_db: Array) -> float:
    """The gain that most of the audible stems have; of equally many that which is nearest to 1."""
    audible = np.flatnonzero((level_db > _AUDIBLE_DB) & (gains > 0.05))
    if not audible.size:
        return 1.0
    heard = gains[audible]
    agreeing = np.abs(np.log(heard[:, None] / heard[None, :])) < _AGREEING
    votes = agreeing.sum(axis=1)
    far = np.abs(np.log(heard)).tolist()
    best = max(range(heard.size), key=lambda one: (votes[one], -round(far[one], 3)))
    return float(statistics.median(heard[agreeing[best]].tolist()))


def errors_of(cells: Cells, gains: Array, weights: Array, hold: Array | float = 1.0) -> tuple[Array, Array]:
    """The standard error of each gain (sandwich over frames), and how many frames carry the stem.

    A stem may sound for a second only, so that leaving out one stretch at a time would not do.
    """
    hold = np.broadcast_to(hold, weights.shape)
    left = cells.cross - hold[..., None] * (cells.gram @ gains)
    score = np.einsum("fc,fci->fi", weights * hold, left, optimize=True)
    matrix = cells.summed(weights * hold**2)
    ridge = _RIDGE * np.diag(matrix) + _RIDGE_OF_MIX * float((weights * cells.energy).sum()) + 1e-30
    inverse = np.linalg.inv(matrix + np.diag(ridge))
    errors = np.sqrt(np.maximum(np.diag(inverse @ (score.T @ score) @ inverse), 0))
    carried = np.einsum("fc,fcii->fi", cells.audible_weights(), cells.gram, optimize=True)
    frames = carried.sum(axis=0) ** 2 / np.maximum((carried**2).sum(axis=0), 1e-30)
    return errors, frames
