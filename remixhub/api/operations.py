"""What the document says of operations besides their schemas: names, who may ask, headers, problems."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, NamedTuple, TypeVar

from apispec import APISpec, BasePlugin
from flask_smorest import Blueprint
from werkzeug.routing import Rule

from remixhub.api.problems import problem_of
from remixhub.api.schemas import ProblemSchema
from remixhub.domain import errors
from remixhub.edge.limits import RateLimited

View = TypeVar("View", bound=Callable[..., Any])

TOKEN: dict[str, list[str]] = {"token": []}
APP: dict[str, list[str]] = {"app": []}
SESSION: dict[str, list[str]] = {"session": []}
NOBODY: dict[str, list[str]] = {}
"""How one may ask; the document's own `security` is a token, one's own or an app's, or a session."""


class _Problem(NamedTuple):
    description: str
    example: errors.RemixHubError


_PROBLEMS = {
    400: _Problem("The request cannot be read", errors.Malformed("The body is not valid JSON (RFC 8259, in UTF-8).")),
    401: _Problem(
        "Not signed in, or the access token is not valid", errors.Unauthenticated("Sign in, or send an access token.")
    ),
    403: _Problem("Visible, but not yours; or the token lacks the scope", errors.Forbidden("It is somebody else's.")),
    404: _Problem("Absent, or private to somebody else", errors.NotFound("Check the address and who is signed in.")),
    409: _Problem("The present state does not allow it", errors.Conflict("It is published already.")),
    412: _Problem("Edited in the meantime", errors.PreconditionFailed("Somebody changed it; look again.")),
    413: _Problem("The body is too large", errors.TooLarge("A JSON body is of at most 1 MiB.")),
    415: _Problem("The body is not JSON", errors.UnsupportedMedia("Send JSON with `Content-Type: application/json`.")),
    422: _Problem(
        "A rule is broken; see `code` and `violations`",
        errors.Invalid(
            "The request does not fit the schema; see `violations`.",
            violations={"/title": ["Missing data for required field."]},
        ),
    ),
    428: _Problem(
        "`If-Match` is missing", errors.PreconditionRequired("Send the `ETag` of what you saw as `If-Match`.")
    ),
    429: _Problem(
        "Too many requests or attempts; see `Retry-After`",
        RateLimited("Wait until `Retry-After` is over.", retry_after_seconds=7, violated_policies=["default"]),
    ),
    503: _Problem(
        "A part of the service is away; see `Retry-After`", errors.Unavailable("The database does not answer.")
    ),
}
_ALWAYS = (400, 401, 403, 422, 429, 503)
_ANY = "Problem"
"""The answer of every status that is not listed."""
_RETRY_AFTER = {"Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer"}}}
_LIMITS = {
    "RateLimit-Policy": {
        "description": "The limits that the request counts for: `q` requests each `w` seconds "
        "(draft-ietf-httpapi-ratelimit-headers-11)",
        "schema": {"type": "string"},
        "example": '"default";q=600;w=60',
    },
    "RateLimit": {
        "description": "Of each of them: `r` requests are left for the next `t` seconds",
        "schema": {"type": "string"},
        "example": '"default";r=599;t=60',
    },
}
"""Not required: while requests are not counted nothing is said of it."""
_LIMIT_HEADERS = {name: {"$ref": f"#/components/headers/{name}"} for name in _LIMITS}
_PROBLEM_HEADERS: dict[int, dict[str, Any]] = {
    401: {
        "WWW-Authenticate": {
            "description": "`Bearer`, and as RFC 6750 has it what is wrong with the token",
            "schema": {"type": "string"},
        }
    },
    429: _RETRY_AFTER | _LIMIT_HEADERS,
    503: _RETRY_AFTER,
}

_IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "description": "The `ETag` of what one saw, or its `revision` in quotes",
    "schema": {"type": "string", "pattern": r'^(W/)?"\d{1,18}(-[0-9a-f]{16})?"$'},
    "example": '"3-9f86d081884c7d65"',
}
_IF_NONE_MATCH = {
    "in": "header",
    "name": "If-None-Match",
    "required": False,
    "description": "The `ETag` of what one has; unchanged, it is not sent again",
    "schema": {"type": "string", "pattern": r'^(\*|(W/)?"[!#-~]{0,60}")$'},
    "example": 'W/"9f86d081884c7d65"',
}
_UNCHANGED = "NotModified"
_IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "The same request with the same key within a day is done once and answered again",
    "schema": {"type": "string", "pattern": r"^[\x21-\x7e]{1,200}$"},
    "example": "0d6c1f7e-9b0a-4f7c-8a57-3f1f4c7a2b11",
}


def problems(blueprint: Blueprint, *statuses: int) -> Callable[[View], View]:
    """Adds the given problem statuses to those that any operation may answer."""

    def decorate(view: View) -> View:
        for status in sorted({*_ALWAYS, *statuses}):
            view = blueprint.alt_response(status, _name(status))(view)
        return view

    return decorate


def for_visitors(blueprint: Blueprint) -> Callable[[View], View]:
    """Whoever asks may: nobody has to be signed in."""
    return blueprint.doc(security=[TOKEN, APP, SESSION, NOBODY])  # type: ignore[no-any-return]


def by_session(blueprint: Blueprint) -> Callable[[View], View]:
    """What no access token may, only who signed in with the password."""
    return blueprint.doc(security=[SESSION])  # type: ignore[no-any-return]


def add_problems(spec: APISpec) -> None:
    """The answers and headers that operations refer to."""
    for name, header in _LIMITS.items():
        spec.components.header(name, header)
    for status, (description, error) in _PROBLEMS.items():
        spec.components.response(_name(status), _answer(description, error, _PROBLEM_HEADERS.get(status)))
    any_problem = errors.Malformed("Send an access token as `Authorization: Bearer <token>`.")
    spec.components.response(_UNCHANGED, {"description": "What one has is what one would get"})
    spec.components.response(_ANY, _answer("Any other problem", any_problem, None))


class OperationFacts(BasePlugin):
    """An operation's name is its view's; `If-Match` goes with edits, `If-None-Match` with GET, a key with POST.

    It comes after the plugins that read the schemas, and so knows each operation's query.
    """

    def __init__(self) -> None:
        super().__init__()
        self.query_parameters: dict[str, list[str]] = {}
        """Their names by endpoint."""

    def operation_helper(
        self,
        path: str | None = None,
        operations: dict[str, Any] | None = None,
        rule: Rule | None = None,
        **kwargs: Any,
    ) -> None:
        for method, operation in (operations or {}).items():
            parameters = operation.setdefault("parameters", [])
            if rule is not None:
                operation["operationId"] = rule.endpoint.rpartition(".")[2]
                self.query_parameters[rule.endpoint] = [one["name"] for one in parameters if one["in"] == "query"]
            if "428" in map(str, operation.get("responses", {})):
                parameters.append(_IF_MATCH)
            if method == "post":
                parameters.append(_IDEMPOTENCY_KEY)
            if method == "get" and "200" in map(str, operation.get("responses", {})):
                parameters.append(_IF_NONE_MATCH)
                operation["responses"]["304"] = {"$ref": f"#/components/responses/{_UNCHANGED}"}
            for status, answer in operation.get("responses", {}).items():
                if str(status).startswith("2") and "$ref" not in answer:
                    answer["headers"] = answer.get("headers", {}) | _LIMIT_HEADERS


def _name(status: int) -> str:
    return HTTPStatus(status).phrase.title().replace(" ", "").replace("-", "")


def _answer(description: str, error: errors.RemixHubError, headers: dict[str, Any] | None) -> dict[str, Any]:
    media = {"schema": ProblemSchema, "example": problem_of(error)}
    answer: dict[str, Any] = {"description": description, "content": {"application/problem+json": media}}
    return answer if headers is None else {**answer, "headers": headers}
