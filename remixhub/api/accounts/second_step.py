"""`/sessions/second-step` and `/sessions/passkey`: signing in by more than a password, or without one."""

from __future__ import annotations

from typing import Any

import flask
import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from remixhub.api.accounts.accounts import AccountSchema
from remixhub.api.operations import for_visitors, problems
from remixhub.api.schemas import Schema, Secret, Time
from remixhub.domain.factors import Way
from remixhub.edge.actor import current_parts
from remixhub.edge.entering import (
    enter,
    keep_passkey_cookie,
    new_passkey_cookie,
    passkey_cookie,
    second_step_cookie,
    this_browser,
)
from remixhub.services.accounts import passkeys, second_factor
from remixhub.services.accounts.second_steps import waiting_second_step
from remixhub.services.accounts.sessions import Opened, StepNeeded

blueprint = Blueprint("second_steps", __name__, description="Signing in by a second step, or by a passkey")

_STEP = {"description": "As `POST /sessions` answered it; browsers have it as a cookie and may leave it out"}


class SecondStepSchema(Schema):
    second_step = Secret("Names this sign-in, for ten minutes")
    ways = ma.fields.List(ma.fields.Enum(Way, by_value=True), required=True)
    expires_at = Time(required=True)


def credential_field(**kwargs: Any) -> ma.fields.Field[Any]:
    told = {"description": "What `navigator.credentials` gave, by its `toJSON()`", "additionalProperties": True}
    return ma.fields.Dict(load_only=True, metadata=told, **kwargs)


class OptionsSchema(Schema):
    options = ma.fields.Dict(
        required=True,
        metadata={"description": "For `PublicKeyCredential.parse…OptionsFromJSON`", "additionalProperties": True},
    )


def require_one_of(body: dict[str, Any], *names: str) -> None:
    """Raises ValidationError unless exactly one of the fields is there."""
    if sum(body.get(name) is not None for name in names) != 1:
        raise ma.ValidationError(f"Send exactly one of {', '.join(names)}.")


class SecondStepOptionsSchema(Schema):
    second_step = ma.fields.String(load_default="", validate=validate.Length(max=100), metadata=_STEP)


class SecondStepAnswerSchema(SecondStepOptionsSchema):
    code = ma.fields.String(load_default=None, load_only=True, validate=validate.Length(max=40))
    recovery_code = ma.fields.String(load_default=None, load_only=True, validate=validate.Length(max=40))
    passkey = credential_field(load_default=None)

    @ma.validates_schema
    def one_way(self, body: dict[str, Any], **_: object) -> None:
        require_one_of(body, "code", "recovery_code", "passkey")


class PasskeySignInSchema(Schema):
    passkey = credential_field(required=True)


def second_step_answer(step: StepNeeded) -> flask.Response:
    waiting = waiting_second_step(current_parts(), step.second_step)
    told = {"second_step": step.second_step, "ways": waiting.ways, "expires_at": waiting.expires_at}
    response = flask.jsonify(SecondStepSchema().dump(told))
    response.status_code = 202
    return response


@blueprint.route("/sessions/second-step/passkey-options", methods=["POST"])
@blueprint.arguments(SecondStepOptionsSchema)
@blueprint.response(200, OptionsSchema)
@for_visitors(blueprint)
@problems(blueprint, 413, 415)
def offer_second_step_passkey(body: dict[str, Any]) -> Any:
    """What a passkey has to sign for the second step."""
    return {"options": second_factor.passkey_options(current_parts(), body["second_step"] or second_step_cookie())}


@blueprint.route("/sessions/second-step", methods=["POST"])
@blueprint.arguments(SecondStepAnswerSchema)
@blueprint.response(201, AccountSchema)
@for_visitors(blueprint)
@problems(blueprint, 413, 415, 429)
def take_second_step(body: dict[str, Any]) -> Any:
    """Take the second step of signing in, by one of its ways; the answer sets the session cookie."""
    parts, step, browser = current_parts(), body["second_step"] or second_step_cookie(), this_browser()
    if body["code"] is not None:
        return _entered(second_factor.finish_by_code(parts, step, body["code"], browser))
    if body["recovery_code"] is not None:
        return _entered(second_factor.finish_by_recovery_code(parts, step, body["recovery_code"], browser))
    return _entered(second_factor.finish_by_passkey(parts, step, body["passkey"], browser))


@blueprint.route("/sessions/passkey-options", methods=["POST"])
@blueprint.response(200, OptionsSchema)
@for_visitors(blueprint)
@problems(blueprint)
def offer_passkey_sign_in() -> Any:
    """What a passkey has to sign to sign in alone; the answer's cookie goes with it."""
    cookie = passkey_cookie() or new_passkey_cookie()  # kept: two challenges may wait in one browser
    flask.after_this_request(lambda response: keep_passkey_cookie(response, cookie))
    return {"options": passkeys.sign_in_options(current_parts(), cookie)}


@blueprint.route("/sessions/passkey", methods=["POST"])
@blueprint.arguments(PasskeySignInSchema)
@blueprint.response(201, AccountSchema)
@for_visitors(blueprint)
@problems(blueprint, 413, 415)
def sign_in_by_passkey(body: dict[str, Any]) -> Any:
    """Sign in by a passkey alone; the answer sets the session cookie."""
    parts, browser = current_parts(), this_browser()
    return _entered(second_factor.sign_in_by_passkey(parts, body["passkey"], passkey_cookie(), browser))


def _entered(opened: Opened) -> Any:
    flask.after_this_request(lambda response: enter(response, opened))
    return opened.account
