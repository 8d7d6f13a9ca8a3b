"""Where the code of a device is typed."""

from __future__ import annotations

import flask

from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.oauth import devices
from remixhub.web.forms import FORM_ERRORS, NO_FAULTS, Faults, faults_of, refused, typed
from remixhub.web.pages import require_sign_in
from remixhub.web.scope_words import SCOPE_WORDS, cannot

blueprint = flask.Blueprint("devices", __name__, url_prefix="/device")


@blueprint.before_request
def require_account() -> None:
    require_sign_in()


@blueprint.get("")
def show() -> flask.typing.ResponseReturnValue:
    """With the code in the address nothing is looked up yet: links may come from anybody."""
    return _page(flask.request.args.get("user_code", ""))


@blueprint.post("")
def ask() -> flask.typing.ResponseReturnValue:
    try:
        question = devices.look(current_actor(), current_parts(), typed("user_code"))
    except FORM_ERRORS as error:
        return refused(_page(typed("user_code"), faults_of(error)), error)
    return flask.render_template(
        "oauth/device_asks.html", question=question, scopes=question.scopes, scope_words=SCOPE_WORDS,
        cannot=cannot(question.scopes),
    )  # fmt: skip


@blueprint.post("/decision")
def decide() -> flask.typing.ResponseReturnValue:
    allows = typed("decision") == "allow"
    try:
        question = devices.decide(current_actor(), current_parts(), typed("user_code"), allows=allows)
    except FORM_ERRORS as error:
        return refused(_page(typed("user_code"), faults_of(error)), error)
    return flask.render_template("oauth/device_done.html", question=question, allowed=allows)


def _page(user_code: str, faults: Faults = NO_FAULTS) -> str:
    return flask.render_template("oauth/device.html", values={"user_code": user_code[:40]}, faults=faults)
