"""The mix as a sum of its stems: exactly, or behind a mastering; and what remains of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from remixhub.audio.measure.coherence.bus import fit_bus, response_of
from remixhub.audio.measure.coherence.gains import (
    Array,
    Cells,
    agreed,
    errors_of,
    fit_sum,
    levels_db,
    make_cells,
    rest_of,
)
from remixhub.audio.measure.coherence.spectra import Grid, Spectra

_EXACT_DB = -35.0
_MONO = 1e-5
_MIDDLE = np.array([[1], [0]], np.float32)
_EXACT_SHARE = 0.8
"""Of the cells: by the median a mix that fades out would be exact."""


@dataclass
class Fit:
    stems: NDArray[np.complex64]
    """`(n, n_frames, 2, n_bins)`"""
    mix: Spectra
    grid: Grid
    cells: Cells
    gains: Array
    """Relative to those of most stems."""
    weights: Array
    """`(n_frames, c)`, as `hold`."""
    hold: Array
    response: NDArray[np.complex64]
    """`(2, n_bins)`"""
    is_exact: bool
    badness: float = field(init=False)
    """What remains, as a share of the mix, all cells alike. The rest is found out of those fits that are kept."""

    def __post_init__(self) -> None:
        plain = self.cells.weights
        self.badness = float(
            (plain * rest_of(self.cells, self.gains, self.hold)).sum()
            / max(float((plain * self.cells.energy).sum()), 1e-9)
        )
        self.cells = self.cells.compact()

    @property
    def errors(self) -> Array:
        return self._errors[0]

    @property
    def carrying(self) -> Array:
        """How many frames carry a stem."""
        return self._errors[1]

    @cached_property
    def level_db(self) -> Array:
        return levels_db(self.cells, self.weights * self.hold**2, self.gains)

    @cached_property
    def rest(self) -> Spectra:
        rest: Spectra = self.mix - sum(self.part(number) for number in range(len(self.gains)))
        return rest

    @cached_property
    def _errors(self) -> tuple[Array, Array]:
        return errors_of(self.cells, self.gains, self.weights, self.hold)

    @cached_property
    def bus(self) -> NDArray[np.complex64]:
        """`(n_frames, 2, n_bins)`: what the mixing does to each stem."""
        frames = self.hold.shape[0]
        spread = self.grid.spread(self.hold.reshape(frames, 2, -1))
        return spread * self.response

    def part(self, stem: int) -> Spectra:
        """What the mix holds of a stem, by the fit."""
        part: Spectra = (self.bus * np.float32(self.gains[stem])) * self.stems[stem]
        return part

    @cached_property
    def bin_weights(self) -> NDArray[np.float32]:
        return self.grid.spread(self.cells.weights.reshape(len(self.hold), 2, -1))


def is_mono(mix: Spectra) -> bool:
    energy = (np.abs(mix) ** 2).sum(axis=(0, 2))
    return bool(energy[1] < _MONO * energy[0])


def fit_mix(stems: NDArray[np.complex64], mix: Spectra, grid: Grid) -> Fit:
    if is_mono(mix):
        stems = stems * _MIDDLE  # such a mix says nothing of sides
    cells = make_cells(stems, mix, grid)
    gains, weights = fit_sum(cells)
    consensus = agreed(gains, levels_db(cells, weights, gains))
    share, live = cells.weights * rest_of(cells, gains), cells.live
    response = np.ones(mix.shape[1:], np.complex64)
    if not live.any() or np.quantile(share[live], _EXACT_SHARE) < 10 ** (_EXACT_DB / 10):
        hold = np.full(cells.energy.shape, consensus)
        return Fit(stems, mix, grid, cells, gains / consensus, weights, hold, response, True)
    first = fit_bus(cells)
    frames = len(mix)
    total = np.einsum("i,ifcb->fcb", first.gains.astype(np.float32), stems, optimize=True)
    total *= grid.spread(first.hold.reshape(frames, 2, -1))
    response = response_of(total, mix, grid.spread(first.weights.reshape(frames, 2, -1)), grid)
    cells = make_cells(stems * response, mix, grid)
    bus = fit_bus(cells, first.gains)
    return Fit(stems, mix, grid, cells, bus.gains, bus.weights, bus.hold, response, False)
