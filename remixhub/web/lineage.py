"""The explorer of a work's lineage: a drawing, and a table of the same."""

from __future__ import annotations

import flask

from remixhub.domain.licences.marks import Mark
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.lineage import cards, explorer

blueprint = flask.Blueprint("lineage", __name__)

_STEPS = (explorer.SHOWN_LIMIT, 200, explorer.MOST_SHOWN)


@blueprint.get("/works/<work_id>/lineage")
def show(work_id: str) -> flask.typing.ResponseReturnValue:
    limit = _asked_limit(flask.request.args.get("limit"))
    opened = flask.request.args.getlist("open")[: explorer.OPENED_LIMIT]
    page = explorer.view_explorer(current_actor(), current_parts(), work_id, limit=limit, opened=opened)
    return flask.render_template(
        "lineage/show.html",
        found=page.explored,
        card=page.card,
        drawing=explorer.as_json(page.explored),
        limit=limit,
        next_limit=next((one for one in _STEPS if one > limit), None) if page.explored.may_show_more else None,
        marks=list(Mark),
    )


@blueprint.get("/works/<work_id>/lineage/card")
def card(work_id: str) -> flask.typing.ResponseReturnValue:
    """The piece of the explorer that tells of the work one looks at."""
    return flask.render_template("lineage/card.html", card=cards.get_card(current_actor(), current_parts(), work_id))


def _asked_limit(word: str | None) -> int:
    """The step that is asked for; the first one for whatever else."""
    return next((one for one in _STEPS if str(one) == word), _STEPS[0])
