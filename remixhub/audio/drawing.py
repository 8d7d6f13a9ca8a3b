"""Peaks of a finished file: for what the engine rendered itself, such as mixdowns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from remixhub.audio.decode import open_blocks
from remixhub.audio.grid import Grid
from remixhub.audio.peaks import PeaksBuilder
from remixhub.audio.probe import probe
from remixhub.audio.sandbox import Sandbox


def draw_peaks(
    source: Path, zooms: Mapping[int, Path], sandbox: Sandbox, on_block: Callable[[], None] | None = None
) -> None:
    """Decodes `source` once and writes a `.dat` for each zoom, keyed by frames a pixel (a multiple of 256)."""
    probed = probe(source, sandbox)
    builder = PeaksBuilder(probed.sample_rate_hz, probed.channels)
    with open_blocks(source, probed, sandbox) as blocks:
        for block in blocks:
            if on_block is not None:
                on_block()
            builder.add(Grid.of(block))
    for frames_per_pixel, path in zooms.items():
        builder.write(path, frames_per_pixel)
