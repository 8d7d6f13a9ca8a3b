"""Problems as pages: what the error desk words for programs, people read as HTML."""

from __future__ import annotations

from urllib.parse import urlencode

import flask

_PROGRAMS = ("/api/", "/companion/", "/healthz", "/readyz", "/metrics")


def is_page(request: flask.Request) -> bool:
    """False for programs: the API's paths, and scripts that ask for a problem by name."""
    if request.path.startswith(_PROGRAMS):
        return False
    return "application/problem+json" not in request.headers.get("Accept", "")


def as_page(answer: flask.Response) -> flask.Response:
    """`answer` is a problem as JSON; status and headers (`Retry-After`, `Allow`) stay as they are."""
    problem = answer.get_json()
    if problem["status"] == 401 and flask.request.method in ("GET", "HEAD"):
        back = flask.request.full_path.rstrip("?")
        return _redirect(flask.url_for("web.accounts.sign_in") + "?" + urlencode({"next": back}))
    answer.set_data(flask.render_template("problem.html", problem=problem, request_id=flask.g.get("request_id", "")))
    answer.mimetype = "text/html"
    answer.headers.pop("WWW-Authenticate", None)
    return answer


def _redirect(address: str) -> flask.Response:
    response = flask.make_response(flask.redirect(address, 303))
    response.headers["Cache-Control"] = "no-store"
    return response
