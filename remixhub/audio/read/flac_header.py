"""The metadata of a FLAC file (RFC 9639), read without believing it: only STREAMINFO is needed to decode the sound."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field
from typing import BinaryIO

from remixhub.audio.read.text import tag_text
from remixhub.domain.measurements import MediaWarning
from remixhub.domain.media import HeaderLies, Truncated

_STREAMINFO, _COMMENTS, _PICTURE = 0, 4, 6
_STREAMINFO_BYTES = 34
_MOST_BLOCKS = 4_096
_MOST_COMMENTS = 256
_LARGEST_COMMENTS = 1 << 20
_LARGEST_HEADER = 16
"""Of a frame."""
_NEAR_BYTES, _SEARCHED_BYTES = 64 << 10, 64 << 20
"""A first frame is nearly always where it should be."""
_HEAD = re.compile(rb"\xff[\xf8\xf9][\x10-\xfe]")
_PICTURES = {b"\xff\xd8\xff": b"\xff\xd9", b"\x89PNG\r\n\x1a\n": b"IEND\xaeB`\x82", b"GIF8": b";"}
"""How pictures begin, and how they end unless they are cut."""
_OTHER_PICTURES = (b"BM", b"II*\0", b"MM\0*")


@dataclass(frozen=True)
class FlacHeader:
    streaminfo: bytes
    audio_at: int
    """Where the first frame begins."""
    tags: dict[str, str] = field(default_factory=dict)
    warnings: tuple[MediaWarning, ...] = ()

    @property
    def sample_rate_hz(self) -> int:
        return self._packed >> 44

    @property
    def channels(self) -> int:
        return (self._packed >> 41 & 7) + 1

    @property
    def bit_depth(self) -> int:
        return (self._packed >> 36 & 31) + 1

    @property
    def frames(self) -> int | None:
        """None where the encoder left it unset."""
        return self._packed & (1 << 36) - 1 or None

    @property
    def md5(self) -> bytes | None:
        """Over the samples as little-endian integers of whole bytes; None where the encoder left it unset."""
        return self.streaminfo[18:] if any(self.streaminfo[18:]) else None

    @property
    def bare(self) -> bytes:
        """All that a decoder needs before the first frame."""
        return b"fLaC" + bytes([0x80 | _STREAMINFO]) + len(self.streaminfo).to_bytes(3, "big") + self.streaminfo

    @property
    def _packed(self) -> int:
        return int.from_bytes(self.streaminfo[10:18], "big")


def read_flac_header(file: BinaryIO, size_bytes: int) -> FlacHeader:
    """`file` begins with `fLaC`. Raises HeaderLies, Truncated."""
    file.seek(4)
    head = file.read(4)
    streaminfo = file.read(_STREAMINFO_BYTES)
    if len(streaminfo) < _STREAMINFO_BYTES or head[0] & 0x7F != _STREAMINFO:
        raise HeaderLies("The FLAC file does not begin with its STREAMINFO block.")
    offset = 8 + int.from_bytes(head[1:], "big")
    tags, unreadable, last = dict[str, str](), 0, bool(head[0] & 0x80)
    for _ in range(_MOST_BLOCKS):
        file.seek(offset)
        head = file.read(4)
        # The mark of the last block is not always set; behind it a frame begins.
        if last or len(head) < 4 or head[0] == 0xFF:
            break
        last, length = bool(head[0] & 0x80), int.from_bytes(head[1:], "big")
        if head[0] & 0x7F == _COMMENTS:
            tags.update(read_comments(file.read(min(length, _LARGEST_COMMENTS))))
        elif head[0] & 0x7F == _PICTURE:
            unreadable += not _is_picture(file, offset + 4, length)
        offset += 4 + length
    header = FlacHeader(streaminfo, _first_frame(file, offset, size_bytes, streaminfo), tags)
    if not unreadable:
        return header
    detail = (
        "A picture of the file cannot be read; it is left out."
        if unreadable == 1
        else (f"{unreadable} pictures of the file cannot be read; they are left out.")
    )
    return FlacHeader(streaminfo, header.audio_at, tags, (MediaWarning("picture_unreadable", detail),))


def read_comments(body: bytes) -> dict[str, str]:
    """Vorbis comments, names in lower case; as far as they can be read."""
    tags: dict[str, str] = {}
    offset = 8 + int.from_bytes(body[:4], "little")
    for _ in range(min(int.from_bytes(body[offset - 4 : offset], "little"), _MOST_COMMENTS)):
        if offset + 4 > len(body):
            break
        end = offset + 4 + int.from_bytes(body[offset : offset + 4], "little")
        name, _, value = body[offset + 4 : end].partition(b"=")
        tags[tag_text(name).lower()[:40]] = tag_text(value)
        offset = end
    return {name: value for name, value in tags.items() if name and value}


def _is_picture(file: BinaryIO, offset: int, length: int) -> bool:
    """Whether a PICTURE block holds the whole bytes of one, whatever type it says it has."""
    file.seek(offset)
    head = file.read(min(length, 1 << 16))
    try:
        at = 8 + struct.unpack_from(">I", head, 4)[0]
        at += 4 + struct.unpack_from(">I", head, at)[0] + 16
        (size,) = struct.unpack_from(">I", head, at)
    except struct.error:
        return False
    start, end = offset + at + 4, offset + at + 4 + size
    if size == 0 or end > offset + length:
        return False
    file.seek(start)
    first = file.read(12)
    file.seek(max(end - 16, start))
    tail = file.read(min(size, 16)).rstrip(b"\0")
    ending = next((ending for magic, ending in _PICTURES.items() if first.startswith(magic)), None)
    if ending is not None:
        return tail.endswith(ending)
    return first.startswith(_OTHER_PICTURES) or (first[:4] == b"RIFF" and first[8:] == b"WEBP")


def _first_frame(file: BinaryIO, offset: int, size_bytes: int, streaminfo: bytes) -> int:
    """At `offset`, if the lengths of the blocks told the truth; else the first that is found from there on, or from
    STREAMINFO on. Raises Truncated when the file ends before.
    """
    for start in (offset, 8 + len(streaminfo)):
        for searched_bytes in (_NEAR_BYTES, _SEARCHED_BYTES):
            file.seek(start)
            raw = file.read(searched_bytes)
            for found in _HEAD.finditer(raw):
                if _is_first_header(raw[found.start() : found.start() + _LARGEST_HEADER]):
                    return start + found.start()
    if offset >= size_bytes:
        raise Truncated("The FLAC file ends within its metadata. Upload it again, or export it again.")
    # A first frame that is damaged itself: the decoder will find out.
    return offset


def _is_first_header(raw: bytes) -> bool:
    """The header of a frame that has the number 0, by its CRC-8."""
    if len(raw) < 6 or raw[0] != 0xFF or raw[1] & 0xFE != 0xF8 or raw[4] != 0:
        return False
    size_code, rate_code = raw[2] >> 4, raw[2] & 15
    if size_code == 0 or rate_code == 15 or raw[3] & 1:
        return False
    length = 5 + {6: 1, 7: 2}.get(size_code, 0) + {12: 1, 13: 2, 14: 2}.get(rate_code, 0)
    return len(raw) > length and _crc8(raw[:length]) == raw[length]


def _crc8(raw: bytes) -> int:
    crc = 0
    for byte in raw:
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ 0x07 if crc & 0x80 else crc << 1) & 0xFF
    return crc
