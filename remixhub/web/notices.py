"""One's notices."""

from __future__ import annotations

import flask

from remixhub.edge.actor import current_actor, current_parts
from remixhub.services import notices
from remixhub.web.pages import LINES_LIMIT, asked_position, next_cursor, require_sign_in, see

blueprint = flask.Blueprint("notices", __name__)


@blueprint.get("/notices")
def list_own() -> flask.typing.ResponseReturnValue:
    require_sign_in()
    listing = "page:notices"
    page = notices.list_notices(current_actor(), current_parts(), after=asked_position(listing), limit=LINES_LIMIT)
    return flask.render_template("moderation/notices.html", notices=page.rows, next_cursor=next_cursor(page, listing))


@blueprint.post("/notices/read")
def read_all() -> flask.typing.ResponseReturnValue:
    require_sign_in()
    notices.read_all(current_actor(), current_parts())
    return see("web.notices.list_own")


@blueprint.post("/notices/<notice_id>/read")
def read(notice_id: str) -> flask.typing.ResponseReturnValue:
    notices.read_notice(current_actor(), current_parts(), notice_id)
    return see("web.notices.list_own")
