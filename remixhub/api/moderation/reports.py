"""`/reports`: what somebody says is wrong with a work, a comment or a collection, and what a moderator decides."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from remixhub.api.operations import problems
from remixhub.api.paging import page_body, position_of
from remixhub.api.schemas import ListQuery, Schema, Text, Time
from remixhub.domain.comments import CommentFault
from remixhub.domain.moderation import REPORT_OUTCOMES, ReportReason, ReportState
from remixhub.domain.states import WorkState
from remixhub.edge.actor import current_actor, current_parts
from remixhub.models import Report
from remixhub.services.moderation import reports
from remixhub.services.paging import Page

blueprint = Blueprint(
    "reports", __name__, description="Reports of works, comments and collections, and their decisions"
)


class NewReportSchema(Schema):
    work_id = ma.fields.String(required=True, validate=validate.Length(max=64))
    reason = ma.fields.Enum(ReportReason, by_value=True, required=True)
    note = Text(multiline=True, max_length=2_000, load_default="")


class NewCommentReportSchema(Schema):
    fault = ma.fields.Enum(CommentFault, by_value=True, required=True)
    note = Text(multiline=True, max_length=2_000, load_default="")


class NewCollectionReportSchema(Schema):
    reason = ma.fields.Enum(ReportReason, by_value=True, required=True)
    note = Text(multiline=True, max_length=2_000, load_default="")


class DecisionSchema(Schema):
    outcome = ma.fields.Enum(
        ReportState, by_value=True, required=True, validate=validate.OneOf(REPORT_OUTCOMES),
        metadata={"description": "`upheld` or `dismissed`"},
    )  # fmt: skip
    note = Text(multiline=True, max_length=2_000, load_default="")


class DecidedSchema(Schema):
    """What is decided of a report or a takedown; empty until then."""

    decided_by = ma.fields.String(required=True, allow_none=True, metadata={"description": "A moderator's handle"})
    decided_at = Time(required=True, allow_none=True)
    decision_note = ma.fields.String(required=True)


class ReportSchema(DecidedSchema):
    id = ma.fields.String(required=True)
    work_id = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "Null: it is about a collection"}
    )
    work_title = ma.fields.String(required=True, allow_none=True)
    work_state = ma.fields.Enum(WorkState, by_value=True, required=True, allow_none=True)
    comment_id = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "Of a comment on the work; null: it is about the work"}
    )
    comment_fault = ma.fields.Enum(CommentFault, by_value=True, required=True, allow_none=True)
    comment_text = ma.fields.String(
        required=True, allow_none=True,
        metadata={"description": "As it was reported; for moderators, until it is decided"},
    )  # fmt: skip
    collection_id = ma.fields.String(required=True, allow_none=True)
    collection_text = ma.fields.String(
        required=True, allow_none=True,
        metadata={"description": "Its words as they were reported; for moderators, until it is decided"},
    )  # fmt: skip
    reason = ma.fields.Enum(ReportReason, by_value=True, required=True)
    note = ma.fields.String(required=True)
    reporter = ma.fields.String(required=True, metadata={"description": "Handle"})
    state = ma.fields.Enum(ReportState, by_value=True, required=True)
    created_at = Time(required=True)


class ReportPageSchema(Schema):
    reports = ma.fields.List(ma.fields.Nested(ReportSchema), required=True)
    next = ma.fields.String(required=True, allow_none=True)


class ReportsQuery(ListQuery):
    state = ma.fields.Enum(ReportState, by_value=True)


@blueprint.route("/reports", methods=["POST"])
@blueprint.arguments(NewReportSchema)
@blueprint.response(201, ReportSchema)
@problems(blueprint, 404, 409, 413, 415, 429)
def create_report(body: dict[str, Any]) -> Any:
    """Report a published work; one open report a work and account."""
    return _shown(reports.create_report(current_actor(), current_parts(), **body))


@blueprint.route("/comments/<comment_id>/reports", methods=["POST"])
@blueprint.arguments(NewCommentReportSchema)
@blueprint.response(201, ReportSchema)
@problems(blueprint, 404, 409, 413, 415, 429)
def report_comment(body: dict[str, Any], comment_id: str) -> Any:
    """Report a comment; one open report a comment and account."""
    return _shown(reports.report_comment(current_actor(), current_parts(), comment_id, **body))


@blueprint.route("/collections/<collection_id>/reports", methods=["POST"])
@blueprint.arguments(NewCollectionReportSchema)
@blueprint.response(201, ReportSchema)
@problems(blueprint, 404, 409, 413, 415, 429)
def report_collection(body: dict[str, Any], collection_id: str) -> Any:
    """Report a collection; one open report a collection and account."""
    return _shown(reports.report_collection(current_actor(), current_parts(), collection_id, **body))


@blueprint.route("/reports")
@blueprint.arguments(ReportsQuery, location="query")
@blueprint.response(200, ReportPageSchema)
@problems(blueprint)
def list_reports(query: dict[str, Any]) -> Any:
    """The queue, oldest first; for moderators."""
    page = reports.list_reports(
        current_actor(), current_parts(), state=query.get("state"), after=position_of(query), limit=query["limit"]
    )
    return _page(page)


@blueprint.route("/account/reports")
@blueprint.arguments(ListQuery, location="query")
@blueprint.response(200, ReportPageSchema)
@problems(blueprint)
def list_own_reports(query: dict[str, Any]) -> Any:
    """One's own reports, newest first."""
    page = reports.list_own_reports(current_actor(), current_parts(), after=position_of(query), limit=query["limit"])
    return _page(page)


@blueprint.route("/reports/<report_id>/decision", methods=["POST"])
@blueprint.arguments(DecisionSchema)
@blueprint.response(200, ReportSchema)
@problems(blueprint, 404, 409, 413, 415)
def decide_report(body: dict[str, Any], report_id: str) -> Any:
    """Uphold or dismiss an open report; for moderators. An upheld one of a comment removes that, one of a collection
    leaves it to its owner alone, and tells whose it is; taking works down is a step of its own.
    """
    return _shown(reports.decide_report(current_actor(), current_parts(), report_id, **body))


def decided(row: Any) -> dict[str, Any]:
    return {
        "decided_by": row.decided_by.handle if row.decided_by else None,
        "decided_at": row.decided_at,
        "decision_note": row.decision_note,
    }


def _page(page: Page[Report]) -> Any:
    return page_body("reports", page.map(_shown))


def _shown(report: Report) -> dict[str, Any]:
    return {
        "id": report.id,
        "work_id": report.work_id,
        "work_title": report.work.title if report.work else None,
        "work_state": report.work.state if report.work else None,
        "comment_id": report.comment_id,
        "comment_fault": report.comment_fault,
        "comment_text": report.comment_text if current_actor().is_operator else None,
        "collection_id": report.collection_id,
        "collection_text": report.collection_text if current_actor().is_operator else None,
        "reason": report.reason,
        "note": report.note,
        "reporter": report.account.handle,
        "state": report.state,
        "created_at": report.created_at,
        **decided(report),
    }
