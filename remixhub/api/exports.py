"""`/stem-packs/{id}/exports` and `/mixes/{id}/exports`: sessions that music programs open, made on demand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint

from remixhub.api.operations import for_visitors, problems
from remixhub.api.schemas import Schema
from remixhub.api.stems.packs import ArchiveSchema, archive_ordered, archive_shown
from remixhub.domain.exports.formats import FORMS, ExportFormat, format_of
from remixhub.edge.actor import current_actor, current_parts
from remixhub.edge.whence import asker
from remixhub.services.exports import ordering
from remixhub.services.exports.ordering import Offer

blueprint = Blueprint("exports", __name__, description="Stems and mixes as sessions of music programs")


class ExportOfferSchema(Schema):
    format = ma.fields.Enum(ExportFormat, by_value=True, required=True)
    name = ma.fields.String(required=True)
    opens_in = ma.fields.String(required=True, metadata={"description": "Programs that open it, for people"})
    expected_bytes = ma.fields.Integer(required=True, metadata={"description": "About how large it comes to be"})


class ExportOfferListSchema(Schema):
    exports = ma.fields.List(ma.fields.Nested(ExportOfferSchema), required=True)


def _parameter(*, of_mix: bool) -> dict[str, Any]:
    words = [format for format, form in FORMS.items() if form.takes_mixes or not of_mix]
    schema = {"type": "string", "enum": words}
    return {"name": "export_format", "in": "path", "required": True, "schema": schema}


@blueprint.route("/stem-packs/<stem_pack_id>/exports")
@blueprint.response(200, ExportOfferListSchema)
@for_visitors(blueprint)
@problems(blueprint, 404, 409)
def list_stem_pack_exports(stem_pack_id: str) -> Any:
    """The formats in which a published pack is to be had."""
    return _listed(ordering.list_pack_exports(current_actor(), current_parts(), stem_pack_id))


@blueprint.route("/stem-packs/<stem_pack_id>/exports/<export_format>", parameters=[_parameter(of_mix=False)])
@blueprint.response(200, ArchiveSchema)
@for_visitors(blueprint)
@problems(blueprint, 404, 409)
def get_stem_pack_export(stem_pack_id: str, export_format: str) -> Any:
    """A pack as the session of a music program: where it is, or how far the worker is that makes it."""
    actor, parts, format = current_actor(), current_parts(), format_of(export_format)
    return archive_shown(ordering.get_pack_export(actor, parts, stem_pack_id, format))


@blueprint.route(
    "/stem-packs/<stem_pack_id>/exports/<export_format>", methods=["POST"], parameters=[_parameter(of_mix=False)]
)
@blueprint.response(202, ArchiveSchema)
@blueprint.alt_response(200, schema=ArchiveSchema, description="It is there")
@for_visitors(blueprint)
@problems(blueprint, 404, 409)
def order_stem_pack_export(stem_pack_id: str, export_format: str) -> Any:
    """Have a pack made into the session of a music program; also anew where that failed. GET tells how far it is."""
    format = format_of(export_format)
    return archive_ordered(ordering.order_pack_export(asker(), current_parts(), stem_pack_id, format))


@blueprint.route("/mixes/<mix_id>/exports")
@blueprint.response(200, ExportOfferListSchema)
@problems(blueprint, 404, 409)
def list_mix_exports(mix_id: str) -> Any:
    """The formats in which one's own mix is to be had, as long as its stems are."""
    return _listed(ordering.list_mix_exports(current_actor(), current_parts(), mix_id))


@blueprint.route("/mixes/<mix_id>/exports/<export_format>", parameters=[_parameter(of_mix=True)])
@blueprint.response(200, ArchiveSchema)
@problems(blueprint, 404, 409)
def get_mix_export(mix_id: str, export_format: str) -> Any:
    """A mix as the session of a music program, with clips, gains, pans, fades and automation as on the desk."""
    actor, parts, format = current_actor(), current_parts(), format_of(export_format, of_mix=True)
    return archive_shown(ordering.get_mix_export(actor, parts, mix_id, format)[1])


@blueprint.route("/mixes/<mix_id>/exports/<export_format>", methods=["POST"], parameters=[_parameter(of_mix=True)])
@blueprint.response(202, ArchiveSchema)
@blueprint.alt_response(200, schema=ArchiveSchema, description="It is there")
@problems(blueprint, 404, 409)
def order_mix_export(mix_id: str, export_format: str) -> Any:
    """Have a mix made into the session of a music program; also anew where that failed. GET tells how far it is."""
    format = format_of(export_format, of_mix=True)
    return archive_ordered(ordering.order_mix_export(asker(), current_parts(), mix_id, format))


def _listed(offers: Sequence[Offer]) -> dict[str, Any]:
    return {
        "exports": [
            {
                "format": one.format,
                "name": FORMS[one.format].name,
                "opens_in": FORMS[one.format].opens_in,
                "expected_bytes": one.expected_bytes,
            }
            for one in offers
        ]
    }
