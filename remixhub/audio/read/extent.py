"""Which of the frames that a decoder gives are the sound: one answer, by which a file is cut and by which it is judged.

Encoders put frames before and behind the sound, and editors leave what they trimmed away in the file. So the decoder
hides nothing, and the spans of an extent say which of its frames to take, in which order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from remixhub.audio.read.window import Window
from remixhub.domain.measurements import MediaWarning


@dataclass(frozen=True)
class Span:
    """Consecutive frames of the sound, at the decoder's rate."""

    frames: int
    start_frames: int | None
    """Counted from the first frame that the decoder gives, priming included; None is silence."""
    stream: Window | None = None
    """The part of the file that the decoder is given: each stream of a chain has its own. None is all of it."""

    @property
    def end_frames(self) -> int:
        """What the decoder has to give for it."""
        return 0 if self.start_frames is None else self.start_frames + self.frames

    def is_continued_by(self, other: Span) -> bool:
        if self.start_frames is None or other.start_frames is None:
            return self.start_frames is other.start_frames
        return self.stream == other.stream and self.end_frames == other.start_frames

    def is_read_before(self, other: Span) -> bool:
        """Whether a decoder that has given this one gives the other without going back. Both sound."""
        return self.stream == other.stream and self.end_frames <= (other.start_frames or 0)


@dataclass(frozen=True)
class Run:
    """What one decoder gives in one go."""

    spans: tuple[Span, ...]

    @property
    def stream(self) -> Window | None:
        return next((span.stream for span in self.spans if span.stream is not None), None)

    @property
    def end_frames(self) -> int:
        """What the decoder has to give for it."""
        return max(span.end_frames for span in self.spans)


@dataclass(frozen=True)
class Extent:
    spans: tuple[Span, ...]
    warnings: tuple[MediaWarning, ...] = ()
    trimmed_frames: int = 0
    """Of sound that an editor left out and the file still holds; what encoders add themselves aside."""

    @property
    def frames(self) -> int:
        return sum(span.frames for span in self.spans)

    def runs(self) -> list[Run]:
        """A new one wherever the sound goes back, or into the next stream."""
        runs: list[list[Span]] = [[]]
        last: Span | None = None
        for span in self.spans:
            if span.start_frames is not None:
                if last is not None and not last.is_read_before(span):
                    runs.append([])
                last = span
            runs[-1].append(span)
        return [Run(tuple(spans)) for spans in runs if spans]


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same sound in fewer spans: without empty ones, and those that continue each other as one."""
    result: list[Span] = []
    for span in spans:
        if span.frames <= 0:
            continue
        if result and result[-1].is_continued_by(span):
            last = result.pop()
            span = Span(last.frames + span.frames, last.start_frames, last.stream)
        result.append(span)
    return tuple(result)
