"""`/hooks`: webhooks and Discord channels, the log of what they were sent, and sending it again."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from remixhub.api.conditional import etag, required_revision
from remixhub.api.operations import problems
from remixhub.api.paging import page_body, position_of
from remixhub.api.schemas import ListQuery, Schema, Secret, Text, Time
from remixhub.domain.hooks.words import DeliveryState, EventKind, HookKind, HookRest, HookScope, HookState
from remixhub.edge.actor import current_actor, current_parts
from remixhub.models import HookDelivery
from remixhub.outbound.targets import LONGEST
from remixhub.services.hooks import hooks, log, resting
from remixhub.services.hooks.hooks import SeenHook

blueprint = Blueprint("hooks", __name__, description="Webhooks and Discord channels: what happens here, told elsewhere")

_EVENTS = ma.fields.List(
    ma.fields.Enum(EventKind, by_value=True),
    required=True,
    validate=validate.Length(min=1, max=len(EventKind)),
    metadata={"description": "What it is told of; docs/webhooks.md has an example of each"},
)


class _Address(ma.fields.String):
    """Read by `domain` and `outbound`, which say what is wrong with it."""

    def __init__(self, *, required: bool = False) -> None:
        described = {"description": "An https address, or that of a Discord channel's webhook"}
        super().__init__(required=required, validate=validate.Length(min=1, max=LONGEST), metadata=described)


class NewHookSchema(Schema):
    kind = ma.fields.Enum(HookKind, by_value=True, load_default=HookKind.WEBHOOK)
    scope = ma.fields.Enum(
        HookScope,
        by_value=True,
        load_default=HookScope.ACCOUNT,
        metadata={"description": "Whose events: of one's own works, of a label that one owns, or to operators all"},
    )
    label = Text(load_default=None, allow_none=True, max_length=40, metadata={"description": "Handle, for `label`"})
    name = Text(required=True, min_length=1, max_length=80)
    address = _Address(required=True)
    events = _EVENTS


class HookEditSchema(Schema):
    name = Text(min_length=1, max_length=80)
    address = _Address()
    events = ma.fields.List(
        ma.fields.Enum(EventKind, by_value=True), validate=validate.Length(min=1, max=len(EventKind))
    )
    is_active = ma.fields.Boolean(metadata={"description": "Turns it off, or on again"})


class HookSchema(Schema):
    id = ma.fields.String(required=True)
    kind = ma.fields.Enum(HookKind, by_value=True, required=True)
    scope = ma.fields.Enum(HookScope, by_value=True, required=True)
    label = ma.fields.String(required=True, allow_none=True)
    name = ma.fields.String(required=True)
    made_by = ma.fields.String(required=True, metadata={"description": "Handle of who made it, or took it over"})
    rest = ma.fields.Enum(
        HookRest,
        by_value=True,
        required=True,
        allow_none=True,
        metadata={
            "description": "Why nothing is sent to it: `made_by` may not have it now. Take it over, or delete it"
        },
    )
    address = ma.fields.String(
        required=True, metadata={"description": "Of a Discord channel's without what gives rights"}
    )
    events = ma.fields.List(ma.fields.String(), required=True)
    state = ma.fields.Enum(HookState, by_value=True, required=True)
    disabled_reason = ma.fields.String(
        required=True, metadata={"description": "Why the hub turned it off, and what to do; else empty"}
    )
    failing_since = Time(required=True, allow_none=True, metadata={"description": "Since when nothing arrived"})
    delivered_at = Time(required=True, allow_none=True, metadata={"description": "When something arrived last"})
    old_secret_until = Time(
        required=True, allow_none=True, metadata={"description": "Until then the former secret signs as well"}
    )
    created_at = Time(required=True)
    revision = ma.fields.Integer(required=True)


class MadeHookSchema(HookSchema):
    secret = Secret("Signs what is sent; shown this once. Null for Discord", allow_none=True)


class HookListSchema(Schema):
    hooks = ma.fields.List(ma.fields.Nested(HookSchema), required=True)


class HookDeliverySchema(Schema):
    id = ma.fields.String(required=True)
    webhook_id = ma.fields.String(required=True, metadata={"description": "The same each time that it is sent"})
    type = ma.fields.String(required=True)
    data = ma.fields.Dict(required=True, metadata={"description": "What it says"})
    state = ma.fields.Enum(DeliveryState, by_value=True, required=True)
    attempts = ma.fields.Integer(required=True)
    next_at = Time(required=True, allow_none=True, metadata={"description": "Of the next attempt, if there is one"})
    tried_at = Time(required=True, allow_none=True)
    status = ma.fields.Integer(required=True, allow_none=True, metadata={"description": "Of the last answer"})
    duration_ms = ma.fields.Integer(required=True, allow_none=True)
    answer = ma.fields.String(required=True, metadata={"description": "How the last answer began"})
    error = ma.fields.String(required=True, metadata={"description": "What was wrong with it, and what to do"})
    created_at = Time(required=True)


class HookDeliveryPageSchema(Schema):
    deliveries = ma.fields.List(ma.fields.Nested(HookDeliverySchema), required=True)
    next = ma.fields.String(required=True, allow_none=True)


class ResendFailedSchema(Schema):
    since = Time(required=True)


class ResentSchema(Schema):
    count = ma.fields.Integer(required=True)


@blueprint.route("/hooks", methods=["POST"])
@blueprint.arguments(NewHookSchema)
@blueprint.response(201, MadeHookSchema)
@problems(blueprint, 404, 409, 413, 415)
def create_hook(body: dict[str, Any]) -> Any:
    """Have events sent to an address; the secret that signs them is shown this once."""
    seen, secret = hooks.create_hook(current_actor(), current_parts(), **body)
    location = {"Location": f"/api/v1/hooks/{seen.hook.id}"}
    return {**_shown(seen), "secret": secret}, 201, {**location, **etag(seen.hook.revision)}


@blueprint.route("/hooks")
@blueprint.response(200, HookListSchema)
@problems(blueprint)
def list_hooks() -> Any:
    """One's own, those of labels that one owns, and to operators those of the hub."""
    return {"hooks": [_shown(seen) for seen in hooks.list_hooks(current_actor(), current_parts())]}


@blueprint.route("/hooks/<hook_id>")
@blueprint.response(200, HookSchema)
@problems(blueprint, 404)
def get_hook(hook_id: str) -> Any:
    """One webhook; its `ETag` is for changing it."""
    seen = hooks.get_hook(current_actor(), current_parts(), hook_id)
    return _shown(seen), 200, etag(seen.hook.revision)


@blueprint.route("/hooks/<hook_id>", methods=["PATCH"])
@blueprint.arguments(HookEditSchema)
@blueprint.response(200, HookSchema)
@problems(blueprint, 404, 412, 413, 415, 428)
def edit_hook(body: dict[str, Any], hook_id: str) -> Any:
    """Change name, address or events, turn it off or on; needs `If-Match`."""
    seen = hooks.edit_hook(current_actor(), current_parts(), hook_id, body, revision=required_revision())
    return _shown(seen), 200, etag(seen.hook.revision)


@blueprint.route("/hooks/<hook_id>", methods=["DELETE"])
@blueprint.response(204)
@problems(blueprint, 404)
def delete_hook(hook_id: str) -> None:
    """Delete it with its log; what is still on the way does not go."""
    hooks.delete_hook(current_actor(), current_parts(), hook_id)


@blueprint.route("/hooks/<hook_id>/takeover", methods=["POST"])
@blueprint.response(200, HookSchema)
@problems(blueprint, 404)
def take_over_hook(hook_id: str) -> Any:
    """Answer for it from now on, instead of who made it: for a label's when that is no owner any more, for the hub's
    when it is no operator, or when it is suspended. What waits is sent. Safe to repeat.
    """
    seen = resting.take_over(current_actor(), current_parts(), hook_id)
    return _shown(seen), 200, etag(seen.hook.revision)


@blueprint.route("/hooks/<hook_id>/secret", methods=["POST"])
@blueprint.response(201, MadeHookSchema)
@problems(blueprint, 404, 409)
def renew_hook_secret(hook_id: str) -> Any:
    """A new secret, shown this once; for a day the former one signs as well."""
    seen, secret = hooks.renew_secret(current_actor(), current_parts(), hook_id)
    return {**_shown(seen), "secret": secret}, 201, etag(seen.hook.revision)


@blueprint.route("/hooks/<hook_id>/tests", methods=["POST"])
@blueprint.response(201, HookDeliverySchema)
@problems(blueprint, 404, 409)
def send_hook_test(hook_id: str) -> Any:
    """Send an event that says nothing, by the way of all others."""
    return _line(log.send_test(current_actor(), current_parts(), hook_id)), 201


@blueprint.route("/hooks/<hook_id>/deliveries")
@blueprint.arguments(ListQuery, location="query")
@blueprint.response(200, HookDeliveryPageSchema)
@problems(blueprint, 404)
def list_hook_deliveries(query: dict[str, Any], hook_id: str) -> Any:
    """What was sent in the last thirty days and what came back, newest first."""
    page = log.list_deliveries(
        current_actor(), current_parts(), hook_id, after=position_of(query), limit=query["limit"]
    )
    return page_body("deliveries", page.map(_line))


@blueprint.route("/hooks/<hook_id>/deliveries/<delivery_id>/resend", methods=["POST"])
@blueprint.response(200, HookDeliverySchema)
@problems(blueprint, 404, 409)
def resend_hook_delivery(hook_id: str, delivery_id: str) -> Any:
    """Send one once more, whatever came of it, under the same `webhook-id`."""
    return _line(log.resend(current_actor(), current_parts(), hook_id, delivery_id))


@blueprint.route("/hooks/<hook_id>/resend-failed", methods=["POST"])
@blueprint.arguments(ResendFailedSchema)
@blueprint.response(200, ResentSchema)
@problems(blueprint, 404, 409, 413, 415)
def resend_failed_hook_deliveries(body: dict[str, Any], hook_id: str) -> Any:
    """Send all once more that failed since a time."""
    return {"count": log.resend_failed(current_actor(), current_parts(), hook_id, since=body["since"])}


def _shown(seen: SeenHook) -> dict[str, Any]:
    beside = {"label": seen.label, "made_by": seen.hook.account.handle, "rest": seen.rest}
    own = [name for name in HookSchema().fields if name not in beside]
    return {**{name: getattr(seen.hook, name) for name in own}, **beside}


def _line(row: HookDelivery) -> dict[str, Any]:
    own = ("id", "state", "attempts", "tried_at", "status", "duration_ms", "answer", "error", "created_at")
    return {
        **{name: getattr(row, name) for name in own},
        "webhook_id": f"msg_{row.event_id}",
        "type": row.event.kind,
        "data": row.event.facts,
        "next_at": row.next_at if row.state is DeliveryState.PENDING else None,
    }
