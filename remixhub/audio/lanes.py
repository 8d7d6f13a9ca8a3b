"""One lane of a mix as a stream: the stem decoded, resampled, trimmed, faded and at its place, asked for in order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from remixhub.audio.confine.sandbox import Sandbox
from remixhub.audio.panning import add_panned, pan_matrix
from remixhub.audio.read.decode import open_blocks
from remixhub.audio.read.probe import Probe, probe
from remixhub.audio.resample import resampled, resampled_frames
from remixhub.domain.measurements import MediaWarning
from remixhub.domain.mix_spec import Clip, Lane

Block = NDArray[np.float32]


@dataclass(frozen=True)
class PlannedLane:
    """A lane whose stem was looked at. Frames count at the mix' rate."""

    lane: Lane
    clip: Clip
    path: Path
    probe: Probe
    frames: int
    """What remains after trimming; zero when nothing does."""

    @property
    def end_frames(self) -> int:
        """Where it stops in the mix."""
        return self.clip.offset_frames + self.frames if self.frames else 0


def plan_lane(
    lane: Lane, clip: Clip, path: Path, sample_rate_hz: int, sandbox: Sandbox, seen: dict[Path, Probe]
) -> PlannedLane:
    """`seen` remembers the probes of stems that several lanes use. Raises the classes of `domain.media`."""
    if path not in seen:
        seen[path] = probe(path, sandbox)
    found = seen[path]
    stem_frames = found.declared_frames
    if stem_frames is None:
        with open_blocks(path, found, sandbox) as blocks:
            stem_frames = sum(len(block) for block in blocks)
    length = resampled_frames(stem_frames, found.sample_rate_hz, sample_rate_hz)
    return PlannedLane(lane, clip, path, found, max(0, length - clip.trim_start_frames - clip.trim_end_frames))


class LaneStream:
    """Adds the lane to consecutive blocks of the mix. The stem is decoded to its end, so that damage is noticed."""

    def __init__(self, planned: PlannedLane, blocks: Iterator[Block]) -> None:
        self._clip = planned.clip
        self._frames = planned.frames
        self._blocks = blocks
        gain = 10 ** (planned.lane.gain_db / 20)
        self._matrix = pan_matrix(planned.probe.channels, planned.lane.pan, gain)
        self._rest: Block = np.zeros((0, planned.probe.channels), np.float32)
        self._position = 0
        """The next frame of the trimmed lane."""
        self._skip(planned.clip.trim_start_frames)

    def add_to(self, out: Block, start: int) -> None:
        """`out` is `(n_frames, 2)` and begins at frame `start` of the mix, where the block before it ended."""
        first = max(0, self._clip.offset_frames - start)
        wanted = min(len(out) - first, self._frames - self._position)
        while wanted > 0:
            piece = self._take(wanted)
            if not len(piece):
                self._position = self._frames
                return
            add_panned(out[first : first + len(piece)], self._faded(piece), self._matrix)
            self._position += len(piece)
            first += len(piece)
            wanted -= len(piece)

    def finish(self) -> None:
        """Reads on to the end of the stem, where its decoder is judged."""
        for _ in self._blocks:
            pass

    def _faded(self, piece: Block) -> Block:
        """A fade-in over F frames has the gain n/F, a fade-out of F frames over a lane of L frames (L - n)/F."""
        first, last = self._position, self._position + len(piece)
        for fade, nearest, farthest in (
            (self._clip.fade_in_frames, first, last - 1),
            (self._clip.fade_out_frames, self._frames - first, self._frames - last + 1),
        ):
            if fade and min(nearest, farthest) < fade:
                distance = np.linspace(nearest, farthest, len(piece))
                piece = piece * np.minimum(distance / fade, 1.0).astype(np.float32)[:, None]
        return piece

    def _take(self, most: int) -> Block:
        """Up to `most` frames of the stem; empty at its end."""
        while not len(self._rest):
            following = next(self._blocks, None)
            if following is None:
                return self._rest
            self._rest = following
        piece, self._rest = self._rest[:most], self._rest[most:]
        return piece

    def _skip(self, frames: int) -> None:
        while frames > 0 and len(piece := self._take(frames)):
            frames -= len(piece)


@contextmanager
def open_lane(
    planned: PlannedLane, sample_rate_hz: int, sandbox: Sandbox, warnings: list[MediaWarning]
) -> Iterator[LaneStream]:
    """`warnings` receives what the decoder noticed once the stem was read to its end."""
    with open_blocks(planned.path, planned.probe, sandbox) as blocks:
        source: Iterator[Block] = iter(blocks)
        if planned.probe.sample_rate_hz != sample_rate_hz:
            source = resampled(source, planned.probe.channels, planned.probe.sample_rate_hz, sample_rate_hz)
        yield LaneStream(planned, source)
        warnings.extend(blocks.warnings)
