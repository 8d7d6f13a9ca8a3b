"""A request's id, its one log line, and the headers that every answer carries."""

from __future__ import annotations

import hashlib
import re
import time
import uuid

import flask
import structlog

from remixhub.edge.actor import current_parts
from remixhub.edge.health import count_request
from remixhub.edge.whence import network
from remixhub.jobs.table import were_added
from remixhub.services import journal

log = structlog.get_logger()

_GIVEN_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_QUIET = {"/healthz", "/readyz", "/metrics"}
_PART = re.compile(r"<(?:[^<>]+:)?(\w+)>")
_SECRET_PART = re.compile(r"(?:.+_)?(?:token|code|secret)")
"""Names of a rule's variables whose values whoever has them may use."""


def begin_request() -> None:
    """Takes over a proxy's `X-Request-Id` when it is plausible."""
    given = flask.request.headers.get("X-Request-Id", "")
    request_id = given if _GIVEN_ID.fullmatch(given) else uuid.uuid4().hex
    flask.g.answer_is_secret = False
    were_added()  # by a request before, in this thread
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request_id)
    flask.g.request_id = request_id
    flask.g.started = time.monotonic()
    journal.came_from(network() or None)


def end_request(response: flask.Response) -> flask.Response:
    if were_added():  # and committed, by now
        current_parts().carrier.ring_soon()
    response.headers.setdefault("X-Request-Id", flask.g.get("request_id", ""))
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    if _may_hold_secret(flask.request):
        response.headers["Referrer-Policy"] = (
            "strict-origin"  # with `no-referrer`, forms would come from `Origin: null`
        )
    response.headers.setdefault("Referrer-Policy", "same-origin")
    if current_parts().settings.secure_cookies:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if flask.request.path not in _QUIET:
        actor = flask.g.get("actor")
        seconds = time.monotonic() - flask.g.get("started", time.monotonic())
        count_request(response, seconds)
        log.info(
            "request",
            method=flask.request.method,
            path=path_without_secrets(flask.request),
            route=flask.request.url_rule.rule if flask.request.url_rule else None,
            status=response.status_code,
            code=flask.g.get("problem_code"),
            ms=round(seconds * 1000, 1),
            account_id=actor.account_id if actor else None,
            address=flask.request.remote_addr,
        )
    return response


def shows_secret(response: flask.Response) -> bool:
    """Whether the answer shows what gives rights to whoever reads it, or its address does."""
    is_marked: bool = flask.g.get("answer_is_secret", False)
    return is_marked or "Set-Cookie" in response.headers or _may_hold_secret(flask.request)


def path_without_secrets(request: flask.Request) -> str:
    """The path for a log line: secrets as the start of their SHA-256, and of what no rule matches the first step."""
    if request.url_rule is None:
        first, *rest = request.path.removeprefix("/").split("/")
        return f"/{first}/…" if rest else f"/{first}"
    given = request.view_args or {}
    return _PART.sub(lambda part: _shown(part[1], str(given.get(part[1], ""))), request.url_rule.rule)


def _may_hold_secret(request: flask.Request) -> bool:
    """Whether the address may: where no rule matches, nobody knows, and `next` is an address itself."""
    return (
        request.url_rule is None or "next" in request.args or any(map(_SECRET_PART.fullmatch, request.view_args or ()))
    )


def _shown(name: str, value: str) -> str:
    if _SECRET_PART.fullmatch(name):
        return f"#{hashlib.sha256(value.encode()).hexdigest()[:12]}"
    return value
