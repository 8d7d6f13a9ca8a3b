"""The stems of lanes, decoded once: as they play, or to a file where a lane goes back in its stem."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

import numpy as np

from remixhub.audio.confine.sandbox import Sandbox
from remixhub.audio.mixing.lanes import LaneSound, Read
from remixhub.audio.mixing.plan import PlannedLane
from remixhub.audio.read.decode import open_blocks
from remixhub.audio.read.probe import Probe
from remixhub.audio.resample import Block, resampled
from remixhub.domain.measurements import MediaWarning

_SAMPLE_BYTES = 4


@contextmanager
def open_lanes(
    lanes: Sequence[PlannedLane],
    rate_hz: int,
    sandbox: Sandbox,
    warnings: list[MediaWarning],
    *,
    folder: Path | None,
    on_block: Callable[[], None],
) -> Iterator[list[LaneSound]]:
    """Each stem is decoded to its end, so that damage is noticed: on leaving at the latest, when `warnings` receives
    what decoders noticed. What is kept of stems lies in `folder`; `on_block` is called while it is written.
    """
    with ExitStack() as stack:
        kept: dict[Path, Read] = {}
        sounds = []
        for planned in lanes:
            if planned.plays_forward:
                read = stack.enter_context(_forward(planned, rate_hz, sandbox, warnings))
            elif planned.path in kept:
                read = kept[planned.path]
            else:
                file = stack.enter_context(TemporaryFile(prefix="remixhub-stem-", dir=folder))
                span = _span_of(planned.path, lanes)
                read = kept[planned.path] = _keep(planned, span, rate_hz, sandbox, warnings, file, on_block)
            sounds.append(LaneSound(planned.lane, planned.clips, planned.probe.channels, rate_hz, read))
        yield sounds


def kept_bytes(planned: PlannedLane) -> int:
    """How much of the stem is written to a file for the lane."""
    if planned.plays_forward:
        return 0
    return len(_span_of(planned.path, [planned])) * planned.probe.channels * _SAMPLE_BYTES


class _Forward:
    """Reads that never go back."""

    def __init__(self, blocks: Iterator[Block], channels: int) -> None:
        self._blocks = blocks
        self._nothing: Block = np.zeros((0, channels), np.float32)
        self._rest = self._nothing
        self._position = 0
        """Where the rest begins."""

    def read(self, start: int, most: int) -> Block:
        while self._position + len(self._rest) <= start:
            self._position += len(self._rest)
            following = next(self._blocks, None)
            if following is None:
                return self._nothing
            self._rest = following
        self._rest = self._rest[start - self._position :]
        self._position = start
        return self._rest[:most]

    def finish(self) -> None:
        for _ in self._blocks:
            pass


@contextmanager
def _forward(planned: PlannedLane, rate_hz: int, sandbox: Sandbox, warnings: list[MediaWarning]) -> Iterator[Read]:
    with open_blocks(planned.path, planned.probe, sandbox) as blocks:
        forward = _Forward(_at_rate(blocks, planned.probe, rate_hz), planned.probe.channels)
        yield forward.read
        forward.finish()
        warnings.extend(blocks.warnings)


def _keep(
    planned: PlannedLane,
    span: range,
    rate_hz: int,
    sandbox: Sandbox,
    warnings: list[MediaWarning],
    file: BinaryIO,
    on_block: Callable[[], None],
) -> Read:
    """Reads of a span of the stem, which is written to `file`, in any order."""
    channels = planned.probe.channels
    frame_bytes = channels * _SAMPLE_BYTES
    with open_blocks(planned.path, planned.probe, sandbox) as blocks:
        position = 0
        for block in _at_rate(blocks, planned.probe, rate_hz):
            on_block()
            file.write(np.ascontiguousarray(block[max(0, span.start - position) : max(0, span.stop - position)]).data)
            position += len(block)
        warnings.extend(blocks.warnings)

    def read(start: int, most: int) -> Block:
        file.seek((start - span.start) * frame_bytes)
        return np.frombuffer(file.read(most * frame_bytes), np.float32).reshape(-1, channels)

    return read


def _at_rate(blocks: Iterable[Block], found: Probe, rate_hz: int) -> Iterator[Block]:
    if found.sample_rate_hz == rate_hz:
        return iter(blocks)
    return resampled(iter(blocks), found.channels, found.sample_rate_hz, rate_hz)


def _span_of(path: Path, lanes: Iterable[PlannedLane]) -> range:
    """What the lanes that do not play forward hear of a stem, and all that lies between."""
    heard = [clip.source_frames for one in lanes if one.path == path and not one.plays_forward for clip in one.clips]
    return range(min(span.start for span in heard), max(span.stop for span in heard))
