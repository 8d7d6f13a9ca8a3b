"""Passkeys, the app for codes and recovery codes in one's settings; the page that shows them is `settings.security`."""

from __future__ import annotations

from urllib.parse import quote

import flask
from markupsafe import Markup

from remixhub.edge.actor import current_actor, current_parts
from remixhub.edge.idempotency import mark_answer_secret
from remixhub.services.accounts import factors, one_time_codes, passkeys, recovery_codes
from remixhub.services.accounts.one_time_codes import CodeAppNotBegun
from remixhub.web.forms import FORM_ERRORS, NO_FAULTS, Faults, checked, faults_of, refused, typed
from remixhub.web.pages import require_sign_in, see

blueprint = flask.Blueprint("factors", __name__, url_prefix="/settings")


@blueprint.before_request
def require_account() -> None:
    require_sign_in()


@blueprint.get("/passkeys/new")
def new_passkey() -> flask.typing.ResponseReturnValue:
    """Made by a script: only browsers reach authenticators."""
    return flask.render_template("accounts/settings/new_passkey.html")


@blueprint.post("/passkeys/<passkey_id>/name")
def rename_passkey(passkey_id: str) -> flask.typing.ResponseReturnValue:
    passkeys.rename(current_actor(), current_parts(), passkey_id, checked("name", at_least=1, at_most=80))
    flask.flash("Passkey renamed.")
    return see("web.settings.security", "passkeys")


@blueprint.post("/passkeys/<passkey_id>/remove")
def remove_passkey(passkey_id: str) -> flask.typing.ResponseReturnValue:
    passkeys.remove(current_actor(), current_parts(), passkey_id)
    flask.flash("Passkey removed.")
    return see("web.settings.security", "passkeys")


@blueprint.post("/code-app")
def begin_code_app() -> flask.typing.ResponseReturnValue:
    one_time_codes.begin_setup(current_actor(), current_parts())
    return see("web.factors.code_app")


@blueprint.get("/code-app")
def code_app() -> flask.typing.ResponseReturnValue:
    try:
        return _code_app_page()
    except CodeAppNotBegun:
        return see("web.settings.security", "code-app")


@blueprint.post("/code-app/confirm")
def confirm_code_app() -> flask.typing.ResponseReturnValue:
    try:
        one_time_codes.confirm_setup(current_actor(), current_parts(), typed("code"))
    except FORM_ERRORS as error:
        if isinstance(error, CodeAppNotBegun):
            raise
        return refused(_code_app_page(faults_of(error)), error)
    flask.flash("From now on signing in asks for a code of the app.")
    return see("web.settings.security", "recovery-codes")


@blueprint.post("/code-app/remove")
def remove_code_app() -> flask.typing.ResponseReturnValue:
    one_time_codes.remove_app(current_actor(), current_parts())
    flask.flash("The app's codes do not count any more.")
    return see("web.settings.security", "code-app")


@blueprint.post("/recovery-codes")
def renew_recovery_codes() -> flask.typing.ResponseReturnValue:
    """Answers the page itself and no redirect: the codes are shown this once and stored nowhere."""
    codes = recovery_codes.renew_codes(current_actor(), current_parts())
    mark_answer_secret()
    host = current_parts().addresses.hub
    text = f"Recovery codes of @{current_actor().handle} at {host}, each good once:\n\n" + "\n".join(codes) + "\n"
    file = f"data:text/plain;charset=utf-8,{quote(text)}"
    return flask.render_template("accounts/settings/recovery_codes.html", codes=codes, file=file)


@blueprint.post("/password/drop")
def drop_password() -> flask.typing.ResponseReturnValue:
    factors.drop_password(current_actor(), current_parts())
    flask.flash("The password is gone. Your passkeys sign you in.")
    return see("web.settings.security", "password")


def _code_app_page(faults: Faults = NO_FAULTS) -> str:
    setup = one_time_codes.pending_setup(current_actor(), current_parts())
    mark_answer_secret()
    groups = [setup.secret[start : start + 4] for start in range(0, len(setup.secret), 4)]
    return flask.render_template(
        "accounts/settings/code_app.html", square=_square(setup.uri), secret=" ".join(groups), faults=faults
    )


def _square(text: str) -> Markup:
    """Dark on light by night too: cameras read no other."""
    import segno

    drawn = segno.make(text, error="m").svg_inline(scale=5, border=4, dark="#000", light="#fff", svgclass="square-code")
    return Markup(drawn)  # noqa: S704  drawn from the text, which is not in it
