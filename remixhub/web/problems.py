"""Problems as pages: what the error desk words for programs, people read as HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

import flask

from remixhub.edge.problem_words import problem_words
from remixhub.web import proof
from remixhub.web.embeds import as_frame
from remixhub.web.pages import local_address, page_context

_PROGRAMS = ("/api/", "/companion/", "/oembed", "/.well-known/oauth", "/healthz", "/readyz", "/metrics")


def is_page(request: flask.Request) -> bool:
    """False for programs: the API's paths, and scripts that ask for a problem by name."""
    if request.path.startswith(_PROGRAMS):
        return False
    return "application/problem+json" not in request.headers.get("Accept", "")


def as_page(answer: flask.Response) -> flask.Response:
    """`answer` is a problem as JSON; status and headers (`Retry-After`, `Allow`) stay as they are."""
    problem = answer.get_json()
    if flask.request.blueprint == "web.embeds":
        return as_frame(problem)
    if problem["status"] == 401 and flask.request.method in ("GET", "HEAD"):
        back = flask.request.full_path.rstrip("?")
        asked = "web.proof.show" if problem["code"] == "proof_needed" else "web.accounts.sign_in"
        return _redirect(flask.url_for(asked) + "?" + urlencode({"next": back}))
    if problem["code"] == "proof_needed":
        return _html(answer, proof.page(carried=proof.carried(), again=flask.request.path))
    words = problem_words().get(problem["code"])
    page = flask.render_template(
        "problem.html",
        problem=problem,
        remedy=words.remedy if words else "",
        ways=_ways_on(problem),
        request_id=flask.g.get("request_id", ""),
    )
    return _html(answer, page)


def _html(answer: flask.Response, page: str) -> flask.Response:
    answer.set_data(page)
    answer.mimetype = "text/html"
    answer.headers.pop("WWW-Authenticate", None)
    return answer


def _ways_on(problem: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """Where to go from here, the likeliest first: words and an address on this site."""
    request, status = flask.request, problem["status"]
    ways: list[tuple[str, str]] = []
    if problem["code"] == "voter_not_eligible":
        ways.append(("Verify your address", flask.url_for("web.settings.security")))
    if problem["code"] == "account_suspended":
        ways.append(("Read why, or appeal", problem["context"]["appeal"]))
    if problem["code"] == "second_factor_needed":
        ways.append(("Add a second factor", flask.url_for("web.settings.security")))
    if problem["code"] == "contest_licence_not_accepted":
        licence = flask.url_for("web.contest_licences.show", contest_licence_id=problem["context"]["licence"])
        back = urlencode({"back": request.full_path.rstrip("?")}) if request.method == "GET" else ""
        ways.append(("Read the licence", f"{licence}?{back}"))
    is_visitor = page_context()["actor"].account_id is None
    if status in (401, 403) and is_visitor:
        ways.append(("Sign in", flask.url_for("web.accounts.sign_in") + "?" + urlencode({"next": request.full_path})))
    before = _page_before()
    if request.method in ("GET", "HEAD") and status in (429, 503):
        ways.append(("Try again", request.full_path.rstrip("?")))
    elif before is not None:
        ways.append(("Back to where you were", before))
    ways.append(("Dig for music", flask.url_for("web.home.show")))
    if status == 404 and request.path.startswith("/contests"):
        ways.append(("All contests", flask.url_for("web.contests.list_all")))
    if status == 404 and not is_visitor:
        ways.append(("My works", flask.url_for("web.works.list_own")))
    return ways


def _page_before() -> str | None:
    """The page of this site on which the link or the form stood, unless it is this one."""
    request = flask.request
    came_from = urlsplit(request.referrer or "")
    here = (request.host, request.path)
    if came_from.netloc != request.host or (request.method == "GET" and (came_from.netloc, came_from.path) == here):
        return None
    return local_address(came_from._replace(scheme="", netloc="", fragment="").geturl(), "/")


def _redirect(address: str) -> flask.Response:
    response = flask.make_response(flask.redirect(address, 303))
    response.headers["Cache-Control"] = "no-store"
    return response
