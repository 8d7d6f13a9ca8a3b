"""Waveforms for drawing, in the format of BBC audiowaveform: `.dat`, version 2, 8 bits, all channels.

Little-endian header of int32 version (2), uint32 flags (1: 8 bits), int32 sample rate, int32 samples per pixel, uint32
pixels, int32 channels; then for each pixel and channel an int8 minimum and maximum.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from remixhub.audio.measure.grid import CELL_FRAMES, Grid
from remixhub.audio.measure.levels import SILENCE_LINEAR

FINE_FRAMES, COARSE_FRAMES = 256, 4096
"""Per pixel: for zooming in, and for a whole piece at a glance."""
PEAKS_MEDIA_TYPE = "application/octet-stream"

Extremes = NDArray[np.float32]


class PeaksBuilder:
    """Feed the grids of blocks whose length, but for the last, is a multiple of 256 frames. Coarse zooms are made
    from finer ones: from the samples they would cost seven times as much.
    """

    def __init__(self, sample_rate_hz: int, channels: int) -> None:
        self._sample_rate_hz = sample_rate_hz
        self._lows: list[Extremes] = [np.empty((channels, 0), np.float32)]
        self._highs: list[Extremes] = [np.empty((channels, 0), np.float32)]

    def add(self, grid: Grid) -> None:
        lows, highs = coarsen(grid.lows, grid.highs, FINE_FRAMES // CELL_FRAMES)
        self._lows.append(lows)
        self._highs.append(highs)

    def write(self, path: Path, frames_per_pixel: int) -> None:
        """`frames_per_pixel` is a multiple of 256."""
        lows, highs = self._extremes()
        if frames_per_pixel != FINE_FRAMES:
            lows, highs = coarsen(lows, highs, frames_per_pixel // FINE_FRAMES)
        channels, pixels = lows.shape
        header = struct.pack("<iIiiIi", 2, 1, self._sample_rate_hz, frames_per_pixel, pixels, channels)
        pairs = np.stack([lows, highs], axis=-1).transpose(1, 0, 2)
        path.write_bytes(header + np.clip(np.rint(pairs * 128), -128, 127).astype(np.int8).tobytes())

    def silence_share(self) -> float:
        """Of the length, in windows of 256 frames that stay below -60 dBFS."""
        lows, highs = self._extremes()
        return float((np.maximum(highs, -lows).max(axis=0) <= SILENCE_LINEAR).mean()) if lows.size else 1.0

    def _extremes(self) -> tuple[Extremes, Extremes]:
        return np.concatenate(self._lows, axis=1), np.concatenate(self._highs, axis=1)


def coarsen(lows: Extremes, highs: Extremes, factor: int) -> tuple[Extremes, Extremes]:
    """Both are `(channels, n)`; a rest becomes a column of its own."""
    starts = np.arange(0, lows.shape[1], factor)
    return np.minimum.reduceat(lows, starts, axis=1), np.maximum.reduceat(highs, starts, axis=1)
