"""Who judges a contest: members of its label, put in and taken out by its host."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.contests.log import LogKind
from remixhub.domain.contests.phases import ContestPhaseWrong, ContestState, Phase
from remixhub.domain.errors import Conflict, Invalid, NotFound
from remixhub.models import Account, ContestBallot, ContestEntry, ContestJudge, LabelMember
from remixhub.services import journal
from remixhub.services.contests.holding import Held, hold_as_host
from remixhub.services.contests.log import append, pseudonym
from remixhub.services.contests.news import tell


class JudgeNotAMember(Invalid):
    code = "judge_not_a_member"
    title = "Judges are members of the label"


class JudgeHasVoted(Conflict):
    code = "judge_has_voted"
    title = "A voter cannot judge as well"


class JudgeIsEntrant(Conflict):
    code = "judge_is_entrant"
    title = "An entrant cannot judge"


def add_judge(actor: Actor, parts: Parts, contest_id: str, handle: str) -> None:
    """A member of the label. Raises JudgeIsEntrant, ContestPhaseWrong once judging is over."""
    with parts.database.writing() as session:
        held = hold_as_host(session, actor, contest_id)
        require_judging_ahead(held)
        put_in(session, actor, held, member_id(session, held.contest.label_id, handle), handle)


def require_judging_ahead(held: Held) -> None:
    if held.phase in (Phase.COUNTING, Phase.DECIDED, Phase.CANCELLED):
        raise ContestPhaseWrong("Judging is over.", phase=held.phase.value)


def put_in(session: Session, actor: Actor, held: Held, account_id: str, handle: str) -> None:
    """Raises JudgeIsEntrant, JudgeHasVoted."""
    contest_id = held.contest.id
    entered = sa.select(ContestEntry.id).where(
        ContestEntry.contest_id == contest_id, ContestEntry.account_id == account_id
    )
    if session.scalar(entered.limit(1)) is not None:
        raise JudgeIsEntrant(f"@{handle} has entered this contest.")
    voted = sa.select(ContestBallot.id).where(
        ContestBallot.contest_id == contest_id, ContestBallot.account_id == account_id
    )
    if session.scalar(voted.limit(1)) is not None:
        raise JudgeHasVoted(f"@{handle} has voted in this contest.")
    session.merge(ContestJudge(contest_id=contest_id, account_id=account_id))
    journal.record(session, actor, "contest.judge_added", "contest", contest_id, after={"account": account_id})


def remove_judge(actor: Actor, parts: Parts, contest_id: str, handle: str, reason: str) -> None:
    """Their scores do not count any more; the log keeps them, and the result gives the reason.

    Raises NotFound, ContestPhaseWrong after the decision.
    """
    with parts.database.writing() as session:
        held = hold_as_host(session, actor, contest_id)
        if held.phase in (Phase.DECIDED, Phase.CANCELLED):
            raise ContestPhaseWrong("It is over.", phase=held.phase.value)
        judge = session.scalars(
            sa.select(ContestJudge).where(
                ContestJudge.contest_id == contest_id,
                ContestJudge.account.has(Account.handle == handle.lower().removeprefix("@")),
            )
        ).one_or_none()
        if judge is None:
            raise NotFound(f"@{handle} is no judge of this contest.", what="judge")
        account_id = judge.account_id
        session.delete(judge)
        if held.contest.state is not ContestState.DRAFT:
            removed = {"judge": pseudonym(held.contest, "judge", account_id), "reason": reason}
            append(session, held.contest, LogKind.JUDGE_OUT, removed)
        before, after = {"account": account_id}, {"reason": reason}
        journal.record(session, actor, "contest.judge_removed", "contest", contest_id, before=before, after=after)
        tell(session, held.contest, f"You judge “{held.contest.title}” no more", reason, only={account_id})


def member_id(session: Session, label_id: str, handle: str) -> str:
    """Raises JudgeNotAMember."""
    found = session.scalar(
        sa.select(LabelMember.account_id)
        .join(Account, Account.id == LabelMember.account_id)
        .where(LabelMember.label_id == label_id, Account.handle == handle.lower().removeprefix("@"))
    )
    if found is None:
        raise JudgeNotAMember(f"Invite @{handle} to the label first.", violations={"/handle": ["Not a member."]})
    return found
