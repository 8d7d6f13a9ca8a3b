"""The engine and its two kinds of transaction, alike on SQLite and PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from remixhub.models.house import KeptHouse
from remixhub.models.listening import Plays
from remixhub.models.observations import Observations
from remixhub.models.sounds import KeptSounds
from remixhub.models.stamps import Stamps
from remixhub.models.writers import DatabaseUnavailable, Writers
from remixhub.transactions import noted_transaction

SENDS_MAIL = "sends_mail"
"""In the `info` of sessions: whether letters are written at all."""
_LOCK_TIMEOUT_MS = 10_000
_OPTIONS = f"-c lock_timeout={_LOCK_TIMEOUT_MS} -c jit=off"
"""Compiling a statement takes longer than any of ours does."""
_AWAY = "The database is locked or away; try again in a moment."
_CACHE_KIB = 32 * 1024
_MAPPED_BYTES = 2 * 1024**3


@dataclass(frozen=True)
class Database:
    engine: sa.Engine
    _sessions: sessionmaker[Session]
    _writers: Writers | None = None
    _notes_transactions: bool = False

    @cached_property
    def stamps(self) -> Stamps:
        return Stamps(self.engine)

    @cached_property
    def observations(self) -> Observations:
        return Observations(self.writing)

    @cached_property
    def plays(self) -> Plays:
        return Plays(self.writing)

    @cached_property
    def house(self) -> KeptHouse:
        return KeptHouse(self)

    @cached_property
    def sounds(self) -> KeptSounds:
        return KeptSounds(self)

    @classmethod
    def connect(
        cls,
        url: str,
        *,
        pool_size: int = 5,
        most_writers: int | None = None,
        notes_transactions: bool = False,
        sends_mail: bool = False,
    ) -> Database:
        """`most_writers` threads may write or wait for it at once; without, as many as like.

        `notes_transactions`: so that `refuse_network` knows of them.
        """
        engine = create_engine(url, pool_size=pool_size)
        writers = None if most_writers is None else Writers(most_writers)
        sessions = sessionmaker(engine, expire_on_commit=False, info={SENDS_MAIL: sends_mail})
        return cls(engine, sessions, writers, notes_transactions)

    @contextmanager
    def writing(self, *, patience_ms: int = _LOCK_TIMEOUT_MS, outlives_power: bool = True) -> Iterator[Session]:
        """A transaction that takes the write lock first on SQLite; commits at the end, rolls back on an error.

        Not `outlives_power`: SQLite need not wait for the disk; after a power cut whoever wrote it is gone as well.
        Raises DatabaseUnavailable when a lock is not had within `patience_ms`, DatabaseBusy when too many wait for one.
        """
        entered = self._writers.one_more() if self._writers else nullcontext()
        with entered, self._session(False, patience_ms=patience_ms, outlives_power=outlives_power) as session:
            if patience_ms != _LOCK_TIMEOUT_MS and self.engine.dialect.name == "postgresql":
                session.execute(sa.text(f"SET LOCAL lock_timeout = {patience_ms:d}"))
            yield session
            session.commit()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that only reads."""
        with self._session(True) as session:
            yield session

    def dispose(self) -> None:
        for name in ("observations", "plays"):
            if name in self.__dict__:
                getattr(self, name).close()
        self.stamps.close()
        self.engine.dispose()

    def after_fork(self) -> None:
        """The other process goes on with what is open."""
        self.engine.dispose(close=False)
        for of_the_other in ("stamps", "observations", "plays", "house"):
            self.__dict__.pop(of_the_other, None)

    @contextmanager
    def _session(
        self, readonly: bool, *, patience_ms: int = _LOCK_TIMEOUT_MS, outlives_power: bool = True
    ) -> Iterator[Session]:
        options: dict[str, Any] = {
            "remixhub_readonly": readonly,
            "remixhub_patience_ms": patience_ms,
            "remixhub_synchronous": "FULL" if outlives_power else "NORMAL",
        }
        if readonly and self.engine.dialect.name == "postgresql":
            # READ COMMITTED takes a snapshot a statement anyway, and this spares two round trips
            options["isolation_level"] = "AUTOCOMMIT"
        noted = noted_transaction() if self._notes_transactions else nullcontext()
        with noted, self._sessions() as session, database_answers():
            session.connection(execution_options=options)
            yield session


@contextmanager
def database_answers() -> Iterator[None]:
    """Raises DatabaseUnavailable when it does not, or has not the tables of this release: around whatever takes a
    connection of its own.
    """
    try:
        yield
    except sa.exc.DBAPIError as exc:
        if _lacks_tables(exc):
            raise DatabaseUnavailable(
                "The database has not the tables of this release: run `python -m remixhub migrate`."
            ) from exc
        if isinstance(exc, (sa.exc.OperationalError, sa.exc.InterfaceError)):
            raise DatabaseUnavailable(_AWAY) from exc
        raise
    except sa.exc.TimeoutError as exc:
        raise DatabaseUnavailable(_AWAY) from exc


def _lacks_tables(exc: sa.exc.DBAPIError) -> bool:
    """Or columns: nobody has migrated it."""
    said = str(exc.orig)
    return getattr(exc.orig, "sqlstate", None) in ("42P01", "42703") or said.startswith(
        ("no such table", "no such column")
    )


def _read_json(text: str) -> Any:
    """Most lists that rows hold are empty."""
    return [] if text == "[]" else json.loads(text)


def create_engine(url: str, *, pool_size: int) -> sa.Engine:
    if sa.make_url(url).get_backend_name() != "sqlite":
        return sa.create_engine(
            url,
            pool_size=pool_size,
            pool_pre_ping=True,
            pool_timeout=10,
            json_deserializer=_read_json,
            connect_args={"connect_timeout": 5, "options": _OPTIONS},
        )
    patience = {"timeout": _LOCK_TIMEOUT_MS / 1000, "check_same_thread": False}
    engine = sa.create_engine(url, connect_args=patience, json_deserializer=_read_json)
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we begin transactions ourselves, see below
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        # a checkpoint is waited for by the commit that fills the log: one publication in 60 with the default of 1,000
        "wal_autocheckpoint=4000",
        f"busy_timeout={_LOCK_TIMEOUT_MS}",
        # of each connection; the default of 2 MB holds little of a graph of a million works
        f"cache_size=-{_CACHE_KIB}",
        f"mmap_size={_MAPPED_BYTES}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    # a deferred BEGIN that reads and then writes fails with "database is locked" whatever the timeout
    options = connection.get_execution_options()
    if options.get("remixhub_readonly", False):
        connection.exec_driver_sql("BEGIN")
        return
    synchronous = options.get("remixhub_synchronous", "FULL")
    if connection.info.get("synchronous", "FULL") != synchronous:
        connection.exec_driver_sql(f"PRAGMA synchronous={synchronous}")
        connection.info["synchronous"] = synchronous
    patience_ms = options.get("remixhub_patience_ms", _LOCK_TIMEOUT_MS)
    if patience_ms == _LOCK_TIMEOUT_MS:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return
    connection.exec_driver_sql(f"PRAGMA busy_timeout={patience_ms:d}")
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={_LOCK_TIMEOUT_MS:d}")
