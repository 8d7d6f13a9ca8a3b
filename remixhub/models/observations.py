"""What is seen of security, such as failed sign-ins: counted in the process, and written beside, some rows a minute.

Whoever floods the hub with failures fills neither the disk nor the queue for the write lock: what repeats is a number
in one row, and beyond the most rows all others of an action share one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.models.accounts import AuditEntry
from remixhub.models.beside import Beside

MOST_ROWS = 30
"""Of one process, each time."""


class Observed(NamedTuple):
    action: str
    actor: str
    subject_kind: str
    subject_id: str
    address: str | None
    facts: str
    """JSON."""

    @property
    def among_others(self) -> Observed:
        return Observed(self.action, "visitor", "hub", "others", None, "{}")


class Observations(Beside[Observed]):
    name = "observations"

    def _kept_as(self, noted: Observed) -> Observed:
        kept = noted in self._counts or len(self._counts) < MOST_ROWS
        return noted if kept else noted.among_others

    def _save(self, session: Session, counts: Mapping[Observed, int]) -> None:
        session.execute(sa.insert(AuditEntry), [_row(one, count) for one, count in counts.items()])


def _row(observed: Observed, count: int) -> dict[str, object]:
    row = observed._asdict()
    return {**row, "after": json.loads(row.pop("facts")) or None, "observed_count": count}
