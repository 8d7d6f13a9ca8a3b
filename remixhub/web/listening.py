"""Liking works, and the works that one likes."""

from __future__ import annotations

import flask

from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.listening import likes
from remixhub.web.forms import typed
from remixhub.web.pages import CARDS_LIMIT, asked_position, local_address, next_cursor, require_sign_in

blueprint = flask.Blueprint("listening", __name__)


@blueprint.get("/my/likes")
def list_likes() -> flask.typing.ResponseReturnValue:
    require_sign_in()
    listing = "page:likes"
    page = likes.list_likes(current_actor(), current_parts(), after=asked_position(listing), limit=CARDS_LIMIT)
    return flask.render_template("listening/likes.html", works=page.rows, next_cursor=next_cursor(page, listing))


@blueprint.post("/works/<work_id>/like")
def like(work_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    likes.like(current_actor(), current_parts(), work_id)
    return _back(work_id)


@blueprint.post("/works/<work_id>/unlike")
def unlike(work_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    likes.unlike(current_actor(), current_parts(), work_id)
    return _back(work_id)


def _back(work_id: str) -> flask.typing.ResponseReturnValue:
    return flask.redirect(local_address(typed("next"), flask.url_for("web.works.show", work_id=work_id)), 303)
