"""`/account/notices`: what an account should know of its works and reports."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint

from remixhub.api.operations import problems
from remixhub.api.paging import page_body, position_of
from remixhub.api.schemas import ListQuery, Schema, Time
from remixhub.domain.moderation import NoticeKind
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services import notices

blueprint = Blueprint("notices", __name__, description="Notices to an account")


class NoticeSchema(Schema):
    id = ma.fields.String(required=True)
    kind = ma.fields.Enum(NoticeKind, by_value=True, required=True)
    subject_kind = ma.fields.String(
        required=True, metadata={"description": "`takedown`, `report`, `contest`, `work`, `comment` or `permission`"}
    )
    subject_id = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    text = ma.fields.String(required=True)
    created_at = Time(required=True)
    read_at = Time(required=True, allow_none=True)


class NoticePageSchema(Schema):
    notices = ma.fields.List(ma.fields.Nested(NoticeSchema), required=True)
    unread_count = ma.fields.Integer(required=True)
    next = ma.fields.String(required=True, allow_none=True)


@blueprint.route("/account/notices")
@blueprint.arguments(ListQuery, location="query")
@blueprint.response(200, NoticePageSchema)
@problems(blueprint)
def list_notices(query: dict[str, Any]) -> Any:
    """One's own notices, newest first."""
    actor, parts = current_actor(), current_parts()
    page, unread = notices.list_and_count(actor, parts, after=position_of(query), limit=query["limit"])
    body, status, headers = page_body("notices", page)
    return {**body, "unread_count": unread}, status, headers


@blueprint.route("/account/notices/<notice_id>/read", methods=["POST"])
@blueprint.response(200, NoticeSchema)
@problems(blueprint, 404)
def read_notice(notice_id: str) -> Any:
    """Mark a notice as read. Safe to repeat."""
    return notices.read_notice(current_actor(), current_parts(), notice_id)
