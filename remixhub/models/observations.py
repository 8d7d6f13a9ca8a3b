"""What is seen of security, such as failed sign-ins: counted in the process, and written beside, some rows a minute.

Whoever floods the hub with failures fills neither the disk nor the queue for the write lock: what repeats is a number
in one row, and beyond the most rows all others of an action share one.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import NamedTuple

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from remixhub.models.accounts import AuditEntry
from remixhub.models.writers import DatabaseUnavailable

log = structlog.get_logger()

WRITTEN_EVERY_SECONDS = 10
MOST_ROWS = 30
"""Of one process, each time."""
_PATIENCE_MS = 100


class Observed(NamedTuple):
    action: str
    actor: str
    subject_kind: str
    subject_id: str
    address: str | None
    facts: str
    """JSON."""

    @property
    def among_others(self) -> Observed:
        return Observed(self.action, "visitor", "hub", "others", None, "{}")


class Observations:
    """Of one process."""

    def __init__(self, writing: Callable[..., AbstractContextManager[Session]]) -> None:
        self._writing = writing
        self._lock = threading.Lock()
        self._counts: dict[Observed, int] = {}
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def note(self, observed: Observed) -> None:
        """Waits for nothing and raises nothing."""
        with self._lock:
            self._count(observed, 1)
            if self._thread is None:
                self._stop.clear()
                self._thread = threading.Thread(target=self._keep_writing, name="observations", daemon=True)
                self._thread.start()

    def write(self) -> bool:
        """What was noted since; False when there was nothing. What cannot be written now is written next time."""
        with self._lock:
            noted, self._counts = self._counts, {}
        if not noted:
            return False
        try:
            with self._writing(patience_ms=_PATIENCE_MS, outlives_power=False) as session:
                session.execute(sa.insert(AuditEntry), [_row(one, count) for one, count in noted.items()])
        except DatabaseUnavailable:
            with self._lock:
                for one, count in noted.items():
                    self._count(one, count)
        except Exception as exc:
            log.error("observations_lost", count=sum(noted.values()), exc_info=exc)
        return True

    def close(self) -> None:
        """Writes what is left; a later note begins anew."""
        with self._lock:
            thread, self._thread = self._thread, None
            self._stop.set()
        if thread is not None:
            thread.join(timeout=1)
        self.write()

    def _count(self, observed: Observed, count: int) -> None:
        kept = observed in self._counts or len(self._counts) < MOST_ROWS
        key = observed if kept else observed.among_others
        self._counts[key] = self._counts.get(key, 0) + count

    def _keep_writing(self) -> None:
        """Ends when a while nothing was noted."""
        while not self._stop.wait(WRITTEN_EVERY_SECONDS):
            if not self.write():
                with self._lock:
                    if not self._counts:
                        self._thread = None
                        return


def _row(observed: Observed, count: int) -> dict[str, object]:
    row = observed._asdict()
    return {**row, "after": json.loads(row.pop("facts")) or None, "observed_count": count}
