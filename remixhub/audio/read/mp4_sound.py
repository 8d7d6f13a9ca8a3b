"""The first sound of an MP4 or QuickTime file as its boxes tell it: packets, edit list and gapless tag."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from remixhub.audio.read.mp4_boxes import Index, boxes, first, unpack
from remixhub.domain.media import EditsUnsupported, HeaderLies, NoFrames

_EMPTY = -1
_SPEED = 0x10000
"""Of an edit that is played as it was recorded."""
_MOST_EDITS = 1_000
_MOST_RUNS = 2_000_000
"""Of packets; a quarter of a day if each has a duration of its own."""
_MOST_TICKS = 1 << 53
_PACKET_FRAMES = (480, 512, 960, 1024, 1920, 2048, 4096)
"""Of AAC (LC, LD, with SBR) and ALAC."""


@dataclass(frozen=True)
class Edit:
    duration_ticks: int
    """Of the movie; zero reaches to the end of the media."""
    media_ticks: int | None
    """Where it begins in the media; None is silence."""


@dataclass(frozen=True)
class Gapless:
    """iTunes' tag `iTunSMPB`."""

    priming_frames: int
    padding_frames: int
    sound_frames: int


@dataclass(frozen=True)
class Mp4Sound:
    codec: bytes
    """As the sample description names it: `mp4a`, `alac`."""
    movie_scale: int
    """Ticks a second; zero if untold."""
    media_scale: int
    begin_ticks: int
    """When the first packet is due in the media."""
    counts: NDArray[np.int64]
    ticks: NDArray[np.int64]
    """Runs of packets: how many, and how long each lasts."""
    edits: list[Edit]
    gapless: Gapless | None

    sample_rate_hz: int
    """At which the decoder gives it."""

    @cached_property
    def media_frames(self) -> int:
        """Behind the last packet, as far as it is said to last."""
        return self.frame_at(int(self._begins[-1]))

    @property
    def decoded_frames(self) -> int:
        return int(self._packets[-1]) * self._packet_frames

    @property
    def added_frames(self) -> int:
        """What an encoder of this kind may put before the sound, and behind it."""
        return 0 if self.codec == b"alac" else 3 * self._packet_frames

    def frame_at(self, ticks: int) -> int:
        """Which frame of the decoder's sounds at a time of the media, counted from its first packet."""
        ticks = min(max(ticks, 0), int(self._begins[-1]))
        run = max(int(np.searchsorted(self._begins, ticks)) - 1, 0)
        within = min((ticks - int(self._begins[run])) // max(int(self.ticks[run]), 1), int(self.counts[run]) - 1)
        rest = ticks - int(self._begins[run]) - within * int(self.ticks[run])
        frames = min(to_frames(rest, self.media_scale, self.sample_rate_hz), self._packet_frames)
        return (int(self._packets[run]) + within) * self._packet_frames + frames

    @cached_property
    def _begins(self) -> NDArray[np.int64]:
        """Of the runs, in ticks; and where the last ends."""
        return np.concatenate([[0], np.cumsum(self.counts * self.ticks)])

    @cached_property
    def _packets(self) -> NDArray[np.int64]:
        """How many stand before each run; and all."""
        return np.concatenate([[0], np.cumsum(self.counts)])

    @cached_property
    def _packet_frames(self) -> int:
        """How many the decoder makes of each packet, but perhaps of the last. Told durations may be jittery."""
        order = np.argsort(self.ticks, kind="stable")
        middle = order[np.searchsorted(np.cumsum(self.counts[order]), int(self._packets[-1]) / 2)]
        frames = int(self.ticks[middle]) * self.sample_rate_hz / self.media_scale
        nearest = min(_PACKET_FRAMES, key=lambda usual: abs(usual - frames))
        return nearest if abs(nearest - frames) < nearest / 20 else round(frames)


def to_frames(ticks: int, scale: int, sample_rate_hz: int) -> int:
    """The nearest frame, halves up; `scale` is ticks a second."""
    return (2 * ticks * sample_rate_hz + scale) // (2 * scale)


def read_sound(index: Index, sample_rate_hz: int) -> Mp4Sound:
    """Raises NoFrames, HeaderLies, EditsUnsupported."""
    for stream in (box.body for box in boxes(index.movie) if box.name == b"trak"):
        media = first(stream, b"mdia")
        if first(media, b"hdlr")[8:12] == b"soun":
            return _read_stream(index, stream, media, sample_rate_hz)
    raise NoFrames("The index of the MPEG-4 file names no sound.")


def _read_stream(index: Index, stream: bytes, media: bytes, sample_rate_hz: int) -> Mp4Sound:
    table = first(media, b"minf", b"stbl")
    media_scale = _scale(first(media, b"mdhd"))
    runs = [*_table_runs(first(table, b"stts")), *_fragment_runs(index, first(stream, b"tkhd"))]
    counts, ticks = np.concatenate(runs).T if runs else np.zeros((2, 0), np.int64)
    if not media_scale or not len(counts):
        raise NoFrames("The index of the MPEG-4 file names no packets of sound.")
    if len(counts) > _MOST_RUNS or float(counts @ ticks.astype(float)) > _MOST_TICKS:
        raise HeaderLies("The index of the MPEG-4 file names more packets than a file of sound can have.")
    return Mp4Sound(
        codec=first(table, b"stsd")[12:16],
        movie_scale=_scale(first(index.movie, b"mvhd")),
        media_scale=media_scale,
        begin_ticks=(unpack(">i", first(table, b"ctts"), 12) or (0,))[0],
        counts=counts,
        ticks=ticks,
        edits=list(_edits(first(stream, b"edts", b"elst"))),
        gapless=_gapless(index.movie),
        sample_rate_hz=sample_rate_hz,
    )


def _scale(header: bytes) -> int:
    """Ticks a second, of `mvhd` or `mdhd`, which begin alike."""
    return (unpack(">I", header, 20 if header[:1] == b"\x01" else 12) or (0,))[0]


def _table_runs(stts: bytes) -> Iterator[NDArray[np.int64]]:
    if len(stts) >= 16:
        told = int.from_bytes(stts[4:8], "big")
        runs = np.frombuffer(stts, ">u4", min(told, (len(stts) - 8) // 8) * 2, 8).reshape(-1, 2)
        yield runs[runs[:, 0] > 0].astype(np.int64)


def _fragment_runs(index: Index, tkhd: bytes) -> Iterator[NDArray[np.int64]]:
    number = tkhd[20:24] if tkhd[:1] == b"\x01" else tkhd[12:16]
    defaults = [box.body for box in boxes(first(index.movie, b"mvex")) if box.name == b"trex"]
    default = next((body[12:16] for body in defaults if body[4:8] == number), b"")
    for stream in (box.body for body in index.fragments for box in boxes(body) if box.name == b"traf"):
        head = first(stream, b"tfhd")
        if head[4:8] != number:
            continue
        at = 8 + 8 * bool(head[3] & 1) + 4 * bool(head[3] & 2)
        ticks = int.from_bytes(head[at : at + 4] if head[3] & 8 else default, "big")
        yield from (_run_of(box.body, ticks) for box in boxes(stream) if box.name == b"trun" and len(box.body) >= 8)


def _run_of(trun: bytes, default_ticks: int) -> NDArray[np.int64]:
    flags, count = int.from_bytes(trun[1:4], "big"), int.from_bytes(trun[4:8], "big")
    if not flags & 0x100:
        return np.array([[count, default_ticks]], np.int64)
    fields = (flags >> 8 & 15).bit_count()
    start = 8 + 4 * (flags & 1) + (flags & 4)
    count = min(count, max(len(trun) - start, 0) // (4 * fields))
    ticks = np.frombuffer(trun, ">u4", count * fields, start)[::fields].astype(np.int64)
    return np.stack([np.ones_like(ticks), ticks], axis=1)


def _edits(elst: bytes) -> Iterator[Edit]:
    count = (unpack(">I", elst, 4) or (0,))[0]
    if count > _MOST_EDITS:
        raise EditsUnsupported(f"The file's edit list has {count} parts; at most {_MOST_EDITS} are read.")
    layout, step = (">Qqi", 20) if elst[:1] == b"\x01" else (">Iii", 12)
    for number in range(count):
        edit = unpack(layout, elst, 8 + number * step)
        if edit is None:
            return
        duration, start, speed = edit
        if start != _EMPTY and speed != _SPEED:
            raise EditsUnsupported(
                f"Part {number + 1} of the file's edit list is played at {speed / _SPEED:g} times its speed. "
                "Export the sound as it is heard."
            )
        yield Edit(duration, None if start < 0 else start)


def _gapless(movie: bytes) -> Gapless | None:
    meta = first(movie, b"udta", b"meta")
    for tag in boxes(first(meta[4:], b"ilst") or first(meta, b"ilst")):
        if tag.name == b"----" and first(tag.body, b"name")[4:] == b"iTunSMPB":
            return _read_gapless(first(tag.body, b"data")[8:])
    return None


def _read_gapless(text: bytes) -> Gapless | None:
    """Hexadecimal words: zero, priming, padding, length."""
    try:
        priming, padding, sound = (int(word, 16) for word in text.split()[1:4])
    except ValueError:
        return None
    return Gapless(priming, padding, sound)
