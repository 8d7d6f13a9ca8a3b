"""The charts: what is remixed most, of all time and lately."""

from __future__ import annotations

import flask

from remixhub.domain.errors import NotFound
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.lineage import charts
from remixhub.services.lineage.charts import Window
from remixhub.web.pages import LINES_LIMIT, asked_position, next_cursor

blueprint = flask.Blueprint("charts", __name__)


@blueprint.get("/charts")
def show() -> flask.typing.ResponseReturnValue:
    window = _window(flask.request.args.get("window"))
    listing = f"page:charts:{window}"
    position = asked_position(listing)
    page = charts.list_most_remixed(current_actor(), current_parts(), window, after=position, limit=LINES_LIMIT)
    return flask.render_template(
        "lineage/charts.html",
        window=window,
        charted=page.rows,
        is_first_page=position is None,
        next_cursor=next_cursor(page, listing),
    )


def _window(word: str | None) -> Window:
    try:
        return Window(word or Window.ALL)
    except ValueError as exc:
        raise NotFound(f"There is no chart over {word!r}; there are those of all time and of 30 days.") from exc
