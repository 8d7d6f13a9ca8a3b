"""Whether an account is suspended, read along in the statement that finds out who asks."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from remixhub.domain.access import Suspended
from remixhub.models import Account, Suspension
from remixhub.models.suspensions import in_force


def with_suspension(query: sa.Select[*tuple[Any, ...]]) -> sa.Select[*tuple[Any, ...]]:
    """`query` is over accounts, one a row; what is added is for `suspended_of`."""
    joined = query.outerjoin(Suspension, sa.and_(Suspension.account_id == Account.id, in_force()))
    return joined.add_columns(
        Suspension.id.label("suspension_id"),
        Suspension.reason.label("suspension_reason"),
        Suspension.ends_at.label("suspension_ends_at"),
    )


def suspended_of(row: sa.Row[*tuple[Any, ...]]) -> Suspended | None:
    if row.suspension_id is None:
        return None
    return Suspended(row.suspension_id, row.suspension_reason, row.suspension_ends_at)
