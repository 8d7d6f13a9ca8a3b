"""Which frames of an MP4 file are its sound: what its edit list plays, or else what the gapless tag says."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

from remixhub.audio.read.extent import Extent, Span, joined
from remixhub.audio.read.mp4_boxes import read_index
from remixhub.audio.read.mp4_sound import Mp4Sound, read_sound, to_frames
from remixhub.audio.read.sniff import TRAILING_BYTES
from remixhub.audio.read.window import Window
from remixhub.domain.media import EditsUnsupported, NoFrames

_MOST_RUNS = 16
"""How often the file is decoded for an edit list that goes back."""


def read_mp4_extent(path: Path, window: Window, sample_rate_hz: int) -> Extent:
    """At the rate that the file decodes to.

    Raises HeaderLies, Truncated, EditsUnsupported, NoFrames.
    """
    with window.open(path) as file:
        index = read_index(file, window.size_bytes)
    sound = read_sound(index, sample_rate_hz)
    spans = _played(sound)
    extent = Extent(spans, (TRAILING_BYTES,) if index.behind_bytes else (), _trimmed_frames(sound, spans))
    if len(extent.runs()) > _MOST_RUNS:
        raise EditsUnsupported(
            f"The file's edit list goes back more than {_MOST_RUNS} times. Export the sound as it is heard."
        )
    return extent


def _played(sound: Mp4Sound) -> tuple[Span, ...]:
    """By the edit list. One that plays everything says no more than none: then the gapless tag counts."""
    whole, tagged = (Span(sound.media_frames, 0),), _tagged(sound)
    spans = joined(_edited(sound, tagged)) if sound.edits and sound.movie_scale else whole
    if all(span.start_frames is None for span in spans):
        raise NoFrames("The file's edit list leaves nothing of its sound.")
    return (tagged,) if tagged and spans == whole else spans


def _edited(sound: Mp4Sound, tagged: Span | None) -> Iterator[Span]:
    ticks = 0
    for edit, following in zip_longest(sound.edits, sound.edits[1:]):
        frames, ticks = _frames(sound, ticks, edit.duration_ticks), ticks + edit.duration_ticks
        if edit.media_ticks is None:
            yield Span(frames, None)
            continue
        start = _start(sound, edit.media_ticks)
        ends = [sound.media_frames, *([tagged.end_frames] if tagged else [])]
        if following and following.media_ticks is not None:
            ends.append(_start(sound, following.media_ticks))
        frames = _exact(sound, start, frames, ends) if edit.duration_ticks or following else sound.media_frames - start
        silent = min(max(-start, 0), frames)  # Before the first packet is due.
        sounding = max(min(frames - silent, sound.media_frames - max(start, 0)), 0)
        yield Span(silent, None)
        yield Span(sounding, max(start, 0))
        if following:
            yield Span(frames - silent - sounding, None)


def _trimmed_frames(sound: Mp4Sound, spans: tuple[Span, ...]) -> int:
    """But for the packets of priming and padding that AAC has anyway."""
    tagged = _tagged(sound)
    if spans == (tagged,):
        return 0
    tolerated, total, reached = sound.added_frames, 0, 0
    for start, end in sorted((span.start_frames, span.end_frames) for span in spans if span.start_frames is not None):
        gap = max(start - reached, 0)
        total += gap if gap > tolerated or reached else 0
        reached = max(reached, end)
    gap = (tagged.end_frames if tagged else sound.media_frames) - reached
    return total + (gap if gap > tolerated else 0)


def _frames(sound: Mp4Sound, begin_ticks: int, duration_ticks: int) -> int:
    """So that each edit begins at the frame nearest to its time."""
    begin, end = (
        to_frames(ticks, sound.movie_scale, sound.sample_rate_hz)
        for ticks in (begin_ticks, begin_ticks + duration_ticks)
    )
    return end - begin


def _start(sound: Mp4Sound, media_ticks: int) -> int:
    """Negative before the first packet is due."""
    ticks = media_ticks - sound.begin_ticks
    return sound.frame_at(ticks) if ticks >= 0 else to_frames(ticks, sound.media_scale, sound.sample_rate_hz)


def _exact(sound: Mp4Sound, start: int, frames: int, ends: list[int]) -> int:
    """Durations count in ticks of the movie, that may be as coarse as 1/600 s. So the end of the media, of the sound
    by its tag, or the start of the following edit is meant where it is less than a tick away.
    """
    nearest = min((end - start for end in ends), key=lambda length: abs(length - frames))
    return nearest if abs(nearest - frames) * sound.movie_scale < sound.sample_rate_hz else frames


def _tagged(sound: Mp4Sound) -> Span | None:
    """By the gapless tag, if it can be true. With SBR it may count at half the decoder's rate."""
    tag = sound.gapless
    if tag is None or not tag.sound_frames:
        return None
    told = tag.priming_frames + tag.padding_frames + tag.sound_frames
    scale = 2 if 2 * told == sound.decoded_frames else 1
    span = Span(scale * tag.sound_frames, scale * tag.priming_frames)
    return span if span.end_frames <= sound.decoded_frames else None
