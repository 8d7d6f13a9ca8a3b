"""Announcing a draft: what it lacks, what becomes public and stays, and the act itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.contests import readiness
from remixhub.domain.contests.labels import require_host
from remixhub.domain.contests.phases import ContestAct, Phase
from remixhub.domain.contests.readiness import Finding, Severity, VoterFacts, WorkFacts
from remixhub.domain.errors import PreconditionFailed
from remixhub.domain.states import Scope, StemPackState
from remixhub.models import Account, Contest, ContestJudge, StemPack, Work
from remixhub.services import journal
from remixhub.services.contests import telling, tending
from remixhub.services.contests.drafting import of_label
from remixhub.services.contests.holding import Held, hold_as_host
from remixhub.services.contests.juries import IS_ABSENT
from remixhub.services.contests.reading import ContestView, find_view


@dataclass(frozen=True)
class AnnouncementPage:
    view: ContestView
    findings: Sequence[Finding]

    @property
    def is_ready(self) -> bool:
        is_draft = self.view.phase is Phase.DRAFT
        return is_draft and all(one.severity is not Severity.ERROR for one in self.findings)


def view_announcement(actor: Actor, parts: Parts, contest_id: str) -> AnnouncementPage:
    """Raises ContestNotFound, LabelMembersOnly."""
    require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        view = find_view(session, actor, contest_id)
        require_host(view.role)
        return AnnouncementPage(view, findings_in(session, parts, Held(view.contest, view.moment)))


def announce(actor: Actor, parts: Parts, contest_id: str, *, revision: int | None = None) -> Contest:
    """From now on everybody sees it, and its deadlines only move later. `revision` is the one that was looked at.

    Raises ContestNotReady, ContestPhaseWrong, ContestDatesInvalid, PreconditionFailed.
    """
    with parts.database.writing() as session:
        held = hold_as_host(session, actor, contest_id)
        contest = held.contest
        if revision is not None and revision != contest.revision:
            raise PreconditionFailed("Look at the contest again before you announce it.", revision=contest.revision)
        state = held.require(ContestAct.ANNOUNCE)
        readiness.require_ready(findings_in(session, parts, held))
        contest.state, contest.announced_at = state, held.moment
        contest.revision += 1
        journal.record(session, actor, "contest.announced", "contest", contest.id, before={"state": "draft"})
        tending.begin(contest, held.moment)
        session.flush()
        for phase in dict.fromkeys((Phase.ANNOUNCED, held.phase)):
            telling.phase(session, parts, contest, phase)
    return contest


def findings_in(session: Session, parts: Parts, held: Held) -> list[Finding]:
    contest, work = held.contest, held.contest.release
    judges = sa.select(sa.func.count()).where(
        ContestJudge.contest_id == contest.id, ContestJudge.account.has(sa.not_(IS_ABSENT))
    )
    stems = sa.exists().where(
        StemPack.work_id == contest.release_id, StemPack.state == StemPackState.FROZEN, StemPack.stems.any()
    )
    verified = sa.exists().where(Account.email_verified_at.is_not(None))
    is_own = sa.exists().where(Work.id == contest.release_id, of_label(contest.label_id))
    judge_count, has_stems, has_verified, is_own_work = session.execute(
        sa.select(judges.scalar_subquery(), stems, verified, is_own)
    ).one()
    return readiness.findings(
        contest.parsed_terms,
        contest.deadlines,
        moment=held.moment,
        brief=contest.brief,
        judge_count=judge_count,
        work=None if work is None else WorkFacts(work.title, work.state, work.licence, has_stems, is_own_work),
        voters=VoterFacts(sends_mail=parts.settings.sends_mail, has_verified=has_verified),
        embargo_until=contest.embargo_until,
    )
