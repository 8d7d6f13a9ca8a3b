"""A stored object as a file that is read here and there: a block is fetched when something in it is asked for."""

from __future__ import annotations

import io
from collections import OrderedDict
from typing import Literal

from remixhub.storage.s3 import ObjectMissing, ObjectStore

BLOCK_BYTES = 1024**2
_MOST_KEPT = 32


class RangedObject:
    """May be opened often; what was fetched last is kept for all of its readers."""

    def __init__(self, store: ObjectStore, key: str, size_bytes: int) -> None:
        self._store = store
        self._key = key
        self.size_bytes = size_bytes
        self._blocks: OrderedDict[int, bytes] = OrderedDict()

    def open(self, _mode: Literal["rb"], /) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self))

    def block(self, number: int) -> bytes:
        """Raises ObjectMissing when the object is shorter than it was said to be."""
        if number not in self._blocks:
            span = range(number * BLOCK_BYTES, min((number + 1) * BLOCK_BYTES, self.size_bytes))
            fetched = b"".join(self._store.blocks(self._key, span))
            if len(fetched) != len(span):
                raise ObjectMissing(f"The object storage gave {len(fetched)} of {len(span)} bytes of {self._key!r}.")
            self._blocks[number] = fetched
            if len(self._blocks) > _MOST_KEPT:
                self._blocks.popitem(last=False)
        self._blocks.move_to_end(number)
        return self._blocks[number]


class _Reader(io.RawIOBase):
    def __init__(self, source: RangedObject) -> None:
        self._source = source
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._source.size_bytes}[whence]
        self._at = max(base + offset, 0)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self._at >= self._source.size_bytes:
            return 0
        number, within = divmod(self._at, BLOCK_BYTES)
        given = self._source.block(number)[within : within + len(buffer)]
        buffer[: len(given)] = given
        self._at += len(given)
        return len(given)
