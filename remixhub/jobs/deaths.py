"""Work-horses that ended in the middle of a job, and what that says of the job's subject.

A crash of the program, or a kill near a limit that was set, is evidence: two of them in different workers with the same
subject in hand, and it is the subject. A kill of any other kind, or a lease that ran out, is the hub's own trouble.
"""

from __future__ import annotations

import resource
import signal as signals
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from remixhub.config import Settings
from remixhub.domain.states import JobKind, JobState
from remixhub.jobs.lease import Lease
from remixhub.models import Database, Death, Job, now

log = structlog.get_logger()

_CRASHES = frozenset({signals.SIGSEGV, signals.SIGABRT, signals.SIGILL, signals.SIGFPE, signals.SIGXCPU})
"""Not SIGBUS: that is a mapped page which the disk did not give."""
_NEAR = 0.85
_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 5, 600
_NO_LIMIT_BYTES = 2**60


@dataclass(frozen=True)
class Limit:
    bytes: int
    said_by: Literal["setting", "cgroup"]


def memory_limit(settings: Settings) -> Limit | None:
    """What a work-horse may use: as set, or as its container allows."""
    if settings.worker_memory_bytes:
        return Limit(settings.worker_memory_bytes, "setting")
    for path in _cgroup_files():
        try:
            allowed = int(path.read_text())
        except (OSError, ValueError):  # not there, or "max"
            continue
        if allowed < _NO_LIMIT_BYTES:
            return Limit(allowed, "cgroup")
    return None


def keep_to(limit: Limit | None) -> None:
    """In a work-horse, before its first job: the kernel refuses more memory than was set, and the peak counts anew."""
    if limit is not None and limit.said_by == "setting":
        resource.setrlimit(resource.RLIMIT_DATA, (limit.bytes, limit.bytes))
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:  # no Linux, or not allowed: the peak of the parent counts in
        return


def note_death(
    database: Database,
    *,
    worker: str,
    signal: int | None,
    job_id: str | None = None,
    peak_rss_bytes: int | None = None,
    limit_bytes: int | None = None,
    cpu_seconds: float | None = None,
) -> bool:
    """Writes down how a work-horse of `worker` ended and gives back what it held, at once and uncounted.

    True when that is evidence about the subject: the worker should make room for a fresh one.
    """
    held = sa.and_(Job.state == JobState.LEASED, Job.worker == worker)
    if job_id is not None:
        held = sa.and_(held, Job.id == job_id)
    is_evidence = _is_evidence(signal, peak_rss_bytes, limit_bytes)
    said = "without a signal" if signal is None else f"by {_name(signal)}"
    detail = f"Its work-horse in {worker} ended {said}, peak {peak_rss_bytes} bytes, limit {limit_bytes} bytes."
    with database.writing() as session:
        jobs = session.execute(
            sa.update(Job)
            .where(held)
            .values(
                state=JobState.PENDING,
                # no later attempt may be committed by what lives on of this one
                fence=Job.fence + 1,
                delays=Job.delays + 1,
                run_after_at=_after(session),
                error_code="worker_died",
                error_detail=detail,
            )
            .returning(Job.id, Job.kind, Job.subject_id)
        ).all()
        for job in jobs:
            session.add(
                Death(
                    job_id=job.id, kind=str(job.kind), subject_id=job.subject_id, worker=worker, signal=signal,
                    peak_rss_bytes=peak_rss_bytes, limit_bytes=limit_bytes, cpu_seconds=cpu_seconds,
                    is_evidence=is_evidence,
                )
            )  # fmt: skip
    for job in jobs:
        log.error("worker_died", job_id=job.id, job_kind=str(job.kind), detail=detail, is_evidence=is_evidence)
    return is_evidence and bool(jobs)


def note_excess(lease: Lease, limit_bytes: int) -> None:
    """A job ran into the limit that was set and lives to say so."""
    with lease.writing() as session:
        session.add(
            Death(
                job_id=lease.job_id, kind=str(lease.kind), subject_id=lease.subject_id, worker=lease.worker,
                signal=None, peak_rss_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
                limit_bytes=limit_bytes, cpu_seconds=None, is_evidence=True,
            )
        )  # fmt: skip


def is_poison(database: Database, kind: JobKind, subject_id: str) -> bool:
    """Has it ended work-horses of two workers?"""
    workers = sa.select(sa.func.count(sa.distinct(Death.worker))).where(
        Death.kind == str(kind), Death.subject_id == subject_id, Death.is_evidence
    )
    with database.reading() as session:
        return (session.scalar(workers) or 0) >= 2


def forget(session: Session, kind: JobKind, subject_id: str) -> None:
    """When an operator sends it again."""
    session.execute(sa.delete(Death).where(Death.kind == str(kind), Death.subject_id == subject_id))


def _after(session: Session) -> sa.ColumnElement[object]:
    """The pauses grow as for other troubles."""
    pauses = {number: now(min(_PAUSE_SECONDS * 2**number, _LONGEST_PAUSE_SECONDS)) for number in range(7)}
    return sa.case(pauses, value=Job.delays, else_=now(_LONGEST_PAUSE_SECONDS))


def _is_evidence(signal: int | None, peak_rss_bytes: int | None, limit_bytes: int | None) -> bool:
    if signal in _CRASHES:
        return True
    is_near = bool(peak_rss_bytes and limit_bytes) and (peak_rss_bytes or 0) >= _NEAR * (limit_bytes or 0)
    return signal == signals.SIGKILL and is_near


def _name(signal: int) -> str:
    try:
        return signals.Signals(signal).name
    except ValueError:
        return f"signal {signal}"


def _cgroup_files() -> list[Path]:
    """Of version 2 and of version 1, as seen inside and outside a container."""
    root = Path("/sys/fs/cgroup")
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        return []
    own = {line.split(":", 2)[1]: line.split(":", 2)[2].lstrip("/") for line in lines}
    v1 = next((path for names, path in own.items() if "memory" in names.split(",")), "")
    return [
        root / own.get("", "") / "memory.max",
        root / "memory.max",
        root / "memory" / v1 / "memory.limit_in_bytes",
        root / "memory" / "memory.limit_in_bytes",
    ]
