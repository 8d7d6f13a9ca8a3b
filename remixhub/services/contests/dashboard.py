"""The host's dashboard of a contest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.contests.labels import require_host
from remixhub.domain.contests.vote_screening import Flag
from remixhub.domain.states import Scope
from remixhub.models import ContestBallot, ContestEntry, LabelMember
from remixhub.services.contests.decisions import PublishedResult, result_in
from remixhub.services.contests.judging import JudgeProgress, progress_in
from remixhub.services.contests.labels import members_of
from remixhub.services.contests.page import entries_shown
from remixhub.services.contests.reading import ContestView, find_view
from remixhub.services.contests.statistics import Figures, figures_of
from remixhub.services.contests.voting import flags_in

_OWN_WORKS = 100
_SCREENED_AT_ONCE = 1_000
"""Ballots that are screened whenever the dashboard is opened; more take seconds, and are asked for."""


@dataclass(frozen=True)
class Dashboard:
    view: ContestView
    figures: Figures
    progress: Sequence[JudgeProgress]
    flags: Sequence[tuple[Flag, ContestBallot]] | None
    """None as long as nobody asked for so many ballots to be screened."""
    entries: Sequence[ContestEntry]
    members: Sequence[LabelMember]
    result: PublishedResult | None


def view_dashboard(actor: Actor, parts: Parts, contest_id: str, *, screen_all: bool) -> Dashboard:
    """Raises ContestNotFound, LabelMembersOnly."""
    require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        view = find_view(session, actor, contest_id)
        require_host(view.role)
        contest = view.contest
        figures = figures_of(session, contest)
        is_screened = view.terms.has_vote and (figures.ballots <= _SCREENED_AT_ONCE or screen_all)
        return Dashboard(
            view=view,
            figures=figures,
            progress=progress_in(session, contest) if view.terms.has_jury else [],
            flags=flags_in(session, contest.id) if is_screened else None,
            entries=entries_shown(session, actor, view),
            members=members_of(session, contest.label_id),
            result=result_in(session, contest) if contest.result else None,
        )
