"""`/works/{id}/neighbourhood` and `/works/{id}/path`: the graph around a work, to draw it and to find ways."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from remixhub.api.lineage.lineage import ElsewhereNodeSchema, LineageLinkSchema, NodeSchema, shown, shown_elsewhere
from remixhub.api.operations import for_visitors, problems
from remixhub.api.schemas import Schema
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.lineage import surroundings

blueprint = Blueprint("surroundings", __name__, description="The graph around a work")

_HOPS_LIMIT = 10
_NODES_LIMIT = 500


class NeighbourSchema(NodeSchema):
    hops = ma.fields.Integer(required=True, metadata={"description": "Links away from the work, in either direction"})
    hidden_sources = ma.fields.Integer(required=True, metadata={"description": "Its sources that are not shown"})
    hidden_remixes = ma.fields.Integer(required=True, metadata={"description": "Its remixes that are not shown"})


class OutsideNeighbourSchema(ElsewhereNodeSchema):
    hops = ma.fields.Integer(required=True, metadata={"description": "Links away from the work, in either direction"})
    hidden_remixes = ma.fields.Integer(
        required=True, metadata={"description": "Published works that cite it and are not shown"}
    )


class NeighbourhoodSchema(Schema):
    focus_id = ma.fields.String(required=True)
    nodes = ma.fields.List(ma.fields.Nested(NeighbourSchema), required=True)
    links = ma.fields.List(ma.fields.Nested(LineageLinkSchema), required=True)
    elsewhere = ma.fields.List(
        ma.fields.Nested(OutsideNeighbourSchema),
        required=True,
        metadata={"description": "Sources from elsewhere among them, with their links: works are near by these too"},
    )
    left_out = ma.fields.Integer(
        required=True, metadata={"description": "What of the hop `cut_at_hop` found no place within `limit`"}
    )
    cut_at_hop = ma.fields.Integer(
        required=True, allow_none=True, metadata={"description": "Hops behind this one were not looked at"}
    )


class PathSchema(Schema):
    length = ma.fields.Integer(
        required=True, allow_none=True, metadata={"description": "In links; null when no path was found"}
    )
    gave_up = ma.fields.Boolean(
        required=True, metadata={"description": "The search reached its bounds; there may be a path"}
    )
    steps = ma.fields.List(
        ma.fields.String(),
        required=True,
        metadata={"description": "The ids on the way, in order, of `nodes` and of `elsewhere`"},
    )
    nodes = ma.fields.List(ma.fields.Nested(NodeSchema), required=True)
    links = ma.fields.List(ma.fields.Nested(LineageLinkSchema), required=True)
    elsewhere = ma.fields.List(
        ma.fields.Nested(ElsewhereNodeSchema),
        required=True,
        metadata={"description": "Sources from elsewhere on the way, with their links"},
    )


class NeighbourhoodQuery(ma.Schema):
    class Meta:
        unknown = ma.EXCLUDE

    hops = ma.fields.Integer(load_default=2, validate=validate.Range(min=1, max=_HOPS_LIMIT))
    limit = ma.fields.Integer(
        load_default=100,
        validate=validate.Range(min=1, max=_NODES_LIMIT),
        metadata={"description": "Works and sources from elsewhere, besides the work asked for"},
    )


class PathQuery(ma.Schema):
    class Meta:
        unknown = ma.EXCLUDE

    other_id = ma.fields.String(required=True, data_key="to", metadata={"description": "The other work's id"})


@blueprint.route("/works/<work_id>/neighbourhood")
@blueprint.arguments(NeighbourhoodQuery, location="query")
@blueprint.response(200, NeighbourhoodSchema)
@for_visitors(blueprint)
@problems(blueprint, 404)
def get_neighbourhood(query: dict[str, Any], work_id: str) -> Any:
    """The works within some hops in either direction, nearest first, and the links among them.

    Works that cite the same source from elsewhere are two hops apart by it.
    """
    found = surroundings.get_neighbourhood(current_actor(), current_parts(), work_id, **query)
    nodes = [{**vars(one), **shown(one.node)} for one in found.neighbours]
    elsewhere = [{**vars(one), **shown_elsewhere(one.node)} for one in found.elsewhere]
    return {**vars(found), "nodes": nodes, "elsewhere": elsewhere}


@blueprint.route("/works/<work_id>/path")
@blueprint.arguments(PathQuery, location="query")
@blueprint.response(200, PathSchema)
@for_visitors(blueprint)
@problems(blueprint, 404)
def find_path(query: dict[str, Any], work_id: str) -> Any:
    """A shortest path to the work named by `to`, over links in either direction, to sources from elsewhere too."""
    path = surroundings.find_path(current_actor(), current_parts(), work_id, query["other_id"])
    return {
        "length": len(path.steps) - 1 if path.steps else None,
        "gave_up": path.gave_up,
        "steps": path.steps,
        "nodes": [shown(node) for node in path.works],
        "links": path.links,
        "elsewhere": [shown_elsewhere(one) for one in path.elsewhere],
    }
