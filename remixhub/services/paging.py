"""Listings in pages: one way to say what a listing is ordered by, and where its next page starts.

A position holds the values that the last row of a page is ordered by, never a row to look up: that may be gone by then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.sql import operators

from remixhub.domain.errors import Invalid

T = TypeVar("T")
S = TypeVar("S")
Position = Sequence[int | str]
"""As a cursor brings it: of any shape, until a listing has checked it."""

DEFAULT_LIMIT = 50
MAX_LIMIT = 200


class CursorInvalid(Invalid):
    code = "cursor_invalid"
    title = "The cursor is not one of ours"

    def __init__(self) -> None:
        super().__init__("Use the `next` of a page as it came, or leave the cursor out.")


@dataclass(frozen=True)
class Page(Generic[T]):
    rows: Sequence[T]
    next_position: Position | None
    """None on the last page."""

    def map(self, show: Callable[[T], S]) -> Page[S]:
        return Page([show(row) for row in self.rows], self.next_position)


class Keyset:
    """The columns that a listing is ordered by, such as `Work.created_at.desc(), Work.id.desc()`.

    None of them is ever null, and all together tell any two rows apart.
    """

    def __init__(self, *order: sa.SQLColumnExpression[Any]) -> None:
        self.order = order
        self._keys = [_Key(one) for one in order]

    @property
    def columns(self) -> list[sa.Label[Any]]:
        """As they are stored, times as numbers: what a position consists of."""
        return [sa.type_coerce(key.column, key.type).label(f"position_{n}") for n, key in enumerate(self._keys)]

    def beyond(self, after: Position) -> sa.ColumnElement[bool]:
        """Whether a row comes after the position. Raises CursorInvalid for a position in another order."""
        checked(after, *(key.type.python_type for key in self._keys))
        bounds = [sa.literal(value, key.type) for key, value in zip(self._keys, after, strict=True)]
        if len({key.is_descending for key in self._keys}) == 1:
            return self._keys[0].beyond(sa.tuple_(*(key.column for key in self._keys)), sa.tuple_(*bounds))
        return _beyond(self._keys, bounds)


class _Key:
    def __init__(self, ordered: sa.SQLColumnExpression[Any]) -> None:
        self.is_descending = isinstance(ordered, sa.UnaryExpression) and ordered.modifier is operators.desc_op
        column: Any = ordered.element if isinstance(ordered, sa.UnaryExpression) else ordered
        self.column: sa.ColumnElement[Any] = column
        shown = column.type
        self.type: sa.types.TypeEngine[Any] = (
            shown.impl_instance if isinstance(shown, sa.types.TypeDecorator) else shown
        )

    def beyond(self, value: sa.ColumnElement[Any], bound: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        return value < bound if self.is_descending else value > bound


def _beyond(keys: Sequence[_Key], bounds: Sequence[sa.ColumnElement[Any]]) -> sa.ColumnElement[bool]:
    """For mixed directions, which tuples cannot be compared by."""
    key, bound = keys[0], bounds[0]
    beyond = key.beyond(key.column, bound)
    if len(keys) == 1:
        return beyond
    # the first half follows from the rest, but is what an index can be entered by
    not_before: sa.ColumnElement[bool] = key.column <= bound if key.is_descending else key.column >= bound
    return sa.and_(not_before, sa.or_(beyond, _beyond(keys[1:], bounds[1:])))


class Listing(Generic[T]):
    """A query in an order, built once with its parameters: building one takes as long as reading the first page."""

    def __init__(self, query: sa.Select[T], keyset: Keyset) -> None:
        self._keyset = keyset
        bound = sa.bindparam("page_limit", type_=sa.Integer())
        self._query = query.add_columns(*keyset.columns).order_by(*keyset.order).limit(bound)

    def page(self, session: Session, after: Position | None, limit: int, /, **parameters: Any) -> Page[T]:
        """Of the query's one entity or column."""
        return self.page_of_rows(session, after, limit, **parameters).map(lambda row: row[0])

    def page_of_rows(
        self, session: Session, after: Position | None, limit: int, /, **parameters: Any
    ) -> Page[Sequence[Any]]:
        query = self._query if after is None else self._query.where(self._keyset.beyond(after))
        rows = session.execute(query, {**parameters, "page_limit": limit + 1}).all()
        keys = len(self._keyset.order)
        return page_of(rows, limit, lambda row: list(row[-keys:])).map(lambda row: row[:-keys])


def page(session: Session, query: sa.Select[T], keyset: Keyset, *, after: Position | None, limit: int) -> Page[T]:
    """Of the query's one entity or column."""
    return Listing(query, keyset).page(session, after, limit)


def page_of_rows(
    session: Session, query: sa.Select[*tuple[Any, ...]], keyset: Keyset, *, after: Position | None, limit: int
) -> Page[Sequence[Any]]:
    return Listing(query, keyset).page_of_rows(session, after, limit)


def page_of(rows: Sequence[T], limit: int, position: Callable[[T], Position]) -> Page[T]:
    """`rows` were found with `limit + 1`; `position(row)` says where a page after that row starts."""
    if len(rows) <= limit:
        return Page(rows, None)
    return Page(rows[:limit], position(rows[limit - 1]))


def checked(after: Position, *types: type) -> list[Any]:
    """Raises CursorInvalid unless it has values of the given types: it may be an older version's."""
    if not isinstance(after, list) or [type(value) for value in after] != list(types):
        raise CursorInvalid
    return after


def seq_in(after: Position | None) -> int | None:
    """For listings by `seq` alone. Raises CursorInvalid."""
    return None if after is None else int(checked(after, int)[0])
