"""`/charts/most-remixed` and `/accounts/{handle}/influence`."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint

from remixhub.api.lineage.lineage import NodeSchema, shown
from remixhub.api.operations import for_visitors, problems
from remixhub.api.paging import page_body, position_of
from remixhub.api.schemas import ListQuery, Schema
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.lineage import charts, influence
from remixhub.services.lineage.charts import Window

blueprint = Blueprint("charts", __name__, description="What is remixed most, and whose works reach how far")


class ChartedSchema(NodeSchema):
    remixes = ma.fields.Integer(required=True, metadata={"description": "Published within the window"})


class ChartPageSchema(Schema):
    works = ma.fields.List(ma.fields.Nested(ChartedSchema), required=True)
    next = ma.fields.String(required=True, allow_none=True)


class ChartQuery(ListQuery):
    window = ma.fields.Enum(Window, by_value=True, load_default=Window.ALL)


class InfluenceSchema(Schema):
    """Over everything published, tombstones included."""

    handle = ma.fields.String(required=True)
    works = ma.fields.Integer(required=True)
    remixes_by_others = ma.fields.Integer(
        required=True, metadata={"description": "Works of others that cite one of these directly, each once"}
    )
    remixers = ma.fields.Integer(required=True, metadata={"description": "The accounts that made them"})
    descendants = ma.fields.Integer(
        required=True, metadata={"description": "Works any number of links below, each once, by whomever"}
    )
    descendants_by_others = ma.fields.Integer(required=True)
    is_capped = ma.fields.Boolean(
        required=True, metadata={"description": "There are more descendants than were counted"}
    )


@blueprint.route("/charts/most-remixed")
@blueprint.arguments(ChartQuery, location="query")
@blueprint.response(200, ChartPageSchema)
@for_visitors(blueprint)
@problems(blueprint)
def list_most_remixed(query: dict[str, Any]) -> Any:
    """The works with the most direct remixes, of all time or of the last 30 days."""
    page = charts.list_most_remixed(
        current_actor(), current_parts(), query["window"], after=position_of(query), limit=query["limit"]
    )
    return page_body("works", page.map(lambda one: {**shown(one.node), "remixes": one.remixes}))


@blueprint.route("/accounts/<handle>/influence")
@blueprint.response(200, InfluenceSchema)
@for_visitors(blueprint)
@problems(blueprint, 404)
def get_influence(handle: str) -> Any:
    """How far the works of an account have reached."""
    return influence.get_influence(current_actor(), current_parts(), handle)
