"""What all rows share: ids, times by the database's clock, words stored as text."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

_NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MILLISECOND = dt.timedelta(milliseconds=1)
_Word = TypeVar("_Word", bound=StrEnum)


class UtcTime(sa.types.TypeDecorator[dt.datetime]):
    """An aware UTC datetime, stored as milliseconds since 1970: compares and adds alike on both databases."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: sa.Dialect) -> int | None:
        del dialect
        return None if value is None else (value - _EPOCH + _MILLISECOND / 2) // _MILLISECOND

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Callable[[Any], Any]:
        """Without the detour of a TypeDecorator: pages decode hundreds of times."""
        del dialect, coltype
        return lambda value: None if value is None else _EPOCH + int(value) * _MILLISECOND


class Word(sa.types.TypeDecorator[StrEnum]):
    """A StrEnum stored as its word."""

    impl = sa.String
    cache_ok = True

    def __init__(self, words: type[StrEnum], *, strange: bool = False) -> None:
        """`strange`: what a newer release has written is read as plain text instead of failing."""
        super().__init__(32)
        self.words, self.strange = words, strange

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        del dialect
        return None if value is None else self.words(value).value

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Callable[[Any], Any]:
        """A look-up in a dictionary: listings decode hundreds of words."""
        del dialect, coltype
        words: dict[str | None, StrEnum | None] = {None: None, **{word.value: word for word in self.words}}
        if self.strange:
            return lambda value: words.get(value, value)
        return lambda value: words[value] if value in words else self.words(value)


class _EpochMs(FunctionElement[int]):
    """The database's clock in milliseconds since 1970, read when the statement runs."""

    type = sa.BigInteger()
    inherit_cache = True
    name = "epoch_ms"


@compiles(_EpochMs, "sqlite")
def _epoch_ms_sqlite(element: _EpochMs, compiler: SQLCompiler, **kw: Any) -> str:
    return "CAST(ROUND((julianday('now') - 2440587.5) * 86400000) AS INTEGER)"


@compiles(_EpochMs, "postgresql")
def _epoch_ms_postgresql(element: _EpochMs, compiler: SQLCompiler, **kw: Any) -> str:
    return "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"


def now(plus_seconds: float = 0) -> sa.ColumnElement[dt.datetime]:
    """The database's clock, `plus_seconds` from now; only this clock decides deadlines and leases."""
    return sa.type_coerce(_EpochMs() + round(plus_seconds * 1000), UtcTime)


def new_id() -> str:
    """An opaque id, safe in URLs, S3 keys and RQ job ids."""
    return uuid.uuid4().hex


def one_of(words: type[StrEnum], column: str) -> sa.CheckConstraint:
    """CHECK that the column holds one of the words."""
    listed = ", ".join(f"'{word.value}'" for word in words)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=f"{column}_word")


class Row(DeclarativeBase):
    metadata = sa.MetaData(naming_convention=_NAMING)
    type_annotation_map = {
        dt.datetime: UtcTime,
        dict[str, Any]: sa.JSON(none_as_null=True),
        list[str]: sa.JSON(none_as_null=True),
        list[int]: sa.JSON(none_as_null=True),
        list[dict[str, Any]]: sa.JSON(none_as_null=True),
    }


Id = Annotated[str, mapped_column(sa.String(32), primary_key=True, default=new_id)]
Digest = Annotated[str, mapped_column(sa.String(64))]
"""A SHA-256 in lower-case hex."""
CreatedAt = Annotated[dt.datetime, mapped_column(UtcTime, default=now())]
