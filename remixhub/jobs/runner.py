"""Runs one job: claim, work, commit; or a later attempt; or, when nothing will help, tell the subject and stop."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog

from remixhub.config import Settings
from remixhub.domain.errors import RemixHubError, Unavailable
from remixhub.jobs.lease import GiveUp, Lease, LeaseLost, WorkerStopping, claim
from remixhub.models import Database

log = structlog.get_logger()

Work = Callable[[Lease], None]
"""Does the job and commits it by `lease.committing()`."""


def perform(settings: Settings, database: Database, job_id: str, work: Work, give_up: GiveUp) -> None:
    """Returns quietly when the job is not there to be claimed."""
    lease = claim(database, job_id, seconds=settings.job_lease_seconds)
    if lease is not None:
        run(settings, lease, work, give_up)


def run(settings: Settings, lease: Lease, work: Work, give_up: GiveUp) -> None:
    """Does a job that was claimed; never raises for what the job itself did wrong."""
    structlog.contextvars.bind_contextvars(job_id=lease.job_id, job_kind=str(lease.kind), request_id=lease.request_id)
    started = time.monotonic()
    with lease:
        try:
            outcome = _attempt(settings, lease, work, give_up)
        except LeaseLost:
            outcome = "lease_lost"
        except WorkerStopping:
            lease.give_back()
            outcome = "given_back"
    log.info("job", outcome=outcome, attempt=lease.attempts + 1, seconds=round(time.monotonic() - started, 3))


def _attempt(settings: Settings, lease: Lease, work: Work, give_up: GiveUp) -> str:
    try:
        work(lease)
        assert lease.committed
        return "done"
    except LeaseLost:
        raise
    except Unavailable as exc:
        lease.retry_later(exc.code, exc.detail, delay_seconds=settings.job_backoff_seconds, counted=False)
        return exc.code
    except RemixHubError as exc:  # a rule said no: trying again would not change it
        lease.bury(exc.code, exc.detail, give_up)
        return exc.code
    except Exception as exc:
        log.exception("job_failed", attempt=lease.attempts + 1)
        # one line, as in the log: below, databases add the row and the parameters
        code, detail = "internal", f"{type(exc).__name__}: {exc}".partition("\n")[0]
    if lease.attempts + 1 >= lease.max_attempts:
        lease.bury(code, detail, give_up)
        return "buried"
    lease.retry_later(code, detail, delay_seconds=settings.job_backoff_seconds * 2**lease.attempts)
    return "retry"
