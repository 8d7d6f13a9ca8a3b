"""Which bytes of a file are its container: what taggers and broken copies put before and behind is left out.

Known are ID3v1 (also with its 227 bytes of TAG+), ID3v2, APEv1 and v2, Lyrics3, and runs of zeros.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import BinaryIO

from remixhub.audio.read.source import Source

FIRST_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
"""What MP4 and QuickTime files may begin with, behind the box's size of four bytes."""
_MOST_TAGS = 32
_BLOCK = 1 << 20
_SHORTEST_RUN = 4_096
"""Of zeros behind: sound may end in as many itself, so they are left out beyond that."""


@dataclass(frozen=True)
class Window:
    start_bytes: int
    end_bytes: int

    @property
    def size_bytes(self) -> int:
        return self.end_bytes - self.start_bytes

    def open(self, source: Source) -> BinaryIO:
        """As if the file held nothing else: offsets count from the window's start."""
        return io.BufferedReader(_Section(source, self))


class _Section(io.RawIOBase):
    def __init__(self, source: Source, window: Window) -> None:
        self._file = source.open("rb")
        self._window = window
        self.seek(0)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self.tell(), io.SEEK_END: self._window.size_bytes}[whence]
        return self._file.seek(self._window.start_bytes + max(base + offset, 0)) - self._window.start_bytes

    def tell(self) -> int:
        return self._file.tell() - self._window.start_bytes

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        left = max(self._window.size_bytes - self.tell(), 0)
        return self._file.readinto(memoryview(buffer)[:left])

    def close(self) -> None:
        self._file.close()
        super().close()


def start_behind_tags(file: BinaryIO, size_bytes: int) -> int:
    """Where what stands before the container ends; beyond the file if a tag claims so."""
    offset = 0
    for _ in range(_MOST_TAGS):
        length = _tag_before(_read(file, offset, 32)) or _zeros_from(file, offset, size_bytes)
        if not length:
            break
        offset += length
    return offset


def end_before_tags(file: BinaryIO, start: int, end: int, *, zeros: bool = True) -> int:
    """Where what stands behind the container begins; `end` if nothing does."""
    for _ in range(_MOST_TAGS):
        length = _tag_behind(file, end) or (_zeros_until(file, start, end) if zeros else 0)
        if not length or end - length < start:
            break
        end -= length
    return end


def _tag_before(head: bytes) -> int:
    if head.startswith(b"ID3") and head[3:4] != b"\xff":
        size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9] if len(head) >= 10 else 0
        return 10 + size + (10 if head[5:6] and head[5] & 0x10 else 0)
    if head.startswith(b"APETAGEX") and len(head) == 32:
        return 32 + int.from_bytes(head[12:16], "little")
    return 128 if head.startswith(b"TAG") and not head.startswith(b"TAG+") else 0


def _tag_behind(file: BinaryIO, end: int) -> int:
    tail = _read(file, max(end - 355, 0), min(355, end))
    if tail[-128:-125] == b"TAG":
        return 355 if tail.startswith(b"TAG+") else 128
    if tail[-32:-24] == b"APETAGEX":
        size, flags = int.from_bytes(tail[-20:-16], "little"), int.from_bytes(tail[-12:-8], "little")
        return max(size, 32) + (32 if flags >> 31 else 0)
    if tail[-10:-7] == b"3DI":
        return 20 + (tail[-4] << 21 | tail[-3] << 14 | tail[-2] << 7 | tail[-1])
    if tail.endswith(b"LYRICS200") and tail[-15:-9].isdigit():
        return int(tail[-15:-9]) + 15
    if tail.endswith(b"LYRICSEND"):
        begin = _read(file, max(end - 5_120, 0), min(5_120, end)).rfind(b"LYRICSBEGIN")
        return min(5_120, end) - begin if begin >= 0 else 0
    return 0


def _zeros_from(file: BinaryIO, offset: int, size_bytes: int) -> int:
    """How many there are; none if the file ends with them."""
    count = 0
    while block := _read(file, offset + count, _BLOCK):
        rest = len(block.lstrip(b"\0"))
        count += len(block) - rest
        if rest:
            return count - _zeros_of_a_box(file, offset, count)
    return 0


def _zeros_of_a_box(file: BinaryIO, offset: int, count: int) -> int:
    """The size of an MP4's first box begins with up to three zeros of its own."""
    for own in range(min(count, 3) + 1):
        if _read(file, offset + count - own + 4, 4) in FIRST_BOXES:
            return own
    return 0


def _zeros_until(file: BinaryIO, start: int, end: int) -> int:
    count = 0
    while end - count > start:
        at = max(end - count - _BLOCK, start)
        block = _read(file, at, end - count - at)
        zeros = len(block) - len(block.rstrip(b"\0"))
        count += zeros
        if zeros < len(block):
            break
    return count - _SHORTEST_RUN if count > _SHORTEST_RUN else 0


def _read(file: BinaryIO, offset: int, size: int) -> bytes:
    file.seek(offset)
    return file.read(size)
