"""Runs one job: claim, work, commit; or what came of it instead.

Whose fault it was decides. The hub's own troubles are waited out, as long as they take. A verdict on the subject ends
the job at once. Whatever else is raised is a fault of our program: after so many attempts the job is set aside for an
operator, and its subject stays as it is.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from sqlalchemy.orm import Session

from remixhub.config import Settings
from remixhub.domain.errors import RemixHubError
from remixhub.domain.media import PoisonFile
from remixhub.domain.troubles import FAILED
from remixhub.jobs import deaths
from remixhub.jobs.lease import GiveUp, Lease, LeaseLost, TurnsOutHeavy, WorkerStopping, claim
from remixhub.jobs.troubles import Trouble, is_verdict, said_of, trouble_of
from remixhub.models import Database, DatabaseUnavailable

log = structlog.get_logger()

LONGEST_PAUSE_SECONDS = 600
Work = Callable[[Lease], None]
"""Does the job and commits it by `lease.committing()`."""


def nothing(_session: Session, _subject_id: str, _code: str, _detail: str) -> None:
    """Nobody has to be told."""


@dataclass(frozen=True)
class Plan:
    """What a kind of job does, and what tells its subject how it ended."""

    work: Work
    reject: GiveUp = nothing
    """The subject itself is at fault."""
    set_aside: GiveUp = nothing
    """It failed by our fault, as often as it may; an operator may send it again."""


def perform(settings: Settings, database: Database, job_id: str, plan: Plan, *, worker: str = "") -> None:
    """Returns quietly when the job is not there to be claimed; never raises for what the job itself did wrong."""
    lease = claim(database, job_id, seconds=settings.job_lease_seconds, worker=worker)
    if lease is not None:
        run(settings, lease, plan)


def run(settings: Settings, lease: Lease, plan: Plan) -> None:
    """One attempt of a job that is claimed."""
    structlog.contextvars.bind_contextvars(job_id=lease.job_id, job_kind=str(lease.kind), request_id=lease.request_id)
    started = time.monotonic()
    with lease:
        try:
            outcome = _attempt(settings, lease, plan)
        except LeaseLost:
            outcome = "lease_lost"
        except WorkerStopping:
            lease.give_back()
            outcome = "given_back"
        except TurnsOutHeavy:
            lease.give_back(as_heavy=True)
            outcome = "turns_out_heavy"
        except DatabaseUnavailable as exc:  # nor can it be written that the job waits: its lease runs out
            log.error("job_left", detail=exc.detail)
            outcome = "lease_left"
    log.info("job", outcome=outcome, attempt=lease.attempts + 1, seconds=round(time.monotonic() - started, 3))


def _attempt(settings: Settings, lease: Lease, plan: Plan) -> str:
    if lease.fence > 1 and deaths.is_poison(lease.database, lease.kind, lease.subject_id):
        lease.bury(PoisonFile.code, PoisonFile.WORDS, plan.reject)
        log.error("job_poisoned", subject_id=lease.subject_id)
        return "buried"
    try:
        plan.work(lease)
        assert lease.committed
        return "done"
    except (LeaseLost, TurnsOutHeavy):
        raise
    except Exception as exc:  # noqa: BLE001  whose fault it is, is looked at there
        return _ended_by(settings, lease, plan, exc)


def _ended_by(settings: Settings, lease: Lease, plan: Plan, fault: Exception) -> str:
    trouble = trouble_of(fault)
    if trouble is not None:
        _wait_out(settings, lease, trouble)
        return trouble.code
    if isinstance(fault, RemixHubError) and is_verdict(fault):
        lease.bury(fault.code, fault.detail, plan.reject)
        return fault.code
    log.error("job_failed", attempt=lease.attempts + 1, exc_info=fault)
    if lease.attempts + 1 < lease.max_attempts:
        lease.retry_later(FAILED, said_of(fault), delay_seconds=settings.job_backoff_seconds * 2**lease.attempts)
        return "retry"
    lease.bury(FAILED, said_of(fault), plan.set_aside)
    log.error("job_set_aside", subject_id=lease.subject_id)
    return "set_aside"


def _wait_out(settings: Settings, lease: Lease, trouble: Trouble) -> None:
    if trouble.code == "out_of_memory" and settings.worker_memory_bytes:
        deaths.note_excess(lease, settings.worker_memory_bytes)
    is_first = lease.wait_out(trouble.code, trouble.detail, delay_seconds=pause_seconds(settings, lease.delays))
    tell = log.error if is_first else log.info  # once a trouble, not once a job
    tell("delayed_by_us", code=trouble.code, detail=trouble.detail, delays=lease.delays + 1)


def pause_seconds(settings: Settings, delays: int) -> float:
    """It doubles up to ten minutes; not all come back at the same moment."""
    pause = min(settings.job_backoff_seconds * 2.0 ** min(delays, 20), LONGEST_PAUSE_SECONDS)
    return pause * random.uniform(1, 1.25)  # noqa: S311
