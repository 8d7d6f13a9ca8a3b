"""`/works/{id}/lineage-drawing`: the lineage laid out in columns and rows, as the pages draw it."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from remixhub.api.operations import for_visitors, problems
from remixhub.api.schemas import LicenceField, Schema
from remixhub.domain.licences.marks import Mark
from remixhub.domain.states import LinkState, SourceKind, WorkState
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.lineage import explorer

blueprint = Blueprint("lineage_drawings", __name__, description="The lineage of a work, laid out to be drawn")


class DrawnWorkSchema(Schema):
    id = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    artist = ma.fields.String(required=True)
    licence = LicenceField(required=True)
    licence_name = ma.fields.String(required=True)
    marks = ma.fields.List(
        ma.fields.Enum(Mark, by_value=True), required=True, metadata={"description": "What the licence asks"}
    )
    state = ma.fields.Enum(WorkState, by_value=True, required=True)
    label = ma.fields.String(required=True, metadata={"description": "The title, cut to the width of a box"})
    line = ma.fields.String(required=True, metadata={"description": "The artist and a code of the licence, cut alike"})
    generation = ma.fields.Integer(required=True, metadata={"description": "Links away from its farthest root"})
    column = ma.fields.Integer(required=True)
    row = ma.fields.Float(required=True, metadata={"description": "Of its middle; 1 apart in a column, at least"})
    hidden_sources = ma.fields.Integer(required=True, metadata={"description": "Its sources that are not shown"})
    hidden_remixes = ma.fields.Integer(required=True, metadata={"description": "Its remixes that are not shown"})


class DrawnLinkSchema(Schema):
    source_id = ma.fields.String(required=True)
    derivative_id = ma.fields.String(required=True)
    kind = ma.fields.Enum(SourceKind, by_value=True, required=True)
    state = ma.fields.Enum(LinkState, by_value=True, required=True)
    bends = ma.fields.List(
        ma.fields.Float(),
        required=True,
        metadata={"description": "The rows at which it passes the columns between; none for a straight line"},
    )


class DrawnCitationSchema(Schema):
    derivative_id = ma.fields.String(required=True)
    kind = ma.fields.Enum(SourceKind, by_value=True, required=True)
    state = ma.fields.Enum(LinkState, by_value=True, required=True)
    bends = ma.fields.List(ma.fields.Float(), required=True)


class DrawnElsewhereSchema(Schema):
    """A source that is not on this hub, with the links to the works here that cite it."""

    id = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    artist = ma.fields.String(required=True)
    site = ma.fields.String(required=True)
    address = ma.fields.String(required=True)
    licence = LicenceField(required=True)
    licence_name = ma.fields.String(required=True)
    marks = ma.fields.List(ma.fields.Enum(Mark, by_value=True), required=True)
    label = ma.fields.String(required=True)
    line = ma.fields.String(required=True, metadata={"description": "The site and a code of the licence"})
    column = ma.fields.Integer(required=True)
    row = ma.fields.Float(required=True)
    hidden_remixes = ma.fields.Integer(
        required=True, metadata={"description": "Published works that cite it and are not shown"}
    )
    citations = ma.fields.List(ma.fields.Nested(DrawnCitationSchema), required=True)


class LineageDrawingSchema(Schema):
    focus_id = ma.fields.String(required=True)
    shown = ma.fields.Integer(required=True, metadata={"description": "The work, its ancestors and descendants here"})
    total = ma.fields.Integer(required=True, metadata={"description": "Of those that there are"})
    is_counted_out = ma.fields.Boolean(required=True, metadata={"description": "False: there are more than `total`"})
    beside = ma.fields.Integer(
        required=True, metadata={"description": "Further works here, neighbours of those opened"}
    )
    opened = ma.fields.List(ma.fields.String(), required=True)
    heads = ma.fields.List(
        ma.fields.String(), required=True, metadata={"description": "The columns' generations, from left to right"}
    )
    rows = ma.fields.Float(required=True, metadata={"description": "The height, in rows"})
    works = ma.fields.List(
        ma.fields.Nested(DrawnWorkSchema), required=True, metadata={"description": "From the left, from above"}
    )
    links = ma.fields.List(ma.fields.Nested(DrawnLinkSchema), required=True)
    elsewhere = ma.fields.List(
        ma.fields.Nested(DrawnElsewhereSchema),
        required=True,
        metadata={"description": "Sources that are not on this hub, in a column of their own on the left"},
    )


class DrawingQuery(ma.Schema):
    class Meta:
        unknown = ma.EXCLUDE

    limit = ma.fields.Integer(
        load_default=explorer.SHOWN_LIMIT,
        validate=validate.Range(min=1, max=explorer.MOST_SHOWN),
        metadata={"description": "Ancestors, and as many descendants"},
    )
    opened = ma.fields.List(
        ma.fields.String(),
        data_key="open",
        load_default=list,
        validate=validate.Length(max=explorer.OPENED_LIMIT),
        metadata={"description": "Works whose direct sources and remixes are shown, whatever the limit"},
    )


@blueprint.route("/works/<work_id>/lineage-drawing")
@blueprint.arguments(DrawingQuery, location="query")
@blueprint.response(200, LineageDrawingSchema)
@for_visitors(blueprint)
@problems(blueprint, 404)
def draw_lineage(query: dict[str, Any], work_id: str) -> Any:
    """The work with its nearest ancestors and descendants, each with its place: columns are generations."""
    found = explorer.explore(current_actor(), current_parts(), work_id, limit=query["limit"], opened=query["opened"])
    return explorer.as_json(found)
