"""Programs on other sites' pages may call the API, by an access token (CORS, as the Fetch standard has it).

Never with cookies: the answer says `*`, with which no browser sends or shows anything that a cookie opens, and to a
request that speaks by the session's cookie it says nothing at all. Pages are not for other sites.
"""

from __future__ import annotations

import flask

from remixhub.edge.actor import session_cookie

_METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"
_TAKEN = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Request-Id"
_SHOWN = (
    "Allow, Content-Disposition, ETag, Idempotency-Replayed, Link, Location, RateLimit, RateLimit-Policy, Retry-After, "
    "WWW-Authenticate, X-Request-Id"
)
_PREFLIGHT_SECONDS = 7200
"""As long as browsers keep one at most."""
_FOR_PROGRAMS = ("/api/", "/oauth/token", "/oauth/revoke", "/.well-known/oauth-authorization-server")
"""Of OAuth what apps in browsers need; a device is none."""


def answer_preflight() -> flask.Response | None:
    """A `before_request`: whatever the address, so that a program can read what is wrong with it."""
    request = flask.request
    is_preflight = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
    if not is_preflight or not request.path.startswith(_FOR_PROGRAMS):
        return None
    response = flask.Response(status=204)
    response.headers["Access-Control-Allow-Methods"] = _METHODS
    response.headers["Access-Control-Allow-Headers"] = _TAKEN
    response.headers["Access-Control-Max-Age"] = str(_PREFLIGHT_SECONDS)
    return response


def let_other_sites_read(response: flask.Response) -> flask.Response:
    request = flask.request
    speaks_by_cookie = session_cookie() is not None and "Authorization" not in request.headers
    if request.path.startswith(_FOR_PROGRAMS) and not speaks_by_cookie:
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = _SHOWN
    return response
