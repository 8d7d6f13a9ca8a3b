"""INSERT … ON CONFLICT, which both databases know but SQLAlchemy spells by dialect."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from remixhub.models.dialect import is_sqlite


def insert(session: Session, table: type[Any]) -> sqlite.Insert | postgresql.Insert:
    if is_sqlite(session):
        return sqlite.insert(table)
    return postgresql.insert(table)
