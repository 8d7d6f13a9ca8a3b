"""How many rows a statement changed, by which a transaction that writes first decides."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session


def changed(session: Session, statement: sa.Update | sa.Delete) -> int:
    """Executes it, without RETURNING. A row that met the condition counts, whether or not its values are new."""
    result = session.execute(statement)
    assert isinstance(result, sa.CursorResult)
    return result.rowcount
