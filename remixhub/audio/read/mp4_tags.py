"""Reads the items of an MP4 file's `ilst` that ffprobe leaves out or cuts: iTunes' `tmpo`, and free-form ones (`----`).

As in `id3_tag`, nothing here refuses a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from remixhub.audio.tags import clean_tag

_MOST_BOXES = 2_000
_LONGEST_TEXT = 1_024
_TO_ILST = (b"moov", b"udta", b"meta", b"ilst")


@dataclass(frozen=True)
class _Box:
    name: bytes
    start: int
    """Of the body."""
    end: int


def read_mp4_tags(file: BinaryIO, size_bytes: int) -> dict[str, str]:
    """Names in lower case: `tmpo`, and free-form ones by their own, such as `initialkey`."""
    place: _Box | None = _Box(b"", 0, size_bytes)
    for inner in _TO_ILST:
        if place is None:
            return {}
        # `meta` has a version before its boxes in ISO files, and none in those of QuickTime.
        start = place.start + (4 if place.name == b"meta" and _read(file, place.start, 4) == b"\0\0\0\0" else 0)
        place = next((box for box in _boxes(file, start, place.end) if box.name == inner), None)
    tags: dict[str, str] = {}
    for item in _boxes(file, place.start, place.end) if place else ():
        name, value = _told(file, item)
        if name and value:
            tags.setdefault(name, value)
    return tags


def _told(file: BinaryIO, item: _Box) -> tuple[str, str]:
    if item.name not in (b"tmpo", b"----"):
        return "", ""
    parts = list(_boxes(file, item.start, item.end))
    values = [_read(file, part.start, part.end - part.start)[8:] for part in parts if part.name == b"data"]
    if item.name == b"tmpo":
        return "tmpo", str(int.from_bytes(values[0], "big")) if values and len(values[0]) <= 8 else ""
    names = [_read(file, part.start, part.end - part.start)[4:] for part in parts if part.name == b"name"]
    text = ";".join(value.decode("utf-8", "replace") for value in values)
    return clean_tag(names[0].decode("utf-8", "replace")).lower()[:40] if names else "", clean_tag(text)


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[_Box]:
    for _ in range(_MOST_BOXES):
        head = _read(file, start, 16)
        if start + 8 > end or len(head) < 8:
            return
        size, head_bytes = int.from_bytes(head[:4], "big"), 8
        if size == 1 and len(head) == 16:
            size, head_bytes = int.from_bytes(head[8:], "big"), 16
        size = size or end - start
        if size < head_bytes or start + size > end:
            return
        yield _Box(head[4:8], start + head_bytes, start + size)
        start += size


def _read(file: BinaryIO, start: int, size: int) -> bytes:
    file.seek(start)
    return file.read(min(size, _LONGEST_TEXT))
