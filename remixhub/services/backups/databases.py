"""The database as a file and back while the hub runs: by `VACUUM INTO`, or by `pg_dump` and `pg_restore`.

What the dump names in the storage is read from the very state that it shows.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from remixhub.compose import Parts
from remixhub.domain.errors import Conflict, Unavailable
from remixhub.models import (
    Account,
    Contest,
    ContestBallot,
    ContestEntry,
    Database,
    Job,
    Original,
    Receipt,
    SourceLink,
    Stem,
    Work,
)  # fmt: skip
from remixhub.models.engine import database_answers
from remixhub.models.migrate import current_revision, head_revision, upgrade
from remixhub.services.backups.objects import Named, counted, named_objects

COUNTED: Mapping[str, sa.FromClause] = {
    table.__tablename__: sa.table(table.__tablename__)
    for table in (
        Account, Work, Stem, Original, SourceLink, Receipt, Contest, ContestEntry, ContestBallot, Job,
    )
}  # fmt: skip
_MARK = "remixhub_restoring"
_OWN_FUNCTIONS = """
    SELECT oid::regprocedure::text FROM pg_proc
    WHERE pronamespace = current_schema()::regnamespace AND prorettype = 'trigger'::regtype
    AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
"""
"""Not those of extensions."""


class DumpFailed(Unavailable):
    code = "database_dump_failed"
    title = "The database could not be written to a file, or read from one"


class SchemaDiffers(Conflict):
    code = "schema_differs"
    title = "The database has another schema"


@dataclass(frozen=True)
class Dump:
    path: Path
    revision: str
    dialect: str
    named: Mapping[str, Named]
    rows: Mapping[str, int]


def dump(parts: Parts, path: Path) -> Dump:
    """Raises DumpFailed, SchemaDiffers when the hub runs on another schema than this program."""
    dialect = parts.database.engine.dialect.name
    with parts.database.reading() as session:
        _require_head(current_revision(session.connection()))
    revision, named, rows = (_dump_sqlite if dialect == "sqlite" else _dump_postgresql)(parts, path)
    return Dump(path, revision, dialect, named, rows)


@database_answers()
def is_empty(database: Database) -> bool:
    """Nobody has an account in it, whether or not it has the tables."""
    with database.engine.connect() as connection:
        return not sa.inspect(connection).has_table("accounts") or not connection.scalar(
            sa.select(sa.func.count()).select_from(sa.table("accounts"))
        )


@database_answers()
def restoring(database: Database) -> str:
    """The snapshot that somebody began to restore into it and did not end; empty for none."""
    if database.engine.dialect.name == "sqlite":
        return ""  # there it comes by one transaction
    with database.engine.connect() as connection:
        if not sa.inspect(connection).has_table(_MARK):
            return ""
        return str(connection.scalar(sa.text(f"SELECT snapshot FROM {_MARK}")) or "")  # noqa: S608


def load_sqlite(parts: Parts, staged: Path) -> None:
    """By one transaction of the destination, beside whoever has it open."""
    with sqlite3.connect(staged) as whole:
        whole.execute("PRAGMA journal_mode=DELETE")
        place = Path(str(parts.database.engine.url.database))
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch(mode=0o600)
        parts.database.dispose()
        try:
            with closing(sqlite3.connect(place, timeout=10)) as destination:
                whole.backup(destination)
        except sqlite3.OperationalError as exc:
            raise DumpFailed(f"{place}: {exc}. Stop the hub, see that its disk has room, and restore again.") from exc
    whole.close()


@database_answers()
def load_postgresql(parts: Parts, path: Path, snapshot: str) -> None:
    """What is in the database goes first. A mark says so until `unmark`, since this is no single transaction."""
    program = _program("pg_restore")
    with parts.database.engine.begin() as connection:
        tables = [name for name in sa.inspect(connection).get_table_names() if name != _MARK]
        connection.exec_driver_sql(f"CREATE TABLE IF NOT EXISTS {_MARK} (snapshot text NOT NULL)")
        connection.exec_driver_sql(f"DELETE FROM {_MARK}")  # noqa: S608
        connection.execute(sa.text(f"INSERT INTO {_MARK} VALUES (:snapshot)"), {"snapshot": snapshot})  # noqa: S608
        quoted = [connection.dialect.identifier_preparer.quote(name) for name in tables]
        if quoted:
            connection.exec_driver_sql(f"DROP TABLE {', '.join(quoted)} CASCADE")
        for function in connection.scalars(sa.text(_OWN_FUNCTIONS)).all():  # of triggers, which went with their tables
            connection.exec_driver_sql(f"DROP FUNCTION {function}")
    parts.database.dispose()
    arguments = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
    _run_postgresql(parts, [program, *arguments, "--dbname", connection_words(parts.database.engine.url), str(path)])


@database_answers()
def unmark(database: Database) -> None:
    if database.engine.dialect.name != "sqlite":
        with database.engine.begin() as connection:
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {_MARK}")


def bring_up(url: str) -> None:
    upgrade(url)


def _dump_sqlite(parts: Parts, path: Path) -> tuple[str, Mapping[str, Named], Mapping[str, int]]:
    connection = parts.database.engine.raw_connection()
    try:
        connection.cursor().execute("VACUUM INTO ?", (str(path),))
    except sqlite3.OperationalError as exc:
        raise DumpFailed(f"VACUUM INTO {path}: {exc}.") from exc
    finally:
        connection.close()
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.connect() as written:
        found = _read(written)
    engine.dispose()
    return found


@database_answers()
def _dump_postgresql(parts: Parts, path: Path) -> tuple[str, Mapping[str, Named], Mapping[str, int]]:
    program = _program("pg_dump")
    with parts.database.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        require_as_new(program, connection)
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
        exported = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
        found = _read(connection)
        arguments = ["--format=custom", "--no-owner", "--no-privileges", "--no-comments", f"--snapshot={exported}"]
        _run_postgresql(
            parts, [program, *arguments, "--file", str(path), "--dbname", connection_words(parts.database.engine.url)]
        )
    return found


def _read(connection: sa.Connection) -> tuple[str, Mapping[str, Named], Mapping[str, int]]:
    revision = current_revision(connection)
    _require_head(revision)
    assert revision is not None
    return revision, named_objects(connection), dict(counted(connection, COUNTED))


def _require_head(revision: str | None) -> None:
    if revision != head_revision():
        raise SchemaDiffers(
            f"The database has revision {revision}, this release {head_revision()}: back it up by the release that "
            "runs on it, or run `python -m remixhub migrate`."
        )


def require_as_new(program: str, connection: sa.Connection) -> None:
    server = int(connection.exec_driver_sql("SHOW server_version_num").scalar_one()) // 10_000
    said = subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout  # noqa: S603
    found = re.search(r"(\d+)(?:\.\d+)?", said)
    own = int(found[1]) if found else 0
    if own < server:
        raise DumpFailed(
            f"{program} is of PostgreSQL {own}, the server of {server}: install postgresql-client-{server}."
        )


def _program(name: str) -> str:
    """The newest that is installed: Debian's own wrapper takes another for a server it does not know."""
    folders = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    found = str(folders[-1]) if folders else shutil.which(name)
    if found is None:
        raise DumpFailed(f"`{name}` is not installed here; it comes with postgresql-client.")
    return found


def connection_words(url: sa.URL) -> str:
    """Without the password: everybody on the machine reads the words of a command."""
    from psycopg.conninfo import make_conninfo

    named = {"user": url.username, "dbname": url.database, "host": url.host, "port": url.port, **url.query}
    return make_conninfo("", **{name: str(value) for name, value in named.items() if value and name != "password"})


def password_environ(url: sa.URL) -> dict[str, str]:
    password = url.password or url.query.get("password")
    return {"PGPASSWORD": str(password)} if password else {}


def _run_postgresql(parts: Parts, command: Sequence[str]) -> None:
    environ = {**os.environ, **password_environ(parts.database.engine.url)}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise DumpFailed(f"{Path(command[0]).name} ended with {done.returncode}: {done.stderr.strip()[-500:]}")
