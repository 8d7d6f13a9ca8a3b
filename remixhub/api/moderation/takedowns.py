"""`/takedowns`, their appeals and decisions, and how far one would reach."""

from __future__ import annotations

from typing import Any

import flask
import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from remixhub.api.moderation.reports import DecidedSchema, decided
from remixhub.api.operations import problems
from remixhub.api.paging import page_body, position_of
from remixhub.api.schemas import ArtistSchema, ListQuery, Schema, Text, Time
from remixhub.domain.moderation import TAKEDOWN_OUTCOMES, WORKS_LIMIT, ReachKind, ReportReason, TakedownState
from remixhub.domain.states import WorkState
from remixhub.edge.actor import current_actor, current_parts
from remixhub.models import Takedown, Work
from remixhub.services.moderation import reach, takedowns
from remixhub.services.moderation.reach import Affected, Reached

blueprint = Blueprint("takedowns", __name__, description="Works taken down by the house, and appeals")

_REACH_LIMIT = 500


class StepSchema(Schema):
    id = ma.fields.String(required=True)
    title = ma.fields.String(required=True)


class ReachedSchema(StepSchema):
    state = ma.fields.Enum(WorkState, by_value=True, required=True)
    artist = ma.fields.Nested(ArtistSchema, required=True)
    generation = ma.fields.Integer(required=True)
    path = ma.fields.List(
        ma.fields.Nested(StepSchema), required=True, metadata={"description": "From the work down to this one"}
    )


class AffectedSchema(Schema):
    kind = ma.fields.Enum(ReachKind, by_value=True, required=True)
    count = ma.fields.Integer(required=True, metadata={"description": "Of all, also of those not listed"})
    accounts_count = ma.fields.Integer(required=True, allow_none=True)
    works = ma.fields.List(ma.fields.Nested(ReachedSchema), required=True)


class ReachSchema(Schema):
    work_id = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    state = ma.fields.Enum(WorkState, by_value=True, required=True)
    affected = ma.fields.List(ma.fields.Nested(AffectedSchema), required=True)


class NewTakedownSchema(Schema):
    work_ids = ma.fields.List(
        ma.fields.String(validate=validate.Length(max=64)),
        required=True,
        validate=validate.Length(min=1, max=WORKS_LIMIT),
        metadata={"description": "Exactly these; nothing follows from the lineage"},
    )
    reason = ma.fields.Enum(ReportReason, by_value=True, required=True)
    note = Text(multiline=True, max_length=2_000, load_default="")
    report_id = ma.fields.String(allow_none=True, load_default=None, validate=validate.Length(max=64))


class AppealSchema(Schema):
    note = Text(required=True, multiline=True, min_length=1, max_length=4_000)


class TakedownDecisionSchema(Schema):
    outcome = ma.fields.Enum(
        TakedownState, by_value=True, required=True, validate=validate.OneOf(TAKEDOWN_OUTCOMES),
        metadata={"description": "`kept` answers an appeal; `restored` lifts the takedown"},
    )  # fmt: skip
    note = Text(multiline=True, max_length=2_000, load_default="")


class NamedWorkSchema(StepSchema):
    state = ma.fields.Enum(WorkState, by_value=True, required=True)
    state_before = ma.fields.Enum(WorkState, by_value=True, required=True)
    artist = ma.fields.Nested(ArtistSchema, required=True)


class MadeAppealSchema(Schema):
    handle = ma.fields.String(required=True)
    note = ma.fields.String(required=True)
    created_at = Time(required=True)


class TakedownSchema(DecidedSchema):
    id = ma.fields.String(required=True)
    state = ma.fields.Enum(TakedownState, by_value=True, required=True)
    reason = ma.fields.Enum(ReportReason, by_value=True, required=True)
    note = ma.fields.String(required=True)
    report_id = ma.fields.String(required=True, allow_none=True)
    works = ma.fields.List(ma.fields.Nested(NamedWorkSchema), required=True)
    appeals = ma.fields.List(ma.fields.Nested(MadeAppealSchema), required=True)
    taken_by = ma.fields.String(required=True, allow_none=True, metadata={"description": "A moderator's handle"})
    created_at = Time(required=True)


class TakedownPageSchema(Schema):
    takedowns = ma.fields.List(ma.fields.Nested(TakedownSchema), required=True)
    next = ma.fields.String(required=True, allow_none=True)


class TakedownsQuery(ListQuery):
    state = ma.fields.Enum(TakedownState, by_value=True)


class ReachQuery(ma.Schema):
    class Meta:
        unknown = ma.EXCLUDE

    limit = ma.fields.Integer(
        load_default=200,
        validate=validate.Range(min=1, max=_REACH_LIMIT),
        metadata={"description": "Works listed of a kind, nearest first"},
    )


@blueprint.route("/works/<work_id>/takedown-reach")
@blueprint.arguments(ReachQuery, location="query")
@blueprint.response(200, ReachSchema)
@problems(blueprint, 404)
def get_takedown_reach(query: dict[str, Any], work_id: str) -> Any:
    """What a takedown of the work would touch, and through which path; nothing is done. For moderators."""
    found = reach.get_reach(current_actor(), current_parts(), work_id, limit=query["limit"])
    return {
        "work_id": found.work.id,
        "title": found.work.title,
        "state": found.work.state,
        "affected": [_affected(one) for one in found.affected],
    }


@blueprint.route("/takedowns", methods=["POST"])
@blueprint.arguments(NewTakedownSchema)
@blueprint.response(201, TakedownSchema)
@blueprint.alt_response(200, schema=TakedownSchema, description="The equal takedown, which is in force already")
@problems(blueprint, 404, 413, 415)
def take_down(body: dict[str, Any]) -> Any:
    """Take works down: nothing of them is served until the takedown is lifted. For moderators."""
    takedown, is_new = takedowns.take_down(current_actor(), current_parts(), **body)
    location = flask.url_for("takedowns.get_takedown", takedown_id=takedown.id)
    return _shown(takedown), 201 if is_new else 200, {"Location": location}


@blueprint.route("/takedowns")
@blueprint.arguments(TakedownsQuery, location="query")
@blueprint.response(200, TakedownPageSchema)
@problems(blueprint)
def list_takedowns(query: dict[str, Any]) -> Any:
    """All takedowns, oldest first; `state=appealed` is the queue of appeals. For moderators."""
    page = takedowns.list_takedowns(
        current_actor(), current_parts(), state=query.get("state"), after=position_of(query), limit=query["limit"]
    )
    return page_body("takedowns", page.map(_shown))


@blueprint.route("/takedowns/<takedown_id>")
@blueprint.response(200, TakedownSchema)
@problems(blueprint, 404)
def get_takedown(takedown_id: str) -> Any:
    """A takedown, for moderators and the artists concerned; an artist sees their own works and appeal of it."""
    return _shown(takedowns.get_takedown(current_actor(), current_parts(), takedown_id))


@blueprint.route("/takedowns/<takedown_id>/appeal", methods=["POST"])
@blueprint.arguments(AppealSchema)
@blueprint.response(200, TakedownSchema)
@problems(blueprint, 404, 409, 413, 415)
def appeal_takedown(body: dict[str, Any], takedown_id: str) -> Any:
    """Appeal against a takedown of one's own work, once."""
    return _shown(takedowns.appeal(current_actor(), current_parts(), takedown_id, note=body["note"]))


@blueprint.route("/takedowns/<takedown_id>/decision", methods=["POST"])
@blueprint.arguments(TakedownDecisionSchema)
@blueprint.response(200, TakedownSchema)
@problems(blueprint, 404, 409, 413, 415)
def decide_takedown(body: dict[str, Any], takedown_id: str) -> Any:
    """Keep an appealed takedown, or lift it: each work returns to the state it had. For moderators."""
    return _shown(takedowns.decide_takedown(current_actor(), current_parts(), takedown_id, **body))


def _affected(one: Affected) -> dict[str, Any]:
    return {**vars(one), "works": [_reached(reached) for reached in one.works]}


def _reached(one: Reached) -> dict[str, Any]:
    path = [{"id": step.id, "title": step.title} for step in one.path]
    return {**_step(one.work), "generation": one.generation, "path": path}


def _step(work: Work) -> dict[str, Any]:
    return {"id": work.id, "title": work.title, "state": work.state, "artist": work.account}


def _shown(takedown: Takedown) -> dict[str, Any]:
    """Artists see no more than concerns them: their own works and their own appeal, and no reporter."""
    actor = current_actor()
    mine = [named for named in takedown.works if actor.is_operator or named.work.account_id == actor.account_id]
    appeals = [one for one in takedown.appeals if actor.is_operator or one.account_id == actor.account_id]
    by = takedown.taken_by.handle if actor.is_operator and takedown.taken_by else None
    return {
        "id": takedown.id,
        "state": takedown.state,
        "reason": takedown.reason,
        "note": takedown.note,
        "report_id": takedown.report_id if actor.is_operator else None,
        "works": [{**_step(named.work), "state_before": named.state_before} for named in mine],
        "appeals": [{"handle": one.account.handle, "note": one.note, "created_at": one.created_at} for one in appeals],
        "taken_by": by,
        "created_at": takedown.created_at,
        **decided(takedown),
        **({} if actor.is_operator else {"decided_by": None}),
    }
