"""Files that a worker makes when somebody orders them: ZIPs and sessions. Looking how far one is orders nothing."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.errors import Throttled
from remixhub.domain.states import ArchiveState, JobKind, JobState
from remixhub.domain.troubles import Delay
from remixhub.jobs.table import ACTIVE, add_job, failure_of, is_active, latest_job, why_delayed
from remixhub.models import Job
from remixhub.models.jobs import STRANGER
from remixhub.services import throttle

_ORDERED = (JobKind.BUILD_ARCHIVE, JobKind.BUILD_ENTRY_ARCHIVE, JobKind.BUILD_BUNDLE, JobKind.EXPORT_SESSION)
_RETRY_AFTER_SECONDS = 30


class TooManyOrders(Throttled):
    code = "too_many_orders"
    title = "Enough is being made for you just now"


@dataclass(frozen=True)
class Asker:
    """Who orders; strangers are told apart by the network that they come from."""

    actor: Actor
    network: str


@dataclass(frozen=True)
class ArchiveView:
    """`url` is there when the file is; `failure` when making it was given up."""

    state: ArchiveState
    percent: float = 0.0
    step: str = ""
    url: str | None = None
    size_bytes: int | None = None
    failure: str | None = None
    delay: Delay | None = None
    """What it waits for by our fault."""


def look(session: Session, kind: JobKind, subject_id: str) -> ArchiveView:
    """How far a file is that is not there."""
    job = latest_job(session, kind, subject_id)
    if job is None or job.state is JobState.DONE:
        return ArchiveView(ArchiveState.ABSENT)
    if job.state is JobState.DEAD:
        return ArchiveView(ArchiveState.FAILED, step="failed", failure=failure_of(job))
    if job.state is JobState.PENDING:
        return ArchiveView(ArchiveState.BUILDING, step="waiting", delay=why_delayed(session, [subject_id]))
    return ArchiveView(ArchiveState.BUILDING, job.progress_percent, job.progress_step)


def order(
    asker: Asker, parts: Parts, kind: JobKind, subject_id: str, admit: Callable[[Session, str], None] | None = None
) -> ArchiveView:
    """Of a file that is not there: one job makes it, whoever asks, and one that failed is tried anew.

    `admit` is asked before a job is added, with its payer, of whom no other order is decided meanwhile. Raises
    TooManyOrders, and what `admit` raises.
    """
    payer, limit = payer_of(parts, asker), parts.settings.orders_at_once
    with parts.database.writing() as session:
        throttle.hold(session, parts, f"orders of {payer}")
        if not is_active(session, kind, subject_id):
            in_hand = sa.and_(Job.state.in_(ACTIVE), Job.payer == payer, Job.kind.in_(_ORDERED))
            count = session.scalar(sa.select(sa.func.count()).select_from(Job).where(in_hand)) or 0
            if 0 < limit <= count:
                raise TooManyOrders(
                    f"{count} of what you ordered are still to be made: wait until one of them is there.",
                    retry_after_seconds=_RETRY_AFTER_SECONDS, limit=limit,
                )  # fmt: skip
            if admit is not None:
                admit(session, payer)
        attempts = parts.settings.job_attempts
        add_job(session, asker.actor, kind, subject_id, max_attempts=attempts, payer=payer)
        session.flush()
        return look(session, kind, subject_id)


def payer_of(parts: Parts, asker: Asker) -> str:
    """Who is counted. Addresses are personal: the table holds a keyed hash."""
    if asker.actor.account_id is not None:
        return asker.actor.account_id
    digest = hmac.new(parts.settings.secret_key.encode(), asker.network.encode(), hashlib.sha256).hexdigest()
    return STRANGER + digest[: 32 - len(STRANGER)]
