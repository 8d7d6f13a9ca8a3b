"""Downloads: what one took under which licence, and what has become of it since."""

from __future__ import annotations

import flask

from remixhub.domain.errors import NotFound
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.stems import receipts
from remixhub.services.stems.receipts import Since
from remixhub.web.pages import LINES_LIMIT, asked_position, next_cursor, require_sign_in

blueprint = flask.Blueprint("receipts", __name__)


@blueprint.get("/my/receipts")
def list_own() -> flask.typing.ResponseReturnValue:
    require_sign_in()
    since = _asked()
    listing = f"page:own-receipts:{since}"
    page = receipts.list_receipts(
        current_actor(), current_parts(), after=asked_position(listing), limit=LINES_LIMIT, since=since
    )
    return flask.render_template(
        "licences/receipts.html", receipts=page.rows, since=since, next_cursor=next_cursor(page, listing)
    )


def _asked() -> Since | None:
    word = flask.request.args.get("since")
    if not word:
        return None
    try:
        return Since(word)
    except ValueError as exc:
        raise NotFound(f"There are no downloads {word!r}; there are {', '.join(Since)}.") from exc
