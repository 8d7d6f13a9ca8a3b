"""No more bytes a second than was said, by all threads together."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator


class Pace:
    """0 bytes a second is as fast as it goes."""

    def __init__(self, bytes_a_second: int = 0) -> None:
        self._rate = bytes_a_second
        self._lock = threading.Lock()
        self._free_at = time.monotonic()

    def wait(self, count: int) -> None:
        """For the turn of so many bytes."""
        if not self._rate:
            return
        with self._lock:
            now = time.monotonic()
            self._free_at = max(self._free_at, now) + count / self._rate
            pause = self._free_at - now
        time.sleep(max(0.0, pause))

    def paced(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        for block in blocks:
            self.wait(len(block))
            yield block
