"""`/licences`: what each licence allows, and what the lineage of a work allows."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from remixhub.api.lineage.lineage import held_by_field
from remixhub.api.operations import for_visitors, problems
from remixhub.api.schemas import LicenceField, LicenceNamed, Schema, receipt_field
from remixhub.domain.licences.judging import allowed_for_derivative
from remixhub.domain.licences.terms import OFFERED, Element, Licence, in_order, terms_of
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.licences import verdicts
from remixhub.services.licences.sources import SOURCES_LIMIT

blueprint = Blueprint("licences", __name__, description="Licences and what they allow")


def licence_list(description: str) -> ma.fields.Field[Any]:
    return ma.fields.List(LicenceField(), required=True, metadata={"description": description})


class LicenceSchema(Schema):
    id = LicenceField(required=True)
    title = ma.fields.String(required=True)
    url = ma.fields.String(required=True)
    is_offered = ma.fields.Boolean(required=True, metadata={"description": "Whether new works choose it"})
    elements = ma.fields.List(ma.fields.Enum(Element, by_value=True), required=True)
    allowed_for_remixes = licence_list("Under what a remix may stand; empty when none may be published")


class LicencesSchema(Schema):
    licences = ma.fields.List(ma.fields.Nested(LicenceSchema), required=True)


class AllowedLicencesSchema(Schema):
    for_work = licence_list("Under what the work itself may stand, by its sources and all their ancestors")
    for_remixes = licence_list("Under what a remix of the work may stand; empty when none may be published")


class LicenceCheckSchema(Schema):
    sources = ma.fields.List(
        ma.fields.String(validate=validate.Length(min=1, max=64)),
        required=True,
        validate=validate.Length(min=1, max=SOURCES_LIMIT),
        metadata={"description": "Ids of the works to be remixed"},
    )
    licence = LicenceNamed(load_default=None, description="The one wished for.")
    receipts = ma.fields.List(
        receipt_field(required=True),
        load_default=list,
        validate=validate.Length(max=SOURCES_LIMIT),
        metadata={"description": "Receipts that you hold as files; those of your account count by themselves"},
    )


class CulpritSchema(Schema):
    licence = ma.fields.String(required=True, metadata={"description": "As held when cited"})
    titles = ma.fields.List(ma.fields.String(), required=True, metadata={"description": "The way up to it"})
    ids = ma.fields.List(ma.fields.String(), required=True, metadata={"description": "The same works"})


class WayToLeaveSchema(Schema):
    """What `POST /permissions` takes."""

    work_id = ma.fields.String(required=True)
    source_id = ma.fields.String(required=True)
    title = ma.fields.String(required=True, metadata={"description": "Of the work"})
    licences = ma.fields.List(
        ma.fields.String(),
        required=True,
        metadata={"description": "Under which the remix could be with this leave; empty when it alone would not do"},
    )


class ConflictSchema(Schema):
    detail = ma.fields.String(required=True)
    sources = ma.fields.List(
        ma.fields.Nested(CulpritSchema), required=True, metadata={"description": "One work, or two that clash"}
    )
    remedies = ma.fields.List(
        ma.fields.String(), required=True, metadata={"description": "What would make it possible"}
    )
    permissions = ma.fields.List(
        ma.fields.Nested(WayToLeaveSchema), required=True, metadata={"description": "Whose leave could be asked for"}
    )


class GrantUseSchema(Schema):
    source_id = ma.fields.String(required=True)
    licence = LicenceField(required=True, metadata={"description": "Under which the source is remixed"})
    offered = LicenceField(
        required=True, allow_none=True, metadata={"description": "By its artist today; null when it was withdrawn"}
    )
    held_by = held_by_field()
    detail = ma.fields.String(required=True, metadata={"description": "Which licence is used, and why"})


class VerdictSchema(Schema):
    allowed = licence_list("Under what the remix may stand; empty when it may not be published")
    licence = LicenceField(
        required=True,
        allow_none=True,
        metadata={"description": "The wished one if it is allowed, else the strictest of those held"},
    )
    obligations = ma.fields.List(
        ma.fields.String(), required=True, metadata={"description": "What the sources ask of whoever remixes them"}
    )
    conflict = ma.fields.Nested(ConflictSchema, required=True, allow_none=True)
    grants = ma.fields.List(
        ma.fields.Nested(GrantUseSchema),
        required=True,
        metadata={"description": "Of the sources for which you hold a receipt"},
    )


@blueprint.route("/licences")
@blueprint.response(200, LicencesSchema)
@for_visitors(blueprint)
@problems(blueprint)
def list_licences() -> Any:
    """All licences, with what a remix of a work under each may stand under."""
    return {
        "licences": [
            {
                "id": licence,
                "title": terms.title,
                "url": terms.url,
                "is_offered": licence in OFFERED,
                "elements": sorted(terms.elements),
                "allowed_for_remixes": in_order(allowed_for_derivative(licence)),
            }
            for licence, terms in ((one, terms_of(one)) for one in Licence)
        ]
    }


@blueprint.route("/licence-checks", methods=["POST"])
@blueprint.arguments(LicenceCheckSchema)
@blueprint.response(200, VerdictSchema)
@for_visitors(blueprint)
@problems(blueprint, 404, 409, 413, 415)
def check_licences(body: dict[str, Any]) -> Any:
    """What a remix of these works may stand under, before it is made: judged over all of their ancestors."""
    return verdicts.check(current_actor(), current_parts(), body["sources"], body["licence"], body["receipts"])


@blueprint.route("/works/<work_id>/allowed-licences")
@blueprint.response(200, AllowedLicencesSchema)
@for_visitors(blueprint)
@problems(blueprint, 404)
def get_allowed_licences(work_id: str) -> Any:
    """What the lineage of a work allows, for itself and for remixes of it."""
    allowed = verdicts.allowed_licences(current_actor(), current_parts(), work_id)
    return {"for_work": in_order(allowed.for_work), "for_remixes": in_order(allowed.for_remixes)}
