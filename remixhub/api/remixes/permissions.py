"""`/permissions`: leave of artists whose licence stands in the way of a remix, asked for and answered."""

from __future__ import annotations

from typing import Any

import flask
import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from remixhub.api.operations import for_visitors, problems
from remixhub.api.paging import page_body, position_of
from remixhub.api.schemas import ArtistSchema, LicenceField, LicenceNamed, ListQuery, Schema, Text, Time
from remixhub.domain.licences.permissions import ANSWERS, WORDS_LIMIT, PermissionAct, PermissionScope, PermissionState
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.remixes import answering, asking
from remixhub.services.remixes.answering import Answer
from remixhub.services.remixes.asking import PermissionRole, Question

blueprint = Blueprint("permissions", __name__, description="Leave of artists, where a licence stands in the way")

_ID = validate.Length(min=1, max=64)


class PermissionQuestionSchema(Schema):
    work_id = ma.fields.String(
        required=True, validate=_ID, metadata={"description": "The work whose licence stands in the way"}
    )
    source_id = ma.fields.String(
        load_default=None,
        allow_none=True,
        validate=_ID,
        metadata={"description": "What the remix cites, when it is not the work itself but was made from it"},
    )
    remix_id = ma.fields.String(
        load_default=None, allow_none=True, validate=_ID, metadata={"description": "One's own draft"}
    )
    remix_title = Text(
        load_default=None,
        allow_none=True,
        min_length=1,
        max_length=200,
        metadata={"description": "Without `remix_id`: a draft with this title and without sources is begun"},
    )
    licence = LicenceNamed(required=True, description="Under which the remix would be published.")
    note = Text(multiline=True, max_length=WORDS_LIMIT, load_default="")


class PermissionAnswerSchema(Schema):
    answer = ma.fields.Enum(
        PermissionAct, by_value=True, required=True, validate=validate.OneOf(ANSWERS),
        metadata={"description": "`relicense` puts the work itself under `licence`, for everybody"},
    )  # fmt: skip
    licence = LicenceNamed(
        load_default=None,
        allow_none=True,
        description="Of the remix, or of the work when it is re-licensed; not needed to decline.",
    )
    scope = ma.fields.Enum(
        PermissionScope, by_value=True, load_default=PermissionScope.REMIX,
        metadata={"description": "For the remix that was asked about, or for every remix by who asked"},
    )  # fmt: skip
    is_commercial = ma.fields.Boolean(
        load_default=False, metadata={"description": "Whether who asked may use the remix commercially"}
    )
    words = Text(multiline=True, max_length=WORDS_LIMIT, load_default="")


class PermissionWorkSchema(Schema):
    id = ma.fields.String(required=True)
    title = ma.fields.String(required=True)


class BetweenBoth(ma.fields.String):
    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        concerned = current_actor().account_id in (obj.account_id, obj.artist_id)
        return super()._serialize(value if concerned else "", attr, obj, **kwargs)


class PermissionSchema(Schema):
    id = ma.fields.String(required=True)
    state = ma.fields.Enum(PermissionState, by_value=True, required=True)
    asked_by = ma.fields.Nested(ArtistSchema, required=True, attribute="account")
    artist = ma.fields.Nested(ArtistSchema, required=True)
    work = ma.fields.Nested(PermissionWorkSchema, required=True)
    source = ma.fields.Nested(
        PermissionWorkSchema,
        required=True,
        metadata={"description": "What the remix cites: the work, or what came from it"},
    )
    remix_id = ma.fields.String(required=True, allow_none=True, metadata={"description": "Null once it is deleted"})
    remix_title = ma.fields.String(required=True, metadata={"description": "When it was asked"})
    wanted = LicenceField(required=True, metadata={"description": "Under which the remix would be published"})
    note = BetweenBoth(required=True, metadata={"description": "Of who asked; empty for all but the two"})
    created_at = Time(required=True)
    licence = LicenceField(
        required=True,
        allow_none=True,
        metadata={"description": "Granted for the remix; the work's new one when it was re-licensed"},
    )
    scope = ma.fields.Enum(PermissionScope, by_value=True, required=True, allow_none=True)
    is_commercial = ma.fields.Boolean(required=True, allow_none=True)
    words = ma.fields.String(required=True, metadata={"description": "The artist's own"})
    text = ma.fields.String(required=True, metadata={"description": "The terms, once granted"})
    text_sha256 = ma.fields.String(required=True, allow_none=True, metadata={"description": "Of `text` in UTF-8"})
    answered_at = Time(required=True, allow_none=True)
    used_at = Time(
        required=True,
        allow_none=True,
        metadata={"description": "When a remix was first published under it; it cannot be taken back since"},
    )
    ended_at = Time(required=True, allow_none=True)


class PermissionPageSchema(Schema):
    permissions = ma.fields.List(ma.fields.Nested(PermissionSchema), required=True)
    next = ma.fields.String(required=True, allow_none=True)


class PermissionsQuery(ListQuery):
    role = ma.fields.Enum(
        PermissionRole, by_value=True, metadata={"description": "`artist`: asked of oneself; `asker`: by oneself"}
    )
    state = ma.fields.Enum(PermissionState, by_value=True)


@blueprint.route("/permissions", methods=["POST"])
@blueprint.arguments(PermissionQuestionSchema)
@blueprint.response(201, PermissionSchema)
@problems(blueprint, 404, 409, 413, 415, 429)
def ask_permission(body: dict[str, Any]) -> Any:
    """Ask the artist of a work for leave to use it where its licence does not allow it, once for each remix."""
    permission = asking.ask(current_actor(), current_parts(), Question(**body))
    return permission, 201, {"Location": flask.url_for("permissions.get_permission", permission_id=permission.id)}


@blueprint.route("/permissions")
@blueprint.arguments(PermissionsQuery, location="query")
@blueprint.response(200, PermissionPageSchema)
@problems(blueprint)
def list_permissions(query: dict[str, Any]) -> Any:
    """What was asked of one or by one, newest first."""
    page = asking.list_permissions(
        current_actor(),
        current_parts(),
        role=query.get("role"),
        state=query.get("state"),
        after=position_of(query),
        limit=query["limit"],
    )
    return page_body("permissions", page)


@blueprint.route("/permissions/<permission_id>")
@blueprint.response(200, PermissionSchema)
@for_visitors(blueprint)
@problems(blueprint, 404)
def get_permission(permission_id: str) -> Any:
    """For both sides; for everybody once a published remix stands on it."""
    return asking.get_permission(current_actor(), current_parts(), permission_id)


@blueprint.route("/permissions/<permission_id>/answer", methods=["POST"])
@blueprint.arguments(PermissionAnswerSchema)
@blueprint.response(200, PermissionSchema)
@problems(blueprint, 404, 409, 413, 415)
def answer_permission(body: dict[str, Any], permission_id: str) -> Any:
    """Grant it, re-license the work, or decline; for the work's artist, once."""
    return answering.answer(current_actor(), current_parts(), permission_id, Answer(**body))


@blueprint.route("/permissions/<permission_id>/withdrawal", methods=["POST"])
@blueprint.response(200, PermissionSchema)
@problems(blueprint, 404, 409)
def withdraw_permission(permission_id: str) -> Any:
    """Take one's question back before it is answered."""
    return asking.withdraw_question(current_actor(), current_parts(), permission_id)


@blueprint.route("/permissions/<permission_id>/revocation", methods=["POST"])
@blueprint.response(200, PermissionSchema)
@problems(blueprint, 404, 409)
def revoke_permission(permission_id: str) -> Any:
    """Take a permission back before anything is published under it; for the work's artist."""
    return answering.revoke(current_actor(), current_parts(), permission_id)
