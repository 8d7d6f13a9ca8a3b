"""Asking somebody by handle to judge a contest: a yes makes them a member of the label and a judge in one step."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM, Actor, require_account
from remixhub.domain.contests.labels import LabelRole
from remixhub.domain.errors import Conflict, Invalid, NotFound
from remixhub.domain.moderation import NoticeKind
from remixhub.domain.states import Scope
from remixhub.models import Account, JudgeRequest, LabelMember, now
from remixhub.models.upsert import insert
from remixhub.services import journal, notices
from remixhub.services.contests.holding import hold, hold_as_host
from remixhub.services.contests.judges import put_in, require_judging_ahead
from remixhub.services.contests.labels import join


class JudgeAsked(Conflict):
    code = "judge_asked"
    title = "They were asked already"


def ask_to_judge(actor: Actor, parts: Parts, contest_id: str, handle: str) -> bool:
    """Whether they judge at once, as members do; others are asked by a notice, once.

    Raises ContestPhaseWrong, JudgeIsEntrant, JudgeHasVoted, JudgeAsked, Invalid for a handle that nobody has.
    """
    handle = handle.lower().removeprefix("@")
    with parts.database.writing() as session:
        held = hold_as_host(session, actor, contest_id)
        require_judging_ahead(held)
        account_id = session.scalar(sa.select(Account.id).where(Account.handle == handle))
        if account_id is None:
            raise Invalid(f"Nobody here is called @{handle}.", violations={"/handle": ["There is no such account."]})
        if session.get(LabelMember, (held.contest.label_id, account_id)) is not None:
            put_in(session, actor, held, account_id, handle)
            return True
        row = {"contest_id": contest_id, "account_id": account_id, "asked_by_id": actor.account_id, "asked_at": now()}
        asked = insert(session, JudgeRequest).values(row).on_conflict_do_nothing().returning(JudgeRequest.account_id)
        if session.scalar(asked) is None:
            raise JudgeAsked(f"@{handle} was asked to judge this contest; a no stands.")
        title = f"{held.contest.label.name} asks you to judge “{held.contest.title}”"
        text = "You would hear entries without names and score them. Say yes or no."
        notices.send(session, [account_id], NoticeKind.JUDGE_REQUEST, ("contest", contest_id), title, text)
        journal.record(session, actor, "contest.judge_asked", "contest", contest_id, after={"account": account_id})
    return False


def get_own_request(actor: Actor, parts: Parts, contest_id: str) -> JudgeRequest:
    """Also of a draft, which one sees as far as the request tells. Raises NotFound."""
    account_id = require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        return _find(session, contest_id, account_id)


def answer(actor: Actor, parts: Parts, contest_id: str, *, accepts: bool) -> JudgeRequest:
    """Once. Raises NotFound, JudgeAsked for a second answer, and what forbids them to judge."""
    account_id = require_account(actor, Scope.CONTEST)
    with parts.database.writing() as session:
        held = hold(session, SYSTEM, contest_id)
        request = _find(session, contest_id, account_id)
        if request.is_accepted is not None:
            raise JudgeAsked("You answered already.")
        if accepts:
            require_judging_ahead(held)
            join(session, actor, held.contest.label_id, LabelRole.JUDGE)
            put_in(session, actor, held, account_id, request.account.handle)
        request.is_accepted, request.answered_at = accepts, held.moment
        journal.record(session, actor, "judge.answered", "contest", contest_id, after={"accepts": accepts})
        if request.asked_by_id is not None:
            says = "judges" if accepts else "does not judge"
            title = f"@{request.account.handle} {says} “{held.contest.title}”"
            notices.send(session, [request.asked_by_id], NoticeKind.CONTEST, ("contest", contest_id), title, "")
        session.flush()
    return request


def unanswered(session: Session, contest_id: str) -> Sequence[JudgeRequest]:
    query = sa.select(JudgeRequest).where(JudgeRequest.contest_id == contest_id, JudgeRequest.is_accepted.is_not(True))
    return session.scalars(query.order_by(JudgeRequest.asked_at, JudgeRequest.account_id)).all()


def _find(session: Session, contest_id: str, account_id: str) -> JudgeRequest:
    request = session.get(JudgeRequest, (contest_id, account_id), populate_existing=True)
    if request is None:
        raise NotFound("Nobody asked you to judge this contest.", what="judge request")
    return request
