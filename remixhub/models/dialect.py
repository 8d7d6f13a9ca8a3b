"""Which of the two databases it is, where they are asked in different words."""

from __future__ import annotations

from sqlalchemy.orm import Session


def is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
