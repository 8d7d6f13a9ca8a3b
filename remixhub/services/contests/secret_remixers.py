"""Secret remixer: signing up with a source, and the deal."""

from __future__ import annotations

import sqlalchemy as sa

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account, require_own_work
from remixhub.domain.contests.dealing import deal
from remixhub.domain.contests.phases import ContestPhaseWrong, Phase
from remixhub.domain.errors import Conflict
from remixhub.domain.licences.judging import allowed_for_derivative
from remixhub.domain.states import Scope, WorkState
from remixhub.domain.work_refusals import WorkNotPublished
from remixhub.models import ContestSignUp, now
from remixhub.models.upsert import insert
from remixhub.services import journal
from remixhub.services.access import find_visible_work
from remixhub.services.contests import holding
from remixhub.services.contests.holding import hold, hold_as_host
from remixhub.services.contests.log import pseudonym
from remixhub.services.contests.news import tell


class NotASecretRemixer(Conflict):
    code = "not_a_secret_remixer"
    title = "This contest deals no sources"


class SourceNotRemixable(Conflict):
    code = "source_not_remixable"
    title = "The source's licence allows no remix"


def sign_up(actor: Actor, parts: Parts, contest_id: str, work_id: str) -> ContestSignUp:
    """With one's own published work, for somebody else to remix; until the deal, and changed by signing up again."""
    account_id = require_account(actor)
    with parts.database.writing() as session:
        held = hold(session, actor, contest_id)
        _require_before_the_deal(held)
        work = find_visible_work(session, actor, work_id)
        require_own_work(actor, owner_id=work.account_id, state=work.state, what="work", id=work_id)
        if work.state is not WorkState.PUBLISHED:
            raise WorkNotPublished("Publish it first.", state=work.state.value)
        if not allowed_for_derivative(work.licence):
            raise SourceNotRemixable(f"“{work.title}” is under {work.licence}: choose a work that may be remixed.")
        row = insert(session, ContestSignUp).values(
            contest_id=contest_id, account_id=account_id, work_id=work_id, created_at=now()
        )
        session.execute(
            row.on_conflict_do_update(index_elements=["contest_id", "account_id"], set_={"work_id": work_id})
        )
        journal.record(session, actor, "contest.signed_up", "contest", contest_id, after={"work": work_id})
        return session.get_one(ContestSignUp, (contest_id, account_id), populate_existing=True)


def take_back_sign_up(actor: Actor, parts: Parts, contest_id: str) -> None:
    account_id = require_account(actor)
    with parts.database.writing() as session:
        _require_before_the_deal(hold(session, actor, contest_id))
        mine = sa.and_(ContestSignUp.contest_id == contest_id, ContestSignUp.account_id == account_id)
        session.execute(sa.delete(ContestSignUp).where(mine))
        journal.record(session, actor, "contest.sign_up_taken_back", "contest", contest_id)


def get_sign_up(actor: Actor, parts: Parts, contest_id: str) -> ContestSignUp | None:
    """One's own; after the deal with the work that one is to remix."""
    account_id = require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        holding.find(session, actor, contest_id)
        return session.get(ContestSignUp, (contest_id, account_id))


def deal_sources(actor: Actor, parts: Parts, contest_id: str) -> int:
    """By the host, once; how many take part. Over pseudonyms, so that the export can be dealt again."""
    with parts.database.writing() as session:
        held = hold_as_host(session, actor, contest_id)
        _require_before_the_deal(held)
        contest = held.contest
        sign_ups = session.scalars(sa.select(ContestSignUp).where(ContestSignUp.contest_id == contest_id)).all()
        by_pseudonym = {pseudonym(contest, "dealt", one.account_id): one for one in sign_ups}
        for taker, giver in deal(by_pseudonym, contest.seed).items():
            by_pseudonym[taker].dealt_work_id = by_pseudonym[giver].work_id
        contest.dealt_at = held.moment
        journal.record(session, actor, "contest.dealt", "contest", contest_id, after={"count": len(sign_ups)})
        tell(session, contest, f"“{contest.title}”: your source is dealt", "See the contest's page for what to remix.")
    return len(sign_ups)


def _require_before_the_deal(held: holding.Held) -> None:
    if not held.contest.is_secret_remixer:
        raise NotASecretRemixer("Remix the contest's release and enter it.")
    if held.contest.dealt_at is not None or held.phase not in (Phase.ANNOUNCED, Phase.OPEN):
        raise ContestPhaseWrong("Sources are dealt once, before the contest closes.", phase=held.phase.value)
