"""Rings the carrier for every job that is due: new ones, returned ones, and those whose lease ran out.

It reads the table only, so whatever the carrier lost is rung again.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.domain.states import JobState
from remixhub.jobs.carrier import Carrier
from remixhub.models import Database, Job, now

RING_AGAIN_SECONDS = 30
_BATCH = 200


def ring_due(database: Database, carrier: Carrier) -> int:
    """How many jobs were rung. Raises CarrierUnavailable when Redis is away; the next round rings them."""
    with database.reading() as session:
        if session.scalar(sa.select(_due().exists())) is not True:
            return 0
    carrier.check()  # before marking rows as rung
    with database.writing() as session:
        rung = session.execute(
            sa.update(Job).where(Job.id.in_(_batch(session))).values(rung_at=now()).returning(Job.id, Job.kind)
        ).all()
    carrier.ring([(row.id, row.kind) for row in rung])
    return len(rung)


def _due() -> sa.Select[str]:
    unrung = sa.or_(Job.rung_at.is_(None), Job.rung_at < now(-RING_AGAIN_SECONDS))
    pending = sa.and_(Job.state == JobState.PENDING, Job.run_after_at <= now(), unrung)
    expired = sa.and_(Job.state == JobState.LEASED, Job.leased_until_at < now(), unrung)
    return sa.select(Job.id).where(sa.or_(pending, expired))


def _batch(session: Session) -> list[str]:
    query = _due().order_by(Job.run_after_at).limit(_BATCH)
    return list(session.scalars(query.with_for_update(skip_locked=True)))
