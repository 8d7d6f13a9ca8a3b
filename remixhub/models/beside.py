"""What is counted in the process and written beside, some times a minute, so that it never waits for the write lock."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Mapping
from contextlib import AbstractContextManager
from typing import Generic, TypeVar

import structlog
from sqlalchemy.orm import Session

from remixhub.models.writers import DatabaseUnavailable

log = structlog.get_logger()

WRITTEN_EVERY_SECONDS = 10
_PATIENCE_MS = 100
K = TypeVar("K", bound=Hashable)


class Beside(ABC, Generic[K]):
    """Of one process; a kill loses what was noted since it was last written."""

    name = "beside"

    def __init__(self, writing: Callable[..., AbstractContextManager[Session]]) -> None:
        self._writing = writing
        self._lock = threading.Lock()
        self._counts: dict[K, int] = {}
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def note(self, noted: K) -> None:
        """Waits for nothing and raises nothing."""
        with self._lock:
            self._count(noted, 1)
            if self._thread is None:
                self._stop.clear()
                self._thread = threading.Thread(target=self._keep_writing, name=self.name, daemon=True)
                self._thread.start()

    def write(self) -> bool:
        """What was noted since; False when there was nothing. What cannot be written now is written next time."""
        with self._lock:
            noted, self._counts = self._counts, {}
        if not noted:
            return False
        try:
            with self._writing(patience_ms=_PATIENCE_MS, outlives_power=False) as session:
                self._save(session, noted)
        except DatabaseUnavailable:
            with self._lock:
                for one, count in noted.items():
                    self._count(one, count)
        except Exception as exc:
            log.error(f"{self.name}_lost", count=sum(noted.values()), exc_info=exc)
        return True

    def close(self) -> None:
        """Writes what is left; a later note begins anew."""
        with self._lock:
            thread, self._thread = self._thread, None
            self._stop.set()
        if thread is not None:
            thread.join(timeout=1)
        self.write()

    def _kept_as(self, noted: K) -> K | None:
        """Asked with the lock held: what it counts as, or None when there is no room for it."""
        return noted

    @abstractmethod
    def _save(self, session: Session, counts: Mapping[K, int]) -> None:
        """In the transaction of one writing."""

    def _count(self, noted: K, count: int) -> None:
        key = self._kept_as(noted)
        if key is not None:
            self._counts[key] = self._counts.get(key, 0) + count

    def _keep_writing(self) -> None:
        """Ends when a while nothing was noted."""
        while not self._stop.wait(WRITTEN_EVERY_SECONDS):
            if not self.write():
                with self._lock:
                    if not self._counts:
                        self._thread = None
                        return
