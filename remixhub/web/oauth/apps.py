"""Apps that act for oneself, and those that one registered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import flask

from remixhub.domain.errors import Invalid, PreconditionFailed
from remixhub.domain.oauth.words import NAME_MAX, REDIRECT_MAX, REDIRECTS_LIMIT
from remixhub.domain.states import Scope
from remixhub.edge.actor import current_actor, current_parts
from remixhub.edge.idempotency import mark_answer_secret
from remixhub.services.oauth import apps, clients
from remixhub.web.forms import (
    FORM_ERRORS,
    NO_FAULTS,
    Faults,
    Gathered,
    checked,
    checked_lines,
    checked_link,
    faults_of,
    refused,
    typed,
    typed_whole,
)
from remixhub.web.pages import require_sign_in, see
from remixhub.web.scope_words import SCOPE_WORDS, personal_scopes

blueprint = flask.Blueprint("apps", __name__, url_prefix="/settings/apps")


@blueprint.before_request
def require_account() -> None:
    require_sign_in()


@blueprint.get("")
def show() -> flask.typing.ResponseReturnValue:
    acting = apps.list_apps(current_actor(), current_parts())
    return flask.render_template("oauth/apps.html", apps=acting, scope_words=SCOPE_WORDS)


@blueprint.post("/<client_id>/stop")
def stop(client_id: str) -> flask.typing.ResponseReturnValue:
    apps.stop_app(current_actor(), current_parts(), client_id)
    flask.flash("It is out. All its tokens are good for nothing any more.")
    return see("web.apps.show")


@blueprint.get("/registered")
def list_registered() -> flask.typing.ResponseReturnValue:
    return _list_page({"scopes": ["read"]})


@blueprint.post("/registered")
def register() -> flask.typing.ResponseReturnValue:
    """Answers the page itself and no redirect where there is a secret: it is shown this once."""
    try:
        gathered = Gathered()
        fields = _typed_fields(gathered)
        gathered.require_none()
        row, secret = clients.create_client(
            current_actor(), current_parts(), **fields, is_confidential=typed("kind") == "confidential"
        )
    except FORM_ERRORS as error:
        return refused(_list_page(_typed_values(), faults_of(error)), error)
    if secret is None:
        flask.flash(f"“{row.name}” is registered.")
        return see("web.apps.show_registered", client_id=row.id)
    mark_answer_secret()
    return _page(row.id, secret=secret)


@blueprint.get("/registered/<client_id>")
def show_registered(client_id: str) -> flask.typing.ResponseReturnValue:
    return _page(client_id)


@blueprint.post("/registered/<client_id>")
def edit(client_id: str) -> flask.typing.ResponseReturnValue:
    values = _typed_values()
    try:
        gathered = Gathered()
        changes = _typed_fields(gathered)
        gathered.require_none()
        clients.edit_client(current_actor(), current_parts(), client_id, changes, revision=typed_whole("revision"))
    except FORM_ERRORS as error:
        if isinstance(error, PreconditionFailed):  # told of it, saving once more is deliberate
            values["revision"] = str(error.context["revision"])
        return refused(_page(client_id, values, faults_of(error)), error)
    flask.flash("Saved.")
    return see("web.apps.show_registered", client_id=client_id)


@blueprint.post("/registered/<client_id>/secret")
def renew_secret(client_id: str) -> flask.typing.ResponseReturnValue:
    """Answers the page itself: the secret is shown this once."""
    try:
        _, secret = clients.renew_secret(current_actor(), current_parts(), client_id)
    except FORM_ERRORS as error:
        return refused(_page(client_id, faults=faults_of(error)), error)
    mark_answer_secret()
    return _page(client_id, secret=secret)


@blueprint.post("/registered/<client_id>/delete")
def delete(client_id: str) -> flask.typing.ResponseReturnValue:
    clients.delete_client(current_actor(), current_parts(), client_id)
    flask.flash("The app is removed, and out wherever it was let in.")
    return see("web.apps.list_registered")


def _typed_values() -> dict[str, Any]:
    return {**flask.request.form.to_dict(), "scopes": flask.request.form.getlist("scopes")}


def _typed_fields(gathered: Gathered) -> dict[str, Any]:
    return {
        "name": gathered.read(lambda: checked("name", at_least=1, at_most=NAME_MAX), ""),
        "homepage": gathered.read(lambda: checked_link("homepage") if typed("homepage") else "", ""),
        "redirects": gathered.read(lambda: checked_lines("redirects", at_most=REDIRECT_MAX * REDIRECTS_LIMIT), []),
        "scopes": gathered.read(_chosen_scopes, []),
        "uses_devices": typed("uses_devices") == "yes",
    }


def _chosen_scopes() -> list[Scope]:
    words = flask.request.form.getlist("scopes")
    if not words or not set(words) <= set(Scope):
        raise Invalid("Choose what it may ask for.", violations={"/scopes": ["Choose from the list."]})
    return [Scope(word) for word in words]


def _list_page(values: Mapping[str, Any], faults: Faults = NO_FAULTS) -> str:
    held = clients.list_clients(current_actor(), current_parts())
    return flask.render_template("oauth/registered.html", clients=held, values=values, faults=faults, scopes=_offered())


def _page(
    client_id: str, values: Mapping[str, Any] | None = None, faults: Faults = NO_FAULTS, *, secret: str = ""
) -> str:
    client = clients.get_client(current_actor(), current_parts(), client_id)
    own = {
        "name": client.name, "homepage": client.homepage, "redirects": "\n".join(client.redirects),
        "scopes": client.scopes, "uses_devices": "yes" if client.uses_devices else "", "revision": str(client.revision),
    }  # fmt: skip
    return flask.render_template(
        "oauth/client.html", client=client, values=values or own, faults=faults, secret=secret, scopes=_offered()
    )


def _offered() -> list[tuple[Scope, str]]:
    """To operators all, as they alone may let such an app do what they do."""
    return list(SCOPE_WORDS.items() if current_actor().is_operator else personal_scopes())
