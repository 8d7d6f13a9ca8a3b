"""The index for text as each database has it: keeping a document's tokens, and asking for those that have some."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from remixhub.models import Row
from remixhub.models.dialect import is_sqlite
from remixhub.models.search import TEXT_TABLES, TOKENS
from remixhub.services.discovery.search.terms import Expression, Group, Term

_DOCS_A_STATEMENT = 5_000
_READ_COSTS = 20
"""Reading the tokens of a document takes as long as so many steps along a list of hits."""


class TextIndex:
    """Of one table of documents."""

    def __init__(self, table: type[Row]) -> None:
        self.table: Any = table
        self._fts = sa.table(TEXT_TABLES[table], sa.column("rowid", sa.Integer), sa.column(TOKENS, sa.Text))
        self._content = sa.table(f"{TEXT_TABLES[table]}_content", sa.column("id", sa.Integer), sa.column("c0", sa.Text))
        """Where FTS5 keeps the tokens."""
        self._match: sa.ColumnElement[Any] = sa.literal_column(TEXT_TABLES[table])
        columns = sa.inspect(table).local_table.columns
        whole = sa.table(table.__tablename__, *(sa.column(one.name, one.type) for one in columns), sa.column(TOKENS))
        vector = sa.func.array_to_tsvector(sa.bindparam(TOKENS, type_=postgresql.ARRAY(sa.Text)))
        self._insert_whole = sa.insert(whole).values({TOKENS: vector})
        self._vector: sa.ColumnElement[Any] = sa.literal_column(f"{table.__tablename__}.{TOKENS}")

    def read(self, session: Session, docs: Collection[int]) -> dict[int, frozenset[str]]:
        """The tokens of documents that are there."""
        found: dict[int, frozenset[str]] = {}
        for some in _parts(sorted(docs)):
            if is_sqlite(session):
                query = sa.select(self._fts.c.rowid, self._fts.c.tokens).where(self._fts.c.rowid.in_(some))
                found |= {doc: frozenset(tokens.split(" ")) for doc, tokens in session.execute(query)}
            else:
                listed = sa.func.tsvector_to_array(self._vector, type_=postgresql.ARRAY(sa.Text))
                query = sa.select(self.table.doc, listed).where(self.table.doc.in_(some))
                found |= {doc: frozenset(tokens) for doc, tokens in session.execute(query)}
        return found

    def remove(self, session: Session, docs: Collection[int]) -> None:
        """With their rows in the table."""
        for some in _parts(sorted(docs)):
            session.execute(sa.delete(self.table).where(self.table.doc.in_(some)))
            if is_sqlite(session):
                session.execute(sa.delete(self._fts).where(self._fts.c.rowid.in_(some)))

    def empty(self, session: Session) -> None:
        session.execute(sa.delete(self.table))
        if is_sqlite(session):
            session.execute(sa.delete(self._fts))

    def add(self, session: Session, documents: Sequence[tuple[Mapping[str, Any], Collection[str]]]) -> None:
        """Rows with their tokens."""
        if not documents:
            return
        rows = [{**values, TOKENS: sorted(tokens)} for values, tokens in documents]
        if is_sqlite(session):
            session.execute(sa.insert(self.table), [dict(values) for values, _ in documents])
            texts = [{"rowid": row["doc"], TOKENS: " ".join(row[TOKENS])} for row in rows]
            session.execute(sa.insert(self._fts), texts)
        else:
            session.execute(self._insert_whole, rows)

    def select(
        self, session: Session, expression: Expression, where: Sequence[sa.ColumnElement[bool]], *columns: Any
    ) -> sa.Select[Any]:
        """Documents that match, and are narrowed by `where`; of few hits, or with a band among the tokens."""
        if not is_sqlite(session):
            return self._select_postgresql(session, expression, where, *columns)
        # the plus keeps SQLite from looking each row of the table up in the index for text
        joined = self.table.doc == sa.literal_column(f"+{self._fts.name}.rowid", sa.Integer)
        matching = sa.select(*columns).select_from(self._fts.join(self.table, joined))
        return matching.where(self.matches(session, expression), *where)

    def select_narrow(
        self,
        session: Session,
        expression: Expression,
        where: Sequence[sa.ColumnElement[bool]],
        *columns: Any,
        hits: int,
        narrowed: int,
    ) -> sa.Select[Any]:
        """The same where `where` leaves few of the documents, about `narrowed`, and the words leave about `hits`."""
        if not is_sqlite(session):
            return self._select_postgresql(session, expression, where, *columns)
        if narrowed * _READ_COSTS < hits:
            read = sa.select(*columns).select_from(self.table).join(self._content, self._content.c.id == self.table.doc)
            return read.where(_reads(expression, self._content.c.c0), *where)
        few = sa.select(self.table.doc).where(*where)
        rowid = sa.literal_column(f"+{self._fts.name}.rowid", sa.Integer)
        found = sa.select(self._fts.c.rowid).where(self.matches(session, expression), rowid.in_(few))
        return sa.select(*columns).where(self.table.doc.in_(found))

    def matches(self, session: Session, expression: Expression) -> sa.ColumnElement[bool]:
        """Whether a document does, among those that `select` finds."""
        if is_sqlite(session):
            return self._match.op("MATCH")(sa.literal(_match(expression)))
        return self._vector.op("@@")(sa.cast(sa.literal(_tsquery(expression)), postgresql.TSQUERY))

    def _select_postgresql(
        self, session: Session, expression: Expression, where: Sequence[sa.ColumnElement[bool]], *columns: Any
    ) -> sa.Select[Any]:
        return sa.select(*columns).select_from(self.table).where(self.matches(session, expression), *where)

    def by_doc(self, session: Session) -> sa.ColumnElement[Any]:
        """What `select` is ordered by so that the highest documents come without sorting all."""
        column: sa.ColumnElement[Any] = self._fts.c.rowid if is_sqlite(session) else self.table.doc
        return column.desc()


def _match(expression: Expression) -> str:
    """In FTS5's words."""

    def term(one: Term) -> str:
        return f'"{one.token}"' + ("*" if one.is_prefix else "")

    def every(groups: Sequence[Group]) -> str:
        return " AND ".join(f"({' OR '.join(map(term, group))})" for group in groups)

    if not expression.without:
        return every(expression.groups)
    return f"({every(expression.groups)}) NOT ({' OR '.join(f'({every(one)})' for one in expression.without)})"


def _reads(expression: Expression, tokens: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """The same, of the tokens of one document, a space between two."""
    padded = " " + tokens + " "

    def term(one: Term) -> sa.ColumnElement[bool]:
        return sa.func.instr(padded, f" {one.token}" if one.is_prefix else f" {one.token} ") > 0

    def every(groups: Sequence[Group]) -> sa.ColumnElement[bool]:
        return sa.and_(*(sa.or_(*map(term, group)) for group in groups))

    return sa.and_(every(expression.groups), *(sa.not_(every(one)) for one in expression.without))


def _tsquery(expression: Expression) -> str:
    """In PostgreSQL's; no token has an apostrophe or a backslash."""

    def term(one: Term) -> str:
        return f"'{one.token}'" + (":*" if one.is_prefix else "")

    def every(groups: Sequence[Group]) -> str:
        return " & ".join(f"({' | '.join(map(term, group))})" for group in groups)

    return " & ".join([every(expression.groups), *(f"!({every(one)})" for one in expression.without)])


def _parts(docs: Sequence[int]) -> list[Sequence[int]]:
    return [docs[start : start + _DOCS_A_STATEMENT] for start in range(0, len(docs), _DOCS_A_STATEMENT)]
