"""The API as a whole: its OpenAPI document and its blueprints."""

from __future__ import annotations

from typing import Any

import flask
from flask_smorest import Api

from remixhub import __version__
from remixhub.api import (
    accounts,
    companion,
    contest_licences,
    contests,
    docs,
    jobs,
    licences,
    lineage,
    mixes,
    moderation,
    releases,
    remixes,
    stems,
    uploads,
    works,
)
from remixhub.api.problems import respond_http
from remixhub.api.request_headers import RequestHeaders
from remixhub.api.schemas import ProblemSchema
from remixhub.domain.errors import UnsupportedMedia

_BLUEPRINTS = (
    *accounts.BLUEPRINTS,
    uploads.blueprint,
    jobs.blueprint,
    licences.blueprint,
    contest_licences.blueprint,
    *lineage.BLUEPRINTS,
    works.blueprint,
    releases.blueprint,
    *stems.BLUEPRINTS,
    mixes.blueprint,
    *remixes.BLUEPRINTS,
    *moderation.BLUEPRINTS,
    *contests.BLUEPRINTS,
)
_OPENAPI = {
    "API_TITLE": "RemixHub",
    "API_VERSION": __version__,
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/api/v1",
    "OPENAPI_JSON_PATH": "openapi.json",
    "API_SPEC_OPTIONS": {
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "remixhub_session"},
            }
        },
        "security": [{"token": []}, {"session": []}, {}],
    },
}


class ProblemApi(Api):  # type: ignore[misc]
    """flask-smorest, answering problems instead of its own error shape."""

    ERROR_SCHEMA = ProblemSchema

    def handle_http_exception(self, error: Any) -> flask.Response:
        return respond_http(error)


def register_api(app: flask.Flask) -> None:
    app.config.update(_OPENAPI)
    app.before_request(_refuse_other_media)
    api = ProblemApi(app, spec_kwargs={"extra_plugins": [RequestHeaders()]})
    for blueprint in _BLUEPRINTS:
        api.register_blueprint(blueprint, url_prefix="/api/v1")
    app.register_blueprint(companion.blueprint)
    app.register_blueprint(docs.blueprint)
    app.extensions["remixhub_openapi"] = api.spec


def _refuse_other_media() -> None:
    request = flask.request
    if request.path.startswith("/api/") and request.content_length and not request.is_json:
        raise UnsupportedMedia("Send JSON with `Content-Type: application/json`.")
