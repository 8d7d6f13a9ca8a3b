"""The lineage of a work as nested lists: what it came from, and what came from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import flask

from remixhub.edge.actor import current_actor, current_parts
from remixhub.services import lineage
from remixhub.services.lineage import Lineage, Node

blueprint = flask.Blueprint("lineage", __name__)

_SHOWN_LIMIT = 100


@dataclass(frozen=True)
class Branch:
    node: Node
    branches: Sequence[Branch]
    is_again: bool
    """Its own branches were drawn further up already: a work with two sources occurs under both."""


@blueprint.get("/works/<work_id>/lineage")
def show(work_id: str) -> flask.typing.ResponseReturnValue:
    found = lineage.get_lineage(current_actor(), current_parts(), work_id, limit=_SHOWN_LIMIT)
    return flask.render_template(
        "lineage/show.html",
        focus=next(node for node in found.nodes if node.id == work_id),
        ancestors=branches_of(found, upwards=True),
        descendants=branches_of(found, upwards=False),
        more=found.more_ancestors or found.more_descendants,
    )


def branches_of(found: Lineage, *, upwards: bool) -> Sequence[Branch]:
    """The sources (or the derivatives) of the focus, each with its own, and so on."""
    nexts: dict[str, list[str]] = {}
    for link in found.links:
        above, below = link.source_id, link.derivative_id
        start, end = (below, above) if upwards else (above, below)
        nexts.setdefault(start, []).append(end)
    nodes = {node.id: node for node in found.nodes}
    drawn: set[str] = set()

    def grow(work_id: str) -> Branch:
        if work_id in drawn:
            return Branch(nodes[work_id], (), is_again=bool(nexts.get(work_id)))
        drawn.add(work_id)
        return Branch(nodes[work_id], tuple(grow(one) for one in nexts.get(work_id, ())), is_again=False)

    return grow(found.focus_id).branches
