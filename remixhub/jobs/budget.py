"""What a day's processing may cost an account: seconds of CPU, kept by day and payer.

Work beyond it is accepted as ever and waits for the next day; nothing is refused for it.
"""

from __future__ import annotations

import resource
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.domain.job_sizes import COSTLY
from remixhub.domain.states import JobState
from remixhub.domain.troubles import USED_UP
from remixhub.models import Account, Database, Job, ProcessingDay, now
from remixhub.models.base import UtcTime
from remixhub.models.jobs import HUB
from remixhub.models.upsert import insert

_DAY_MS = 86_400_000


def _today() -> sa.ColumnElement[int]:
    """In days since 1970, UTC, by the database's clock."""
    return sa.type_coerce(now(), sa.BigInteger) // _DAY_MS


def cpu_seconds() -> float:
    """Of this process and of those that it started and waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def spend(database: Database, payer: str, seconds: float) -> None:
    row: dict[str, Any] = {"day": _today(), "payer": payer, "cpu_seconds": seconds}
    with database.writing() as session:
        spent = insert(session, ProcessingDay).values(**row)
        more = {"cpu_seconds": ProcessingDay.cpu_seconds + seconds}
        session.execute(spent.on_conflict_do_update(index_elements=[ProcessingDay.day, ProcessingDay.payer], set_=more))


def is_used_up(session: Session, payer: str, allowed_seconds: int) -> bool:
    """Never of the hub itself, nor of its operators, nor where nothing is set (0)."""
    if not allowed_seconds or payer == HUB:
        return False
    spent = sa.select(ProcessingDay.payer).where(
        ProcessingDay.day == _today(),
        ProcessingDay.payer == payer,
        ProcessingDay.cpu_seconds >= allowed_seconds,
        ~sa.exists().where(Account.id == payer, Account.is_operator),
    )
    return session.scalar(spent) is not None


def put_off(session: Session, payer: str) -> None:
    """What is due of the payer's and costs processing waits until the day is over."""
    midnight = sa.type_coerce((_today() + 1) * _DAY_MS, UtcTime)
    session.execute(
        sa.update(Job)
        .where(Job.state == JobState.PENDING, Job.payer == payer, Job.run_after_at <= now(), Job.kind.in_(COSTLY))
        .values(run_after_at=midnight, error_code=USED_UP.code, error_detail=USED_UP.detail),
        execution_options={"synchronize_session": False},
    )
