"""Reports: somebody says that something is wrong with a work, a moderator decides."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account, require_operator
from remixhub.domain.errors import Conflict, NotFound
from remixhub.domain.moderation import NoticeKind, ReportReason, ReportState
from remixhub.domain.states import Scope, WorkState
from remixhub.domain.work_refusals import WorkNotPublished, WorkWithdrawn
from remixhub.models import Report, new_id, now
from remixhub.models.changes import changed
from remixhub.models.upsert import insert
from remixhub.services import journal, notices
from remixhub.services.access import find_visible_work
from remixhub.services.paging import Keyset, Page, Position, page
from remixhub.services.throttle import take_attempt

_REPORTS_A_WINDOW = 20
_OLDEST = Keyset(Report.created_at, Report.id)
_NEWEST = Keyset(Report.created_at.desc(), Report.id.desc())


class ReportOpen(Conflict):
    code = "report_open"
    title = "You have reported this work already"


class ReportDecided(Conflict):
    code = "report_decided"
    title = "The report is decided already"


def create_report(actor: Actor, parts: Parts, *, work_id: str, reason: ReportReason, note: str = "") -> Report:
    """Raises NotFound, WorkNotPublished, WorkWithdrawn, ReportOpen, TooManyAttempts."""
    account_id = require_account(actor)
    with parts.database.reading() as session:
        work = find_visible_work(session, actor, work_id)
    if work.state is WorkState.DRAFT:
        raise WorkNotPublished("Only published works can be reported.", state=work.state.value)
    if work.state.is_tombstone:
        raise WorkWithdrawn("Its audio is gone already.", state=work.state.value)
    take_attempt(parts, {f"reports:{account_id}": _REPORTS_A_WINDOW})
    with parts.database.writing() as session:
        report_id = session.scalar(
            insert(session, Report)
            .values(
                id=new_id(), account_id=account_id, work_id=work_id, reason=reason, note=note,
                state=ReportState.OPEN, created_at=now(), decision_note="",
            )
            .on_conflict_do_nothing()
            .returning(Report.id)
        )  # fmt: skip
        if report_id is None:
            raise ReportOpen("A moderator will look at your first report; wait for the decision.")
        facts = {"work_id": work_id, "reason": reason.value}
        journal.record(session, actor, "report.created", "report", report_id, after=facts)
        return session.get_one(Report, report_id)


def list_reports(
    actor: Actor, parts: Parts, *, state: ReportState | None = None, after: Position | None, limit: int
) -> Page[Report]:
    """The moderators' queue, oldest first."""
    require_operator(actor)
    with parts.database.reading() as session:
        return reports_in(session, state, after=after, limit=limit)


def reports_in(session: Session, state: ReportState | None, *, after: Position | None, limit: int) -> Page[Report]:
    query = sa.select(Report)
    if state is not None:
        query = query.where(Report.state == state)
    return page(session, query, _OLDEST, after=after, limit=limit)


def list_own_reports(actor: Actor, parts: Parts, *, after: Position | None, limit: int) -> Page[Report]:
    """Newest first."""
    account_id = require_account(actor, Scope.READ)
    query = sa.select(Report).where(Report.account_id == account_id)
    with parts.database.reading() as session:
        return page(session, query, _NEWEST, after=after, limit=limit)


def decide_report(actor: Actor, parts: Parts, report_id: str, *, outcome: ReportState, note: str = "") -> Report:
    """Of two moderators at once one decides, and the other gets ReportDecided."""
    require_operator(actor)
    with parts.database.writing() as session:
        if not settle(session, actor, report_id, outcome, note):
            report = session.get(Report, report_id)
            if report is None:
                raise NotFound(f"There is no report {report_id!r}.", what="report")
            by = f"@{report.decided_by.handle}" if report.decided_by else "The system"
            raise ReportDecided(f"{by} has {report.state.value} it.", state=report.state.value)
        return session.get_one(Report, report_id)


def settle(session: Session, actor: Actor, report_id: str, outcome: ReportState, note: str) -> bool:
    """Decides an open report and tells the reporter; False when it is not open."""
    decided = changed(
        session,
        sa.update(Report)
        .where(Report.id == report_id, Report.state == ReportState.OPEN)
        .values(state=outcome, decided_by_id=actor.account_id, decided_at=now(), decision_note=note),
    )
    if decided == 0:
        return False
    report = session.get_one(Report, report_id, populate_existing=True)
    facts = {"state": outcome.value, "note": note}
    journal.record(
        session, actor, f"report.{outcome.value}", "report", report_id, before={"state": "open"}, after=facts
    )
    title = f"Your report of “{report.work.title}” was {outcome.value}"
    notices.send(session, [report.account_id], NoticeKind.REPORT_DECIDED, ("report", report_id), title, note)
    return True
