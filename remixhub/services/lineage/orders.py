"""Ordering the job that counts new links, in the transaction that causes it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.states import JobKind
from remixhub.jobs.table import add_job

LINEAGE = "lineage"
"""The subject of the job that counts; there is but one lineage."""


def order_settling(session: Session, actor: Actor, parts: Parts) -> None:
    """One job settles all that is uncounted, also what is published while it waits."""
    add_job(session, actor, JobKind.SETTLE_LINEAGE, LINEAGE, max_attempts=parts.settings.job_attempts)
