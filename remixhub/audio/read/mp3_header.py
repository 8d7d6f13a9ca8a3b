"""MPEG audio frame headers (ISO/IEC 11172-3, 13818-3), and the Xing/Info/VBRI header that says how long an MP3 is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import BinaryIO

_BITRATES_KBPS = {
    (1, 1): range(32, 449, 32),
    (1, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (1, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 1): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (2, 3): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""By generation (MPEG-2.5 counts as 2) and layer."""
_RATES_HZ = (44_100, 48_000, 32_000)
_RATE_DIVISORS = {3: 1, 2: 2, 0: 4}
_FREE = 0
_LARGEST_FRAME = 1_441
_LARGEST_FREE_FRAME = 8_192
_STEP = 1 << 20
_MOST_BETWEEN = 64 << 20
"""Bytes between frames, such as the tags of files that were joined."""
_HEADS = {
    1: re.compile(rb"\xff[\xe6\xe7\xf6\xf7\xfe\xff][\x10-\xef]"),
    2: re.compile(rb"\xff[\xe4\xe5\xf4\xf5\xfc\xfd][\x10-\xef]"),
    3: re.compile(rb"\xff[\xe2\xe3\xf2\xf3\xfa\xfb][\x10-\xef]"),
}
"""How frames of each layer begin, unless they are in free format."""
_LENGTH_FLAGS, _TOC_BYTES = (1, 2, 4, 8), (4, 4, 100, 4)


@dataclass(frozen=True)
class MpegFrame:
    layer: int
    sample_rate_hz: int
    channels: int
    size_bytes: int
    """Zero in free format, where only the next header tells."""
    samples: int
    """Frames of audio in it, 1152 or 576 in layer III."""
    header_bytes: int
    """Header and side information of layer III, behind which Xing stands."""

    def fits(self, other: MpegFrame) -> bool:
        """Whether both can belong to one stream; mono and stereo frames may alternate."""
        alike = self.layer == other.layer and self.samples == other.samples
        return alike and self.sample_rate_hz == other.sample_rate_hz


def read_frame(head: bytes) -> MpegFrame | None:
    """From the first four bytes; None when they are no header."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    version, layer, bitrate, rate = head[1] >> 3 & 3, 4 - (head[1] >> 1 & 3), head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or layer == 4 or bitrate == 15 or rate == 3:
        return None
    first = version == 3
    rate_hz = _RATES_HZ[rate] // _RATE_DIVISORS[version]
    samples = {1: 384, 2: 1152, 3: 1152 if first else 576}[layer]
    slot_bytes = 4 if layer == 1 else 1
    size_bytes = 0
    if bitrate != _FREE:
        kbps = _BITRATES_KBPS[1 if first else 2, layer][bitrate - 1]
        size_bytes = (samples // 8 // slot_bytes * 1000 * kbps // rate_hz + (head[2] >> 1 & 1)) * slot_bytes
    mono = head[3] >> 6 == 3
    side_bytes = (17 if mono else 32) if first else (9 if mono else 17)
    return MpegFrame(layer, rate_hz, 1 if mono else 2, size_bytes, samples, 4 + side_bytes)


def find_frames(raw: bytes, layer: int = 3, *, ends: bool = True) -> int | None:
    """Where the first of three consecutive frames starts; None if there are none. `ends` says that the file does."""
    runs = (found.start() for found in _HEADS[layer].finditer(raw) if _run_at(raw, found.start(), layer, ends))
    return next(runs, None)


def _run_at(raw: bytes, offset: int, layer: int, ends: bool) -> bool:
    """Three frames in a row; fewer only if the file ends there."""
    first = read_frame(raw[offset : offset + 4])
    frame, following = first, 0
    while first and frame and frame.layer == layer and frame.size_bytes and frame.fits(first) and following < 3:
        following += 1
        offset += frame.size_bytes
        if ends and offset >= len(raw):
            return True
        frame = read_frame(raw[offset : offset + 4])
    return following == 3


def find_free_format(raw: bytes) -> int | None:
    """The layer of frames without a stated bit rate, if equal headers stand equally far apart; else None."""
    offset = raw.find(b"\xff")
    while 0 <= offset < _LARGEST_FREE_FRAME:
        frame = read_frame(raw[offset : offset + 4])
        if frame is not None and frame.size_bytes == 0 and _repeats(raw, offset, 4 if frame.layer == 1 else 1):
            return frame.layer
        offset = raw.find(b"\xff", offset + 1)
    return None


def _repeats(raw: bytes, offset: int, slot_bytes: int) -> bool:
    """Whether the header at `offset` comes three times more in equal steps, or in some that are a slot longer."""
    heads = {raw[offset : offset + 2] + bytes([raw[offset + 2] & ~2 | padding]) for padding in (0, 2)}
    second = raw.find(raw[offset : offset + 2], offset + 24)
    while 0 <= second <= offset + _LARGEST_FREE_FRAME:
        at, step = offset, second - offset
        for _ in range(3):
            near = (at + step, at + step + slot_bytes, at + step - slot_bytes)
            at = next((place for place in near if raw[place : place + 3] in heads), -1)
            if at < 0:
                break
        else:
            return True
        second = raw.find(raw[offset : offset + 2], second + 1)
    return False


def end_of_frames(file: BinaryIO, size_bytes: int) -> int:
    """Where the last frame ends, up to `size_bytes`: what stands behind it is no sound. `file` starts with a frame.

    Looks at the end first and walks from the start only if no frames end there.
    """
    tail_at = max(size_bytes - 8 * _LARGEST_FRAME, 0)
    tail = _read(file, tail_at, size_bytes - tail_at)
    for found in _HEADS[3].finditer(tail):
        end = _walk(tail, found.start(), at_least=3)
        if end > found.start() and end > len(tail) - 4:
            return min(tail_at + end, size_bytes)
    return _end_by_walking(file, size_bytes)


def _end_by_walking(file: BinaryIO, size_bytes: int) -> int:
    """Over whatever lies between frames, as far as that is not too much."""
    offset = end = between = 0
    while offset < size_bytes and between < _MOST_BETWEEN:
        raw = _read(file, offset, min(_STEP, size_bytes - offset))
        at, ends = 0, offset + len(raw) >= size_bytes
        while at < len(raw):
            start = 0 if offset + at == end and read_frame(raw[at : at + 4]) else find_frames(raw[at:], ends=ends)
            if start is None:
                break
            between += start
            at = max(_walk(raw, at + start, at_least=1), at + start + 1)
            end = offset + at
        rest = len(raw) - at
        # A run that begins at the very end is found from the next step on.
        skipped = rest if ends else max(rest - 3 * _LARGEST_FRAME, 0)
        between += max(skipped, 0)
        offset += max(at + skipped, 1)
    return min(end, size_bytes)


def _walk(raw: bytes, offset: int, *, at_least: int) -> int:
    """Where the consecutive frames from `offset` on end; `offset` if they are fewer than `at_least`."""
    at, frame, count = offset, read_frame(raw[offset : offset + 4]), 0
    first = frame
    while first and frame and frame.layer == 3 and frame.size_bytes and frame.fits(first):
        at, count = at + frame.size_bytes, count + 1
        frame = read_frame(raw[at : at + 4])
    return at if count >= at_least else offset


def _read(file: BinaryIO, offset: int, size: int) -> bytes:
    file.seek(offset)
    return file.read(size)


def declared_frames(raw: bytes) -> int | None:
    """`raw` starts with the stream's first frame. The length without encoder delay and padding; None if untold."""
    frame = read_frame(raw)
    if frame is None:
        return None
    if raw[36:40] == b"VBRI":
        return int.from_bytes(raw[50:54], "big") * frame.samples
    at = frame.header_bytes
    if raw[at : at + 4] not in (b"Xing", b"Info") or not raw[at + 7] & 1:
        return None
    frames = int.from_bytes(raw[at + 8 : at + 12], "big") * frame.samples
    lame = at + 8 + sum(size for flag, size in zip(_LENGTH_FLAGS, _TOC_BYTES, strict=True) if raw[at + 7] & flag)
    if raw[lame : lame + 4] not in (b"LAME", b"Lavf", b"Lavc"):
        return frames
    gap = int.from_bytes(raw[lame + 21 : lame + 24], "big")
    return max(frames - (gap >> 12) - (gap & 0xFFF), 0)
