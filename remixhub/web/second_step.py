"""The second step of signing in: a passkey, a code of the app, or a recovery code. No session before it is taken."""

from __future__ import annotations

import flask

from remixhub.edge.actor import current_parts
from remixhub.edge.entering import enter, second_step_cookie, this_browser
from remixhub.services.accounts import second_factor
from remixhub.services.accounts.second_steps import SecondStepOver, waiting_second_step
from remixhub.services.accounts.sessions import Opened
from remixhub.web.forms import FORM_ERRORS, NO_FAULTS, Faults, faults_of, refused, typed
from remixhub.web.pages import local_address, see

blueprint = flask.Blueprint("second_step", __name__, url_prefix="/sign-in/second-step")


@blueprint.errorhandler(SecondStepOver)
def begin_anew(error: SecondStepOver) -> flask.typing.ResponseReturnValue:
    flask.flash(error.detail, "warning")
    return see("web.accounts.sign_in", next=local_address(flask.request.values.get("next"), "") or None)


@blueprint.get("")
def show() -> flask.typing.ResponseReturnValue:
    return _page(flask.request.args.get("next", ""))


@blueprint.post("/code")
def take_code() -> flask.typing.ResponseReturnValue:
    try:
        opened = second_factor.finish_by_code(current_parts(), second_step_cookie(), typed("code"), this_browser())
    except SecondStepOver:
        raise
    except FORM_ERRORS as error:
        return refused(_page(typed("next"), faults_of(error)), error)
    return _onward(opened)


@blueprint.post("/recovery-code")
def take_recovery_code() -> flask.typing.ResponseReturnValue:
    parts, browser = current_parts(), this_browser()
    try:
        opened = second_factor.finish_by_recovery_code(parts, second_step_cookie(), typed("recovery_code"), browser)
    except SecondStepOver:
        raise
    except FORM_ERRORS as error:
        return refused(_page(typed("next"), faults_of(error)), error)
    return _onward(opened)


def _page(onward: str, faults: Faults = NO_FAULTS) -> str:
    waiting = waiting_second_step(current_parts(), second_step_cookie())
    onward = local_address(onward, "/")
    return flask.render_template("accounts/second_step.html", waiting=waiting, onward=onward, faults=faults)


def _onward(opened: Opened) -> flask.Response:
    return enter(flask.make_response(flask.redirect(local_address(typed("next"), "/"), 303)), opened)
