"""Spectra of evenly spread short frames: what is kept of a stem, of the mix and of their sum.

Frames are as short as 93 ms, so that a compressor's gain is nearly the same all through a frame and a band. Mid and
side stand for left and right: what widens or narrows a mix then touches one of them only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

WINDOW_FRAMES = 65_536
BAND_EDGES_HZ = (30, 120, 250, 500, 1_000, 2_000, 4_000, 8_000, 16_000)
_MOST_FRAMES = 160
_MOST_PER_WINDOW = 32
_MOST_GRAM_CELLS = 1_500_000
"""Of `(frames, stems + 1, stems + 1)`: packs of more than a hundred stems are looked at in fewer frames."""
_MOST_BINS = 64
"""Of a band. Least squares hold bin by bin, so that a sample of them is enough."""

Windows = NDArray[np.float32]
"""`(2, n_windows, WINDOW_FRAMES)`: planar stereo; mono stems are on both sides."""
Spectra = NDArray[np.complex64]
"""`(n_frames, 2, n_bins)`: mid and side of each frame, in the bins of the grid."""


@dataclass(frozen=True)
class Grid:
    """Which frames of the windows are looked at, and which bins."""

    rate_hz: int
    n_windows: int
    n_stems: int
    n_fft: int = field(init=False)
    offsets: NDArray[np.int64] = field(init=False)
    """Of the frames, within each window."""
    bins: NDArray[np.int64] = field(init=False)
    bands: tuple[slice, ...] = field(init=False)
    """Of the chosen bins, from low to high; those above what the rate can hold are empty."""
    scale: NDArray[np.float32] = field(init=False)
    """What makes the chosen bins stand for all of their band."""

    def __post_init__(self) -> None:
        n_fft = 4096 if self.rate_hz <= 64_000 else 8192 if self.rate_hz <= 128_000 else 16_384
        most = min(_MOST_FRAMES, max(self.n_windows, _MOST_GRAM_CELLS // (self.n_stems + 1) ** 2))
        per_window = min(_MOST_PER_WINDOW, max(1, most // self.n_windows))
        random = np.random.default_rng(4096)
        chosen, bands, scale, end = [], [], [], 0
        for low_hz, high_hz in pairwise(BAND_EDGES_HZ):
            first, last = (int(np.ceil(hz * n_fft / self.rate_hz)) for hz in (low_hz, high_hz))
            all_bins = np.arange(first, min(last, n_fft // 2))
            some = np.sort(random.choice(all_bins, min(_MOST_BINS, all_bins.size), replace=False))
            chosen.append(some)
            scale.append(np.full(some.size, np.sqrt(all_bins.size / max(some.size, 1)), np.float32))
            bands.append(slice(end, end := end + some.size))
        made = {
            "n_fft": n_fft,
            "offsets": np.linspace(0, WINDOW_FRAMES - n_fft, per_window).astype(np.int64),
            "bins": np.concatenate(chosen),
            "bands": tuple(bands),
            "scale": np.concatenate(scale),
        }
        for name, value in made.items():
            object.__setattr__(self, name, value)

    @property
    def n_frames(self) -> int:
        return self.n_windows * int(self.offsets.size)

    @property
    def bins_hz(self) -> NDArray[np.float64]:
        return self.bins.astype(np.float64) * (self.rate_hz / self.n_fft)

    def spread(self, by_band: NDArray[np.float64]) -> NDArray[np.float32]:
        """`(…, n_bands)` to `(…, n_bins)`."""
        sizes = [band.stop - band.start for band in self.bands]
        return np.repeat(by_band, sizes, axis=-1).astype(np.float32)

    def cut(self, windows: Windows) -> tuple[Spectra, NDArray[np.float64]]:
        """The spectra of the frames, and the mean power of every bin `(n_fft // 2 + 1,)`."""
        taper = np.hanning(self.n_fft).astype(np.float32)
        spectra = np.empty((self.n_windows, self.offsets.size, 2, self.bins.size), np.complex64)
        power = np.zeros(self.n_fft // 2 + 1)
        for number in range(self.n_windows):
            left, right = (np.stack([side[at : at + self.n_fft] for at in self.offsets]) for side in windows[:, number])
            both = np.fft.rfft(np.stack([left + right, left - right], axis=1) * (taper / 2))
            spectra[number] = both[:, :, self.bins] * self.scale
            power += (both.real**2 + both.imag**2).sum(axis=(0, 1))
        return spectra.reshape(self.n_frames, 2, -1), power / self.n_frames

    def advanced(self, spectra: Spectra, by_frames: float) -> Spectra:
        """As if the sound began so much earlier; for parts of a frame."""
        turn = np.exp(2j * np.pi * self.bins * (by_frames / self.n_fft))
        turned: Spectra = (spectra * turn).astype(np.complex64)
        return turned
