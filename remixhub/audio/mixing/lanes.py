"""One lane of a mix, asked for block after block: its clips trimmed, faded and at their places."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from remixhub.audio.mixing.fader import Fader
from remixhub.audio.mixing.plan import PlannedClip
from remixhub.audio.resample import Block
from remixhub.domain.mix_spec import Lane

Read = Callable[[int, int], Block]
"""`read(start, most)`: at least one frame of the stem from `start` on, at the mix's rate; none at its end."""


class LaneSound:
    """Adds the lane to consecutive blocks of the mix. Where its clips play forward, so does it read; else clips that
    overlap are read and added in their order.
    """

    def __init__(
        self, lane: Lane, clips: Sequence[PlannedClip], channels: int, sample_rate_hz: int, read: Read
    ) -> None:
        self._fader = Fader(lane, channels, sample_rate_hz)
        self._read = read
        self._coming = sorted(enumerate(clips), key=lambda one: one[1].start_frames, reverse=True)
        self._sounding: list[tuple[int, PlannedClip]] = []

    def add_to(self, out: Block, start: int) -> None:
        """`out` is `(n_frames, 2)` and begins at frame `start` of the mix, where the block before it ended."""
        end = start + len(out)
        while self._coming and self._coming[-1][1].start_frames < end:
            self._sounding.append(self._coming.pop())
        in_time = sorted(self._sounding, key=lambda one: one[1].start_frames)
        apart = all(one[1].end_frames <= other[1].start_frames for one, other in pairwise(in_time))
        for _, clip in in_time if apart else sorted(self._sounding, key=lambda one: one[0]):
            self._add_clip(out, start, clip)
        self._sounding = [one for one in self._sounding if one[1].end_frames > end]

    def _add_clip(self, out: Block, start: int, clip: PlannedClip) -> None:
        at, end = max(start, clip.start_frames), min(start + len(out), clip.end_frames)
        while at < end:
            position = at - clip.start_frames
            piece = self._read(clip.source_frames.start + position, end - at)
            if not len(piece):
                return
            self._fader.add(out[at - start : at - start + len(piece)], _faded(piece, clip, position), at)
            at += len(piece)


def _faded(piece: Block, planned: PlannedClip, position: int) -> Block:
    """`piece` begins at frame `position` of the clip. A fade-in over F frames has the gain n/F, a fade-out of F frames
    over a clip of L frames (L - n)/F.
    """
    first, last = position, position + len(piece)
    for fade, nearest, farthest in (
        (planned.clip.fade_in_frames, first, last - 1),
        (planned.clip.fade_out_frames, planned.frames - first, planned.frames - last + 1),
    ):
        if fade and min(nearest, farthest) < fade:
            distance = np.linspace(nearest, farthest, len(piece))
            piece = piece * np.minimum(distance / fade, 1.0).astype(np.float32)[:, None]
    return piece
