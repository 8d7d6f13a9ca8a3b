"""Writing a ZIP straight into the object storage: texts, and stored files of any size, a block at a time."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256 as new_sha256
from typing import Any

import structlog

from remixhub.compose import Parts
from remixhub.domain.errors import Conflict
from remixhub.domain.stems.zip_layout import Entry, archive_size_bytes, central_directory, local_header
from remixhub.jobs.lease import Lease
from remixhub.services.workbench import BytesDone

log = structlog.get_logger()

MEDIA_TYPE = "application/zip"
_CHECKED = 40.0
"""Percent of the job's progress."""


class OriginalCorrupted(Conflict):
    code = "original_corrupted"
    title = "A stored original is not what it was"
    is_verdict = True  # nothing is refused for it, and who asked for the ZIP is told which it is


@dataclass(frozen=True)
class StoredFile:
    """An object of the storage, under its name in the archive."""

    name: str
    key: str
    size_bytes: int
    sha256: str | None = None
    """Checked where it is known."""


def write_archive(parts: Parts, lease: Lease, key: str, texts: Mapping[str, bytes], files: Sequence[StoredFile]) -> int:
    """Its size in bytes. Reads every file twice: once for its CRC, which the header before it needs.

    Raises OriginalCorrupted.
    """
    entries = [Entry(name, len(body), zlib.crc32(body)) for name, body in texts.items()]
    entries += _file_entries(parts, lease, files)
    size_bytes = archive_size_bytes(entries)
    written = BytesDone(lease, size_bytes, "writing the archive", from_percent=_CHECKED)
    pieces = archive_pieces(parts, entries, [*texts.values(), *(file.key for file in files)], written)
    parts.store.put_stream(key, io.BufferedReader(PieceStream(pieces), 1024**2), MEDIA_TYPE)
    return size_bytes


def _file_entries(parts: Parts, lease: Lease, files: Sequence[StoredFile]) -> list[Entry]:
    read = BytesDone(lease, sum(file.size_bytes for file in files), "checking the files", to_percent=_CHECKED)
    entries = []
    for file in files:
        crc32, digest = 0, new_sha256()
        for block in parts.store.blocks(file.key):
            crc32 = zlib.crc32(block, crc32)
            digest.update(block)
            read(block)
        if file.sha256 not in (None, digest.hexdigest()):
            log.error("original_corrupted", key=file.key)
            raise OriginalCorrupted(f"The stored bytes of {file.name!r} are not those that were uploaded.")
        entries.append(Entry(file.name, file.size_bytes, crc32))
    return entries


def archive_pieces(
    parts: Parts, entries: Sequence[Entry], sources: Sequence[bytes | str], written: BytesDone
) -> Iterator[bytes]:
    """The archive from its first byte to its last; a source is the bytes themselves, or the key where they are."""
    for entry, source in zip(entries, sources, strict=True):
        yield local_header(entry)
        for block in [source] if isinstance(source, bytes) else parts.store.blocks(source):
            written(block)
            yield block
    yield central_directory(entries)


class PieceStream(io.RawIOBase):
    """Pieces as a readable stream that cannot seek."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        """`target` is a writable buffer."""
        space = memoryview(target).cast("B")
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = memoryview(piece)
        size = min(len(space), len(self._left))
        space[:size] = self._left[:size]
        self._left = self._left[size:]
        return size
