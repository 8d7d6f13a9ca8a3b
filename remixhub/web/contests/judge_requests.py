"""Saying yes or no to a label that asks one to judge a contest."""

from __future__ import annotations

import flask

from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.contests import judge_requests
from remixhub.web.forms import FORM_ERRORS, NO_FAULTS, Faults, faults_of, refused, typed
from remixhub.web.pages import require_sign_in, see

blueprint = flask.Blueprint("judge_requests", __name__)


@blueprint.get("/contests/<contest_id>/judge-request")
def show(contest_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    return _page(contest_id)


@blueprint.post("/contests/<contest_id>/judge-request")
def answer(contest_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    accepts = typed("answer") == "yes"
    try:
        judge_requests.answer(current_actor(), current_parts(), contest_id, accepts=accepts)
    except FORM_ERRORS as error:
        return refused(_page(contest_id, faults_of(error)), error)
    flask.flash(
        "You judge it. The desk opens when all entries are in." if accepts else "They are told that you do not."
    )
    return see("web.judge_requests.show", contest_id=contest_id)


def _page(contest_id: str, faults: Faults = NO_FAULTS) -> str:
    found = judge_requests.get_own_request(current_actor(), current_parts(), contest_id)
    return flask.render_template("contests/judge_request.html", asked=found, contest=found.contest, faults=faults)
