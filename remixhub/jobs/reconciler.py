"""Rings the carrier for every job that is due: new ones, returned ones, and those whose lease ran out.

It reads the table only, so whatever the carrier lost is rung again: once its queue is empty, a job that was rung and
still is not claimed cannot be on its way any more.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.domain.states import JobState
from remixhub.jobs.carrier import Carrier
from remixhub.models import Database, Job, now

ON_ITS_WAY_SECONDS = 5
"""How long a job may be between the carrier's queue and its claim."""
_BATCH = 200


def ring_due(database: Database, carrier: Carrier) -> int:
    """How many jobs were rung. Raises CarrierUnavailable when Redis is away; the next round rings them."""
    with database.reading() as session:
        if session.scalar(_due(lost=True).limit(1)) is None:
            return 0
    lost = carrier.waiting() == 0  # asked before rows are marked as rung: it raises when Redis is away
    with database.writing() as session:
        rung = session.execute(
            sa.update(Job)
            .where(Job.id.in_(_batch(session, lost=lost)))
            .values(rung_at=now())
            .returning(Job.id, Job.kind)
        ).all()
    carrier.ring([(row.id, row.kind) for row in rung])
    return len(rung)


def _due(*, lost: bool) -> sa.Select[str]:
    pending = sa.and_(Job.state == JobState.PENDING, Job.run_after_at <= now())
    expired = sa.and_(Job.state == JobState.LEASED, Job.leased_until_at < now())
    never_rung = sa.or_(Job.rung_at.is_(None), sa.and_(expired, Job.rung_at < Job.leased_until_at))
    due = never_rung if not lost else sa.or_(never_rung, Job.rung_at < now(-ON_ITS_WAY_SECONDS))
    return sa.select(Job.id).where(sa.or_(pending, expired), due)


def _batch(session: Session, *, lost: bool) -> list[str]:
    query = _due(lost=lost).order_by(Job.run_after_at).limit(_BATCH)
    return list(session.scalars(query.with_for_update(skip_locked=True)))
