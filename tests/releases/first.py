"""A hub as release 0.1.0 left it: the demo's music and people, and a contest that was decided.

The rows are in `0.1.0.jsonl`, which `write_0_1_0.py` wrote by the code of that release; of the storage's objects small
ones are there too, and the originals are made anew.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from remixhub.storage.s3 import ObjectStore
from tests.releases.plain_sound import plain_wav

HEAD = "0007"
PASSWORD = "the sentence of {}"
_FILE = Path(__file__).with_name("0.1.0.jsonl")
_SOUNDS = 15


def tables_of_then(connection: sa.Connection) -> sa.MetaData:
    """As they are in the database, which is at `HEAD`."""
    found = sa.MetaData()
    found.reflect(connection)
    found.remove(found.tables["alembic_version"])
    for column in (one for table in found.tables.values() for one in table.columns):
        if isinstance(column.type, sa.JSON):
            column.type.none_as_null = True
    return found


def fill(connection: sa.Connection, tables: sa.MetaData) -> None:
    kept: dict[str, list[dict[str, Any]]] = {}
    for table, row in _rows():
        columns = tables.tables[table].columns
        kept.setdefault(table, []).append({name: _typed(columns[name].type, value) for name, value in row.items()})
    for table in tables.sorted_tables:
        if table.name in kept:
            connection.execute(sa.delete(table))  # what the migrations begin with
            connection.execute(sa.insert(table), kept[table.name])
            for key in table.primary_key if connection.dialect.name == "postgresql" else ():
                if key.server_default is not None:  # rows were given their numbers
                    last = sa.select(sa.func.max(key)).scalar_subquery()
                    named = sa.func.pg_get_serial_sequence(table.name, key.name)
                    connection.execute(sa.select(sa.func.setval(named, last)))


def put_objects(store: ObjectStore) -> None:
    for line in _lines():
        if isinstance(line, dict) and "object" in line:
            store.put_bytes(line["object"], base64.b64decode(line["bytes"]), "application/octet-stream")
    keys = {row["sha256"]: row["key"] for table, row in _rows() if table == "originals"}
    for number in range(_SOUNDS):
        sound = plain_wav(number)
        if key := keys.get(hashlib.sha256(sound).hexdigest()):
            store.put_bytes(key, sound, "audio/wav")


def _typed(kind: sa.types.TypeEngine[Any], value: Any) -> Any:
    """SQLite has no truth values and no documents."""
    if value is not None and isinstance(kind, sa.Boolean):
        return bool(value)
    return json.loads(value) if value is not None and isinstance(kind, sa.JSON) else value


def _rows() -> Iterator[tuple[str, dict[str, Any]]]:
    table, columns = "", []
    for line in _lines():
        if isinstance(line, list):
            yield table, dict(zip(columns, line, strict=True))
        elif "table" in line:
            table, columns = line["table"], line["columns"]


def _lines() -> Iterator[Any]:
    with _FILE.open(encoding="utf-8") as file:
        yield from map(json.loads, file)
