"""Uploads that nothing uses yet: on their way, being checked, waiting for their draft, refused."""

from __future__ import annotations

import flask

from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.uploads import uploads
from remixhub.web.pages import LINES_LIMIT, asked_position, next_cursor, require_sign_in, see

blueprint = flask.Blueprint("uploads", __name__)


@blueprint.get("/my/uploads")
def list_own() -> flask.typing.ResponseReturnValue:
    require_sign_in()
    listing = "page:own-uploads"
    page, delays = uploads.list_waiting(
        current_actor(), current_parts(), after=asked_position(listing), limit=LINES_LIMIT
    )
    return flask.render_template(
        "uploads/own.html", uploads=page.rows, delays=delays, next_cursor=next_cursor(page, listing)
    )


@blueprint.post("/my/uploads/<upload_id>/discard")
def discard(upload_id: str) -> flask.typing.ResponseReturnValue:
    uploads.abort_upload(current_actor(), current_parts(), upload_id)
    flask.flash("The upload is discarded; its bytes are yours again.")
    return see("web.uploads.list_own")
