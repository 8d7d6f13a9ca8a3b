"""How many threads of a process may be at writing: locks are waited for, and readers need threads too."""

from __future__ import annotations

from remixhub.domain.errors import Unavailable
from remixhub.waiting import PATIENCE_SECONDS, Places


class DatabaseUnavailable(Unavailable):
    code = "database_unavailable"
    title = "The database does not answer"


class DatabaseBusy(DatabaseUnavailable):
    code = "database_busy"
    title = "Too many are waiting to write"


class Writers(Places):
    """`one_more` raises DatabaseBusy."""

    def __init__(self, most: int, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        super().__init__(most, _busy, patience_seconds=patience_seconds)


def _busy() -> DatabaseBusy:
    return DatabaseBusy("The hub is busy and nothing was changed; try again in a moment.")
