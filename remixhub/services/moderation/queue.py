"""What waits for the moderators: reports, and appeals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_operator
from remixhub.domain.moderation import ReportState, TakedownState
from remixhub.models import Report, Suspension, Takedown
from remixhub.services.moderation.reports import reports_in
from remixhub.services.moderation.suspensions import appeals_in
from remixhub.services.moderation.takedowns import takedowns_in
from remixhub.services.paging import Page, Position


@dataclass(frozen=True)
class Queue:
    reports: Page[Report]
    appealed: Sequence[Takedown]
    suspended: Sequence[Suspension]
    """With an appeal that waits, and not over."""


def view_queue(actor: Actor, parts: Parts, state: ReportState, *, after: Position | None, limit: int) -> Queue:
    """The reports in this state, and the appeals that wait; the oldest first."""
    require_operator(actor)
    with parts.database.reading() as session:
        return Queue(
            reports_in(session, state, after=after, limit=limit),
            takedowns_in(session, TakedownState.APPEALED, after=None, limit=limit).rows,
            appeals_in(session, limit=limit),
        )
