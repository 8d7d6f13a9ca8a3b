"""The boxes of an MP4 or QuickTime file (ISO/IEC 14496-12): walked over, and seen to lie within the file."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from remixhub.domain.media import ContainerUnsupported, HeaderLies, Truncated

_MOST_BOXES = 400_000
_LARGEST_INDEX = 128 * 1024**2
"""Pictures are in it too."""
_AT_THE_TOP = frozenset(
    b"ftyp styp moov moof mfra mdat sidx ssix emsg prft pdin meta meco udta uuid free skip wide pnot PICT junk".split()
)
"""Of other names it is what somebody wrote behind the last box."""


@dataclass(frozen=True)
class Box:
    name: bytes
    body: bytes


@dataclass
class Index:
    """What describes the sound, apart from the sound itself."""

    movie: bytes = b""
    """The body of `moov`."""
    fragments: list[bytes] = field(default_factory=list)
    """The bodies of `moof`, in the order of the file."""
    behind_bytes: int = 0
    """Of what follows the last box and is none."""


def read_index(file: BinaryIO, size_bytes: int) -> Index:
    """Once every top box has been seen to lie within the file. Raises HeaderLies, Truncated, ContainerUnsupported."""
    index, names, offset, room = Index(), set[bytes](), 0, _LARGEST_INDEX
    for _ in range(_MOST_BOXES):
        file.seek(offset)
        head = file.read(16)
        if len(head) < 8:
            index.behind_bytes = len(head)
            break
        name, size, head_bytes = _read_head(head, size_bytes - offset)
        if name not in _AT_THE_TOP and {b"moov", b"mdat"} <= names:
            index.behind_bytes = size_bytes - offset
            break
        if size < head_bytes:
            raise HeaderLies(f"The MPEG-4 file has a box of {size} bytes at {offset}.")
        if offset + size > size_bytes:
            raise Truncated(f"The MPEG-4 file ends {offset + size - size_bytes} bytes too early. Upload it again.")
        if name in (b"moov", b"moof") and size <= room:
            file.seek(offset + head_bytes)
            body, room = file.read(size - head_bytes), room - size
            if name == b"moof":
                index.fragments.append(body)
            elif not index.movie:
                index.movie = body
        names.add(name)
        offset += size
    if b"moov" not in names:
        raise Truncated("The MPEG-4 file has no index (`moov`); the end of the file is missing.")
    if first(index.movie, b"cmov"):
        # Not every ffmpeg is built to unpack it.
        raise ContainerUnsupported("The QuickTime file's index is packed (`cmov`). Export the sound as M4A.")
    return index


def boxes(body: bytes) -> Iterator[Box]:
    offset = 0
    while offset + 8 <= len(body):
        name, size, head_bytes = _read_head(body[offset : offset + 16], len(body) - offset)
        if size < head_bytes:
            return
        yield Box(name, body[offset + head_bytes : offset + size])
        offset += size


def first(body: bytes, *path: bytes) -> bytes:
    """The body of the first box of that name, within the first one of the name before it; empty if there is none."""
    for name in path:
        body = next((box.body for box in boxes(body) if box.name == name), b"")
    return body


def _read_head(head: bytes, rest_bytes: int) -> tuple[bytes, int, int]:
    """Name, size and the head's own size; a size of zero reaches to the end."""
    size = int.from_bytes(head[:4], "big")
    if size == 1:
        return head[4:8], int.from_bytes(head[8:16], "big"), 16
    return head[4:8], size or rest_bytes, 8


def unpack(layout: str, body: bytes, offset: int) -> tuple[int, ...] | None:
    """None if the box is cut."""
    return struct.unpack_from(layout, body, offset) if len(body) >= offset + struct.calcsize(layout) else None
