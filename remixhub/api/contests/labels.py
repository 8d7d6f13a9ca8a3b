"""`/labels`: organisations with members, invitations and releases of their own."""

from __future__ import annotations

from typing import Any

import flask
import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from remixhub.api.conditional import etag, required_revision
from remixhub.api.operations import for_visitors, problems
from remixhub.api.paging import page_body, position_of
from remixhub.api.schemas import ArtistSchema, ListQuery, Schema, Secret, Text, Time
from remixhub.api.works import WorkPageSchema, card
from remixhub.domain.contests.labels import LabelRole
from remixhub.edge.actor import current_actor, current_parts
from remixhub.models import Label, LabelInvitation
from remixhub.services.contests import labels

blueprint = Blueprint("labels", __name__, description="Labels, their members and releases")


class LabelFactsSchema(Schema):
    name = Text(min_length=1, max_length=80)
    description = Text(multiline=True, max_length=10_000)
    time_zone = Text(min_length=1, max_length=60, metadata={"description": "An IANA name; dates are shown in it"})


class NewLabelSchema(LabelFactsSchema):
    handle = Text(required=True, min_length=1, max_length=40)
    name = Text(required=True, min_length=1, max_length=80)


class MemberSchema(Schema):
    account_id = ma.fields.String(required=True)
    artist = ma.fields.Nested(ArtistSchema, required=True)
    role = ma.fields.Enum(LabelRole, by_value=True, required=True)
    joined_at = Time(required=True)


class LabelSchema(Schema):
    id = ma.fields.String(required=True)
    handle = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    description = ma.fields.String(required=True)
    time_zone = ma.fields.String(required=True)
    members = ma.fields.List(ma.fields.Nested(MemberSchema), required=True)
    revision = ma.fields.Integer(required=True)
    created_at = Time(required=True)


class LabelRoleSchema(Schema):
    role = ma.fields.Enum(LabelRole, by_value=True, required=True)


class LabelInvitationSchema(LabelRoleSchema):
    label = ma.fields.String(required=True, metadata={"description": "Handle"})
    expires_at = Time(required=True)


class NewLabelInvitationSchema(LabelInvitationSchema):
    token = Secret("Shown this once; whoever has it may join")
    url = Secret("The same as a link")


class MembershipSchema(LabelRoleSchema):
    label = ma.fields.String(required=True, metadata={"description": "Handle"})
    name = ma.fields.String(required=True)


class MembershipsSchema(Schema):
    memberships = ma.fields.List(ma.fields.Nested(MembershipSchema), required=True)


class LabelReleaseSchema(Schema):
    work_id = ma.fields.String(required=True, validate=validate.Length(min=1, max=64))


@blueprint.route("/labels", methods=["POST"])
@blueprint.arguments(NewLabelSchema)
@blueprint.response(201, LabelSchema)
@problems(blueprint, 409, 413, 415)
def create_label(body: dict[str, Any]) -> Any:
    """Found a label; one is its first owner."""
    label = labels.create_label(current_actor(), current_parts(), **body)
    body, _, headers = _shown(label)
    return body, 201, {"Location": flask.url_for("labels.get_label", label=label.handle), **headers}


@blueprint.route("/account/labels")
@blueprint.response(200, MembershipsSchema)
@problems(blueprint)
def list_memberships() -> Any:
    """The labels that one is a member of."""
    rows = labels.list_labels_of(current_actor(), current_parts())
    return {"memberships": [{"label": label.handle, "name": label.name, "role": role} for label, role in rows]}


@blueprint.route("/labels/<label>")
@blueprint.response(200, LabelSchema)
@for_visitors(blueprint)
@problems(blueprint, 404)
def get_label(label: str) -> Any:
    """A label with its members."""
    return _shown(labels.get_label(current_actor(), current_parts(), label))


@blueprint.route("/labels/<label>", methods=["PATCH"])
@blueprint.arguments(LabelFactsSchema)
@blueprint.response(200, LabelSchema)
@problems(blueprint, 404, 412, 413, 415, 428)
def edit_label(body: dict[str, Any], label: str) -> Any:
    """For owners and managers; needs `If-Match`."""
    return _shown(labels.edit_label(current_actor(), current_parts(), label, body, revision=required_revision()))


@blueprint.route("/labels/<label>/invitations", methods=["POST"])
@blueprint.arguments(LabelRoleSchema)
@blueprint.response(201, NewLabelInvitationSchema)
@problems(blueprint, 404, 413, 415)
def invite_to_label(body: dict[str, Any], label: str) -> Any:
    """A link that makes one account a member; owners invite anybody, managers judges."""
    invitation, token = labels.invite(current_actor(), current_parts(), label, body["role"])
    url = current_parts().addresses.label_invitation(token)
    return {**_invitation(invitation), "token": token, "url": url}


@blueprint.route("/label-invitations/<invitation_token>")
@blueprint.response(200, LabelInvitationSchema)
@for_visitors(blueprint)
@problems(blueprint, 404)
def get_label_invitation(invitation_token: str) -> Any:
    """What an invitation invites to."""
    return _invitation(labels.find_invitation(current_actor(), current_parts(), invitation_token))


@blueprint.route("/label-invitations/<invitation_token>/acceptance", methods=["POST"])
@blueprint.response(200, LabelSchema)
@problems(blueprint, 404)
def accept_label_invitation(invitation_token: str) -> Any:
    """Join the label."""
    return _shown(labels.accept_invitation(current_actor(), current_parts(), invitation_token))


@blueprint.route("/labels/<label>/members/<account_id>", methods=["PUT"])
@blueprint.arguments(LabelRoleSchema)
@blueprint.response(200, LabelSchema)
@problems(blueprint, 404, 409, 412, 413, 415, 428)
def set_member_role(body: dict[str, Any], label: str, account_id: str) -> Any:
    """Another role for a member; for owners. Needs the label's `If-Match`."""
    revision = required_revision()
    return _shown(labels.set_role(current_actor(), current_parts(), label, account_id, body["role"], revision=revision))


@blueprint.route("/labels/<label>/members/<account_id>", methods=["DELETE"])
@blueprint.response(204)
@problems(blueprint, 404, 409)
def remove_member(label: str, account_id: str) -> None:
    """Leave the label, or as an owner remove a member."""
    labels.set_role(current_actor(), current_parts(), label, account_id, None)


@blueprint.route("/labels/<label>/releases", methods=["POST"])
@blueprint.arguments(LabelReleaseSchema)
@blueprint.response(204)
@problems(blueprint, 404, 409, 413, 415)
def add_label_release(body: dict[str, Any], label: str) -> None:
    """Count one's own published release among the label's."""
    labels.add_release(current_actor(), current_parts(), label, body["work_id"])


@blueprint.route("/labels/<label>/releases")
@blueprint.arguments(ListQuery, location="query")
@blueprint.response(200, WorkPageSchema)
@for_visitors(blueprint)
@problems(blueprint, 404)
def list_label_releases(query: dict[str, Any], label: str) -> Any:
    """The label's releases, newest first."""
    page = labels.list_releases(current_actor(), current_parts(), label, after=position_of(query), limit=query["limit"])
    return page_body("works", page.map(card))


def _invitation(row: LabelInvitation) -> dict[str, Any]:
    return {"label": row.label.handle, "role": row.role, "expires_at": row.expires_at}


def _shown(label: Label) -> tuple[dict[str, Any], int, dict[str, str]]:
    """The label with its ETag."""
    members = [
        {"account_id": one.account_id, "artist": one.account, "role": one.role, "joined_at": one.joined_at}
        for one in label.members
    ]
    names = ("id", "handle", "name", "description", "time_zone", "created_at", "revision")
    body = {**{name: getattr(label, name) for name in names}, "members": members}
    return body, 200, etag(label.revision)
