"""`/account/factors` and its parts: passkeys, an app for codes, recovery codes, doing without a password."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from remixhub.api.accounts.second_step import OptionsSchema, credential_field
from remixhub.api.operations import by_session, problems
from remixhub.api.schemas import Schema, Secret, Text, Time
from remixhub.edge.actor import current_actor, current_parts
from remixhub.edge.idempotency import mark_answer_secret
from remixhub.services.accounts import factors, one_time_codes, passkeys, recovery_codes

blueprint = Blueprint("factors", __name__, description="Passkeys, one-time codes, recovery codes")


class PasskeySchema(Schema):
    id = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    signs_in_alone = ma.fields.Boolean(
        required=True, metadata={"description": "Else it is a second step only: it does not ask who uses it"}
    )
    is_backed_up = ma.fields.Boolean(required=True, metadata={"description": "It is on more than one device"})
    created_at = Time(required=True)
    last_used_at = Time(required=True, allow_none=True)


class FactorsSchema(Schema):
    has_password = ma.fields.Boolean(required=True)
    has_second_factor = ma.fields.Boolean(required=True)
    passkeys = ma.fields.List(ma.fields.Nested(PasskeySchema), required=True)
    code_app_since = Time(required=True, allow_none=True)
    recovery_codes_left = ma.fields.Integer(required=True)


class PasskeyNameSchema(Schema):
    name = Text(required=True, min_length=1, max_length=80)


class NewPasskeySchema(PasskeyNameSchema):
    passkey = credential_field(required=True)


class CodeAppSchema(Schema):
    secret = Secret("In base32, for typing into the app")
    uri = Secret("The same as `otpauth://…`, for a square code")


class AppCodeSchema(Schema):
    code = ma.fields.String(required=True, load_only=True, validate=validate.Length(max=40))


class RecoveryCodesSchema(Schema):
    codes = ma.fields.List(
        ma.fields.String(), required=True, metadata={"description": "Shown this once", "x-secret": True}
    )


@blueprint.route("/account/factors")
@blueprint.response(200, FactorsSchema)
@by_session(blueprint)
@problems(blueprint)
def get_factors() -> Any:
    """What one's own account has to sign in with."""
    held = factors.list_factors(current_actor(), current_parts())
    return {
        "has_password": held.has_password,
        "has_second_factor": held.has_second_factor,
        "passkeys": held.passkeys,
        "code_app_since": held.code_app.confirmed_at if held.code_app else None,
        "recovery_codes_left": held.recovery_codes_left,
    }


@blueprint.route("/account/passkey-options", methods=["POST"])
@blueprint.response(200, OptionsSchema)
@by_session(blueprint)
@problems(blueprint)
def offer_passkey() -> Any:
    """What a new passkey is made from; needs a fresh proof."""
    return {"options": passkeys.registration_options(current_actor(), current_parts())}


@blueprint.route("/account/passkeys", methods=["POST"])
@blueprint.arguments(NewPasskeySchema)
@blueprint.response(201, PasskeySchema)
@by_session(blueprint)
@problems(blueprint, 409, 413, 415)
def add_passkey(body: dict[str, Any]) -> Any:
    """Add a passkey; needs a fresh proof."""
    return passkeys.register(current_actor(), current_parts(), body["passkey"], name=body["name"])


@blueprint.route("/account/passkeys/<passkey_id>/name", methods=["POST"])
@blueprint.arguments(PasskeyNameSchema)
@blueprint.response(204)
@by_session(blueprint)
@problems(blueprint, 404, 413, 415)
def rename_passkey(body: dict[str, Any], passkey_id: str) -> None:
    """Give a passkey another name."""
    passkeys.rename(current_actor(), current_parts(), passkey_id, body["name"])


@blueprint.route("/account/passkeys/<passkey_id>", methods=["DELETE"])
@blueprint.response(204)
@by_session(blueprint)
@problems(blueprint, 404, 409)
def remove_passkey(passkey_id: str) -> None:
    """Remove a passkey; needs a fresh proof."""
    passkeys.remove(current_actor(), current_parts(), passkey_id)


@blueprint.route("/account/code-app", methods=["POST"])
@blueprint.response(201, CodeAppSchema)
@by_session(blueprint)
@problems(blueprint)
def begin_code_app() -> Any:
    """Begin to set up an app for codes; needs a fresh proof. It counts once its first code is confirmed."""
    return one_time_codes.begin_setup(current_actor(), current_parts())


@blueprint.route("/account/code-app/confirmation", methods=["POST"])
@blueprint.arguments(AppCodeSchema)
@blueprint.response(204)
@by_session(blueprint)
@problems(blueprint, 409, 413, 415, 429)
def confirm_code_app(body: dict[str, Any]) -> None:
    """Confirm the app by a code of it."""
    one_time_codes.confirm_setup(current_actor(), current_parts(), body["code"])


@blueprint.route("/account/code-app", methods=["DELETE"])
@blueprint.response(204)
@by_session(blueprint)
@problems(blueprint, 409)
def remove_code_app() -> None:
    """Remove the app for codes; needs a fresh proof."""
    one_time_codes.remove_app(current_actor(), current_parts())


@blueprint.route("/account/recovery-codes", methods=["POST"])
@blueprint.response(201, RecoveryCodesSchema)
@by_session(blueprint)
@problems(blueprint, 409)
def renew_recovery_codes() -> Any:
    """Make ten recovery codes in place of those before; needs a fresh proof. They are shown this once."""
    mark_answer_secret()
    return {"codes": recovery_codes.renew_codes(current_actor(), current_parts())}


@blueprint.route("/account/password", methods=["DELETE"])
@blueprint.response(204)
@by_session(blueprint)
@problems(blueprint, 409)
def drop_password() -> None:
    """Do without a password: passkeys are the only way in. Needs a fresh proof."""
    factors.drop_password(current_actor(), current_parts())
