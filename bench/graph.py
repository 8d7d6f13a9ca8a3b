"""A remix graph by preferential attachment, loaded into a database of its own: many small families, a few huge ones."""

from __future__ import annotations

import json
import random
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from remixhub.models import Account, Counter, Row, ShortlistedDescendant, SourceLink, Work
from remixhub.models.engine import Database
from remixhub.services.lineage.ancestry import SHORTLIST_FROM, SHORTLISTED

ACCOUNTS = 1_000
_ROOT_SHARE = 0.18
_CHAIN_LINKS = 64
_FIRST_MS = 1_700_000_000_000


@dataclass(frozen=True)
class Graph:
    """Works are numbered from 1 in the order of publication, as `seq` is; index n - 1 holds what is of work n."""

    sources: Sequence[tuple[int, ...]]
    ancestor_counts: NDArray[np.int64]
    descendant_counts: NDArray[np.int64]
    remix_counts: NDArray[np.int64]
    generations: NDArray[np.int64]
    shortlists: Sequence[tuple[int, bool, int]]
    """Rows of ShortlistedDescendant."""


def work_id(number: int) -> str:
    return f"{number:032x}"


def grow(works: int, *, seed: int = 1) -> Graph:
    """Half of the sources are taken in proportion to the remixes a work has, a third among the newest works, the rest
    anywhere; a chain through all of it is 64 links deep.
    """
    chance = random.Random(seed)  # noqa: S311  no secret
    sources: list[tuple[int, ...]] = []
    drawn = array("l")  # each work once, and once more for every time it was cited
    chain_end = 1
    for number in range(1, works + 1):
        cited: set[int] = set()
        if number > 10 and chance.random() >= _ROOT_SHARE:
            for _ in range(chance.choices((1, 2, 3), (5, 3, 1))[0]):
                way = chance.random()
                if way < 0.5:
                    cited.add(drawn[chance.randrange(len(drawn))])
                elif way < 0.83:
                    cited.add(number - 1 - chance.randrange(min(number - 1, 200)))
                else:
                    cited.add(chance.randrange(1, number))
        if number % (works // _CHAIN_LINKS) == 0:
            cited.add(chain_end)
            chain_end = number
        sources.append(tuple(sorted(cited)))
        drawn.append(number)
        drawn.extend(cited)
    return _counted(sources)


def _counted(sources: Sequence[tuple[int, ...]]) -> Graph:
    size = len(sources)
    descendants, remixes, generations = (np.zeros(size, np.int64) for _ in range(3))
    ancestors: list[NDArray[np.int32]] = []
    for index, cited in enumerate(sources):
        direct = np.array(cited, np.int32) - 1
        above = np.unique(np.concatenate([direct, *(ancestors[one] for one in direct)]))
        ancestors.append(above)
        descendants[above] += 1
        remixes[direct] += 1
        generations[index] = generations[direct].max() + 1 if cited else 0
    counts = np.array([len(above) for above in ancestors])
    return Graph(sources, counts, descendants, remixes, generations, _shortlists(ancestors, descendants))


def _shortlists(ancestors: Sequence[NDArray[np.int32]], descendants: NDArray[np.int64]) -> list[tuple[int, bool, int]]:
    is_long = descendants > SHORTLIST_FROM
    long = [above[is_long[above]] for above in ancestors]
    above = np.concatenate(long)
    below = np.repeat(np.arange(len(long)), [len(one) for one in long])
    order = np.argsort(above, kind="stable")
    above, below = above[order], below[order]
    rows = []
    starts = np.flatnonzero(np.diff(above, prepend=-1))
    for start, end in zip(starts, [*starts[1:], len(above)], strict=True):
        work = int(above[start]) + 1
        seqs = below[start:end] + 1
        rows += [(work, False, int(seq)) for seq in seqs[:SHORTLISTED]]
        rows += [(work, True, int(seq)) for seq in seqs[-SHORTLISTED:]]
    return rows


def load(graph: Graph, database: Database) -> None:
    """Into empty tables."""
    size = len(graph.sources)
    insert_rows(
        database,
        Account,
        ({"id": work_id(n), "handle": f"artist-{n}", "display_name": f"Artist {n}"} for n in range(ACCOUNTS)),
    )
    insert_rows(database, Work, (_work(graph, number) for number in range(1, size + 1)))
    insert_rows(
        database,
        SourceLink,
        (
            {
                "derivative_id": work_id(number), "source_id": work_id(source), "derivative_seq": number,
                "source_seq": source, "position": position, "licence": "cc-by-4.0",
            }
            for number, cited in enumerate(graph.sources, 1)
            for position, source in enumerate(cited)
        ),
    )  # fmt: skip
    names = ("work_seq", "is_newest", "descendant_seq")
    insert_rows(database, ShortlistedDescendant, (dict(zip(names, row, strict=True)) for row in graph.shortlists))
    with database.writing() as session:
        session.execute(sa.update(Counter).where(Counter.name == "work_seq").values(value=size))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # as a hub that has stood for a day, not one whose server still tidies up after a load
        tidying = ("VACUUM (ANALYZE)", "CHECKPOINT") if connection.dialect.name == "postgresql" else ("ANALYZE",)
        for statement in tidying:
            connection.execute(sa.text(statement))


def _work(graph: Graph, number: int) -> dict[str, Any]:
    index = number - 1
    return {
        "id": work_id(number),
        "kind": "remix" if graph.sources[index] else "release",
        "state": "published",
        "seq": number,
        "account_id": work_id(number * 7919 % ACCOUNTS),
        "title": f"Work {number}",
        "licence": "cc-by-4.0",
        "remix_count": int(graph.remix_counts[index]),
        "descendant_count": int(graph.descendant_counts[index]),
        "generation": int(graph.generations[index]),
        "published_at": _FIRST_MS + number * 60_000,
    }


def insert_rows(
    database: Database, table: type[Row], rows: Iterable[dict[str, Any]], *, more: tuple[str, ...] = ()
) -> None:
    """By the drivers' fastest ways: COPY on PostgreSQL, one prepared statement on SQLite. `more` are columns that the
    class does not have.
    """
    columns: list[sa.Column[Any]] = list(sa.inspect(table).local_table.columns)  # type: ignore[arg-type]
    names = ", ".join([*(column.name for column in columns), *more])
    filled = _filled(columns, rows, more)
    connection = database.engine.raw_connection()
    try:
        cursor = connection.cursor()
        if database.engine.dialect.name == "postgresql":
            with cursor.copy(f"COPY {table.__tablename__} ({names}) FROM STDIN") as copy:
                for row in filled:
                    copy.write_row(row)
        else:
            marks = ", ".join("?" for _ in columns)
            cursor.execute("BEGIN IMMEDIATE")
            cursor.executemany(f"INSERT INTO {table.__tablename__} ({names}) VALUES ({marks})", filled)  # type: ignore[arg-type]  # noqa: S608
        connection.commit()
    finally:
        connection.close()


def _filled(
    columns: Sequence[sa.Column[Any]], rows: Iterable[dict[str, Any]], more: tuple[str, ...]
) -> Iterator[tuple[Any, ...]]:
    """With the models' defaults for what the rows leave out, as the drivers store it."""
    defaults = {column.name: _default(column) for column in columns} | dict.fromkeys(more)
    for row in rows:
        yield tuple(row.get(name, default) for name, default in defaults.items())


def _default(column: sa.Column[Any]) -> Any:
    if isinstance(column.type, sa.JSON):
        return None if column.nullable else json.dumps([])
    default: Any = column.default
    if default is not None and default.is_scalar:
        return default.arg
    return None if column.nullable else _FIRST_MS if column.name.endswith("_at") else ""
