"""`/oauth-clients`: the apps that one registered, so that they can ask people for leave."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from remixhub.api.conditional import etag, required_revision
from remixhub.api.operations import by_session, problems
from remixhub.api.schemas import Link, Schema, Secret, Text, Time
from remixhub.domain.oauth.words import NAME_MAX, REDIRECT_MAX, REDIRECTS_LIMIT
from remixhub.domain.states import Scope
from remixhub.edge.actor import current_actor, current_parts
from remixhub.models import OAuthClient
from remixhub.services.oauth import clients

blueprint = Blueprint("oauth_clients", __name__, description="Apps that one registered, to ask people for leave")


def _redirects(**given: Any) -> ma.fields.Field[Any]:
    return ma.fields.List(
        ma.fields.String(validate=validate.Length(min=1, max=REDIRECT_MAX)),
        validate=validate.Length(max=REDIRECTS_LIMIT),
        metadata={"description": "Where answers go: https, 127.0.0.1 with any port, or a scheme of one's own"},
        **given,
    )


def _scopes(**given: Any) -> ma.fields.Field[Any]:
    return ma.fields.List(
        ma.fields.Enum(Scope, by_value=True),
        validate=validate.Length(min=1, max=len(Scope)),
        metadata={"description": "The most it may ask for"},
        **given,
    )


class NewOAuthClientSchema(Schema):
    name = Text(required=True, min_length=1, max_length=NAME_MAX)
    homepage = Link(allow_none=True, load_default=None)
    redirects = _redirects(load_default=list)
    scopes = _scopes(required=True)
    is_confidential = ma.fields.Boolean(
        load_default=False, metadata={"description": "It runs on a server and can keep a secret; never changes"}
    )
    uses_devices = ma.fields.Boolean(
        load_default=False, metadata={"description": "It may ask by a code that is typed on another device"}
    )


class OAuthClientEditSchema(Schema):
    name = Text(min_length=1, max_length=NAME_MAX)
    homepage = Link(allow_none=True)
    redirects = _redirects()
    scopes = _scopes()
    uses_devices = ma.fields.Boolean()


class OAuthClientSchema(Schema):
    id = ma.fields.String(required=True, metadata={"description": "Its `client_id`, which is public"})
    name = ma.fields.String(required=True)
    homepage = ma.fields.String(required=True, allow_none=True)
    redirects = ma.fields.List(ma.fields.String(), required=True)
    scopes = ma.fields.List(ma.fields.String(), required=True)
    is_confidential = ma.fields.Boolean(required=True)
    uses_devices = ma.fields.Boolean(required=True)
    created_at = Time(required=True)
    revision = ma.fields.Integer(required=True)


class MadeOAuthClientSchema(OAuthClientSchema):
    secret = Secret("Its `client_secret`; shown this once. Null for a public app", allow_none=True)


class OAuthClientListSchema(Schema):
    clients = ma.fields.List(ma.fields.Nested(OAuthClientSchema), required=True)


@blueprint.route("/oauth-clients", methods=["POST"])
@blueprint.arguments(NewOAuthClientSchema)
@blueprint.response(201, MadeOAuthClientSchema)
@by_session(blueprint)
@problems(blueprint, 409, 413, 415)
def create_oauth_client(body: dict[str, Any]) -> Any:
    """Register an app; if it is confidential its secret is shown this once."""
    row, secret = clients.create_client(current_actor(), current_parts(), **body)
    location = {"Location": f"/api/v1/oauth-clients/{row.id}"}
    return {**_shown(row), "secret": secret}, 201, {**location, **etag(row.revision)}


@blueprint.route("/oauth-clients")
@blueprint.response(200, OAuthClientListSchema)
@by_session(blueprint)
@problems(blueprint)
def list_oauth_clients() -> Any:
    """Those that one registered, oldest first."""
    return {"clients": [_shown(row) for row in clients.list_clients(current_actor(), current_parts())]}


@blueprint.route("/oauth-clients/<client_id>")
@blueprint.response(200, OAuthClientSchema)
@by_session(blueprint)
@problems(blueprint, 404)
def get_oauth_client(client_id: str) -> Any:
    """One of them; its `ETag` is for changing it."""
    row = clients.get_client(current_actor(), current_parts(), client_id)
    return _shown(row), 200, etag(row.revision)


@blueprint.route("/oauth-clients/<client_id>", methods=["PATCH"])
@blueprint.arguments(OAuthClientEditSchema)
@blueprint.response(200, OAuthClientSchema)
@by_session(blueprint)
@problems(blueprint, 404, 412, 413, 415, 428)
def edit_oauth_client(body: dict[str, Any], client_id: str) -> Any:
    """Change its name, addresses or scopes; needs `If-Match`. Tokens that it has stay as they are."""
    row = clients.edit_client(current_actor(), current_parts(), client_id, body, revision=required_revision())
    return _shown(row), 200, etag(row.revision)


@blueprint.route("/oauth-clients/<client_id>", methods=["DELETE"])
@blueprint.response(204)
@by_session(blueprint)
@problems(blueprint, 404)
def delete_oauth_client(client_id: str) -> None:
    """Remove it; whoever let it in is rid of it at once."""
    clients.delete_client(current_actor(), current_parts(), client_id)


@blueprint.route("/oauth-clients/<client_id>/secret", methods=["POST"])
@blueprint.response(201, MadeOAuthClientSchema)
@by_session(blueprint)
@problems(blueprint, 404, 409)
def renew_oauth_client_secret(client_id: str) -> Any:
    """A new secret, shown this once; the former one is good for nothing at once."""
    row, secret = clients.renew_secret(current_actor(), current_parts(), client_id)
    return {**_shown(row), "secret": secret}, 201, etag(row.revision)


def _shown(row: OAuthClient) -> dict[str, Any]:
    own = ("id", "name", "redirects", "scopes", "uses_devices", "created_at", "revision")
    return {
        **{name: getattr(row, name) for name in own},
        "homepage": row.homepage or None,
        "is_confidential": row.secret_hash is not None,
    }
