"""How far one's own background work is."""

from __future__ import annotations

import sqlalchemy as sa

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.states import Scope
from remixhub.jobs.table import JobNotFound
from remixhub.models import Job


def get_job(actor: Actor, parts: Parts, job_id: str) -> Job:
    """Raises JobNotFound, also for what somebody else caused."""
    account_id = require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        job = session.scalars(sa.select(Job).where(Job.id == job_id, Job.account_id == account_id)).one_or_none()
    if job is None:
        raise JobNotFound(f"There is no job {job_id!r}, or it is not yours.")
    return job
