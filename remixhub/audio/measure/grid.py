"""A block laid out for measuring: one row a channel, with the lowest and highest sample of every 64 frames.

Computed once a block and shared by the meters. Rows, because numpy finds extremes along contiguous samples several
times as fast as across interleaved channels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

CELL_FRAMES = 64


@dataclass(frozen=True)
class Grid:
    samples: NDArray[np.float32]
    """`(channels, n_frames)`"""
    lows: NDArray[np.float32]
    """`(channels, n_cells)`; the last cell may be shorter."""
    highs: NDArray[np.float32]

    @classmethod
    def of(cls, block: NDArray[np.float32]) -> Self:
        """`block` is float32 `(n_frames, channels)`, not empty."""
        samples = np.ascontiguousarray(block.T)
        starts = np.arange(0, samples.shape[1], CELL_FRAMES)
        return cls(samples, np.minimum.reduceat(samples, starts, axis=1), np.maximum.reduceat(samples, starts, axis=1))

    @property
    def frames(self) -> int:
        return int(self.samples.shape[1])

    @property
    def cell_peaks(self) -> NDArray[np.float32]:
        """Highest absolute values, `(channels, n_cells)`."""
        return np.maximum(self.highs, -self.lows)
