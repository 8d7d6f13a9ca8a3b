"""The end of an MP4 that ffmpeg wrote: its `moov` gets another `udta`. No offset moves, since `moov` comes last."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from remixhub.domain.media import EncoderFailed

_HEADER_BYTES, _LONG_HEADER_BYTES = 8, 16


def put_user_box(path: Path, udta: bytes) -> None:
    """Raises EncoderFailed for a file of another order."""
    with path.open("r+b") as file:
        start, size = _last_box(file, b"moov")
        file.seek(start)
        moov = file.read(size)
        kept = b"".join(box for name, box in _boxes(moov[_HEADER_BYTES:]) if name != b"udta") + udta
        file.seek(start)
        file.write(struct.pack(">I4s", _HEADER_BYTES + len(kept), b"moov") + kept)
        file.truncate()


def _last_box(file: BinaryIO, wanted: bytes) -> tuple[int, int]:
    """Where it begins, and how long it is."""
    at, end = 0, file.seek(0, 2)
    while at < end:
        file.seek(at)
        header = file.read(_LONG_HEADER_BYTES)
        size, name = struct.unpack_from(">I4s", header)
        if size == 1:
            (size,) = struct.unpack_from(">Q", header, _HEADER_BYTES)
        if name == wanted and at + size == end:
            return at, size
        if size < _HEADER_BYTES:
            break
        at += size
    raise EncoderFailed(f"ffmpeg wrote no {wanted.decode()} at the end.")


def _boxes(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at < len(body):
        size, name = struct.unpack_from(">I4s", body, at)
        yield name, body[at : at + size]
        at += max(size, _HEADER_BYTES)
