"""Ogg files as other programs leave them: pages changed in those that ffmpeg writes, and sealed again."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tests.signals import Sound, write_by_ffmpeg

FIRST, LAST = 2, 4
ENCODERS = {"vorbis": ("ogg", "libvorbis"), "opus": ("opus", "libopus")}
_TABLE = [0] * 256
for _byte in range(256):
    _sum = _byte << 24
    for _ in range(8):
        _sum = _sum << 1 ^ (0x04C11DB7 if _sum & 0x80000000 else 0)
    _TABLE[_byte] = _sum & 0xFFFFFFFF


@dataclass(frozen=True)
class OggPage:
    flags: int
    granule: int
    serial: int
    number: int
    lacing: bytes
    body: bytes


def written(folder: Path, sound: Sound, codec: str, rate_hz: int) -> list[OggPage]:
    suffix, encoder = ENCODERS[codec]
    path = write_by_ffmpeg(folder / f"written.{suffix}", sound, rate_hz, "-c:a", encoder, "-b:a", "160k")
    return list(read(path.read_bytes()))


def read(raw: bytes) -> Iterator[OggPage]:
    at = 0
    while at < len(raw):
        _, _, flags, granule, serial, number, _, segments = struct.unpack_from("<4sBBqIIIB", raw, at)
        lacing = raw[at + 27 : at + 27 + segments]
        at += 27 + segments
        yield OggPage(flags, granule, serial, number, lacing, raw[at : at + sum(lacing)])
        at += sum(lacing)


def sealed(pages: list[OggPage]) -> bytes:
    return b"".join(map(_seal, pages))


def _seal(page: OggPage) -> bytes:
    head = struct.pack("<4sBBqII", b"OggS", 0, page.flags, page.granule, page.serial, page.number)
    tail = bytes([len(page.lacing)]) + page.lacing + page.body
    checksum = 0
    for byte in head + bytes(4) + tail:
        checksum = (checksum << 8 & 0xFFFFFFFF) ^ _TABLE[checksum >> 24 ^ byte]
    return head + struct.pack("<I", checksum) + tail


def shifted(pages: list[OggPage], frames: int) -> list[OggPage]:
    """Every position but those of headers."""
    return [replace(page, granule=page.granule + frames) if page.granule > 0 else page for page in pages]


def of_serial(pages: list[OggPage], serial: int) -> list[OggPage]:
    return [replace(page, serial=serial) for page in pages]


def without_end_mark(pages: list[OggPage]) -> list[OggPage]:
    return [replace(page, flags=page.flags & ~LAST) for page in pages]


def closed_by_empty(pages: list[OggPage], granule: int) -> list[OggPage]:
    """The end mark on a page of its own, that holds no packet."""
    last = pages[-1]
    return [*without_end_mark(pages), OggPage(LAST, granule, last.serial, last.number + 1, b"", b"")]


def interleaved(one: list[OggPage], other: list[OggPage]) -> list[OggPage]:
    """Two streams multiplexed: their first pages stand before all others."""
    shorter = min(len(one), len(other))
    pairs = [page for pair in zip(one[1:shorter], other[1:shorter], strict=True) for page in pair]
    return [one[0], other[0], *pairs, *one[shorter:], *other[shorter:]]


def in_small_pages(pages: list[OggPage], frames: int) -> list[OggPage]:
    """The audio in a page a segment, so that packets of `frames` run over several; the last says where."""
    result: list[OggPage] = []
    position = 0
    for page in pages:
        if page.granule <= 0:
            result.append(replace(page, number=len(result)))
            continue
        at, is_continued = 0, 0
        for number, length in enumerate(page.lacing, 1):
            is_end = number == len(page.lacing)
            position += frames if length < 255 else 0
            granule = -1 if length == 255 else page.granule if is_end else position
            flags = is_continued | (page.flags & LAST if is_end else 0)
            body = page.body[at : at + length]
            result.append(OggPage(flags, granule, page.serial, len(result), bytes([length]), body))
            at, is_continued = at + length, int(length == 255)
    return result
