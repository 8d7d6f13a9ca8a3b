"""Once a month every original is read again, a little at a time: as much as the round is behind an even pace.

The cursor is a row, so that nothing is lost when a worker dies. What is found is ours to mend, no artist's fault.
"""

from __future__ import annotations

import datetime as dt
import time

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM
from remixhub.domain.backups.faults import FaultKind
from remixhub.domain.letters import LetterKind
from remixhub.domain.states import JobKind
from remixhub.jobs.lease import Lease
from remixhub.jobs.table import add_job
from remixhub.models import Account, FixityFault, FixityRound, Original, new_id, now
from remixhub.models.jobs import HUB
from remixhub.models.upsert import insert
from remixhub.services.backups.objects import Named
from remixhub.services.backups.pacing import Pace
from remixhub.services.backups.verifying import read_again
from remixhub.services.mail import letters

log = structlog.get_logger()

ROUND_SECONDS = 30 * 24 * 3600
SLICE_EVERY_SECONDS = 600.0
_LEAST_SLICE_BYTES = 64 * 1024**2
_SLICE_WORK_SECONDS = 10.0
_ROUNDS_KEPT = 24
_SKEW = dt.timedelta(minutes=1)
"""Between the storage's clock and the database's."""
_WANTED = Original.doomed_at.is_(None)


def order_due(parts: Parts) -> None:
    """By the scheduler: one slice at a time, and only while there is something to read."""
    with parts.database.writing() as session:
        if session.scalar(sa.select(Original.sha256).limit(1)) is None:
            return
        _id, _after, due_bytes = _round(session)
        if due_bytes > 0 or session.scalar(sa.select(FixityFault.sha256).limit(1)) is not None:
            add_job(session, SYSTEM, JobKind.CHECK_FIXITY, HUB, max_attempts=parts.settings.job_attempts)


def check_fixity(parts: Parts, lease: Lease) -> None:
    """A job. It reads a few originals, and again those at fault that somebody may have put right."""
    with lease.writing() as session:
        round_id, after, due_bytes = _round(session)
    _look_again(parts, lease)
    until = time.monotonic() + _SLICE_WORK_SECONDS
    while due_bytes > 0 and time.monotonic() < until and (original := _next(parts, after)) is not None:
        _check(parts, lease, original)
        after, due_bytes = original.sha256, due_bytes - original.size_bytes
        with lease.writing() as session:
            _advance(session, round_id, original)
    is_over = _next(parts, after) is None
    with lease.committing() as session:
        if is_over:
            _end(session, round_id)


def _round(session: Session) -> tuple[str, str, int]:
    """The present round, its cursor, and how many bytes it is behind: twice an even pace at most.

    A round that came to its end early waits for its month to be over.
    """
    latest = session.scalars(sa.select(FixityRound).order_by(FixityRound.started_at.desc()).limit(1)).first()
    age_seconds = _seconds_since(session, latest)
    if latest is None or (latest.finished_at is not None and age_seconds >= ROUND_SECONDS):
        latest, age_seconds = FixityRound(id=new_id(), after="", checked_count=0, checked_bytes=0), 0.0
        session.add(latest)
        session.flush()
    elif latest.finished_at is not None:
        return latest.id, latest.after, 0
    whole = int(session.scalar(sa.select(sa.func.sum(Original.size_bytes)).where(_WANTED)) or 0)
    even = int(whole * SLICE_EVERY_SECONDS / ROUND_SECONDS)
    behind = int(whole * min(1.0, (age_seconds + SLICE_EVERY_SECONDS) / ROUND_SECONDS)) - latest.checked_bytes
    return latest.id, latest.after, min(behind, max(2 * even, _LEAST_SLICE_BYTES))


def _seconds_since(session: Session, one: FixityRound | None) -> float:
    if one is None:
        return 0.0
    current = session.scalar(sa.select(now()))
    assert current is not None
    return float((current - one.started_at).total_seconds())


def _next(parts: Parts, after: str) -> Original | None:
    query = sa.select(Original).where(Original.sha256 > after, _WANTED).order_by(Original.sha256).limit(1)
    with parts.database.reading() as session:
        return session.scalars(query).first()


def _advance(session: Session, round_id: str, original: Original) -> None:
    session.execute(
        sa.update(FixityRound)
        .where(FixityRound.id == round_id)
        .values(
            after=original.sha256,
            checked_count=FixityRound.checked_count + 1,
            checked_bytes=FixityRound.checked_bytes + original.size_bytes,
        )
    )


def _end(session: Session, round_id: str) -> None:
    mine = sa.and_(FixityRound.id == round_id, FixityRound.finished_at.is_(None))
    session.execute(sa.update(FixityRound).where(mine).values(finished_at=now()))
    kept = sa.select(FixityRound.id).order_by(FixityRound.started_at.desc()).limit(_ROUNDS_KEPT).subquery()
    session.execute(sa.delete(FixityRound).where(FixityRound.id.not_in(sa.select(kept.c.id))))
    session.execute(sa.delete(FixityFault).where(FixityFault.sha256.not_in(sa.select(Original.sha256))))


def _look_again(parts: Parts, lease: Lease) -> None:
    """At what was at fault and has been stored anew since."""
    with parts.database.reading() as session:
        rows = session.execute(
            sa.select(FixityFault, Original).outerjoin(Original, Original.sha256 == FixityFault.sha256).limit(200)
        ).all()
    for fault, original in rows:
        stored = None if original is None else parts.store.head(original.key)
        if original is None:
            with lease.writing() as session:
                _forget(session, fault.sha256)
        elif stored is not None and (fault.kind is FaultKind.MISSING or stored.modified_at > fault.found_at - _SKEW):
            _check(parts, lease, original)


def _check(parts: Parts, lease: Lease, original: Original) -> None:
    lease.progress(0.0, f"reading {original.sha256[:12]}")
    kind = read_again(parts, Named(original.key, original.size_bytes, original.sha256), Pace())
    with lease.writing() as session:
        if kind is None:
            _forget(session, original.sha256)
            return
        same = sa.and_(Original.sha256 == original.sha256, Original.key == original.key)
        if session.scalar(sa.select(Original.sha256).where(same, _WANTED)) is None:
            return
        if session.scalar(sa.select(FixityFault.sha256).limit(1)) is None:
            _tell_operators(session, original.key, kind)
        values = {"key": original.key, "kind": kind, "found_at": now()}
        session.execute(
            insert(session, FixityFault)
            .values(sha256=original.sha256, **values)
            .on_conflict_do_update(index_elements=[FixityFault.sha256], set_=values)
        )
    log.error("original_at_fault", kind=str(kind), key=original.key, sha256=original.sha256)


def _tell_operators(session: Session, key: str, kind: FaultKind) -> None:
    """Once, until all is right again: a disk that dies would write thousands of letters."""
    operators = sa.select(Account).where(Account.is_operator, Account.email_verified_at.is_not(None))
    for operator in session.scalars(operators).all():
        letters.write(session, operator, LetterKind.ORIGINALS_AT_FAULT, kind=kind.value.replace("_", " "), key=key)


def _forget(session: Session, sha256: str) -> None:
    session.execute(sa.delete(FixityFault).where(FixityFault.sha256 == sha256))
