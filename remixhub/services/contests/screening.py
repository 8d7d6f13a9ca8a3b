"""Ballots that look arranged: looked for by a job soon after ballots came in, kept with their reasons for the host.

It is advice: nothing is left out before the host says so, and what they have decided about stays decided.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM, Actor, require_account
from remixhub.domain.contests.entries import BallotState, needed_ms
from remixhub.domain.contests.labels import require_host
from remixhub.domain.contests.vote_screening import CastBallot, Flag, screen
from remixhub.domain.states import JobKind, Scope
from remixhub.jobs.lease import Lease
from remixhub.jobs.table import active, add_job, hurry
from remixhub.models import Account, BallotFlag, BallotScreening, Contest, ContestBallot, ContestEntry, Hearing
from remixhub.services.contests import holding
from remixhub.services.contests.entry_audio import sounds_of
from remixhub.services.contests.holding import database_time, hold_as_host

QUIET_SECONDS = 30.0
"""Ballots that come meanwhile are looked at together."""


@dataclass(frozen=True)
class Screening:
    screened_at: dt.datetime | None
    """None as long as the ballots were not looked at."""
    since: int
    """Ballots that came afterwards."""
    is_underway: bool
    flags: Sequence[tuple[BallotFlag, ContestBallot]]
    """Those first that nobody has decided about, then in the order they were cast."""
    flagged: int
    """All of them."""
    undecided: int
    """Of these, ballots that count and that nobody has decided about."""


def order_soon(session: Session, parts: Parts, contest_id: str) -> None:
    """In the transaction of a ballot: it will be looked at, together with others."""
    attempts = parts.settings.job_attempts
    add_job(
        session, SYSTEM, JobKind.SCREEN_BALLOTS, contest_id, max_attempts=attempts, after_seconds=QUIET_SECONDS
    )  # fmt: skip


def order_now(actor: Actor, parts: Parts, contest_id: str) -> Screening:
    """For the host who does not want to wait. Raises ContestNotFound, LabelMembersOnly."""
    with parts.database.writing() as session:
        hold_as_host(session, actor, contest_id)
        add_job(session, SYSTEM, JobKind.SCREEN_BALLOTS, contest_id, max_attempts=parts.settings.job_attempts)
        hurry(session, JobKind.SCREEN_BALLOTS, contest_id)
        return screening_in(session, contest_id, most=0)


def get_screening(actor: Actor, parts: Parts, contest_id: str) -> Screening:
    """For the host. Raises ContestNotFound, LabelMembersOnly."""
    require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        contest = holding.find(session, actor, contest_id)
        require_host(holding.host_role(session, actor, contest))
        return screening_in(session, contest_id)


def screening_in(session: Session, contest_id: str, *, most: int | None = None) -> Screening:
    """In two statements; in one when there is no flag to show."""
    flagged = sa.select(BallotFlag, ContestBallot).join(ContestBallot, ContestBallot.id == BallotFlag.ballot_id)
    flagged = flagged.where(BallotFlag.contest_id == contest_id)
    is_open = sa.and_(ContestBallot.state == BallotState.COUNTED, ContestBallot.reviewed_at.is_(None))
    undecided = sa.case((is_open, 1))
    last = BallotScreening.contest_id == contest_id
    screened_at, looked_at, ballots, total, open_flags, is_underway = session.execute(
        sa.select(
            sa.select(BallotScreening.screened_at).where(last).scalar_subquery(),
            sa.select(BallotScreening.ballots).where(last).scalar_subquery(),
            _counting(contest_id).scalar_subquery(),
            flagged.with_only_columns(sa.func.count()).scalar_subquery(),
            flagged.with_only_columns(sa.func.count(undecided)).scalar_subquery(),
            active(JobKind.SCREEN_BALLOTS, contest_id).exists(),
        )
    ).one()
    order = ContestBallot.reviewed_at.is_not(None), ContestBallot.cast_at, ContestBallot.id
    rows = session.execute(flagged.order_by(*order).limit(most)).all() if total and most != 0 else []
    return Screening(
        screened_at=screened_at,
        since=(ballots or 0) - (looked_at or 0),
        is_underway=bool(is_underway),
        flags=[(flag, ballot) for flag, ballot in rows],
        flagged=total or 0,
        undecided=open_flags or 0,
    )


def screen_ballots(parts: Parts, lease: Lease) -> None:
    """A job. Done again it finds the same; ballots that came while it looked get a job of their own."""
    contest_id = lease.subject_id
    with parts.database.reading() as session:
        moment = database_time(session)
        announced_at = session.get_one(Contest, contest_id).announced_at
        ballots = _cast_ballots(session, contest_id)
    flags = screen(ballots, announced_at)
    with lease.committing() as session:
        _keep(session, contest_id, flags)
        session.merge(BallotScreening(contest_id=contest_id, ballots=len(ballots), screened_at=moment))
        session.flush()
        if (session.scalar(_counting(contest_id)) or 0) > len(ballots):
            order_soon(session, parts, contest_id)


def _keep(session: Session, contest_id: str, flags: Sequence[Flag]) -> None:
    """In place of those of before, but for ballots that somebody has decided about."""
    decided = set(
        session.scalars(
            sa.select(BallotFlag.ballot_id)
            .join(ContestBallot, ContestBallot.id == BallotFlag.ballot_id)
            .where(BallotFlag.contest_id == contest_id, ContestBallot.reviewed_at.is_not(None))
        )
    )
    session.execute(
        sa.delete(BallotFlag).where(
            BallotFlag.contest_id == contest_id,
            BallotFlag.ballot_id.not_in(
                sa.select(ContestBallot.id).where(
                    ContestBallot.contest_id == contest_id, ContestBallot.reviewed_at.is_not(None)
                )
            ),
        )
    )
    rows = [
        {
            "ballot_id": one.ballot_id, "contest_id": contest_id, "reasons": [reason.value for reason in one.reasons],
            "words": one.words,
        }
        for one in flags
        if one.ballot_id not in decided
    ]  # fmt: skip
    if rows:
        session.execute(sa.insert(BallotFlag), rows)


def _counting(contest_id: str) -> sa.Select[int]:
    return sa.select(sa.func.count()).select_from(ContestBallot).where(ContestBallot.contest_id == contest_id)


def _cast_ballots(session: Session, contest_id: str) -> list[CastBallot]:
    """Without the ORM: there may be many thousands."""
    heard = _heard(session, contest_id)
    rows = session.connection().execute(
        sa.select(
            ContestBallot.id, ContestBallot.account_id, ContestBallot.favoured_id, ContestBallot.against_id,
            ContestBallot.score, ContestBallot.cast_at, Account.created_at, ContestBallot.origin, ContestBallot.agent,
            ContestBallot.device,
        )
        .join(Account, Account.id == ContestBallot.account_id)
        .where(ContestBallot.contest_id == contest_id)
    )  # fmt: skip
    found = []
    for id, who, favoured, against, score, at, made_at, origin, agent, device in rows:
        known = (heard[who, one] for one in (favoured, against) if (who, one) in heard)
        least = min(known, default=None)
        found.append(CastBallot(id, who, favoured, against, score, at, made_at, origin, agent, device, least))
    return found


def _heard(session: Session, contest_id: str) -> Mapping[tuple[str, str | None], float]:
    """By account and entry, in times of what has to be heard."""
    ids = session.scalars(sa.select(ContestEntry.id).where(ContestEntry.contest_id == contest_id)).all()
    needed = {id: needed_ms(sound.duration_seconds) for id, sound in sounds_of(session, ids).items()}
    rows = session.connection().execute(
        sa.select(Hearing.account_id, Hearing.entry_id, Hearing.heard_ms).where(Hearing.contest_id == contest_id)
    )
    return {(account, entry): ms / needed[entry] for account, entry, ms in rows if needed.get(entry)}
