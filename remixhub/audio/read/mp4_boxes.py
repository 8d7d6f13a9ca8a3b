"""The few boxes of an MP4 file (ISO/IEC 14496-12) that say whether it is whole and how long its sound is."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from remixhub.domain.media import HeaderLies, Truncated

_MOST_BOXES = 10_000
_LARGEST_INDEX = 64 * 1024**2


@dataclass(frozen=True)
class _Box:
    name: bytes
    body: bytes


def sound_frames(file: BinaryIO, size_bytes: int, sample_rate_hz: int) -> int | None:
    """The length of the first sound without the encoder's priming: the edit list, made exact by the media's own
    length, since the list counts in ticks that may be as coarse as a millisecond. None if fragmented or untold.
    """
    index = _index(file, size_bytes)
    movie = _first(index, b"mvhd")
    for stream in (box.body for box in _boxes(index) if box.name == b"trak"):
        media = _first(stream, b"mdia")
        if _first(media, b"hdlr")[8:12] == b"soun":
            return _frames(movie, _first(media, b"mdhd"), _first(_first(stream, b"edts"), b"elst"), sample_rate_hz)
    return None


def _index(file: BinaryIO, size_bytes: int) -> bytes:
    """The body of `moov`, once every top-level box has been seen to lie within the file."""
    offset, index = 0, None
    for _ in range(_MOST_BOXES):
        file.seek(offset)
        head = file.read(16)
        if len(head) < 8:
            break
        size = int.from_bytes(head[:4], "big")
        size = int.from_bytes(head[8:16], "big") if size == 1 else size or size_bytes - offset
        if size < 8:
            raise HeaderLies(f"The MPEG-4 file has a box of {size} bytes at {offset}.")
        if offset + size > size_bytes:
            raise Truncated(f"The MPEG-4 file ends {offset + size - size_bytes} bytes too early. Upload it again.")
        if head[4:8] == b"moov":
            file.seek(offset + 8)
            index = file.read(min(size - 8, _LARGEST_INDEX))
        offset += size
    if index is None:
        raise Truncated("The MPEG-4 file has no index (`moov`); the end of the file is missing.")
    return index


def _boxes(body: bytes) -> Iterator[_Box]:
    offset = 0
    while offset + 8 <= len(body):
        size = int.from_bytes(body[offset : offset + 4], "big")
        if size < 8:
            return
        yield _Box(body[offset + 4 : offset + 8], body[offset + 8 : offset + size])
        offset += size


def _first(body: bytes, name: bytes) -> bytes:
    """The body of the first box of that name; empty if there is none."""
    return next((box.body for box in _boxes(body) if box.name == name), b"")


def _frames(mvhd: bytes, mdhd: bytes, elst: bytes, sample_rate_hz: int) -> int | None:
    movie_scale, _ = _scale_and_duration(mvhd)
    media_scale, media_ticks = _scale_and_duration(mdhd)
    if not media_scale or not media_ticks:
        return None
    edit = _edit(elst)
    if edit is None or not movie_scale:
        return round(media_ticks * sample_rate_hz / media_scale)
    segment_ticks, skipped_ticks = edit
    rest = (media_ticks - skipped_ticks) * sample_rate_hz / media_scale
    segment = segment_ticks * sample_rate_hz / movie_scale
    coarse = sample_rate_hz / movie_scale
    return max(round(rest if segment == 0 or abs(segment - rest) <= coarse else min(segment, rest)), 0)


def _scale_and_duration(header: bytes) -> tuple[int, int]:
    """Of `mvhd` or `mdhd`, which begin alike; zeros if it is cut."""
    wide = header[:1] == b"\x01"
    offset, layout = (20, ">IQ") if wide else (12, ">II")
    if len(header) < offset + struct.calcsize(layout):
        return 0, 0
    scale, duration = struct.unpack_from(layout, header, offset)
    return scale, duration


def _edit(elst: bytes) -> tuple[int, int] | None:
    """Duration and media time of the first edit that is not empty (media time −1)."""
    if len(elst) < 8:
        return None
    layout = ">Qqi" if elst[0] == 1 else ">Iii"
    step = struct.calcsize(layout)
    for offset in range(8, min(len(elst) - step, 8 + step * 16) + 1, step):
        duration, media_time, _ = struct.unpack_from(layout, elst, offset)
        if media_time >= 0:
            return duration, media_time
    return None
