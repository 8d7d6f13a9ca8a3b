"""The host's dashboard of a contest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.contests.labels import require_host
from remixhub.domain.contests.next_step import NextStep, Situation, next_step
from remixhub.domain.contests.phases import Phase
from remixhub.domain.contests.readiness import Finding
from remixhub.domain.contests.winner_rights import WinnerRights
from remixhub.domain.states import Scope
from remixhub.models import Account, Contest, ContestEntry, JudgeRequest, LabelMember
from remixhub.models.suspensions import is_suspended
from remixhub.services.contests.announcing import findings_in
from remixhub.services.contests.decisions import PublishedResult, result_in
from remixhub.services.contests.entry_audio import EntrySound, sounds_of
from remixhub.services.contests.holding import Held
from remixhub.services.contests.judge_requests import unanswered
from remixhub.services.contests.juries import JudgeProgress
from remixhub.services.contests.labels import members_of
from remixhub.services.contests.page import entries_shown
from remixhub.services.contests.reading import ContestView, find_view
from remixhub.services.contests.rulings import Sheets, sheets_in
from remixhub.services.contests.screening import Screening, screening_in
from remixhub.services.contests.statistics import Figures, figures_of

_OPEN_RIGHTS = (WinnerRights.EXCLUSIVE, WinnerRights.FIRST_OFFER)
_MOST_FLAGS = 300
"""Shown at once, those first that nobody has decided about."""


@dataclass(frozen=True)
class Dashboard:
    view: ContestView
    figures: Figures
    sheets: Sheets | None
    """None where no judges decide."""
    screening: Screening | None
    """None where nobody votes."""
    entries: Sequence[ContestEntry]
    sounds: Mapping[str, EntrySound]
    """Of those entries."""
    candidates: Sequence[LabelMember]
    """Members who could still be named judges."""
    findings: Sequence[Finding]
    """Of a draft, before it is announced."""
    requests: Sequence[JudgeRequest]
    """Of others, who have not said yes."""
    result: PublishedResult | None
    suspended: frozenset[str]
    """Handles of entrants whose accounts are suspended: what they entered stays."""

    @property
    def progress(self) -> Sequence[JudgeProgress]:
        return self.sheets.judges if self.sheets else ()

    @property
    def next_step(self) -> NextStep:
        figures, contest = self.figures, self.view.contest
        open_rights = [one for one in self.result.winners if one.rights in _OPEN_RIGHTS] if self.result else []
        return next_step(
            Situation(
                self.view.phase,
                has_jury=self.view.terms.has_jury,
                judge_count=sum(one.absence is None for one in self.progress),
                waiting=[one.handle for one in self.progress if one.is_waited_for],
                absent=[one.handle for one in self.progress if one.is_waited_for and one.absence],
                unsettled=self.sheets.unsettled if self.sheets else 0,
                entries=figures.entries,
                stems_taken=figures.downloads_without_entry,
                flagged=self.screening.undecided if self.screening else 0,
                unscreened=self.screening.since if self.screening else 0,
                waits_for_deal=contest.is_secret_remixer and contest.dealt_at is None,
                sign_ups=figures.sign_ups,
                unreleased=len(open_rights),
            )
        )


def view_dashboard(actor: Actor, parts: Parts, contest_id: str) -> Dashboard:
    """Raises ContestNotFound, LabelMembersOnly."""
    require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        view = find_view(session, actor, contest_id)
        require_host(view.role)
        contest = view.contest
        figures = figures_of(session, contest)
        sheets = sheets_in(session, contest, view.phase) if view.terms.has_jury else None
        entries = entries_shown(session, actor, view)
        return Dashboard(
            view=view,
            figures=figures,
            sheets=sheets,
            screening=screening_in(session, contest.id, most=_MOST_FLAGS) if view.terms.has_vote else None,
            entries=entries,
            sounds=sounds_of(session, [one.id for one in entries]) if entries else {},
            findings=findings_in(session, parts, Held(contest, view.moment)) if view.phase is Phase.DRAFT else [],
            requests=unanswered(session, contest.id) if view.terms.has_jury else [],
            candidates=_candidates(session, contest, sheets.judges) if sheets else [],
            result=result_in(session, contest) if contest.result else None,
            suspended=_suspended_among(session, entries),
        )


def _suspended_among(session: Session, entries: Sequence[ContestEntry]) -> frozenset[str]:
    handles = {one.account.handle for one in entries}
    found = sa.select(Account.handle).where(Account.handle.in_(handles), is_suspended(Account.id))
    return frozenset(session.scalars(found))


def _candidates(session: Session, contest: Contest, judges: Sequence[JudgeProgress]) -> list[LabelMember]:
    handles = {one.handle for one in judges}
    return [one for one in members_of(session, contest.label_id) if one.account.handle not in handles]
