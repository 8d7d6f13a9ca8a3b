"""`/account/proof`: a session proves once more who it is, before what asks for it."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from remixhub.api.operations import by_session, problems
from remixhub.api.schemas import Schema
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.accounts import proving

blueprint = Blueprint("proof", __name__, description="Fresh proof of who one is")


class ProofSchema(Schema):
    password = ma.fields.String(required=True, load_only=True, validate=validate.Length(max=200))


@blueprint.route("/account/proof", methods=["POST"])
@blueprint.arguments(ProofSchema)
@blueprint.response(204)
@by_session(blueprint)
@problems(blueprint, 413, 415, 429)
def prove_session(body: dict[str, Any]) -> None:
    """Prove who one is: for ten minutes the session may do what answers `proof_needed` otherwise."""
    proving.prove_by_password(current_actor(), current_parts(), body["password"])
