"""A stamp of what the database holds: while it is the same, nothing was committed, by whichever process."""

from __future__ import annotations

import sqlite3
import threading
import uuid

import sqlalchemy as sa

_SNAPSHOT = sa.text("SELECT CAST(pg_current_snapshot() AS TEXT)")


class Stamps:
    """Of one process. PostgreSQL names the transactions that a snapshot sees; SQLite counts the commits of others on a
    connection, so there is one that never writes.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._watching: sqlite3.Connection | None = None
        self._name = ""

    def now(self) -> str | None:
        """To be asked outside of a transaction. None when it cannot be had, as of a database in memory."""
        try:
            return self._of_sqlite() if self._engine.dialect.name == "sqlite" else self._of_postgresql()
        except (sqlite3.Error, sa.exc.SQLAlchemyError):
            return None

    def close(self) -> None:
        """Before what holds it is thrown away, and after a fork: SQLite's connections belong to the process."""
        with self._lock:
            if self._watching is not None:
                self._watching.close()
            self._watching = None

    def _of_sqlite(self) -> str | None:
        path = self._engine.url.database
        if not path or path == ":memory:":
            return None
        with self._lock:
            if self._watching is None:
                self._watching = sqlite3.connect(path, timeout=0, check_same_thread=False)
                self._name = uuid.uuid4().hex  # another connection counts from elsewhere
            return f"{self._name}:{self._watching.execute('PRAGMA data_version').fetchone()[0]}"

    def _of_postgresql(self) -> str | None:
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            return str(connection.execute(_SNAPSHOT).scalar_one())
