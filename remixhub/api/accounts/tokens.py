"""`/tokens`: personal access tokens."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from remixhub.api.operations import by_session, problems
from remixhub.api.schemas import Schema, Secret, Text, Time
from remixhub.domain.states import Scope
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.accounts import tokens

blueprint = Blueprint("tokens", __name__, description="Personal access tokens")


class TokenCreateSchema(Schema):
    name = Text(required=True, min_length=1, max_length=80)
    scopes = ma.fields.List(
        ma.fields.Enum(Scope, by_value=True), required=True, validate=validate.Length(min=1, max=len(Scope))
    )
    expires_at = Time(allow_none=True, load_default=None)


class TokenSchema(Schema):
    id = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    scopes = ma.fields.List(ma.fields.String(), required=True)
    created_at = Time(required=True)
    expires_at = Time(required=True, allow_none=True)
    last_used_at = Time(required=True, allow_none=True)


class NewTokenSchema(TokenSchema):
    token = Secret("Shown this once")


class TokenListSchema(Schema):
    tokens = ma.fields.List(ma.fields.Nested(TokenSchema), required=True)


@blueprint.route("/tokens", methods=["POST"])
@blueprint.arguments(TokenCreateSchema)
@blueprint.response(201, NewTokenSchema)
@by_session(blueprint)
@problems(blueprint, 409, 413, 415)
def create_token(body: dict[str, Any]) -> Any:
    """Make a token; it is shown this once."""
    row, token = tokens.create_token(current_actor(), current_parts(), **body)
    body = {name: getattr(row, name) for name in TokenSchema().fields}
    return {**body, "token": token}, 201, {"Location": f"/api/v1/tokens/{row.id}"}


@blueprint.route("/tokens")
@blueprint.response(200, TokenListSchema)
@by_session(blueprint)
@problems(blueprint)
def list_tokens() -> Any:
    """One's own tokens that were not revoked, newest first."""
    return {"tokens": tokens.list_tokens(current_actor(), current_parts())}


@blueprint.route("/tokens/<token_id>", methods=["DELETE"])
@blueprint.response(204)
@by_session(blueprint)
@problems(blueprint, 404)
def revoke_token(token_id: str) -> None:
    """Revoke a token at once."""
    tokens.revoke_token(current_actor(), current_parts(), token_id)
