"""The API as a whole: its OpenAPI document and its blueprints."""

from __future__ import annotations

import json
from typing import Any

import flask
from flask_smorest import Api

from remixhub import __version__
from remixhub.api import (
    accounts,
    audit,
    bundles,
    collections,
    comments,
    companion,
    contest_licences,
    contests,
    discovery,
    docs,
    exports,
    hooks,
    house,
    jobs,
    licences,
    lineage,
    listening,
    mixes,
    moderation,
    oauth,
    releases,
    remixes,
    saved_searches,
    search,
    stems,
    uploads,
    works,
)
from remixhub.api.examples import add_examples
from remixhub.api.oauth.scheme import oauth_scheme
from remixhub.api.operations import APP, SESSION, TOKEN, OperationFacts, add_problems
from remixhub.api.problems import respond_http
from remixhub.api.query import keep_known_parameters
from remixhub.api.schemas import ProblemSchema
from remixhub.domain.addresses import Addresses
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
    *mixes.BLUEPRINTS,
    bundles.blueprint,
    exports.blueprint,
    *remixes.BLUEPRINTS,
    *moderation.BLUEPRINTS,
    audit.blueprint,
    *contests.BLUEPRINTS,
    comments.blueprint,
    discovery.blueprint,
    listening.blueprint,
    collections.blueprint,
    search.blueprint,
    hooks.blueprint,
    *oauth.BLUEPRINTS,
    saved_searches.blueprint,
    house.blueprint,
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
        "security": [TOKEN, APP, SESSION],
        "info": {
            "summary": "Share stems, remix them, know the lineage",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
    },
}


class ProblemApi(Api):  # type: ignore[misc]
    """flask-smorest, answering problems instead of its own error shape, and a document that is written once."""

    ERROR_SCHEMA = ProblemSchema
    DEFAULT_ERROR_RESPONSE_NAME = "Problem"

    def _openapi_json(self) -> flask.Response:
        return flask.Response(flask.current_app.extensions["remixhub_openapi_json"], mimetype="application/json")

    def handle_http_exception(self, error: Any) -> flask.Response:
        return respond_http(error)


def register_api(app: flask.Flask) -> None:
    """Expects the service's parts in `app.extensions`."""
    app.config.update(_OPENAPI)
    app.before_request(_refuse_other_media)
    facts = OperationFacts()
    api = ProblemApi(app, spec_kwargs={"extra_plugins": [facts]})
    add_problems(api.spec)
    for blueprint in _BLUEPRINTS:
        api.register_blueprint(blueprint, url_prefix="/api/v1")
    app.register_blueprint(companion.blueprint)
    app.register_blueprint(oauth.protocol.blueprint)
    app.register_blueprint(docs.blueprint)
    keep_known_parameters(app, {**facts.query_parameters, "api-docs.openapi_json": []})
    document = _document(api, app.extensions["remixhub"].settings.public_url)
    app.extensions["remixhub_openapi"] = document
    app.extensions["remixhub_openapi_json"] = json.dumps(document, ensure_ascii=False).encode()


def _document(api: Api, public_url: str) -> dict[str, Any]:
    document: dict[str, Any] = api.spec.to_dict()
    document["servers"] = [{"url": public_url, "description": "This hub"}]
    document["components"]["securitySchemes"]["app"] = oauth_scheme(Addresses(public_url))
    document["components"]["schemas"].pop("PaginationMetadata", None)  # flask-smorest's own, which nothing uses
    add_examples(document)
    return document


def _refuse_other_media() -> None:
    request = flask.request
    if request.path.startswith("/api/") and request.content_length and not request.is_json:
        raise UnsupportedMedia("Send JSON with `Content-Type: application/json`.")
