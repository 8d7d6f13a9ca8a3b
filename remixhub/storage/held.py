"""A file that a stranger made, of which nobody gets much at once: a ZIP's directory is read as a whole."""

from __future__ import annotations

import io
from typing import BinaryIO


class TooMuchAtOnce(ValueError):
    """More was asked for than whoever reads may hold."""


class Held:
    """Whoever opened the file closes it."""

    def __init__(self, file: BinaryIO, most_bytes: int) -> None:
        self._file = file
        self._most_bytes = most_bytes
        self._size = file.seek(0, 2)

    def read(self, size: int = -1) -> bytes:
        """Raises TooMuchAtOnce."""
        wanted = self._size - self._file.tell() if size < 0 else size
        if wanted > self._most_bytes:
            raise TooMuchAtOnce
        return self._file.read(wanted)

    def seek(self, offset: int, whence: int = 0) -> int:
        at = offset + {0: 0, 1: self._file.tell(), 2: self._size}[whence]
        if at < 0:
            raise io.UnsupportedOperation("before the start")
        return self._file.seek(at)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        """Whoever opened it closes it."""
