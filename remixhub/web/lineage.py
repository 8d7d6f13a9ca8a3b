"""The lineage of a work as nested lists: what it came from, and what came from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import flask

from remixhub.domain.licences.grants import HeldBy
from remixhub.domain.states import LinkState
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.lineage import reading
from remixhub.services.lineage.nodes import LineageLink, Node
from remixhub.services.lineage.reading import Lineage

blueprint = flask.Blueprint("lineage", __name__)

_SHOWN_LIMIT = 100


@dataclass(frozen=True)
class Branch:
    node: Node
    branches: Sequence[Branch]
    is_again: bool = False
    """Its own branches were drawn further up already: a work with two sources occurs under both."""
    is_disputed: bool = False
    """The link on which it hangs."""
    held_by: HeldBy | None = None
    """The grant by which that link holds its source."""
    left_out: int = 0
    """Direct remixes of it beyond those that are drawn."""


@blueprint.get("/works/<work_id>/lineage")
def show(work_id: str) -> flask.typing.ResponseReturnValue:
    found = reading.get_lineage(current_actor(), current_parts(), work_id, limit=_SHOWN_LIMIT)
    focus = next(node for node in found.nodes if node.id == work_id)
    below = sum(steps > 0 for steps in found.generations.values())
    return flask.render_template(
        "lineage/show.html",
        focus=focus,
        left_out=max(focus.descendant_count - below, 0),
        ancestors=branches_of(found, upwards=True),
        descendants=branches_of(found, upwards=False),
        more=found.more_ancestors or found.more_descendants,
    )


def branches_of(found: Lineage, *, upwards: bool) -> Sequence[Branch]:
    """The sources (or the derivatives) of the focus, each with its own, and so on."""
    nexts: dict[str, list[LineageLink]] = {}
    for link in found.links:
        nexts.setdefault(link.derivative_id if upwards else link.source_id, []).append(link)
    nodes = {node.id: node for node in found.nodes}
    drawn: set[str] = set()

    def grow(link: LineageLink) -> Branch:
        node = nodes[link.source_id if upwards else link.derivative_id]
        further, is_disputed = nexts.get(node.id, []), link.state is LinkState.DISPUTED
        if node.id in drawn:
            return Branch(node, (), is_again=bool(further), is_disputed=is_disputed, held_by=link.held_by)
        drawn.add(node.id)
        left_out = 0 if upwards else max(node.remix_count - len(further), 0)
        branches = tuple(map(grow, further))
        return Branch(node, branches, is_disputed=is_disputed, held_by=link.held_by, left_out=left_out)

    return tuple(map(grow, nexts.get(found.focus_id, [])))
