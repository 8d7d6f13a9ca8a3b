"""What a sound is like, apart from its notes: where its power lies, how often it begins anew, how regularly.

One spectrum each 23 ms or so, of all channels together. Memory is constant: onsets are followed for ten minutes.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from remixhub.audio.measure.grid import Grid
from remixhub.domain.stems.sound import packed

_WINDOW_SECONDS = 0.046
_MOST_SECONDS = 600
_EDGES_HZ = (30, 120, 300, 700, 1_500, 3_000, 6_000, 12_000)
"""Of the bands in which something may begin."""
_QUIET = 1e-7
"""Power of a band that nobody hears."""
_ONSET_DB = 5.0
_SLOWEST_SECONDS, _FASTEST_SECONDS = 2.0, 0.2
"""Of what comes again: a bar of a slow song, a quarter of a fast one."""


class SoundMeter:
    def __init__(self, sample_rate_hz: int) -> None:
        self._rate_hz = sample_rate_hz
        self._window = 1 << max(6, round(math.log2(sample_rate_hz * _WINDOW_SECONDS)))
        self._hop = self._window // 2
        self._shape = np.hanning(self._window).astype(np.float32)
        self._hz = np.fft.rfftfreq(self._window, 1 / sample_rate_hz)
        heard = [edge for edge in _EDGES_HZ if edge < sample_rate_hz / 2]
        self._edges = np.unique(np.searchsorted(self._hz, heard))
        self._power = np.zeros(len(self._hz))
        self._rest = np.zeros(0, np.float32)
        self._last_db: NDArray[np.float32] | None = None
        self._rises: list[NDArray[np.float32]] = []
        self._spectra = 0

    def add(self, grid: Grid) -> None:
        waiting = np.concatenate([self._rest, grid.samples.mean(axis=0)])
        count = max(0, (len(waiting) - self._window) // self._hop + 1)
        if count:
            frames = sliding_window_view(waiting, self._window)[:: self._hop][:count]
            spectra = np.fft.rfft(frames * self._shape)
            power = spectra.real**2 + spectra.imag**2
            self._power += power.sum(axis=0, dtype=np.float64)
            self._follow(power)
        self._rest = waiting[count * self._hop :].copy()

    def vector(
        self, *, integrated_lufs: float | None, loudness_range_lu: float | None, crest_db: float, silence_share: float
    ) -> bytes | None:
        """Once all was added; with what other meters found. None for silence, which sounds like nothing."""
        heard = (self._hz >= _EDGES_HZ[0]) & (self._hz <= 18_000)
        power, hz = self._power[heard], self._hz[heard]
        whole = float(power.sum())
        if integrated_lufs is None or whole <= 0.0:
            return None
        shares, octaves = power / whole, np.log2(hz)
        centre = float(shares @ octaves)
        onsets, regularity = self._rhythm()
        return packed(
            {
                "level_lufs": integrated_lufs,
                "loudness_range_lu": loudness_range_lu or 0.0,
                "crest_db": crest_db,
                "brightness_octaves": centre,
                "spread_octaves": math.sqrt(float(shares @ (octaves - centre) ** 2)),
                "flatness_db": _flatness_db(shares),
                "low_share": math.sqrt(float(shares[hz < 200].sum())),
                "high_share": math.sqrt(float(shares[hz > 2_000].sum())),
                "air_share": math.sqrt(float(shares[hz > 8_000].sum())),
                "onsets_root": math.sqrt(onsets),
                "regularity": regularity,
                "silence_share": silence_share,
            }
        )

    def _follow(self, power: NDArray[np.floating[Any]]) -> None:
        """By how many decibels the bands rose since the spectrum before, on average."""
        if self._spectra * self._hop > _MOST_SECONDS * self._rate_hz:
            return
        bands = np.add.reduceat(power, self._edges, axis=1) / self._window
        decibels = 10 * np.log10(bands + np.float32(_QUIET))
        before = decibels[:1] if self._last_db is None else self._last_db
        rises = np.diff(decibels, axis=0, prepend=before).clip(min=0).mean(axis=1)
        self._last_db = decibels[-1:]
        self._rises.append(rises.astype(np.float32))
        self._spectra += len(rises)

    def _rhythm(self) -> tuple[float, float]:
        """Onsets a second, and how alike the sound is to itself some time later, at best."""
        rises = np.concatenate(self._rises) if self._rises else np.zeros(1, np.float32)
        step_seconds = self._hop / self._rate_hz
        if len(rises) < 3:
            return 0.0, 0.0
        peaks = (rises[1:-1] > _ONSET_DB) & (rises[1:-1] >= rises[:-2]) & (rises[1:-1] > rises[2:])
        onsets = float(peaks.sum()) / (len(rises) * step_seconds)
        own = rises - rises.mean()
        size = 1 << (2 * len(own) - 1).bit_length()
        alike = np.fft.irfft(np.abs(np.fft.rfft(own, size)) ** 2, size)
        first, last = (round(seconds / step_seconds) for seconds in (_FASTEST_SECONDS, _SLOWEST_SECONDS))
        found = alike[first : min(last, len(own)) + 1]
        if alike[0] <= 0 or not found.size:
            return onsets, 0.0
        return onsets, float(min(max(found.max() / alike[0], 0.0), 1.0))


def _flatness_db(shares: NDArray[np.float64]) -> float:
    """Of the mean spectrum: 0 dB for white noise."""
    floor = shares.max() * 1e-9
    return float(10 * (np.log10(shares + floor).mean() - np.log10(shares.mean() + floor)))
