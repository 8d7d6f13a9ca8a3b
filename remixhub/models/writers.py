"""How many threads of a process may be at writing: locks are waited for, and readers need threads too."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from remixhub.domain.errors import Unavailable

_PATIENCE_SECONDS = 0.25
"""Writers take some milliseconds. Who has been at it for longer waits for a lock, and then nobody queues up behind."""


class DatabaseUnavailable(Unavailable):
    code = "database_unavailable"
    title = "The database does not answer"


class DatabaseBusy(DatabaseUnavailable):
    code = "database_busy"
    title = "Too many are waiting to write"


class Writers:
    """At most `most` at once; the next waits a moment for one of them to end, but not while they are stuck."""

    def __init__(self, most: int, *, patience_seconds: float = _PATIENCE_SECONDS) -> None:
        self._most = most
        self._patience_seconds = patience_seconds
        self._since: list[float] = []
        self._one_ended = threading.Condition()

    @contextmanager
    def one_more(self) -> Iterator[None]:
        """Raises DatabaseBusy."""
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
                    raise DatabaseBusy("The hub is busy and nothing was changed; try again in a moment.")
            began = time.monotonic()
            self._since.append(began)
            return began
