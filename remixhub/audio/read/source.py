"""What a header can be read from: a file's path, or whatever else opens like one."""

from __future__ import annotations

import io
from typing import Literal, Protocol


class Source(Protocol):
    def open(self, mode: Literal["rb"], /) -> io.BufferedReader:
        """Anew each time, at its first byte; it can seek."""
        ...


def size_of(source: Source) -> int:
    with source.open("rb") as file:
        return file.seek(0, io.SEEK_END)
