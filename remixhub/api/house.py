"""`/house`: what the hub is called, its rules and who may sign up; and `/invitations` to it."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from remixhub.api.conditional import etag, required_revision
from remixhub.api.operations import for_visitors, problems
from remixhub.api.paging import page_body, position_of
from remixhub.api.schemas import Integer, ListQuery, Schema, Secret, Text, Time
from remixhub.domain.house import (
    CONTACT_LENGTH,
    IMPRINT_LENGTH,
    INVITATIONS_EACH,
    NAME_LENGTH,
    RULES_LENGTH,
    SignUp,
)
from remixhub.edge.actor import current_actor, current_parts
from remixhub.models import Invitation
from remixhub.services.house import furnishing, invitations, rules
from remixhub.services.house.invitations import DAYS_LIMIT, DEFAULT_DAYS, USES_LIMIT

blueprint = Blueprint("house", __name__, description="The hub as a house: name, rules, who may sign up, invitations")


class HouseEditSchema(Schema):
    name = Text(min_length=1, max_length=NAME_LENGTH)
    contact = Text(max_length=CONTACT_LENGTH)
    imprint = Text(multiline=True, max_length=IMPRINT_LENGTH, metadata={"description": "Markdown"})
    rules = Text(multiline=True, max_length=RULES_LENGTH, metadata={"description": "Markdown"})
    sign_up = ma.fields.Enum(SignUp, by_value=True)
    invitations_each = Integer(
        validate=validate.Range(min=0, max=INVITATIONS_EACH),
        metadata={"description": "How many people every account may invite; operators need no leave"},
    )
    operators_need_second_factor = ma.fields.Boolean()
    label_owners_need_second_factor = ma.fields.Boolean()


class HouseSchema(Schema):
    name = ma.fields.String(required=True)
    contact = ma.fields.String(required=True)
    imprint = ma.fields.String(required=True)
    rules = ma.fields.String(required=True)
    rules_revision = ma.fields.Integer(
        required=True, metadata={"description": "To be sent as `accepted_rules` by who signs up where there are rules"}
    )
    sign_up = ma.fields.Enum(SignUp, by_value=True, required=True)
    invitations_each = ma.fields.Integer(required=True)
    operators_need_second_factor = ma.fields.Boolean(required=True)
    label_owners_need_second_factor = ma.fields.Boolean(required=True)
    revision = ma.fields.Integer(required=True)


class RulesAcceptanceSchema(Schema):
    rules_revision = Integer(required=True, validate=validate.Range(min=1))


class NewHubInvitationSchema(Schema):
    uses = Integer(load_default=1, validate=validate.Range(min=1, max=USES_LIMIT))
    days = Integer(load_default=DEFAULT_DAYS, validate=validate.Range(min=1, max=DAYS_LIMIT))
    note = Text(max_length=200, load_default="", metadata={"description": "For whom; seen by you and the operators"})


class ArrivalSchema(Schema):
    handle = ma.fields.String(required=True)
    arrived_at = Time(required=True)


class HubInvitationSchema(Schema):
    id = ma.fields.String(required=True)
    note = ma.fields.String(required=True)
    invited_by = ma.fields.String(required=True, allow_none=True, metadata={"description": "Handle; null: the hub"})
    uses = ma.fields.Integer(required=True)
    uses_limit = ma.fields.Integer(required=True)
    created_at = Time(required=True)
    expires_at = Time(required=True)
    revoked_at = Time(required=True, allow_none=True)
    arrivals = ma.fields.List(ma.fields.Nested(ArrivalSchema), required=True)


class MadeHubInvitationSchema(HubInvitationSchema):
    link = Secret("Shown this once")


class HubInvitationPageSchema(Schema):
    invitations = ma.fields.List(ma.fields.Nested(HubInvitationSchema), required=True)
    next = ma.fields.String(required=True, allow_none=True)


@blueprint.route("/house")
@blueprint.response(200, HouseSchema)
@for_visitors(blueprint)
@problems(blueprint)
def get_house() -> Any:
    """What the hub is called, its imprint and rules, and who may sign up."""
    house = furnishing.get_house(current_parts())
    return house, 200, etag(house.revision)


@blueprint.route("/house", methods=["PATCH"])
@blueprint.arguments(HouseEditSchema)
@blueprint.response(200, HouseSchema)
@problems(blueprint, 412, 413, 415, 428)
def edit_house(body: dict[str, Any]) -> Any:
    """Change the house; needs `If-Match`. For operators."""
    house = furnishing.furnish(current_actor(), current_parts(), body, revision=required_revision())
    return house, 200, etag(house.revision)


@blueprint.route("/account/rules-acceptance", methods=["POST"])
@blueprint.arguments(RulesAcceptanceSchema)
@blueprint.response(204)
@problems(blueprint, 413, 415)
def accept_rules(body: dict[str, Any]) -> None:
    """Say that one has read the rules, by their revision."""
    rules.accept_rules(current_actor(), current_parts(), body["rules_revision"])


@blueprint.route("/invitations", methods=["POST"])
@blueprint.arguments(NewHubInvitationSchema)
@blueprint.response(201, MadeHubInvitationSchema)
@problems(blueprint, 409, 413, 415)
def invite_to_hub(body: dict[str, Any]) -> Any:
    """Make a link by which others sign up. For operators, and for everybody as far as the house lets them."""
    row, token = invitations.invite(current_actor(), current_parts(), **body)
    return {**_shown(row), "link": current_parts().addresses.invitation(token)}, 201


@blueprint.route("/invitations")
@blueprint.arguments(ListQuery, location="query")
@blueprint.response(200, HubInvitationPageSchema)
@problems(blueprint)
def list_invitations(query: dict[str, Any]) -> Any:
    """One's own invitations and who came by them, to operators everybody's; the newest first."""
    page = invitations.list_invitations(
        current_actor(), current_parts(), after=position_of(query), limit=query["limit"]
    )
    return page_body("invitations", page.map(_shown))


@blueprint.route("/invitations/<invitation_id>", methods=["DELETE"])
@blueprint.response(204)
@problems(blueprint, 404)
def revoke_invitation(invitation_id: str) -> None:
    """Take an invitation back; who came by it stays."""
    invitations.revoke_invitation(current_actor(), current_parts(), invitation_id)


def _shown(row: Invitation) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in ("id", "note", "uses", "uses_limit", "created_at", "expires_at")},
        "revoked_at": row.revoked_at,
        "invited_by": row.account.handle if row.account else None,
        "arrivals": [{"handle": one.account.handle, "arrived_at": one.arrived_at} for one in row.arrivals],
    }
