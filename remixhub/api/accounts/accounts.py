"""`/accounts` (anybody's public face) and `/account` (one's own)."""

from __future__ import annotations

from typing import Any

import flask
import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from remixhub.api.conditional import etag, required_revision
from remixhub.api.operations import by_session, for_visitors, problems
from remixhub.api.schemas import Integer, Link, Schema, Text, Time
from remixhub.domain.comments import CommentPolicy
from remixhub.edge.actor import current_actor, current_parts
from remixhub.edge.entering import clear_session_cookie, enter, this_browser
from remixhub.edge.whence import network
from remixhub.services.accounts import accounts, address_changes, address_verification
from remixhub.services.upkeep import departures

blueprint = Blueprint("accounts", __name__, description="Accounts and profiles")


class ProfileSchema(Schema):
    handle = ma.fields.String(required=True)
    display_name = ma.fields.String(required=True)
    bio = ma.fields.String(required=True)
    links = ma.fields.List(ma.fields.String(), required=True)
    created_at = Time(required=True)
    deleted_at = Time(required=True, allow_none=True)


_COMMENT_POLICY = {"description": "Of works that say nothing of their own"}


class AccountSchema(ProfileSchema):
    id = ma.fields.String(required=True)
    comment_policy = ma.fields.Enum(CommentPolicy, by_value=True, required=True, metadata=_COMMENT_POLICY)
    email = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Null until the one that was given at sign-up is confirmed, where the hub sends mail"},
    )
    email_verified_at = Time(required=True, allow_none=True)
    address_bounced_at = Time(
        required=True, allow_none=True, metadata={"description": "Since when nothing arrives at the address"}
    )
    pending_email = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "What the address becomes once it is confirmed; a link was sent there"},
    )
    is_operator = ma.fields.Boolean(required=True)
    stored_bytes = ma.fields.Integer(required=True)
    accepted_rules = ma.fields.Integer(
        required=True, allow_none=True, metadata={"description": "Which revision of the rules it has accepted"}
    )
    revision = ma.fields.Integer(required=True)


class SignUpSchema(Schema):
    handle = ma.fields.String(required=True, validate=validate.Length(max=80))
    email = ma.fields.String(required=True, validate=validate.Length(max=254))
    password = ma.fields.String(required=True, load_only=True, validate=validate.Length(max=200))
    display_name = Text(max_length=80, load_default="")
    invitation = ma.fields.String(
        load_only=True, allow_none=True, load_default=None, validate=validate.Length(max=200),
        metadata={"description": "The last part of an invitation's link, where new accounts need one"},
    )  # fmt: skip
    accepted_rules = Integer(
        allow_none=True,
        load_default=None,
        metadata={"description": "`rules_revision` of `GET /house`, if it has rules"},
    )


class ProfileEditSchema(Schema):
    display_name = Text(max_length=80, min_length=1)
    bio = Text(max_length=4000, multiline=True)
    links = ma.fields.List(Link(), validate=validate.Length(max=10))
    comment_policy = ma.fields.Enum(CommentPolicy, by_value=True, metadata=_COMMENT_POLICY)


def _known_password() -> ma.fields.Field[Any]:
    described = {"description": "May be left out while the session's proof is fresh; see `POST /account/proof`"}
    return ma.fields.String(load_default=None, load_only=True, validate=validate.Length(max=200), metadata=described)


class PasswordEditSchema(Schema):
    current_password = _known_password()
    new_password = ma.fields.String(required=True, load_only=True, validate=validate.Length(max=200))
    end_tokens = ma.fields.List(
        ma.fields.String(validate=validate.Length(max=64)),
        load_default=list,
        validate=validate.Length(max=100),
        metadata={
            "description": "Ids of access tokens to revoke as well; those that are not one's own are passed over"
        },
    )


class EmailEditSchema(Schema):
    password = _known_password()
    email = ma.fields.String(required=True, validate=validate.Length(max=254))


class DeletionSchema(Schema):
    password = _known_password()
    works = ma.fields.String(
        load_default="keep",
        validate=validate.OneOf(["keep", "withdraw"]),
        metadata={"description": "What becomes of published works: they stay, or become tombstones."},
    )


@blueprint.route("/accounts", methods=["POST"])
@blueprint.arguments(SignUpSchema)
@blueprint.response(201, AccountSchema)
@for_visitors(blueprint)
@problems(blueprint, 409, 413, 415, 429)
def sign_up(body: dict[str, Any]) -> Any:
    """Sign up."""
    account = accounts.sign_up(current_parts(), **body, address=network())
    location = flask.url_for("accounts.get_profile", handle=account.handle)
    return account, 201, {"Location": location, **etag(account.revision)}


@blueprint.route("/accounts/<handle>")
@blueprint.response(200, ProfileSchema)
@for_visitors(blueprint)
@problems(blueprint, 404)
def get_profile(handle: str) -> Any:
    """Somebody's public profile."""
    return accounts.get_profile(current_parts(), handle)


@blueprint.route("/account")
@blueprint.response(200, AccountSchema)
@problems(blueprint)
def get_account() -> Any:
    """One's own account."""
    account = accounts.get_account(current_actor(), current_parts())
    return account, 200, etag(account.revision)


@blueprint.route("/account", methods=["PATCH"])
@blueprint.arguments(ProfileEditSchema)
@blueprint.response(200, AccountSchema)
@problems(blueprint, 412, 413, 415, 428)
def edit_account(body: dict[str, Any]) -> Any:
    """Edit the profile; needs `If-Match`."""
    account = accounts.update_profile(current_actor(), current_parts(), body, revision=required_revision())
    return account, 200, etag(account.revision)


@blueprint.route("/account/password", methods=["PUT"])
@blueprint.arguments(PasswordEditSchema)
@blueprint.response(204)
@by_session(blueprint)
@problems(blueprint, 412, 413, 415, 428, 429)
def change_password(body: dict[str, Any]) -> flask.Response:
    """Change the password; all sessions end, and the answer sets a new one's cookie. Needs the account's `If-Match`."""
    revision = required_revision()
    opened = accounts.change_password(
        current_actor(), current_parts(), browser=this_browser(), **body, revision=revision
    )
    return enter(flask.Response(status=204), opened)


@blueprint.route("/account/email", methods=["PUT"])
@blueprint.arguments(EmailEditSchema)
@blueprint.response(200, AccountSchema)
@by_session(blueprint)
@problems(blueprint, 409, 412, 413, 415, 428, 429)
def change_email(body: dict[str, Any]) -> Any:
    """Change the e-mail address, once a link that goes to it is opened; needs the account's `If-Match`."""
    account = address_changes.change_email(current_actor(), current_parts(), **body, revision=required_revision())
    return account, 200, etag(account.revision)


@blueprint.route("/account/address-verification", methods=["POST"])
@blueprint.response(202)
@problems(blueprint, 409, 429)
def send_address_verification() -> None:
    """Send a link to one's address; opening it verifies the address."""
    address_verification.send_verification(current_actor(), current_parts())


@blueprint.route("/address-verifications/<verification_token>", methods=["POST"])
@blueprint.response(204)
@for_visitors(blueprint)
@problems(blueprint)
def verify_address(verification_token: str) -> None:
    """What the link's page does: the address is verified."""
    address_verification.verify_address(current_parts(), verification_token)


@blueprint.route("/account", methods=["DELETE"])
@blueprint.arguments(DeletionSchema)
@blueprint.response(204)
@by_session(blueprint)
@problems(blueprint, 413, 415, 429)
def delete_account(body: dict[str, Any]) -> flask.Response:
    """Delete the account; published works stay or become tombstones."""
    departures.delete_account(
        current_actor(), current_parts(), password=body["password"], withdraw_works=body["works"] == "withdraw"
    )
    response = flask.Response(status=204)
    clear_session_cookie(response, current_parts())
    return response
