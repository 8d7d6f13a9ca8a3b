"""Who would get what of a work, over its whole lineage."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from remixhub.api.operations import for_visitors, problems
from remixhub.api.schemas import Schema
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.licences.sources import SOURCES_LIMIT
from remixhub.services.remixes import shares
from remixhub.services.remixes.shares import Split

blueprint = Blueprint("shares", __name__, description="Credit splits")


class ShareSchema(Schema):
    work_id = ma.fields.String(required=True, metadata={"description": "Empty for the remix that is simulated"})
    title = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    generation = ma.fields.Integer(required=True, metadata={"description": "How many links away; 0 for the maker"})
    percent = ma.fields.Float(required=True)


class SplitSchema(Schema):
    """The percents add up to 100 exactly; largest remainders decide the last hundredths."""

    shares = ma.fields.List(ma.fields.Nested(ShareSchema), required=True)
    is_cut = ma.fields.Boolean(
        required=True, metadata={"description": "The ancestors claim over 100 %: all are cut in proportion"}
    )


class SimulationSchema(Schema):
    sources = ma.fields.List(
        ma.fields.String(validate=validate.Length(min=1, max=64)),
        required=True,
        validate=validate.Length(min=1, max=SOURCES_LIMIT),
        metadata={"description": "Ids of the works to be remixed"},
    )


@blueprint.route("/share-simulations", methods=["POST"])
@blueprint.arguments(SimulationSchema)
@blueprint.response(200, SplitSchema)
@for_visitors(blueprint)
@problems(blueprint, 404, 409, 413, 415)
def simulate_shares(body: dict[str, Any]) -> Any:
    """Who would get what of a remix of these works, before it is made."""
    return _shown(shares.simulate(current_actor(), current_parts(), body["sources"]))


@blueprint.route("/works/<work_id>/shares")
@blueprint.response(200, SplitSchema)
@for_visitors(blueprint)
@problems(blueprint, 404)
def get_shares(work_id: str) -> Any:
    """Who gets what of a work, by what its sources stated when they were cited."""
    return _shown(shares.split_of(current_actor(), current_parts(), work_id))


def _shown(split: Split) -> dict[str, Any]:
    lines = [
        {
            "work_id": one.work_id,
            "title": one.title,
            "name": one.name,
            "generation": one.generation,
            "percent": one.basis_points / 100,
        }
        for one in split.shares
    ]
    return {"shares": lines, "is_cut": split.is_cut}
