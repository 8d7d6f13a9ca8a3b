"""`/acting-apps`: which apps act for oneself, and the end of it."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint

from remixhub.api.operations import by_session, problems
from remixhub.api.schemas import Schema, Time
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.oauth import apps

blueprint = Blueprint("acting_apps", __name__, description="Apps that one let act for oneself")


class ActingAppSchema(Schema):
    client_id = ma.fields.String(required=True)
    name = ma.fields.String(required=True, metadata={"description": "As it was read when leave was given"})
    homepage = ma.fields.String(required=True, metadata={"description": "Empty: it names none"})
    owner = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "Handle of who registered it; null: the hub's own"}
    )
    scopes = ma.fields.List(ma.fields.String(), required=True)
    grant_count = ma.fields.Integer(required=True, metadata={"description": "How often it was let in, and still is"})
    allowed_at = Time(required=True)
    last_used_at = Time(required=True, allow_none=True)


class ActingAppListSchema(Schema):
    apps = ma.fields.List(ma.fields.Nested(ActingAppSchema), required=True)


@blueprint.route("/acting-apps")
@blueprint.response(200, ActingAppListSchema)
@by_session(blueprint)
@problems(blueprint)
def list_acting_apps() -> Any:
    """Apps that act for oneself; the one that was let in last comes first."""
    return {"apps": apps.list_apps(current_actor(), current_parts())}


@blueprint.route("/acting-apps/<client_id>", methods=["DELETE"])
@blueprint.response(204)
@by_session(blueprint)
@problems(blueprint, 404)
def stop_acting_app(client_id: str) -> None:
    """Take one's leave away: all its tokens die at once, wherever it runs."""
    apps.stop_app(current_actor(), current_parts(), client_id)
