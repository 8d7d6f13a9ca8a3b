"""`/password-resets`, and what links in mail do: the address changes, or stays."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from remixhub.api.operations import for_visitors, problems
from remixhub.api.schemas import Schema, Time
from remixhub.edge.actor import current_parts
from remixhub.edge.whence import network
from remixhub.services.accounts import address_changes, recovery

blueprint = Blueprint("recovery", __name__, description="Forgotten passwords and changed addresses")


class ResetAskSchema(Schema):
    login = ma.fields.String(
        required=True, validate=validate.Length(min=1, max=254), metadata={"description": "Handle or e-mail"}
    )


class EndedTokenSchema(Schema):
    id = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    created_at = Time(required=True)
    last_used_at = Time(required=True, allow_none=True)


class PasswordResetSchema(Schema):
    handle = ma.fields.String(required=True)
    tokens = ma.fields.List(ma.fields.Nested(EndedTokenSchema), required=True)


class NewPasswordSchema(Schema):
    new_password = ma.fields.String(required=True, load_only=True, validate=validate.Length(max=200))
    end_tokens = ma.fields.List(
        ma.fields.String(validate=validate.Length(max=64)),
        load_default=list,
        validate=validate.Length(max=100),
        metadata={"description": "Ids of the account's access tokens to revoke as well"},
    )


@blueprint.route("/password-resets", methods=["POST"])
@blueprint.arguments(ResetAskSchema)
@blueprint.response(202)
@for_visitors(blueprint)
@problems(blueprint, 409, 413, 415, 429)
def ask_for_password_reset(body: dict[str, Any]) -> None:
    """Have a link mailed to set a new password; the answer is the same whether there is such an account."""
    recovery.ask_for_reset(current_parts(), body["login"], address=network())


@blueprint.route("/password-resets/<reset_token>")
@blueprint.response(200, PasswordResetSchema)
@for_visitors(blueprint)
@problems(blueprint)
def get_password_reset(reset_token: str) -> Any:
    """Whose password the link sets, and the access tokens that may end with the old one; it stays good."""
    found = recovery.look_at_reset(current_parts(), reset_token)
    return {"handle": found.account.handle, "tokens": found.tokens}


@blueprint.route("/password-resets/<reset_token>", methods=["POST"])
@blueprint.arguments(NewPasswordSchema)
@blueprint.response(204)
@for_visitors(blueprint)
@problems(blueprint, 413, 415)
def set_new_password(body: dict[str, Any], reset_token: str) -> None:
    """Set the password, once; all sessions of the account end, and it is signed in nowhere."""
    recovery.reset_password(current_parts(), reset_token, **body)


@blueprint.route("/address-confirmations/<address_token>", methods=["POST"])
@blueprint.response(204)
@for_visitors(blueprint)
@problems(blueprint, 409)
def confirm_address(address_token: str) -> None:
    """What the link to a new address does: the account uses it from now on."""
    address_changes.confirm_address(current_parts(), address_token)


@blueprint.route("/address-reversals/<address_token>", methods=["POST"])
@blueprint.response(204)
@for_visitors(blueprint)
@problems(blueprint, 409)
def keep_address(address_token: str) -> None:
    """What the link to the old address does: it stays or comes back, and all sessions end."""
    address_changes.keep_address(current_parts(), address_token)
