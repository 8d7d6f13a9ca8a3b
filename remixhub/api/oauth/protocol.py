"""The endpoints of OAuth, which speak its words and no problems: `{"error": …, "error_description": …}`.

They know no cookie, so pages of any site may call them (`edge/cors.py`).
"""

from __future__ import annotations

from collections.abc import Callable

import flask

from remixhub.compose import Parts
from remixhub.edge.actor import current_parts
from remixhub.edge.idempotency import mark_answer_secret
from remixhub.services.oauth import metadata
from remixhub.services.oauth import protocol as asking
from remixhub.services.oauth.asked import Answer, Asked

blueprint = flask.Blueprint("oauth", __name__)

OAUTH_PATHS = ("/oauth/token", "/oauth/device-authorization", "/oauth/revoke", "/oauth/introspect")
_WORDS = {429: "slow_down", 503: "temporarily_unavailable", 500: "server_error"}
"""Of what the edge refuses, by its status; anything else is `invalid_request`."""


@blueprint.get("/.well-known/oauth-authorization-server")
def describe() -> flask.typing.ResponseReturnValue:
    return flask.jsonify(metadata.describe(current_parts()))


@blueprint.post("/oauth/token")
def exchange() -> flask.typing.ResponseReturnValue:
    return _answer(asking.exchange)


@blueprint.post("/oauth/device-authorization")
def begin_device() -> flask.typing.ResponseReturnValue:
    return _answer(asking.begin_device)


@blueprint.post("/oauth/revoke")
def revoke() -> flask.typing.ResponseReturnValue:
    return _answer(asking.revoke)


@blueprint.post("/oauth/introspect")
def introspect() -> flask.typing.ResponseReturnValue:
    return _answer(asking.introspect)


def in_oauth_words(problem: flask.Response) -> flask.Response:
    """What the edge refused before a view was asked, such as too many requests; `problem` is JSON of ours."""
    said = problem.get_json()
    error = _WORDS.get(problem.status_code, "invalid_request")
    problem.set_data(flask.json.dumps({"error": error, "error_description": _plain(f"{said['detail']}")}))
    problem.mimetype = "application/json"
    return problem


def _answer(ask: Callable[[Parts, Asked], Answer]) -> flask.Response:
    request = flask.request
    mark_answer_secret()
    fields = [(name, value) for name, values in request.form.lists() for value in values]
    answer = ask(current_parts(), Asked(request.method, fields, dict(request.headers)))
    response = flask.jsonify(answer.body)
    response.status_code = answer.status
    response.headers.update(answer.headers)
    if answer.status >= 400:
        flask.g.problem_code = answer.body.get("error")
    return response


def _plain(text: str) -> str:
    """In the letters that an `error_description` may have."""
    return "".join(letter if 0x20 <= ord(letter) < 0x7F and letter not in '"\\' else "'" for letter in text)
