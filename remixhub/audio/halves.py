"""Puts stereo files together again that were split into a mono file for each side."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from remixhub.audio.confine.sandbox import Sandbox
from remixhub.audio.read.decode import open_blocks
from remixhub.audio.read.probe import probe
from remixhub.audio.write.wav_writer import WavWriter
from remixhub.domain.stems.halves import Halves, find_halves


def put_together(stems: Mapping[str, Path], folder: Path, sandbox: Sandbox) -> tuple[dict[str, Path], list[Halves]]:
    """The stems with one stereo file, made in `folder`, in the place of each left half and none in that of the right;
    and which they were. Stems must be readable: raises the classes of `domain.media` otherwise.
    """
    together, found = dict(stems), []
    for number, halves in enumerate(find_halves(stems)):
        joined = folder / f"together-{number}.wav"
        if _join(stems[halves.left], stems[halves.right], joined, sandbox):
            together[halves.left] = joined
            del together[halves.right]
            found.append(halves)
    return together, found


def _join(left: Path, right: Path, joined: Path, sandbox: Sandbox) -> bool:
    """As 32-bit float; False when these are not two mono files of one rate and length."""
    ours, theirs = probe(left, sandbox), probe(right, sandbox)
    if (ours.channels, theirs.channels) != (1, 1) or ours.sample_rate_hz != theirs.sample_rate_hz:
        return False
    with (
        open_blocks(left, ours, sandbox) as one,
        open_blocks(right, theirs, sandbox) as other,
        WavWriter(joined, ours.sample_rate_hz, 2) as written,
    ):
        sides = iter(other)
        for block in one:
            beside = next(sides, None)
            if beside is None or len(beside) != len(block):
                return False
            written.write(np.hstack([block, beside]))
        return next(sides, None) is None
