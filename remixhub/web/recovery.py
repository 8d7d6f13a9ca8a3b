"""What mailed links lead to, and how one comes by them: a new password, and changes of the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import flask

from remixhub.domain.letters import LinkPurpose
from remixhub.domain.passwords import PASSWORD_MIN
from remixhub.edge.actor import current_actor, current_parts
from remixhub.edge.entering import enter, this_browser, wait_for_second_step
from remixhub.edge.whence import network
from remixhub.services.accounts import address_changes, address_verification, recovery, sessions
from remixhub.web.forms import FORM_ERRORS, NO_FAULTS, Faults, checked, faults_of, refused
from remixhub.web.pages import see

blueprint = flask.Blueprint("recovery", __name__)


@blueprint.get("/forgotten")
def forgotten() -> flask.typing.ResponseReturnValue:
    return _forgotten_page({"login": current_actor().handle or ""})


@blueprint.post("/forgotten")
def ask_for_reset() -> flask.typing.ResponseReturnValue:
    """The same answer, whoever asks for whom."""
    try:
        recovery.ask_for_reset(current_parts(), checked("login", at_least=1, at_most=254), address=network())
    except FORM_ERRORS as error:
        return refused(_forgotten_page(flask.request.form, faults_of(error)), error)
    return see("web.recovery.on_its_way")


@blueprint.get("/forgotten/on-its-way")
def on_its_way() -> flask.typing.ResponseReturnValue:
    return flask.render_template("accounts/on_its_way.html")


@blueprint.get("/reset-password/<token>")
def show_reset(token: str) -> flask.typing.ResponseReturnValue:
    return _reset_page(token)


@blueprint.post("/reset-password/<token>")
def reset_password(token: str) -> flask.typing.ResponseReturnValue:
    form = flask.request.form
    try:
        account = recovery.reset_password(
            current_parts(), token, new_password=form.get("new_password", ""), end_tokens=form.getlist("end_tokens")
        )
    except recovery.ResetInvalid:
        raise
    except FORM_ERRORS as error:
        return refused(_reset_page(token, faults_of(error)), error)
    flask.flash("Your password is a new one, and all other sessions have ended.")
    browser = this_browser()
    here = replace(browser, device=browser.device.after_new_password(account))
    signed_in = sessions.let_in(current_parts(), account, here)
    if isinstance(signed_in, sessions.StepNeeded):
        return wait_for_second_step(flask.make_response(see("web.second_step.show")), signed_in)
    return enter(flask.make_response(see("web.home.show")), signed_in)


@blueprint.get("/verify-address/<token>")
def show_verification(token: str) -> flask.typing.ResponseReturnValue:
    """Asks for a click: mail programs open links by themselves."""
    return flask.render_template("accounts/verify_address.html", token=token)


@blueprint.post("/verify-address/<token>")
def verify_address(token: str) -> flask.typing.ResponseReturnValue:
    handle = address_verification.verify_address(current_parts(), token)
    flask.flash(f"The address of @{handle} is verified.")
    return see("web.home.show")


@blueprint.get("/confirm-address/<token>")
def show_change(token: str) -> flask.typing.ResponseReturnValue:
    handle, address = address_changes.look_at_link(current_parts(), LinkPurpose.CHANGE_ADDRESS, token)
    return flask.render_template("accounts/confirm_address.html", handle=handle, address=address)


@blueprint.post("/confirm-address/<token>")
def confirm_address(token: str) -> flask.typing.ResponseReturnValue:
    handle = address_changes.confirm_address(current_parts(), token)
    flask.flash(f"@{handle} uses this address from now on.")
    return see("web.home.show")


@blueprint.get("/keep-address/<token>")
def show_keeping(token: str) -> flask.typing.ResponseReturnValue:
    handle, address = address_changes.look_at_link(current_parts(), LinkPurpose.KEEP_ADDRESS, token)
    return flask.render_template("accounts/keep_address.html", handle=handle, address=address)


@blueprint.post("/keep-address/<token>")
def keep_address(token: str) -> flask.typing.ResponseReturnValue:
    handle = address_changes.keep_address(current_parts(), token)
    flask.flash(f"@{handle} keeps its address, and all its sessions have ended. Set a new password now.")
    return see("web.recovery.forgotten")


def _forgotten_page(values: Mapping[str, str], faults: Faults = NO_FAULTS) -> str:
    sends_mail = current_parts().settings.sends_mail
    return flask.render_template("accounts/forgotten.html", values=values, faults=faults, sends_mail=sends_mail)


def _reset_page(token: str, faults: Faults = NO_FAULTS) -> str:
    """Raises ResetInvalid."""
    found = recovery.look_at_reset(current_parts(), token)
    is_first = flask.request.method == "GET"
    return flask.render_template(
        "accounts/reset_password.html",
        account=found.account,
        tokens=found.tokens,
        ended=[one.id for one in found.tokens] if is_first else flask.request.form.getlist("end_tokens"),
        password_min_length=PASSWORD_MIN,
        faults=faults,
    )
