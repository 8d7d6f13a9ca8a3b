"""Voters of a contest: whether an account may vote, and what it has heard and given so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.domain.contests.phases import ContestAct, Phase
from remixhub.domain.contests.terms import VoteKind
from remixhub.domain.contests.voters import Voter, VoterLack, lack_of, require_voter
from remixhub.domain.errors import Conflict
from remixhub.models import Account, ContestBallot, Hearing
from remixhub.services.contests import holding
from remixhub.services.contests.holding import Held
from remixhub.services.contests.reading import ContestView

_BEFORE_OR_DURING = (Phase.ANNOUNCED, Phase.OPEN, Phase.VOTING, Phase.VOTING_AND_JUDGING)


class VoteOfAnotherKind(Conflict):
    code = "vote_of_another_kind"
    title = "This contest votes another way"


@dataclass(frozen=True)
class VoterStanding:
    """Of whoever looks at a contest whose community votes, now or later."""

    lack: VoterLack | None
    is_verified: bool
    given: int
    """Ballots."""


def require_voting(session: Session, held: Held, account_id: str, kind: VoteKind) -> None:
    """Raises VoteOfAnotherKind, ContestPhaseWrong, ContestDeadlineOver, VoterNotEligible."""
    contest, terms = held.contest, held.contest.parsed_terms
    if terms.vote is not kind:
        raise VoteOfAnotherKind(f"The community votes by {terms.vote}." if terms.has_vote else "Only judges decide.")
    held.require(ContestAct.VOTE)
    account = session.get_one(Account, account_id)
    is_judge = holding.is_judge(session, account_id, contest)
    voter = Voter(is_signed_in=True, email_verified_at=account.email_verified_at, is_judge=is_judge)
    require_voter(voter, opens_at=contest.opens_at, moment=held.moment)


def standing_in(session: Session, account_id: str | None, view: ContestView) -> VoterStanding | None:
    """By the rule that a ballot meets. None where the community does not vote, or not any more."""
    if not view.terms.has_vote or view.phase not in _BEFORE_OR_DURING:
        return None
    given = sa.select(sa.func.count()).where(
        ContestBallot.contest_id == view.contest.id, ContestBallot.account_id == Account.id
    )
    asked = sa.select(Account.email_verified_at, given.scalar_subquery().label("given"))
    found = session.execute(asked.where(Account.id == account_id)).one_or_none() if account_id else None
    verified_at = found.email_verified_at if found else None
    voter = Voter(is_signed_in=found is not None, email_verified_at=verified_at, is_judge=view.is_judge)
    lack = lack_of(voter, opens_at=view.contest.opens_at, moment=view.moment)
    return VoterStanding(lack, is_verified=verified_at is not None, given=found.given if found else 0)


def heard_by(session: Session, account_id: str, contest_id: str) -> Mapping[str, int]:
    """Milliseconds of each entry, as the beats of the player have told."""
    mine = sa.and_(Hearing.contest_id == contest_id, Hearing.account_id == account_id)
    rows = session.execute(sa.select(Hearing.entry_id, Hearing.heard_ms).where(mine))
    return {row.entry_id: row.heard_ms for row in rows}
