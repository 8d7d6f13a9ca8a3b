"""Reads the texts of an APE tag (v1 and v2) before or behind an MP3, which ffprobe passes over. Refuses no file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from remixhub.audio.tags import clean_tag

_MAGIC = b"APETAGEX"
_FRAME_BYTES = 32
_TAIL_BYTES = 16 * 1024
"""What other tags behind it may take, up to Lyrics3 and ID3v1."""
_LARGEST_TAG = 1 << 20
_MOST_ITEMS = 200
_LONGEST_TEXT = 1_024
_KIND_BITS = 0b110
"""Of an item's flags: all zero for text, else a picture or an address."""


def read_ape(file: BinaryIO, size_bytes: int) -> dict[str, str]:
    """Tags by their names in lower case, such as `bpm` and `initialkey`."""
    tail_at = max(size_bytes - _TAIL_BYTES, 0)
    at = _read(file, tail_at, _TAIL_BYTES).rfind(_MAGIC)
    if at >= 0 and (held := _read(file, tail_at + at, _FRAME_BYTES)) and not _is_header(held):
        length = int.from_bytes(held[12:16], "little")
        start = max(tail_at + at + _FRAME_BYTES - length, 0)
        items = _read(file, start, min(length - _FRAME_BYTES, _LARGEST_TAG)) if length > _FRAME_BYTES else b""
    else:
        head = _read(file, 0, _FRAME_BYTES)
        length = int.from_bytes(head[12:16], "little") if head.startswith(_MAGIC) else 0
        items = _read(file, _FRAME_BYTES, min(length, _LARGEST_TAG))
    tags: dict[str, str] = {}
    for name, value in _items(items):
        if name and value:
            tags.setdefault(name, value)
    return tags


def _is_header(frame: bytes) -> bool:
    return len(frame) < _FRAME_BYTES or bool(frame[23] & 0x20)


def _items(raw: bytes) -> Iterator[tuple[str, str]]:
    at = 0
    for _ in range(_MOST_ITEMS):
        end = raw.find(b"\0", at + 8)
        if end < 0:
            return
        length, flags = int.from_bytes(raw[at : at + 4], "little"), int.from_bytes(raw[at + 4 : at + 8], "little")
        if not flags & _KIND_BITS:
            name = raw[at + 8 : end][:40].decode("ascii", "replace")
            texts = raw[end + 1 : end + 1 + min(length, _LONGEST_TEXT)].decode("utf-8", "replace").split("\0")
            yield clean_tag(name).lower(), clean_tag(";".join(texts))
        at = end + 1 + length


def _read(file: BinaryIO, start: int, size: int) -> bytes:
    file.seek(start)
    return file.read(size)
