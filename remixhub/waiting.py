"""How many threads of a process may wait for one and the same part: whoever needs another one needs threads too."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PATIENCE_SECONDS = 0.25
"""Most that is asked of a part takes some milliseconds. Who is longer at it waits, and then nobody queues up behind."""


class Places:
    """At most `most` at once; the next waits a moment for one of them to end, but not while they are stuck."""

    def __init__(self, most: int, full: Callable[[], Exception], *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._most = most
        self._full = full
        self._patience_seconds = patience_seconds
        self._since: list[float] = []
        self._one_ended = threading.Condition()

    @contextmanager
    def one_more(self) -> Iterator[None]:
        """Raises what `full` makes."""
        began = self._enter()
        try:
            yield
        finally:
            with self._one_ended:
                self._since.remove(began)
                self._one_ended.notify()

    def _enter(self) -> float:
        asked = time.monotonic()
        with self._one_ended:
            while len(self._since) >= self._most:
                left = min(asked, *self._since) + self._patience_seconds - time.monotonic()
                if left <= 0 or not self._one_ended.wait(left):
                    raise self._full()
            began = time.monotonic()
            self._since.append(began)
            return began
