"""Who may keep an answer, and which need not be sent again: `Cache-Control`, `ETag` and 304 (RFC 9110, RFC 9111).

What somebody gets who says who they are, by a token or a cookie, is theirs alone and kept by nobody. What anybody gets
may be kept and asked about each time. Static files and redirects to sound say more than that by themselves.
"""

from __future__ import annotations

import hashlib
import re
import time

import flask

from remixhub.edge.actor import current_parts, session_cookie
from remixhub.edge.requests import shows_secret

_REVISION = re.compile(r'"(\d{1,18})"')
_SIGNED_QUERY = re.compile(rb"\?[^\"'\s<>]*X-Amz-Signature=[^\"'\s<>]*")
_CLOCK = re.compile(rb'"now":"[0-9TZ:.-]{20,24}"')
"""In JSON no text can hold it: its quotes would be escaped."""
_SAFE_METHODS = ("GET", "HEAD")


def say_who_may_keep(response: flask.Response) -> flask.Response:
    if shows_secret(response):
        response.headers["Cache-Control"] = "no-store"
    elif "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-cache" if _is_for_anybody(response) else "no-store"
    if response.headers["Cache-Control"] == "no-cache":
        response.vary.update(("Authorization", "Cookie"))
    return response


def send_only_changes(response: flask.Response) -> flask.Response:
    """Gives what was read an ETag, and answers 304 to whoever has it already.

    Where there is a revision the ETag begins with it, which is what an edit's `If-Match` is about; but figures around a
    work change without an edit, so the rest tells the answer itself.
    """
    request = flask.request
    is_read = request.method in _SAFE_METHODS and response.status_code == 200 and not response.is_streamed
    is_kept = request.path.startswith("/api/") or "no-store" not in response.headers["Cache-Control"]
    if not is_read or not is_kept or shows_secret(response):
        return response
    given = response.headers.get("ETag", "")
    if not given:
        response.set_etag(_digest(response), weak=True)
    elif revision := _REVISION.fullmatch(given):
        response.set_etag(f"{revision[1]}-{_digest(response)}")
    tag, _ = response.get_etag()
    if request.if_none_match.contains_weak(tag or ""):
        response.status_code = 304
        response.set_data(b"")
    return response


def _is_for_anybody(response: flask.Response) -> bool:
    request = flask.request
    says_who = "Authorization" in request.headers or session_cookie() or _flash_cookie()
    is_answer = request.method in _SAFE_METHODS and response.status_code < 300
    return is_answer and not says_who and request.path not in ("/healthz", "/readyz", "/metrics")


def _tells_time(response: flask.Response) -> bool:
    return response.mimetype == "application/json" and b'"now":' in response.get_data()


def _flash_cookie() -> str | None:
    """What was said to somebody after a form."""
    return flask.request.cookies.get(flask.current_app.config["SESSION_COOKIE_NAME"])


def _digest(response: flask.Response) -> str:
    """An address is the same however often it is signed; but for half of a signature's life only, as it has an end.
    What the clock says is no change: `Date` says it with every 304.
    """
    body = _CLOCK.sub(b"", response.get_data()) if _tells_time(response) else response.get_data()
    unsigned, signatures = _SIGNED_QUERY.subn(b"", body)
    digest = hashlib.sha256(unsigned)
    if signatures:
        half_life_seconds = max(1, current_parts().settings.presign_seconds // 2)
        digest.update(b"%d" % (time.time() // half_life_seconds))
    return digest.hexdigest()[:16]
