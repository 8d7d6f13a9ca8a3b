"""What is said of a work that is gone: by whom, when and why."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.domain.moderation import IN_FORCE, ReportReason
from remixhub.domain.states import WorkState
from remixhub.models import Takedown, TakedownWork, Work


@dataclass(frozen=True)
class Tombstone:
    is_by_house: bool
    at: dt.datetime | None
    reason: ReportReason | None = None
    """An artist needs none."""
    takedown_id: str | None = None


def tombstone_of(session: Session, work: Work) -> Tombstone | None:
    """None for a work that stands. Of several takedowns in force the first speaks: it made the work silent."""
    if work.state is WorkState.WITHDRAWN:
        return Tombstone(is_by_house=False, at=work.withdrawn_at)
    if work.state is not WorkState.TAKEN_DOWN:
        return None
    row = session.execute(
        sa.select(Takedown.id, Takedown.created_at, Takedown.reason)
        .join(TakedownWork, TakedownWork.takedown_id == Takedown.id)
        .where(TakedownWork.work_id == work.id, Takedown.state.in_(IN_FORCE))
        .order_by(Takedown.created_at, Takedown.id)
        .limit(1)
    ).one_or_none()
    if row is None:
        return Tombstone(is_by_house=True, at=None)
    return Tombstone(is_by_house=True, at=row.created_at, reason=row.reason, takedown_id=row.id)
