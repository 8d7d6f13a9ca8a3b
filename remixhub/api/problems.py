"""The one error desk: every error leaves as RFC 9457 `application/problem+json` with a stable code."""

from __future__ import annotations

from typing import Any

import flask
import structlog
from werkzeug.exceptions import HTTPException, InternalServerError, NotFound

from remixhub.domain import errors
from remixhub.domain.access import ScopeMissing
from remixhub.domain.states import Scope

log = structlog.get_logger()

STATUS: dict[type[errors.RemixHubError], int] = {
    errors.Malformed: 400,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.PreconditionFailed: 412,
    errors.TooLarge: 413,
    errors.UnsupportedMedia: 415,
    errors.Invalid: 422,
    errors.PreconditionRequired: 428,
    errors.Throttled: 429,
    errors.Unavailable: 503,
}

HTTP_CODES = {
    400: "malformed",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "too_large",
    414: "address_too_long",
    415: "unsupported_media_type",
    422: "invalid",
    431: "headers_too_large",
}


def status_of(kind: type[errors.RemixHubError]) -> int:
    return next((STATUS[ancestor] for ancestor in kind.__mro__ if ancestor in STATUS), 500)


def problem_of(error: errors.RemixHubError) -> dict[str, Any]:
    problem: dict[str, Any] = {
        "type": f"/problems/{error.code}",
        "title": error.title,
        "status": status_of(type(error)),
        "code": error.code,
        "detail": error.detail,
    }
    if error.context:
        problem["context"] = error.context
    if isinstance(error, errors.Invalid) and error.violations:
        problem["violations"] = [
            {"pointer": pointer, "message": message}
            for pointer, messages in error.violations.items()
            for message in messages
        ]
    return problem


def respond(error: errors.RemixHubError) -> flask.Response:
    response = _answer(problem_of(error))
    if isinstance(error, errors.Throttled | errors.Unavailable):
        response.headers["Retry-After"] = str(error.retry_after_seconds)
    challenge = _challenge(error)
    if challenge:
        response.headers["WWW-Authenticate"] = challenge
    return response


def _challenge(error: errors.RemixHubError) -> str | None:
    """In the words of RFC 6750, section 3.1, by which OAuth's libraries know that a token is to be refreshed."""
    if error.code in ("token_invalid", "token_expired", "token_revoked"):
        return 'Bearer error="invalid_token"'
    if isinstance(error, ScopeMissing) and error.context["scope"] in set(Scope):
        return f'Bearer error="insufficient_scope", scope="{error.context["scope"]}"'
    return "Bearer" if isinstance(error, errors.Unauthenticated) else None


def respond_http(error: HTTPException) -> flask.Response:
    """Werkzeug's own errors and webargs' validation errors; their headers (`Allow`, `Retry-After`) survive."""
    if isinstance(error, InternalServerError) and error.original_exception is not None:
        return respond_unexpected(error.original_exception)
    messages = getattr(error, "data", {}).get("messages")
    if messages is not None and error.code == 400:
        return respond(errors.Malformed("The body is not valid JSON (RFC 8259, in UTF-8)."))
    if messages is not None:
        violations = _violations(messages.get("json", messages))
        return respond(errors.Invalid("The request does not fit the schema; see `violations`.", violations=violations))
    if isinstance(error, NotFound):
        return respond(errors.NotFound("There is nothing at this address."))
    status = error.code or 500
    problem = {
        "type": f"/problems/{HTTP_CODES.get(status, 'http_error')}",
        "title": error.name,
        "status": status,
        "code": HTTP_CODES.get(status, "http_error"),
        "detail": error.description or error.name,
    }
    response = _answer(problem)
    kept = {
        name: value for name, value in error.get_headers() if name.lower() not in ("content-type", "content-length")
    }
    response.headers.update(kept)
    return response


def respond_unexpected(error: BaseException) -> flask.Response:
    """The edge: whatever nobody foresaw becomes a 500 with the request's id, and a full line in the log."""
    log.error("request_failed", error=type(error).__name__, exc_info=error)
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    unforeseen = errors.RemixHubError(f"This is our fault. Tell the operator the request id {request_id}.")
    return respond(unforeseen)


def _answer(problem: dict[str, Any]) -> flask.Response:
    flask.g.problem_code = problem["code"]
    response = flask.jsonify(problem)
    response.status_code = problem["status"]
    response.mimetype = "application/problem+json"
    return response


def _violations(messages: Any, pointer: str = "") -> dict[str, list[str]]:
    """marshmallow's nested messages as JSON pointers (RFC 6901)."""
    if isinstance(messages, dict):
        found: dict[str, list[str]] = {}
        for name, nested in messages.items():
            step = "" if name == "_schema" else "/" + str(name).replace("~", "~0").replace("/", "~1")
            for where, texts in _violations(nested, pointer + step).items():
                found.setdefault(where, []).extend(texts)
        return found
    return {pointer: [str(message) for message in (messages if isinstance(messages, list) else [messages])]}
