"""The searches that one keeps."""

from __future__ import annotations

from urllib.parse import urlencode

import flask

from remixhub.edge.actor import current_actor, current_parts
from remixhub.models import SavedSearch
from remixhub.services.discovery.search import saved
from remixhub.web.forms import typed, typed_whole
from remixhub.web.pages import LINES_LIMIT, asked_position, next_cursor, require_sign_in, see

blueprint = flask.Blueprint("saved_searches", __name__, url_prefix="/my/searches")


@blueprint.get("")
def list_own() -> flask.typing.ResponseReturnValue:
    require_sign_in()
    listing = "page:saved-searches"
    page = saved.list_saved(current_actor(), current_parts(), after=asked_position(listing), limit=LINES_LIMIT)
    shown = [(one, address_of(one)) for one in page.rows]
    return flask.render_template("search/saved.html", searches=shown, next_cursor=next_cursor(page, listing))


@blueprint.get("/<saved_search_id>")
def show(saved_search_id: str) -> flask.typing.ResponseReturnValue:
    """What it finds: its notices lead here, whatever it asks for by then."""
    require_sign_in()
    return flask.redirect(address_of(saved.get_saved(current_actor(), current_parts(), saved_search_id)))


@blueprint.post("/<saved_search_id>/tell")
def tell(saved_search_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    tells = typed("tells") == "true"
    saved.edit_saved(
        current_actor(), current_parts(), saved_search_id, {"tells": tells}, revision=typed_whole("revision")
    )
    return see("web.saved_searches.list_own")


@blueprint.post("/<saved_search_id>/delete")
def remove(saved_search_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    saved.delete_saved(current_actor(), current_parts(), saved_search_id)
    flask.flash("The search is kept no more.")
    return see("web.saved_searches.list_own")


def address_of(one: SavedSearch) -> str:
    address = flask.url_for(f"web.search.{one.searched}")
    return f"{address}?{urlencode(one.words)}" if one.words else address
