"""Sample peak, RMS, DC offset, clipping and silence of a stream."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from remixhub.audio.measure.grid import CELL_FRAMES, Grid

SILENCE_LINEAR = np.float32(0.001)
"""-60 dBFS; what stays below counts as silent."""
_SHORTEST_CLIP = 3
"""Samples in a row at full scale; fewer are a peak that happens to touch it."""


class LevelMeter:
    """Feed grids in order; the attributes are right at any time. `bit_depth` is None for lossy codecs."""

    def __init__(self, channels: int, bit_depth: int | None) -> None:
        self.frames = 0
        self.clipping_runs = 0
        self.clipped_samples = 0
        self.longest_clip_frames = 0
        self.first_clip_frames: int | None = None
        self._full_scale = np.float32(1 - 2.0 ** (1 - min(bit_depth or 16, 16)))
        self._sums = np.zeros(channels)
        self._squares = 0.0
        self._lowest = self._highest = 0.0
        self._first_loud: int | None = None
        self._last_loud = -1
        self._open_runs = [0] * channels
        self._open_starts = [0] * channels

    def add(self, grid: Grid) -> None:
        peaks = grid.cell_peaks.max(axis=0)
        self._lowest = min(self._lowest, float(grid.lows.min()))
        self._highest = max(self._highest, float(grid.highs.max()))
        self._sums += grid.samples.sum(axis=1)
        self._squares += float(np.einsum("ij,ij->i", grid.samples, grid.samples).sum())
        self._note_sound(grid, peaks)
        if peaks.max() >= self._full_scale:
            for channel, samples in enumerate(grid.samples):
                self._note_clipping(channel, np.abs(samples) >= self._full_scale)
        else:
            self._close_runs()
        self.frames += grid.frames

    def finish(self) -> None:
        """Counts the runs that reach up to the end."""
        self._close_runs()

    @property
    def peak(self) -> float:
        return max(self._highest, -self._lowest)

    @property
    def peak_dbfs(self) -> float | None:
        return _decibels(self.peak)

    @property
    def rms_dbfs(self) -> float | None:
        """Over all channels; a full-scale square wave has 0 dB."""
        return _decibels(float(np.sqrt(self._squares / max(self.frames * len(self._sums), 1))))

    @property
    def dc_offset(self) -> float:
        means = self._sums / max(self.frames, 1)
        return float(means[np.argmax(np.abs(means))])

    @property
    def leading_silence_frames(self) -> int:
        return self.frames if self._first_loud is None else self._first_loud

    @property
    def trailing_silence_frames(self) -> int:
        return self.frames - 1 - self._last_loud

    def _note_sound(self, grid: Grid, peaks: NDArray[np.float32]) -> None:
        loud = np.flatnonzero(peaks > SILENCE_LINEAR)
        if not loud.size:
            return
        if self._first_loud is None:
            self._first_loud = self.frames + _loud_frames(grid, loud[0])[0]
        self._last_loud = self.frames + _loud_frames(grid, loud[-1])[-1]

    def _note_clipping(self, channel: int, clipped: NDArray[np.bool_]) -> None:
        """`clipped` is one channel of a block; a run may have begun in the block before."""
        edges = np.flatnonzero(np.diff(clipped.astype(np.int8), prepend=0, append=0))
        starts, ends = edges[::2], edges[1::2]
        lengths = ends - starts
        starts = starts + self.frames
        if not lengths.size or starts[0] != self.frames:
            self._close_run(channel)
        elif self._open_runs[channel]:
            lengths[0] += self._open_runs[channel]
            starts[0] = self._open_starts[channel]
        self._open_runs[channel] = 0
        if lengths.size and ends[-1] == len(clipped):
            self._open_runs[channel], self._open_starts[channel] = int(lengths[-1]), int(starts[-1])
            lengths, starts = lengths[:-1], starts[:-1]
        self._count(lengths, starts)

    def _close_runs(self) -> None:
        for channel in range(len(self._open_runs)):
            self._close_run(channel)

    def _close_run(self, channel: int) -> None:
        self._count(np.array([self._open_runs[channel]]), np.array([self._open_starts[channel]]))
        self._open_runs[channel] = 0

    def _count(self, lengths: NDArray[np.int64], starts: NDArray[np.int64]) -> None:
        counted = lengths >= _SHORTEST_CLIP
        runs = lengths[counted]
        if runs.size:
            first = int(starts[counted].min())
            self.first_clip_frames = min(first, self.first_clip_frames if self.first_clip_frames is not None else first)
            self.clipping_runs += int(runs.size)
            self.clipped_samples += int(runs.sum())
            self.longest_clip_frames = max(self.longest_clip_frames, int(runs.max()))


def _loud_frames(grid: Grid, cell: int) -> list[int]:
    """Frames of the block, within one cell, that are above the threshold in any channel."""
    start = int(cell) * CELL_FRAMES
    frames = np.abs(grid.samples[:, start : start + CELL_FRAMES]).max(axis=0) > SILENCE_LINEAR
    return [start + int(frame) for frame in np.flatnonzero(frames)]


def _decibels(linear: float) -> float | None:
    return float(20 * np.log10(linear)) if linear > 0 else None
