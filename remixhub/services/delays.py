"""Whether background work is held up, so that pages can say so."""

from __future__ import annotations

import sqlalchemy as sa

from remixhub.compose import Parts
from remixhub.domain.states import JobState
from remixhub.models import Job, now

_DELAYED_AFTER_SECONDS = 20


def is_delayed(parts: Parts) -> bool:
    """True when something has been due for a while and nobody took it: no carrier, no worker, or too few of them."""
    overdue = sa.select(Job.id).where(Job.state == JobState.PENDING, Job.run_after_at < now(-_DELAYED_AFTER_SECONDS))
    with parts.database.reading() as session:
        return session.scalar(overdue.limit(1)) is not None
