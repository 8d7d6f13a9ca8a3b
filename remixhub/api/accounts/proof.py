"""`/account/proof`: a session proves once more who it is, before what asks for it."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from remixhub.api.accounts.second_step import OptionsSchema, credential_field, require_one_of
from remixhub.api.operations import by_session, problems
from remixhub.api.schemas import Schema
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.accounts import passkeys, proving

blueprint = Blueprint("proof", __name__, description="Fresh proof of who one is")


class ProofSchema(Schema):
    password = ma.fields.String(load_default=None, load_only=True, validate=validate.Length(max=200))
    code = ma.fields.String(load_default=None, load_only=True, validate=validate.Length(max=40))
    passkey = credential_field(load_default=None)

    @ma.validates_schema
    def one_way(self, body: dict[str, Any], **_: object) -> None:
        require_one_of(body, "password", "code", "passkey")


@blueprint.route("/account/proof", methods=["POST"])
@blueprint.arguments(ProofSchema)
@blueprint.response(204)
@by_session(blueprint)
@problems(blueprint, 413, 415, 429)
def prove_session(body: dict[str, Any]) -> None:
    """Prove who one is: for ten minutes the session may do what answers `proof_needed` otherwise."""
    actor, parts = current_actor(), current_parts()
    if body["password"] is not None:
        proving.prove_by_password(actor, parts, body["password"])
    elif body["code"] is not None:
        proving.prove_by_code(actor, parts, body["code"])
    else:
        proving.prove_by_passkey(actor, parts, body["passkey"])


@blueprint.route("/account/proof/passkey-options", methods=["POST"])
@blueprint.response(200, OptionsSchema)
@by_session(blueprint)
@problems(blueprint)
def offer_proof_passkey() -> Any:
    """What a passkey has to sign for a proof."""
    return {"options": passkeys.proof_options(current_actor(), current_parts())}
