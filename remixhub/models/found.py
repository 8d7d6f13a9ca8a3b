"""`Session.get` by a statement that is built once: building one takes half of the time that it needs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.interfaces import ORMOption
from sqlalchemy.orm.util import identity_key

from remixhub.models.base import Row

R = TypeVar("R", bound=Row)


def find_row(
    session: Session, table: type[R], id: str, *, options: Sequence[ORMOption] = (), anew: bool = False
) -> R | None:
    """None when there is none; read `anew` if the session has it already. `options` are the same ones in each call."""
    if not anew and identity_key(table, id) in session.identity_map:
        return session.get(table, id)
    found = session.scalars(_by_id(table, tuple(options)), {"id": id}, execution_options={"populate_existing": anew})
    return found.one_or_none()


@lru_cache(maxsize=64)
def _by_id(table: type[Any], options: tuple[ORMOption, ...]) -> sa.Select[Any]:
    return sa.select(table).where(table.id == sa.bindparam("id")).options(*options)
