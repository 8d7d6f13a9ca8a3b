"""Evenly spread windows of a file: 24 of 1.5 s at 44.1 kHz, which cover short pieces wholly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from remixhub.audio.confine.sandbox import Sandbox
from remixhub.audio.measure.coherence.spectra import WINDOW_FRAMES, Windows
from remixhub.audio.read.decode import open_blocks
from remixhub.audio.read.probe import Probe

MOST_WINDOWS = 24
_MOST_FURTHER = 3
_SEEN_SHARE = 0.05
"""Of what the windows would hold of a stem that sounds evenly."""


@dataclass(frozen=True)
class Sound:
    """A file that is read window by window."""

    path: Path
    probe: Probe

    def read(
        self, starts: Sequence[int], sandbox: Sandbox, later_frames: int = 0, length_frames: int = WINDOW_FRAMES
    ) -> tuple[Windows, list[float]]:
        """The windows that begin so much later than `starts`, and the energy of each `WINDOW_FRAMES` of the file."""
        windows = np.zeros((2, len(starts), length_frames), np.float32)
        energies: list[float] = []
        position = 0
        with open_blocks(self.path, self.probe, sandbox, block_frames=WINDOW_FRAMES) as blocks:
            for block in blocks:
                energies.append(float(np.square(block, dtype=np.float32).sum(dtype=np.float64)))
                for number, begins in enumerate(starts):
                    start = begins + later_frames
                    first, last = max(start, position), min(start + length_frames, position + len(block))
                    if first < last:
                        windows[:, number, first - start : last - start] = block[first - position : last - position].T
                position += len(block)
        return windows, energies


def spread(frames: int) -> list[int]:
    """The windows lie side by side where they cover everything, else evenly from the first frame to the last."""
    needed = max(1, -(-frames // WINDOW_FRAMES))
    if needed <= MOST_WINDOWS:
        return [number * WINDOW_FRAMES for number in range(needed)]
    return [number * (frames - WINDOW_FRAMES) // (MOST_WINDOWS - 1) for number in range(MOST_WINDOWS)]


def further(starts: Sequence[int], windows: Windows, energies: Sequence[float]) -> list[int]:
    """Where a stem is loudest that sounds now and then, if the windows have missed it."""
    expected = sum(energies) * len(starts) / max(len(energies), len(starts))
    if not expected or float(np.vdot(windows, windows)) > _SEEN_SHARE * expected:
        return []
    return [int(number) * WINDOW_FRAMES for number in np.argsort(energies)[::-1][:_MOST_FURTHER]]
