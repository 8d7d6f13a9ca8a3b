"""Reports: somebody says that something is wrong with a work, a comment on one or a collection; a moderator decides."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account, require_operator
from remixhub.domain.collections import Visibility
from remixhub.domain.comments import FAULT_WORDS, CommentFault, CommentGone, CommentState
from remixhub.domain.errors import Conflict, NotFound
from remixhub.domain.moderation import REASON_WORDS, NoticeKind, ReportReason, ReportState
from remixhub.domain.states import Scope, WorkState
from remixhub.domain.work_refusals import WorkNotPublished, WorkWithdrawn
from remixhub.models import Collection, Report, new_id, now
from remixhub.models.changes import changed
from remixhub.models.upsert import insert
from remixhub.services import journal, notices
from remixhub.services.access import find_visible_work
from remixhub.services.collections.collections import find, take_down_collection, viewed
from remixhub.services.comments.reading import find_comment
from remixhub.services.comments.removing import take_down_comment
from remixhub.services.paging import Keyset, Page, Position, page
from remixhub.services.throttle import take_attempt

_REPORTS_A_WINDOW = 20
_TOLD = ("work_id", "comment_id", "collection_id", "reason", "comment_fault")
"""Of a report in the audit trail: no words of a comment or a collection."""
_WORDS_KEPT = 20_000
"""Characters of a collection, whose notes may be many."""
_OLDEST = Keyset(Report.created_at, Report.id)
_NEWEST = Keyset(Report.created_at.desc(), Report.id.desc())


class ReportOpen(Conflict):
    code = "report_open"
    title = "You have reported this already"


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
        return _add(session, actor, account_id=account_id, work_id=work_id, reason=reason, note=note)


def report_comment(actor: Actor, parts: Parts, comment_id: str, *, fault: CommentFault, note: str = "") -> Report:
    """With its words as they are now. Raises CommentNotFound, CommentGone, ReportOpen, TooManyAttempts."""
    account_id = require_account(actor)
    with parts.database.reading() as session:
        comment = find_comment(session, actor, comment_id)
    if comment.state is not CommentState.SHOWN:
        raise CommentGone("There is nothing left of it to report.", state=comment.state.value)
    take_attempt(parts, {f"reports:{account_id}": _REPORTS_A_WINDOW})
    about = {"comment_id": comment_id, "comment_fault": fault, "comment_text": comment.text}
    with parts.database.writing() as session:
        return _add(
            session, actor, account_id=account_id, work_id=comment.work_id, reason=ReportReason.OFFENSIVE, note=note,
            **about,
        )  # fmt: skip


def report_collection(
    actor: Actor, parts: Parts, collection_id: str, *, reason: ReportReason, note: str = ""
) -> Report:
    """With its words as they are now. Raises CollectionNotFound, ReportOpen, TooManyAttempts."""
    account_id = require_account(actor)
    with parts.database.reading() as session:
        view = viewed(session, find(session, actor, collection_id))
    notes = [f"{one.work.title}: {one.note}" for one in view.collected if one.note]
    words = "\n\n".join(filter(None, [view.collection.title, view.collection.text, *notes]))
    take_attempt(parts, {f"reports:{account_id}": _REPORTS_A_WINDOW})
    about = {"collection_id": collection_id, "collection_text": words[:_WORDS_KEPT]}
    with parts.database.writing() as session:
        return _add(session, actor, account_id=account_id, reason=reason, note=note, **about)


def get_collection(actor: Actor, parts: Parts, collection_id: str) -> Collection:
    """What is about to be reported. Raises CollectionNotFound."""
    with parts.database.reading() as session:
        return find(session, actor, collection_id)


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
    """Decides an open report and tells the reporter; False when it is not open. Upheld, a comment or a collection goes,
    whose it is is told, and so is whoever else had reported it. What a report quotes goes in any case.
    """
    decided = changed(
        session,
        sa.update(Report)
        .where(Report.id == report_id, Report.state == ReportState.OPEN)
        .values(
            state=outcome, decided_by_id=actor.account_id, decided_at=now(), decision_note=note, comment_text=None,
            collection_text=None,
        ),
    )  # fmt: skip
    if decided == 0:
        return False
    report = session.get_one(Report, report_id, populate_existing=True)
    facts = {"state": outcome.value, "note": note}
    journal.record(
        session, actor, f"report.{outcome.value}", "report", report_id, before={"state": "open"}, after=facts
    )
    title = f"Your report of {_about(report)} was {outcome.value}"
    notices.send(session, [report.account_id], NoticeKind.REPORT_DECIDED, ("report", report_id), title, note)
    if report.comment_id is not None and outcome is ReportState.UPHELD:
        _remove_comment(session, actor, report.comment_id, report.comment_fault or CommentFault.OFFENSIVE, note)
    if report.collection_id is not None and outcome is ReportState.UPHELD:
        _take_down_collection(session, actor, report.collection_id, report.reason, note)
    return True


def _about(report: Report) -> str:
    if report.work is not None:
        return f"“{report.work.title}”" if report.comment_id is None else f"a comment on “{report.work.title}”"
    if report.collection is None:
        return "a collection that is gone"
    if report.collection.visibility is Visibility.PRIVATE:  # whatever it is called now is no business of others
        return "a collection that is private now"
    return f"the collection “{report.collection.title}”"


def _take_down_collection(session: Session, actor: Actor, collection_id: str, reason: ReportReason, note: str) -> None:
    collection = take_down_collection(session, actor, collection_id)
    if collection is None:
        return
    title = f"Your collection “{collection.title}” was taken down by the moderators"
    text = " ".join(filter(None, [f"The reason: {REASON_WORDS[reason]}. You alone see it now.", note]))
    about = ("collection", collection_id)
    notices.send(session, [collection.account_id], NoticeKind.REPORT_DECIDED, about, title, text)
    _uphold_others(session, actor, Report.collection_id == collection_id, note)


def _remove_comment(session: Session, actor: Actor, comment_id: str, fault: CommentFault, note: str) -> None:
    comment = take_down_comment(session, actor, comment_id)
    if comment is None:
        return
    title = f"Your comment on “{comment.work.title}” was removed by the moderators"
    text = " ".join(filter(None, [f"The reason: {FAULT_WORDS[fault]}.", note]))
    notices.send(session, [comment.account_id], NoticeKind.COMMENT, ("comment", comment_id), title, text)
    _uphold_others(session, actor, Report.comment_id == comment_id, note)


def _uphold_others(session: Session, actor: Actor, same: sa.ColumnElement[bool], note: str) -> None:
    also = sa.select(Report.id).where(same, Report.state == ReportState.OPEN)
    for report_id in session.scalars(also.order_by(Report.id)).all():
        settle(session, actor, report_id, ReportState.UPHELD, note)


def _add(session: Session, actor: Actor, **facts: Any) -> Report:
    """Raises ReportOpen: each account has one open report of a work, of a comment and of a collection."""
    row = {"id": new_id(), "state": ReportState.OPEN, "created_at": now(), "decision_note": "", **facts}
    added = insert(session, Report).values(row).on_conflict_do_nothing().returning(Report.id)
    report_id = session.scalar(added)
    if report_id is None:
        raise ReportOpen("A moderator will look at your first report; wait for the decision.")
    told: dict[str, Any] = {name: facts[name] for name in _TOLD if name in facts}
    journal.record(session, actor, "report.created", "report", report_id, after=told)
    return session.get_one(Report, report_id)
