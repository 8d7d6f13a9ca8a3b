"""What browsers mix: FLAC of fixed blocks, of which any span is read by itself, and the index of the blocks.

FLAC has neither delay nor padding, so that stems stay aligned to the frame, which no lossy codec warrants. It has
24 bits, or 16 where the source has no more and keeps its rate: then it is the source exactly.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from remixhub.audio.confine.sandbox import Sandbox
from remixhub.audio.read.decode import OnProgress, open_blocks
from remixhub.audio.read.flac_chunks import FLAC_INDEX_MEDIA_TYPE
from remixhub.audio.read.probe import Probe, probe
from remixhub.audio.resample import resampled
from remixhub.audio.write.encode import AudioFormat
from remixhub.audio.write.indexed_flac import IndexedFlac, open_indexed_flac
from remixhub.domain.states import RenditionKind

SOUND_NAME, INDEX_NAME = "mixer-4096.flac", "mixer-4096.index"
"""Other ones than those of files of before, which had 16 bits and no index."""


@dataclass(frozen=True)
class RenditionFile:
    kind: RenditionKind
    path: Path
    media_type: str


class MixerSound:
    """An encoder of it, at the rate to be written. Whether the sound fits integers is known at its end."""

    def __init__(self, flac: IndexedFlac, plan: _Plan) -> None:
        self._flac, self._plan = flac, plan

    def write(self, block: NDArray[np.float32]) -> None:
        self._flac.write(block)

    def finish(self, source: Path, halvings: int) -> tuple[RenditionFile, RenditionFile]:
        """Outside its context, whose end completes the file: once more and lower for the few that exceed full scale."""
        index = self._flac.index()
        if halvings:
            factor = np.float32(2.0**-halvings)
            with self._plan.blocks(source) as blocks, self._plan.flac() as lower:
                for block in blocks:
                    lower.write(block * factor)
            index = lower.index(halvings)
        index_path = self._plan.path.with_name(INDEX_NAME)
        index_path.write_bytes(index.to_bytes())
        return (
            RenditionFile(RenditionKind.MIXER, self._plan.path, AudioFormat.FLAC.media_type),
            RenditionFile(RenditionKind.MIXER_INDEX, index_path, FLAC_INDEX_MEDIA_TYPE),
        )


@contextmanager
def open_mixer_sound(out_dir: Path, found: Probe, sandbox: Sandbox) -> Iterator[MixerSound]:
    """At the source's own rate, into `out_dir`; nothing is left there if the body raises. Equal sound, equal bytes."""
    plan = _Plan(out_dir / SOUND_NAME, found, found.sample_rate_hz, sandbox)
    with plan.flac() as flac:
        yield MixerSound(flac, plan)


def write_mixer_sound(
    source: Path,
    out_dir: Path,
    sandbox: Sandbox,
    sample_rate_hz: int,
    *,
    on_progress: OnProgress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[RenditionFile, RenditionFile]:
    """All by itself; at the source's own rate the very files of an ingest. Raises as `ingest` does."""
    plan = _Plan(out_dir / SOUND_NAME, probe(source, sandbox), sample_rate_hz, sandbox)
    peak = 0.0
    with plan.blocks(source, on_progress, cancelled) as blocks, plan.flac() as flac:
        for block in blocks:
            flac.write(block)
            peak = max(peak, float(block.max(initial=0)), -float(block.min(initial=0)))
    return MixerSound(flac, plan).finish(source, halvings_of(peak))


def halvings_of(peak: float) -> int:
    """How often sound that reaches `peak` must be halved to fit integers."""
    return math.ceil(math.log2(peak)) if peak > 1 else 0


@dataclass(frozen=True)
class _Plan:
    path: Path
    found: Probe
    sample_rate_hz: int
    sandbox: Sandbox

    @property
    def is_resampled(self) -> bool:
        return self.sample_rate_hz != self.found.sample_rate_hz

    def flac(self) -> AbstractContextManager[IndexedFlac]:
        """What has 16 bits or fewer is kept exactly."""
        depth = 16 if not self.is_resampled and (self.found.bit_depth or 24) <= 16 else 24
        return open_indexed_flac(self.path, self.sample_rate_hz, self.found.channels, depth, self.sandbox.programs)

    @contextmanager
    def blocks(
        self,
        source: Path,
        on_progress: OnProgress | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Iterator[Iterator[NDArray[np.float32]]]:
        found = self.found
        with open_blocks(source, found, self.sandbox) as blocks:
            own = blocks.followed(on_progress, cancelled, "writing")
            if self.is_resampled:
                own = resampled(own, found.channels, found.sample_rate_hz, self.sample_rate_hz)
            yield own
