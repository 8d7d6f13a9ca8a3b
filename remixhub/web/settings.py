"""One's own account: profile, password and e-mail, access tokens, sessions, deletion."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import flask

from remixhub.domain.errors import Invalid, PreconditionFailed
from remixhub.domain.passwords import PASSWORD_MIN
from remixhub.domain.states import Scope
from remixhub.edge.actor import current_actor, current_parts
from remixhub.edge.entering import clear_session_cookie, enter, this_browser
from remixhub.edge.idempotency import mark_answer_secret
from remixhub.services.accounts import accounts, address_changes, address_verification, factors, sessions, tokens
from remixhub.services.upkeep import departures
from remixhub.web.forms import (
    FORM_ERRORS,
    NO_FAULTS,
    Faults,
    Gathered,
    checked,
    checked_lines,
    faults_of,
    is_link,
    refused,
    typed,
    typed_whole,
)
from remixhub.web.pages import require_sign_in, see
from remixhub.web.scope_words import personal_scopes

blueprint = flask.Blueprint("settings", __name__, url_prefix="/settings")

_EVENT_WORDS = {
    "session.opened": "Signed in",
    "sign_in.failed": "A wrong password",
    "sign_in.held_off": "Held off after wrong passwords",
    "password.refused": "A wrong password in the settings",
    "account.password_changed": "Password changed",
    "account.sessions_ended": "Signed out everywhere by an operator",
    "second_step.failed": "A wrong code after the right password",
    "second_step.held_off": "Held off after wrong codes",
    "code_app.added": "App for codes set up",
    "code_app.removed": "App for codes removed",
    "recovery_codes.renewed": "New recovery codes",
    "recovery_code.used": "A recovery code used",
    "account.password_dropped": "Password dropped",
    "factors.reset": "Second factors removed by an operator",
    "app.allowed": "An app was let in",
    "app.denied": "An app was refused",
    "app.stopped": "An app is out",
}
_LINKS_LIMIT = 10
_DAYS_LIMIT = 36_500


@blueprint.before_request
def require_account() -> None:
    require_sign_in()


@blueprint.get("")
def start() -> flask.typing.ResponseReturnValue:
    return see("web.settings.profile")


@blueprint.get("/profile")
def profile() -> flask.typing.ResponseReturnValue:
    account = accounts.get_account(current_actor(), current_parts())
    values = {
        "display_name": account.display_name,
        "bio": account.bio,
        "links": "\n".join(account.links),
        "revision": account.revision,
    }
    return flask.render_template("accounts/settings/profile.html", values=values)


@blueprint.post("/profile")
def save_profile() -> flask.typing.ResponseReturnValue:
    try:
        gathered = Gathered()
        changes = {
            "display_name": gathered.read(lambda: checked("display_name", at_least=1, at_most=80), ""),
            "bio": gathered.read(lambda: checked("bio", at_most=2000, multiline=True), ""),
            "links": gathered.read(_typed_links, []),
        }
        gathered.require_none()
        accounts.update_profile(current_actor(), current_parts(), changes, revision=typed_whole("revision"))
    except FORM_ERRORS as error:
        values = dict(flask.request.form)
        if isinstance(error, PreconditionFailed):  # told of it, saving once more is deliberate
            values["revision"] = str(accounts.get_account(current_actor(), current_parts()).revision)
        page = flask.render_template("accounts/settings/profile.html", values=values, faults=faults_of(error))
        return refused(page, error)
    flask.flash("Profile saved.")
    return see("web.settings.profile")


@blueprint.get("/security")
def security() -> flask.typing.ResponseReturnValue:
    return _security_page()


@blueprint.post("/password")
def change_password() -> flask.typing.ResponseReturnValue:
    try:
        opened = accounts.change_password(
            current_actor(),
            current_parts(),
            current_password=flask.request.form.get("current_password", ""),
            new_password=flask.request.form.get("new_password", ""),
            browser=this_browser(),
            end_tokens=flask.request.form.getlist("end_tokens"),
        )
    except FORM_ERRORS as error:
        return refused(_security_page(faults_of(error), about="password"), error)
    flask.flash("Password changed. All other sessions have ended.")
    return enter(flask.make_response(see("web.settings.security")), opened)


@blueprint.post("/email")
def change_email() -> flask.typing.ResponseReturnValue:
    try:
        password = flask.request.form.get("password", "")
        email = typed("email")
        account = address_changes.change_email(current_actor(), current_parts(), password=password, email=email)
    except FORM_ERRORS as error:
        return refused(_security_page(faults_of(error), about="email"), error)
    if account.pending_email is not None:
        flask.flash(f"A link is on its way to {account.pending_email}. Until it is opened the old address stays.")
    else:
        flask.flash(f"Your address is {account.email}.")
    return see("web.settings.security")


@blueprint.post("/address-verification")
def send_verification() -> flask.typing.ResponseReturnValue:
    try:
        address_verification.send_verification(current_actor(), current_parts())
    except FORM_ERRORS as error:
        return refused(_security_page(faults_of(error), about="verification"), error)
    flask.flash("The link is on its way. It is good for two days.")
    return see("web.settings.security")


@blueprint.get("/tokens")
def tokens_page() -> flask.typing.ResponseReturnValue:
    return _tokens_page({"scopes": ["read"], "days": "90"})


@blueprint.post("/tokens")
def create_token() -> flask.typing.ResponseReturnValue:
    """Answers the page itself and no redirect: the token is shown this once and stored nowhere."""
    scopes = flask.request.form.getlist("scopes")
    values = {"name": typed("name"), "scopes": scopes, "days": typed("days")}
    try:
        gathered = Gathered()
        name = gathered.read(lambda: checked("name", at_least=1, at_most=80), "")
        known_scopes = gathered.read(lambda: _known_scopes(scopes), [])
        days = gathered.read(lambda: typed_whole("days", at_most=_DAYS_LIMIT), 0) if typed("days") else None
        gathered.require_none()
        expires_at = dt.datetime.now(dt.UTC) + dt.timedelta(days=days) if days else None
        row, token = tokens.create_token(
            current_actor(),
            current_parts(),
            name=name,
            scopes=known_scopes,
            expires_at=expires_at,
        )
    except FORM_ERRORS as error:
        return refused(_tokens_page(values, faults_of(error)), error)
    mark_answer_secret()
    return _tokens_page({"scopes": ["read"], "days": "90"}, shown={"name": row.name, "token": token})


@blueprint.post("/tokens/<token_id>/revoke")
def revoke_token(token_id: str) -> flask.typing.ResponseReturnValue:
    tokens.revoke_token(current_actor(), current_parts(), token_id)
    flask.flash("Token revoked.")
    return see("web.settings.tokens_page")


@blueprint.get("/sessions")
def sessions_page() -> flask.typing.ResponseReturnValue:
    page = sessions.view_sessions(current_actor(), current_parts())
    return flask.render_template(
        "accounts/settings/sessions.html",
        sessions=page.sessions,
        events=page.events,
        event_words=_EVENT_WORDS,
        current_id=current_actor().session_id,
    )


@blueprint.post("/sessions/<session_id>/end")
def end_session(session_id: str) -> flask.typing.ResponseReturnValue:
    sessions.end_session(current_actor(), current_parts(), session_id)
    flask.flash("Session ended.")
    return see("web.settings.sessions_page")


@blueprint.get("/delete")
def leave() -> flask.typing.ResponseReturnValue:
    return flask.render_template("accounts/settings/leave.html", values={"works": "keep"})


@blueprint.post("/delete")
def delete_account() -> flask.typing.ResponseReturnValue:
    try:
        if typed("sure") != "yes":
            raise Invalid("Nothing was deleted.", violations={"/sure": ["Tick this box to confirm."]})
        departures.delete_account(
            current_actor(),
            current_parts(),
            password=flask.request.form.get("password", ""),
            withdraw_works=typed("works") == "withdraw",
        )
    except FORM_ERRORS as error:
        page = flask.render_template("accounts/settings/leave.html", values=flask.request.form, faults=faults_of(error))
        return refused(page, error)
    flask.flash("Your account is deleted.")
    response = flask.make_response(see("web.home.show"))
    clear_session_cookie(response, current_parts())
    return response


def _security_page(faults: Faults = NO_FAULTS, *, about: str = "") -> str:
    page = factors.view_security(current_actor(), current_parts())
    return flask.render_template(
        "accounts/settings/security.html",
        account=page.held.account,
        held=page.held,
        tokens=page.tokens,
        ended=flask.request.form.getlist("end_tokens"),
        values=flask.request.form,
        faults=faults,
        about=about,
        password_min_length=PASSWORD_MIN,
    )


def _tokens_page(
    values: Mapping[str, Any], faults: Faults = NO_FAULTS, *, shown: Mapping[str, str] | None = None
) -> str:
    rows = tokens.list_tokens(current_actor(), current_parts())
    return flask.render_template(
        "accounts/settings/tokens.html",
        tokens=rows,
        scopes=personal_scopes(),
        values=values,
        faults=faults,
        shown=shown,
    )


def _known_scopes(words: list[str]) -> list[Scope]:
    if not words:
        raise Invalid("Choose what the token may do.", violations={"/scopes": ["Choose at least one."]})
    try:
        return [Scope(word) for word in words]
    except ValueError as exc:
        raise Invalid("Choose from the list.", violations={"/scopes": ["Choose from the list."]}) from exc


def _typed_links() -> list[str]:
    links = checked_lines("links", at_most=3000)
    wrong = next((link for link in links if not is_link(link)), None)
    if wrong is not None or len(links) > _LINKS_LIMIT:
        fault = f"{wrong!r} is not an address." if wrong else f"At most {_LINKS_LIMIT} links."
        raise Invalid("Something is not right yet; see the marked fields.", violations={"/links": [fault]})
    return links
