"""`/licences`: what each licence allows, and what the lineage of a work allows."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint

from remixhub.api.operations import problems
from remixhub.api.schemas import Schema
from remixhub.domain.licensing import TERMS, Element, Licence, allowed_for_derivative
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services import licences

blueprint = Blueprint("licences", __name__, description="Licences and what they allow")


def licence_list(description: str) -> ma.fields.Field[Any]:
    field = ma.fields.Enum(Licence, by_value=True)
    return ma.fields.List(field, required=True, metadata={"description": description})


class LicenceSchema(Schema):
    id = ma.fields.Enum(Licence, by_value=True, required=True)
    title = ma.fields.String(required=True)
    url = ma.fields.String(required=True)
    elements = ma.fields.List(ma.fields.Enum(Element, by_value=True), required=True)
    allowed_for_remixes = licence_list("Under what a remix may stand; empty when none may be published")


class LicencesSchema(Schema):
    licences = ma.fields.List(ma.fields.Nested(LicenceSchema), required=True)


class AllowedLicencesSchema(Schema):
    for_work = licence_list("Under what the work itself may stand, by its sources and all their ancestors")
    for_remixes = licence_list("Under what a remix of the work may stand; empty when none may be published")


@blueprint.route("/licences")
@blueprint.response(200, LicencesSchema)
@problems(blueprint)
def list_licences() -> Any:
    """All licences, with what a remix of a work under each may stand under."""
    return {
        "licences": [
            {
                "id": licence,
                "title": terms.title,
                "url": terms.url,
                "elements": sorted(terms.elements),
                "allowed_for_remixes": in_order(allowed_for_derivative(licence)),
            }
            for licence, terms in TERMS.items()
        ]
    }


@blueprint.route("/works/<work_id>/allowed-licences")
@blueprint.response(200, AllowedLicencesSchema)
@problems(blueprint, 404)
def get_allowed_licences(work_id: str) -> Any:
    """What the lineage of a work allows, for itself and for remixes of it."""
    allowed = licences.allowed_licences(current_actor(), current_parts(), work_id)
    return {"for_work": in_order(allowed.for_work), "for_remixes": in_order(allowed.for_remixes)}


def in_order(allowed: frozenset[Licence]) -> list[Licence]:
    return [licence for licence in Licence if licence in allowed]
