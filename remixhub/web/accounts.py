"""Sign up, sign in, sign out, and an artist's page."""

from __future__ import annotations

from collections.abc import Mapping

import flask

from remixhub.domain.accounts import clean_email, clean_handle
from remixhub.domain.house import SignUp, require_rules_accepted
from remixhub.domain.passwords import PASSWORD_MIN
from remixhub.edge.actor import current_actor, current_parts, session_cookie
from remixhub.edge.entering import clear_session_cookie, enter, this_browser, wait_for_second_step
from remixhub.edge.whence import network
from remixhub.services.accounts import accounts, sessions
from remixhub.services.accounts.passwords import check_new_password
from remixhub.services.accounts.sessions import Opened, StepNeeded
from remixhub.services.house.joining import Door, look_at
from remixhub.services.house.reading import house
from remixhub.services.works import works
from remixhub.web.forms import FORM_ERRORS, NO_FAULTS, Faults, Gathered, checked, faults_of, refused, typed, typed_whole
from remixhub.web.pages import CARDS_LIMIT, asked_position, local_address, next_cursor, see

blueprint = flask.Blueprint("accounts", __name__)


@blueprint.get("/sign-up")
def sign_up() -> flask.typing.ResponseReturnValue:
    return _sign_up_page({"next": flask.request.args.get("next", "")})


@blueprint.get("/sign-up/<invitation_token>")
def invited(invitation_token: str) -> flask.typing.ResponseReturnValue:
    """An invitation's link; opening it uses nothing up."""
    door = look_at(current_parts(), invitation_token)
    return _sign_up_page({"invitation": invitation_token}, door=door)


@blueprint.post("/sign-up")
def create_account() -> flask.typing.ResponseReturnValue:
    parts = current_parts()
    password = flask.request.form.get("password", "")
    try:
        gathered = Gathered()
        handle = gathered.read(lambda: clean_handle(typed("handle")), "")
        display_name = gathered.read(lambda: checked("display_name", at_most=80), "")
        email = gathered.read(lambda: clean_email(typed("email")), "")
        gathered.read(lambda: check_new_password(parts, password, handle=handle, email=email), None)
        accepted = typed_whole("accepted_rules") if typed("accepted_rules") else None
        shown = house(parts)
        gathered.read(
            lambda: require_rules_accepted(accepted, rules_revision=shown.rules_revision, rules=shown.rules), None
        )
        gathered.require_none()
        account = accounts.sign_up(
            parts,
            handle=handle,
            email=email,
            password=password,
            display_name=display_name,
            address=network(),
            invitation=typed("invitation") or None,
            accepted_rules=accepted,
        )
    except FORM_ERRORS as error:
        return refused(_sign_up_page(flask.request.form, faults_of(error)), error)
    flask.flash(f"Welcome, {account.display_name}.")
    if account.pending_email:
        flask.flash(f"A link is on its way to {account.pending_email}: open it to confirm the address.")
    return _signed_in(sessions.open_session(parts, account, this_browser()))


@blueprint.get("/sign-in")
def sign_in() -> flask.typing.ResponseReturnValue:
    values = {"next": flask.request.args.get("next", "")}
    if current_actor().account_id is not None:
        return flask.redirect(local_address(values["next"], "/"), 303)
    return flask.render_template("accounts/sign_in.html", values=values, onward=local_address(values["next"], "/"))


@blueprint.post("/sign-in")
def open_session() -> flask.typing.ResponseReturnValue:
    try:
        password = flask.request.form.get("password", "")
        signed_in = sessions.sign_in(current_parts(), typed("login"), password, this_browser())
    except FORM_ERRORS as error:
        onward = local_address(typed("next"), "/")
        page = flask.render_template(
            "accounts/sign_in.html", values=flask.request.form, faults=faults_of(error), onward=onward
        )
        return refused(page, error)
    if isinstance(signed_in, StepNeeded):
        asked = see("web.second_step.show", next=local_address(typed("next"), "") or None)
        return wait_for_second_step(flask.make_response(asked), signed_in)
    return _signed_in(signed_in)


@blueprint.post("/sign-out")
def sign_out() -> flask.typing.ResponseReturnValue:
    token = session_cookie()
    if token is not None:
        sessions.sign_out(current_parts(), token)
    response = flask.make_response(see("web.home.show"))
    clear_session_cookie(response, current_parts())
    return response


@blueprint.get("/@<handle>")
def profile(handle: str) -> flask.typing.ResponseReturnValue:
    listing = f"page:profile:{handle.lower()}"
    page = works.view_profile(
        current_actor(), current_parts(), handle, after=asked_position(listing), limit=CARDS_LIMIT
    )
    return flask.render_template(
        "accounts/profile.html",
        account=page.account,
        works=page.works.rows,
        is_followed=page.is_followed,
        is_blocked=page.is_blocked,
        collections=page.collections,
        next_cursor=next_cursor(page.works, listing),
    )


def _sign_up_page(values: Mapping[str, str], faults: Faults = NO_FAULTS, *, door: Door | None = None) -> str:
    if door is None and values.get("invitation"):
        door = look_at(current_parts(), values["invitation"])
    sign_up = house(current_parts()).sign_up
    return flask.render_template(
        "accounts/sign_up.html", values=values, faults=faults, password_min_length=PASSWORD_MIN, door=door,
        may_sign_up=sign_up is SignUp.OPEN or (sign_up is SignUp.INVITATION and door is not None and door.is_good),
    )  # fmt: skip


def _signed_in(opened: Opened) -> flask.Response:
    otherwise = flask.url_for("web.home.show")
    return enter(flask.make_response(flask.redirect(local_address(typed("next"), otherwise), 303)), opened)
