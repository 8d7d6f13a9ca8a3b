"""A stored file on its way into a bundle: its blocks once, and what they are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import structlog

from remixhub.compose import Parts
from remixhub.services.stems.zip_writer import OriginalCorrupted, StoredFile

log = structlog.get_logger()


class Reading:
    """The blocks of a stored file, once, and what they are."""

    def __init__(self, parts: Parts, file: StoredFile) -> None:
        self._parts, self._file = parts, file
        self._digest, self._size_bytes = hashlib.sha256(), 0

    def __iter__(self) -> Iterator[bytes]:
        for block in self._parts.store.blocks(self._file.key):
            self._digest.update(block)
            self._size_bytes += len(block)
            yield block

    def sha256(self) -> str:
        """After the last. Raises OriginalCorrupted."""
        found = self._digest.hexdigest()
        if self._size_bytes != self._file.size_bytes or self._file.sha256 not in (None, found):
            log.error("original_corrupted", key=self._file.key)
            raise OriginalCorrupted(f"The stored bytes of {self._file.name!r} are not those that were stored.")
        return found
