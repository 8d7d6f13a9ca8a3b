"""Which job is next: a question to SQL alone, asked by a worker that was told that there is something to do.

Short jobs and heavy ones are claimed apart. In each, a lease that ran out comes first, for it had its turn; then the
payers come round in the order of their ids, each with what has been due longest. Claims follow one another: on SQLite
by its write lock, on PostgreSQL by a lock of their own, so that two of them never count the same free places.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from remixhub.domain.states import JobKind, ProcessRole
from remixhub.jobs import budget, fairness
from remixhub.jobs.lease import Lease, LeaseLost, as_leased, lease_of
from remixhub.models import Beat, Database, Job, Turn, now

_PATIENCE_MS = 2000
_BEATS_SECONDS = 60
_CLAIMS = 0x72656D69
"""Of PostgreSQL's advisory locks."""
_ONE_AT_A_TIME = sa.text(
    "SELECT pg_advisory_xact_lock(:lock), set_config('idle_in_transaction_session_timeout', '5000', true)"
).bindparams(lock=_CLAIMS)
"""A worker that freezes between two statements must not keep the others from claiming."""


def _is(state: str, job: type[Job] = Job) -> sa.ColumnElement[bool]:
    """Written out, so that both databases see that a partial index serves."""
    return job.state == sa.literal_column(f"'{state}'")


_PENDING, _LEASED = _is("pending"), _is("leased")
_OF_CLASS = Turn.is_heavy == sa.bindparam("of_heavy")
_LAST = sa.select(Turn.payer).where(_OF_CLASS)
_HAD_ITS_TURN = sa.update(Turn).where(_OF_CLASS).values(payer=sa.bindparam("had"))
_HELD_BACK: sa.BindParameter[list[str]] = sa.bindparam("held_back", expanding=True)


def claim_next(
    database: Database,
    worker: str,
    *,
    heavy: bool,
    seconds: int,
    waited_seconds: float = 0.0,
    daily_seconds: int = 0,
    look_first: bool = True,
) -> Lease | None:
    """The next job of its class that was due `waited_seconds` ago; None when there is none that may run now.

    Whoever has used up the `daily_seconds` of processing is put off on the way. `look_first`: without a lock, for who
    may well ask in vain.
    Raises DatabaseUnavailable; whoever waits for the write lock for long comes again when it is rung again.
    """
    if look_first and not may_claim(database, heavy=heavy, waited_seconds=waited_seconds):
        return None
    with database.writing(patience_ms=_PATIENCE_MS, outlives_power=False) as session:
        if database.engine.dialect.name == "postgresql":
            session.execute(_ONE_AT_A_TIME)
        job_id = _next(session, heavy=heavy, waited_seconds=waited_seconds, daily_seconds=daily_seconds)
        if job_id is None:
            return None
        row = session.execute(as_leased(Job.id == job_id, seconds=seconds, worker=worker)).one()
        session.connection().execute(_HAD_ITS_TURN, {"of_heavy": heavy, "had": row.payer})
    return lease_of(database, row, seconds=seconds, worker=worker)


def may_claim(database: Database, *, heavy: bool, waited_seconds: float = 0.0) -> bool:
    """Whether a worker that asks now would get something, by a look."""
    with database.reading() as session:
        return _next(session, heavy=heavy, waited_seconds=waited_seconds, lock=False) is not None


def rehearse(database: Database) -> None:
    """Asks all that a claim and the end of a job ask, and changes nothing: a fork then has compiled it."""
    with database.writing(patience_ms=_PATIENCE_MS, outlives_power=False) as session:
        if database.engine.dialect.name == "postgresql":
            session.execute(_ONE_AT_A_TIME)
        for heavy in (False, True):
            _next(session, heavy=heavy, waited_seconds=0.0)
        row = session.execute(as_leased(Job.id == "", seconds=0, worker="w")).one_or_none()
        assert row is None
        session.connection().execute(_HAD_ITS_TURN, {"of_heavy": False, "had": ""})
        session.rollback()
    nobodys = Lease(database, "", JobKind.SWEEP, "", 0, 0, 0, 0)
    with suppress(LeaseLost), nobodys.committing():
        pass


def _next(
    session: Session, *, heavy: bool, waited_seconds: float, daily_seconds: int = 0, lock: bool = True
) -> str | None:
    held_back: frozenset[str] = frozenset()
    if heavy:
        running = _running(session)
        if fairness.is_full(_workers(session), running):
            return None
        held_back = fairness.at_their_limit(running)
    found: str | None = session.scalar(_expired(heavy, lock), {"held_back": list(held_back)})
    if found is not None:
        return found
    for payer in _whose_turn(session, heavy, waited_seconds, held_back):
        if budget.is_used_up(session, payer, daily_seconds):
            budget.put_off(session, payer)
        found = session.scalar(_oldest(heavy, waited_seconds, lock), {"payer": payer})
        if found is not None:
            return found
    return None


def _whose_turn(session: Session, heavy: bool, waited_seconds: float, held_back: frozenset[str]) -> Iterator[str]:
    """Payers who have something due, from the one after the last, once around."""
    last = session.scalar(_LAST, {"of_heavy": heavy}) or ""
    for after, until in ((last, None), ("", last)):
        while True:
            payer = session.scalar(_first_ready(heavy, waited_seconds), {"after": after, "held_back": list(held_back)})
            if payer is None or (until is not None and payer > until):
                break
            yield payer
            after = payer


# statements are built once: that takes longer than to execute them
@cache
def _expired(heavy: bool, lock: bool) -> sa.Select[str]:
    query = (
        sa.select(Job.id)
        .where(_LEASED, Job.is_heavy == heavy, Job.leased_until_at < now(), Job.payer.not_in(_HELD_BACK))
        .order_by(Job.leased_until_at)
        .limit(1)
    )
    return query.with_for_update(skip_locked=True) if lock else query


@cache
def _oldest(heavy: bool, waited_seconds: float, lock: bool) -> sa.Select[str]:
    query = (
        sa.select(Job.id)
        .where(_PENDING, Job.is_heavy == heavy, Job.payer == sa.bindparam("payer"))
        .where(Job.run_after_at <= now(-waited_seconds))
        .order_by(Job.run_after_at)
        .limit(1)
    )
    return query.with_for_update(skip_locked=True) if lock else query


@cache
def _first_ready(heavy: bool, waited_seconds: float) -> sa.Select[str]:
    """A seek in the index for each payer that is passed over; rows are never gone through."""
    one = aliased(Job)
    waiting = sa.and_(_is("pending", one), one.is_heavy == heavy)

    def ready(payer: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
        longest = sa.select(sa.func.min(one.run_after_at)).where(waiting, one.payer == payer).scalar_subquery()
        return sa.and_(payer.not_in(_HELD_BACK), longest <= now(-waited_seconds))

    first = sa.select(sa.func.min(one.payer).label("payer")).where(waiting, one.payer > sa.bindparam("after"))
    head = first.cte("heads", recursive=True)
    following = sa.select(sa.func.min(one.payer)).where(waiting, one.payer > head.c.payer).scalar_subquery()
    passed_over = sa.and_(head.c.payer.is_not(None), sa.not_(ready(head.c.payer)))
    heads = head.union_all(sa.select(following).where(passed_over))
    return sa.select(heads.c.payer).where(heads.c.payer.is_not(None), ready(heads.c.payer)).limit(1)


def _running(session: Session) -> Mapping[str, int]:
    """Heavy jobs in hand, by payer; one whose lease ran out is in nobody's."""
    heavy = sa.select(Job.payer, sa.func.count()).where(_LEASED, Job.is_heavy, Job.leased_until_at >= now())
    return dict(session.execute(heavy.group_by(Job.payer)).all())


def _workers(session: Session) -> int:
    beating = sa.and_(Beat.role == ProcessRole.WORKER, Beat.beat_at >= now(-_BEATS_SECONDS))
    return session.scalar(sa.select(sa.func.count()).where(beating)) or 0
