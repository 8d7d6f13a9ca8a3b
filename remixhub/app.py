"""The Flask application: API, pages, error desk, health, metrics."""

from __future__ import annotations

import os

import flask
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from remixhub.api import problems
from remixhub.api.oauth.protocol import OAUTH_PATHS, in_oauth_words
from remixhub.api.register import register_api
from remixhub.compose import Parts, build_parts
from remixhub.config import Settings
from remixhub.domain.errors import RemixHubError
from remixhub.edge.actor import refuse_foreign_origins
from remixhub.edge.caching import say_who_may_keep, send_only_changes
from remixhub.edge.compression import register_compression
from remixhub.edge.cors import answer_preflight, let_other_sites_read
from remixhub.edge.health import blueprint as health
from remixhub.edge.idempotency import keep_answer, recall_answer
from remixhub.edge.kept_pages import keep_page, recall_page
from remixhub.edge.limits import take_from_limits, tell_limits
from remixhub.edge.observed import observe_refusals
from remixhub.edge.requests import begin_request, end_request
from remixhub.edge.suspended import refuse_suspended
from remixhub.edge.text import refuse_unusable_text
from remixhub.logs import configure_logs
from remixhub.web.problems import as_page, is_page
from remixhub.web.register import register_web


def create_app(settings: Settings, parts: Parts | None = None) -> flask.Flask:
    configure_logs(settings.log_level)
    app = flask.Flask("remixhub", static_folder=None)
    app.extensions["remixhub"] = parts or build_parts(settings, web_threads=settings.web_threads)
    app.secret_key = settings.secret_key
    app.config["MAX_CONTENT_LENGTH"] = settings.body_limit_bytes
    app.json.sort_keys = False  # type: ignore[attr-defined]
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.before_request(begin_request)
    app.before_request(answer_preflight)
    app.before_request(take_from_limits)
    app.before_request(refuse_foreign_origins)
    app.before_request(refuse_unusable_text)
    app.before_request(refuse_suspended)
    app.before_request(recall_answer)
    app.before_request(recall_page)
    app.after_request(end_request)  # the last one comes first
    app.after_request(observe_refusals)
    app.after_request(keep_page)
    register_compression(app)
    app.after_request(send_only_changes)
    app.after_request(say_who_may_keep)
    app.after_request(let_other_sites_read)
    app.after_request(tell_limits)
    app.after_request(keep_answer)
    app.config["PROMETHEUS_MULTIPROC_DIR"] = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    app.register_blueprint(health)
    register_api(app)
    register_web(app)
    _register_errors(app)
    return app


def _register_errors(app: flask.Flask) -> None:
    """Programs get problems as JSON; people get the same as a page."""

    def problem(error: RemixHubError) -> flask.Response:
        return _for_whom_asks(problems.respond(error))

    def http_problem(error: HTTPException) -> flask.Response:
        return _for_whom_asks(problems.respond_http(error))

    def unexpected(error: Exception) -> flask.Response:
        return _for_whom_asks(problems.respond_unexpected(error))

    app.register_error_handler(RemixHubError, problem)
    app.register_error_handler(HTTPException, http_problem)
    app.register_error_handler(Exception, unexpected)


def _for_whom_asks(answer: flask.Response) -> flask.Response:
    if flask.request.path in OAUTH_PATHS:
        return in_oauth_words(answer)
    return as_page(answer) if is_page(flask.request) else answer
