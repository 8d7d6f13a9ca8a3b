"""A page of a listing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")

DEFAULT_LIMIT = 50
MAX_LIMIT = 200


@dataclass(frozen=True)
class Page(Generic[T]):
    rows: Sequence[T]
    next_position: list[Any] | None
    """JSON-able; None on the last page."""


def page_of(rows: Sequence[T], limit: int, position: Any) -> Page[T]:
    """`rows` were asked for with `limit + 1`; `position(row)` says where a page after that row starts."""
    if len(rows) <= limit:
        return Page(rows, None)
    return Page(rows[:limit], position(rows[limit - 1]))
