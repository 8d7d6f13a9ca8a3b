"""`/bundles/{kind}/{id}`: works, contests, collections and labels to be taken along, made on demand."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint

from remixhub.api.operations import for_visitors, problems
from remixhub.api.schemas import Schema
from remixhub.api.stems.packs import ArchiveSchema, archive_ordered, archive_shown
from remixhub.domain.bundles.contents import BundleKind
from remixhub.domain.bundles.orders import kind_of
from remixhub.edge.actor import current_actor, current_parts
from remixhub.edge.whence import asker
from remixhub.services.bundles import ordering

blueprint = Blueprint("bundles", __name__, description="Works, contests, collections and labels to be taken along")

_PATH = "/bundles/<bundle_kind>/<bundled_id>"
_KIND = {
    "name": "bundle_kind",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "enum": [kind.value for kind in BundleKind]},
}
_ID = {
    "name": "bundled_id",
    "in": "path",
    "required": True,
    "schema": {"type": "string"},
    "description": "Of the work, contest or collection; of a label its handle",
}


class WithheldSchema(Schema):
    work_id = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    reason = ma.fields.String(required=True)


class BundleSchema(ArchiveSchema):
    expected_bytes = ma.fields.Integer(required=True, metadata={"description": "Without pages and what is printed"})
    work_count = ma.fields.Integer(required=True)
    withheld = ma.fields.List(
        ma.fields.Nested(WithheldSchema), required=True, metadata={"description": "Works that come without their stems"}
    )
    is_too_large = ma.fields.Boolean(required=True, metadata={"description": "This hub does not make it on demand"})


@blueprint.route(_PATH, parameters=[_KIND, _ID])
@blueprint.response(200, BundleSchema)
@for_visitors(blueprint)
@problems(blueprint, 404, 409, 413)
def get_bundle(bundle_kind: str, bundled_id: str) -> Any:
    """What a bundle would hold, and where it is, or how far the worker is that makes it.

    What is ready has an address for whoever ordered it; for others POST gives it, since taking it leaves receipts.
    """
    view = ordering.view_bundle(current_actor(), current_parts(), kind_of(bundle_kind), bundled_id)
    return {
        **archive_shown(view.archive),
        "expected_bytes": view.expected_bytes,
        "work_count": len(view.bundle.works),
        "withheld": [{"work_id": one.id, "title": one.title, "reason": one.withheld} for one in view.withheld],
        "is_too_large": view.is_too_large,
    }


@blueprint.route(_PATH, methods=["POST"], parameters=[_KIND, _ID])
@blueprint.response(202, ArchiveSchema)
@blueprint.alt_response(200, schema=ArchiveSchema, description="It is there")
@for_visitors(blueprint)
@problems(blueprint, 404, 409, 413)
def order_bundle(bundle_kind: str, bundled_id: str) -> Any:
    """Have a bundle made as a ZIP; also anew where that failed. GET tells how far it is."""
    return archive_ordered(ordering.order_bundle(asker(), current_parts(), kind_of(bundle_kind), bundled_id))
