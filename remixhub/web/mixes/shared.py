"""Pages of shared mixes: to listen to, and to make one's own; not for robots."""

from __future__ import annotations

import hashlib
from urllib.parse import urlencode

import flask

from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.mixes.desk import open_shared
from remixhub.services.mixes.sharing import copy_shared
from remixhub.web.mixes.desk import desk_page
from remixhub.web.pages import see

blueprint = flask.Blueprint("shared_mixes", __name__)

_WISHED = "copy"


@blueprint.get("/shared-mixes/<share_token>")
def show(share_token: str) -> flask.typing.ResponseReturnValue:
    desk = open_shared(current_actor(), current_parts(), share_token)
    response = flask.make_response(desk_page(desk, "mixes/looked_at.html", share_token=share_token))
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@blueprint.post("/shared-mixes/<share_token>/copy")
def copy(share_token: str) -> flask.typing.ResponseReturnValue:
    """Who is not signed in does so first, and finds the copy made then."""
    if current_actor().account_id is not None:
        return _copied(share_token)
    flask.session[_WISHED] = _digest(share_token)
    here = flask.url_for("web.shared_mixes.go_on", share_token=share_token)
    return flask.redirect(flask.url_for("web.accounts.sign_in") + "?" + urlencode({"next": here}), 303)


@blueprint.get("/shared-mixes/<share_token>/copy")
def go_on(share_token: str) -> flask.typing.ResponseReturnValue:
    """Back from signing in: the copy that was wished for before, and no other, as links are followed unasked."""
    if current_actor().account_id is not None and flask.session.pop(_WISHED, None) == _digest(share_token):
        return _copied(share_token)
    return see("web.shared_mixes.show", share_token=share_token)


def _copied(share_token: str) -> flask.typing.ResponseReturnValue:
    view = copy_shared(current_actor(), current_parts(), share_token)
    flask.flash("This is your own copy now: change it as you like.")
    return see("web.mix_drafts.show", mix_draft_id=view.draft.id)


def _digest(share_token: str) -> str:
    """The cookie is signed, and can be read."""
    return hashlib.sha256(share_token.encode()).hexdigest()
