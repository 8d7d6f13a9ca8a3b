"""What a host sees of how a contest goes: entries, who took stems and did not enter, ballots."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.contests.entries import BallotState, EntryState
from remixhub.domain.contests.labels import require_host
from remixhub.domain.states import Scope
from remixhub.models import Contest, ContestBallot, ContestEntry, ContestSignUp
from remixhub.services.contests import holding
from remixhub.services.contests.news import downloaders


@dataclass(frozen=True)
class Figures:
    entries: int
    entrants: int
    withdrawn: int
    ruled_out: int
    sign_ups: int
    downloads_without_entry: int
    """Accounts that took the release's stems since the announcement and have not entered."""
    ballots: int
    voters: int
    excluded: int


def figures(actor: Actor, parts: Parts, contest_id: str) -> Figures:
    require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        contest = holding.find(session, actor, contest_id)
        require_host(holding.host_role(session, actor, contest))
        return figures_of(session, contest)


def figures_of(session: Session, contest: Contest) -> Figures:
    states = session.execute(
        sa.select(ContestEntry.state, ContestEntry.account_id).where(ContestEntry.contest_id == contest.id)
    ).all()
    is_excluded = sa.case((ContestBallot.state == BallotState.EXCLUDED, 1))
    ballots, voters, excluded = session.execute(
        sa.select(
            sa.func.count(), sa.func.count(ContestBallot.account_id.distinct()), sa.func.count(is_excluded)
        ).where(ContestBallot.contest_id == contest.id)
    ).one()
    signed_up = session.scalar(
        sa.select(sa.func.count()).select_from(ContestSignUp).where(ContestSignUp.contest_id == contest.id)
    )
    took = downloaders(session, contest) if contest.announced_at is not None else set()
    counted = [account for state, account in states if state is EntryState.COUNTED]
    return Figures(
        entries=len(counted),
        entrants=len(set(counted)),
        withdrawn=sum(state in (EntryState.WITHDRAWN, EntryState.REPLACED) for state, _ in states),
        ruled_out=sum(state is EntryState.RULED_OUT for state, _ in states),
        sign_ups=signed_up or 0,
        downloads_without_entry=len(took.difference(counted)),
        ballots=ballots,
        voters=voters,
        excluded=excluded,
    )
