"""`/suspensions` of accounts, their appeals and decisions."""

from __future__ import annotations

from typing import Any

import flask
import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from remixhub.api.moderation.reports import DecidedSchema, decided
from remixhub.api.operations import problems
from remixhub.api.paging import page_body, position_of
from remixhub.api.schemas import ListQuery, Schema, Text, Time
from remixhub.domain.moderation import SUSPENSION_OUTCOMES, ReportReason, SuspensionReason, SuspensionState
from remixhub.edge.actor import current_actor, current_parts
from remixhub.models import Suspension
from remixhub.services.moderation import suspensions

blueprint = Blueprint("suspensions", __name__, description="Accounts suspended by the house, and appeals")


class NewSuspensionSchema(Schema):
    handle = ma.fields.String(required=True, validate=validate.Length(max=80))
    reason = ma.fields.Enum(SuspensionReason, by_value=True, required=True)
    note = Text(multiline=True, max_length=2_000, load_default="", metadata={"description": "Told to the account"})
    ends_at = Time(allow_none=True, load_default=None, metadata={"description": "Null: until it is lifted"})
    take_down_works = ma.fields.Enum(
        ReportReason, by_value=True, allow_none=True, load_default=None,
        metadata={"description": "Its published works are taken down for this reason too; null: they stay"},
    )  # fmt: skip


class SuspensionAppealSchema(Schema):
    note = Text(required=True, multiline=True, min_length=1, max_length=4_000)


class SuspensionDecisionSchema(Schema):
    outcome = ma.fields.Enum(
        SuspensionState, by_value=True, required=True, validate=validate.OneOf(SUSPENSION_OUTCOMES),
        metadata={"description": "`kept` answers an appeal; `lifted` ends the suspension"},
    )  # fmt: skip
    note = Text(multiline=True, max_length=2_000, load_default="")


class SuspensionSchema(DecidedSchema):
    id = ma.fields.String(required=True)
    handle = ma.fields.String(required=True)
    reason = ma.fields.Enum(SuspensionReason, by_value=True, required=True)
    note = ma.fields.String(required=True)
    state = ma.fields.Enum(SuspensionState, by_value=True, required=True)
    ends_at = Time(required=True, allow_none=True)
    created_at = Time(required=True)
    appeal_note = ma.fields.String(required=True)
    appealed_at = Time(required=True, allow_none=True)
    made_by = ma.fields.String(required=True, allow_none=True, metadata={"description": "An operator's handle"})


class SuspensionPageSchema(Schema):
    suspensions = ma.fields.List(ma.fields.Nested(SuspensionSchema), required=True)
    next = ma.fields.String(required=True, allow_none=True)


class SuspensionsQuery(ListQuery):
    state = ma.fields.Enum(SuspensionState, by_value=True)
    handle = ma.fields.String(validate=validate.Length(max=80))


@blueprint.route("/suspensions", methods=["POST"])
@blueprint.arguments(NewSuspensionSchema)
@blueprint.response(201, SuspensionSchema)
@problems(blueprint, 404, 409, 413, 415)
def suspend_account(body: dict[str, Any]) -> Any:
    """Suspend an account: it may read, take its originals and appeal, and nothing else. For operators."""
    made = suspensions.suspend(current_actor(), current_parts(), **body)
    location = flask.url_for("suspensions.get_suspension", suspension_id=made.id)
    return _shown(made), 201, {"Location": location}


@blueprint.route("/suspensions")
@blueprint.arguments(SuspensionsQuery, location="query")
@blueprint.response(200, SuspensionPageSchema)
@problems(blueprint, 404)
def list_suspensions(query: dict[str, Any]) -> Any:
    """All suspensions, oldest first; `state=appealed` is the queue of appeals. For operators."""
    page = suspensions.list_suspensions(
        current_actor(), current_parts(), state=query.get("state"), handle=query.get("handle"),
        after=position_of(query), limit=query["limit"],
    )  # fmt: skip
    return page_body("suspensions", page.map(_shown))


@blueprint.route("/suspensions/<suspension_id>")
@blueprint.response(200, SuspensionSchema)
@problems(blueprint, 404)
def get_suspension(suspension_id: str) -> Any:
    """A suspension, for operators and the account itself."""
    return _shown(suspensions.get_suspension(current_actor(), current_parts(), suspension_id))


@blueprint.route("/suspensions/<suspension_id>/appeal", methods=["POST"])
@blueprint.arguments(SuspensionAppealSchema)
@blueprint.response(200, SuspensionSchema)
@problems(blueprint, 404, 409, 413, 415)
def appeal_suspension(body: dict[str, Any], suspension_id: str) -> Any:
    """Appeal against the suspension of one's own account, once."""
    return _shown(suspensions.appeal(current_actor(), current_parts(), suspension_id, note=body["note"]))


@blueprint.route("/suspensions/<suspension_id>/decision", methods=["POST"])
@blueprint.arguments(SuspensionDecisionSchema)
@blueprint.response(200, SuspensionSchema)
@problems(blueprint, 404, 409, 413, 415)
def decide_suspension(body: dict[str, Any], suspension_id: str) -> Any:
    """Refuse an appeal, or lift the suspension. For operators."""
    return _shown(suspensions.decide_suspension(current_actor(), current_parts(), suspension_id, **body))


def _shown(one: Suspension) -> dict[str, Any]:
    """Who is suspended does not learn which of the operators did it."""
    is_operator = current_actor().is_operator
    facts = ("id", "reason", "note", "state", "ends_at", "created_at", "appeal_note", "appealed_at")
    return {
        **{name: getattr(one, name) for name in facts},
        "handle": one.account.handle,
        "made_by": one.made_by.handle if is_operator and one.made_by else None,
        **decided(one),
        **({} if is_operator else {"decided_by": None}),
    }
