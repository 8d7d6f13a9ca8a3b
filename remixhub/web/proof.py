"""Proving once more who one is, on the way to what asks for it; nothing that was typed there is lost."""

from __future__ import annotations

from collections.abc import Sequence

import flask

from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.accounts import proving
from remixhub.web.forms import FORM_ERRORS, NO_FAULTS, Faults, faults_of, refused
from remixhub.web.pages import local_address, require_sign_in

blueprint = flask.Blueprint("proof", __name__, url_prefix="/settings/prove")

_OWN = "proof_"
"""How the fields of the proof itself begin; the others are those of the form that waits for it."""


@blueprint.before_request
def require_account() -> None:
    require_sign_in()


@blueprint.get("")
def show() -> flask.typing.ResponseReturnValue:
    return page(onward=flask.request.args.get("next", ""))


@blueprint.post("")
def prove() -> flask.typing.ResponseReturnValue:
    """Then on to the page that asked, or, by 307, to the form with all that was sent to it."""
    form = flask.request.form
    otherwise = flask.url_for("web.settings.security")
    try:
        if form.get("proof_code"):
            proving.prove_by_code(current_actor(), current_parts(), form["proof_code"])
        else:
            proving.prove_by_password(current_actor(), current_parts(), form.get("proof_password", ""))
    except FORM_ERRORS as error:
        shown = page(carried(), form.get("proof_again", ""), form.get("proof_next", ""), faults_of(error))
        return refused(shown, error)
    if form.get("proof_again"):
        return flask.redirect(local_address(form["proof_again"], otherwise), 307)
    return flask.redirect(local_address(form.get("proof_next"), otherwise), 303)


def carried() -> Sequence[tuple[str, str]]:
    """What was sent to the form that waits; passwords are typed once more."""
    sent = flask.request.form.items(multi=True)
    return [(name, value) for name, value in sent if not name.startswith(_OWN) and "password" not in name]


def page(carried: Sequence[tuple[str, str]] = (), again: str = "", onward: str = "", faults: Faults = NO_FAULTS) -> str:
    """`again` is the address of the form that waits, `onward` that of a page; a script goes there: never elsewhere."""
    again, onward = local_address(again, ""), local_address(onward, "")
    ways = proving.ways_to_prove(current_actor(), current_parts())
    return flask.render_template(
        "accounts/prove.html", ways=ways, carried=carried, again=again, onward=onward, faults=faults
    )
