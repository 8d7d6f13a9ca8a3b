"""`/sessions`: signing in and out with a cookie, and ending sessions elsewhere."""

from __future__ import annotations

from typing import Any

import flask
import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from remixhub.api.accounts.accounts import AccountSchema
from remixhub.api.accounts.second_step import SecondStepSchema, second_step_answer
from remixhub.api.operations import by_session, for_visitors, problems
from remixhub.api.schemas import Schema, Time
from remixhub.edge.actor import current_actor, current_parts, session_cookie
from remixhub.edge.entering import clear_session_cookie, enter, this_browser, wait_for_second_step
from remixhub.services.accounts import sessions
from remixhub.services.accounts.sessions import StepNeeded

blueprint = Blueprint("sessions", __name__, description="Browser sessions")


class SignInSchema(Schema):
    login = ma.fields.String(
        required=True, validate=validate.Length(max=254), metadata={"description": "Handle or e-mail"}
    )
    password = ma.fields.String(required=True, load_only=True, validate=validate.Length(max=200))


class SessionSchema(Schema):
    id = ma.fields.String(required=True)
    user_agent = ma.fields.String(required=True)
    created_at = Time(required=True)
    last_seen_at = Time(required=True)
    expires_at = Time(required=True)
    is_current = ma.fields.Boolean(required=True, metadata={"description": "The one that asks"})


class SessionListSchema(Schema):
    sessions = ma.fields.List(ma.fields.Nested(SessionSchema), required=True)


@blueprint.route("/sessions", methods=["POST"])
@blueprint.arguments(SignInSchema)
@blueprint.response(201, AccountSchema)
@blueprint.alt_response(202, schema=SecondStepSchema, description="Right, but the account has a second factor")
@for_visitors(blueprint)
@problems(blueprint, 413, 415, 429)
def sign_in(body: dict[str, Any]) -> Any:
    """Sign in; the answer sets the session cookie.

    Of an account with a second factor it is 202 and no session yet: go on with `POST /sessions/second-step` within ten
    minutes. Access tokens need no second step.
    """
    signed_in = sessions.sign_in(current_parts(), body["login"], body["password"], this_browser())
    if isinstance(signed_in, StepNeeded):
        return wait_for_second_step(second_step_answer(signed_in), signed_in)
    flask.after_this_request(lambda response: enter(response, signed_in))
    return signed_in.account


@blueprint.route("/sessions")
@blueprint.response(200, SessionListSchema)
@by_session(blueprint)
@problems(blueprint)
def list_sessions() -> Any:
    """One's own sessions, the last used first."""
    current = sessions.token_digest(session_cookie() or "")
    names = ("id", "user_agent", "created_at", "last_seen_at", "expires_at")
    rows = sessions.list_sessions(current_actor(), current_parts())
    return {
        "sessions": [
            {**{name: getattr(row, name) for name in names}, "is_current": row.token_hash == current} for row in rows
        ]
    }


@blueprint.route("/sessions/current", methods=["DELETE"])
@blueprint.response(204)
@for_visitors(blueprint)
@problems(blueprint)
def sign_out() -> flask.Response:
    """Sign out; safe to repeat."""
    token = session_cookie()
    if token is not None:
        sessions.sign_out(current_parts(), token)
    response = flask.Response(status=204)
    clear_session_cookie(response, current_parts())
    return response


@blueprint.route("/sessions/<session_id>", methods=["DELETE"])
@blueprint.response(204)
@by_session(blueprint)
@problems(blueprint, 404)
def end_session(session_id: str) -> None:
    """End one of one's own sessions, wherever it is."""
    sessions.end_session(current_actor(), current_parts(), session_id)
