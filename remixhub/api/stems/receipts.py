"""`/receipts`: under which licence one took which stems; private to who took them."""

from __future__ import annotations

from typing import Any

import flask
import marshmallow as ma
from flask_smorest import Blueprint

from remixhub.api.operations import for_visitors, problems
from remixhub.api.paging import page_body, position_of
from remixhub.api.schemas import LicenceField, ListQuery, Schema, Time
from remixhub.domain.filenames import attachment
from remixhub.domain.licences.terms import licence_url
from remixhub.edge.actor import current_actor, current_parts
from remixhub.models import Receipt
from remixhub.services.licences.grants import terms_of
from remixhub.services.stems import receipts

blueprint = Blueprint("receipts", __name__, description="Under which licence stems were taken")


class ReceiptSchema(Schema):
    id = ma.fields.String(required=True)
    work_id = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    artist = ma.fields.String(required=True)
    stem_pack_id = ma.fields.String(required=True)
    stem_pack_version = ma.fields.Integer(required=True)
    stem_id = ma.fields.String(required=True, allow_none=True, metadata={"description": "Null for the whole pack"})
    stem_name = ma.fields.String(required=True, allow_none=True)
    licence = LicenceField(required=True, metadata={"description": "As held then"})
    licence_url = ma.fields.String(required=True)
    licence_sha256 = ma.fields.String(required=True, metadata={"description": "Of what fixes the licence's text"})
    taken_at = Time(required=True)
    sha256 = ma.fields.String(required=True, metadata={"description": "By which source links name it"})


class ReceiptPageSchema(Schema):
    receipts = ma.fields.List(ma.fields.Nested(ReceiptSchema), required=True)
    next = ma.fields.String(required=True, allow_none=True)


@blueprint.route("/receipts")
@blueprint.arguments(ListQuery, location="query")
@blueprint.response(200, ReceiptPageSchema)
@problems(blueprint)
def list_receipts(query: dict[str, Any]) -> Any:
    """One's own receipts, newest first: one for each stem or pack and licence, by the first download."""
    page = receipts.list_receipts(current_actor(), current_parts(), after=position_of(query), limit=query["limit"])
    return page_body("receipts", page.map(_shown))


@blueprint.route("/receipts/<receipt_id>")
@blueprint.response(200, ReceiptSchema)
@problems(blueprint, 404)
def get_receipt(receipt_id: str) -> Any:
    """A receipt, to be shown to whoever asks for it."""
    return _shown(receipts.get_receipt(current_actor(), current_parts(), receipt_id))


@blueprint.route("/stem-packs/<stem_pack_id>/receipt")
@blueprint.response(200, {"type": "object", "description": "See docs/licences.md"}, content_type="application/json")
@for_visitors(blueprint)
@problems(blueprint, 404, 409)
def get_stem_pack_receipt(stem_pack_id: str) -> Any:
    """The receipt as a file that the hub signs, for whoever takes the stems without an account; the ZIP has it too."""
    name, text = receipts.receipt_file(current_actor(), current_parts(), stem_pack_id)
    headers = {"Content-Disposition": attachment(name)}
    return flask.Response(text, content_type="application/json; charset=utf-8", headers=headers)


def _shown(receipt: Receipt) -> dict[str, Any]:
    work = receipt.stem_pack.work
    return {
        "id": receipt.id,
        "work_id": work.id,
        "title": work.title,
        "artist": work.account.display_name,
        "stem_pack_id": receipt.stem_pack_id,
        "stem_pack_version": receipt.stem_pack.version,
        "stem_id": receipt.stem_id or None,
        "stem_name": receipt.stem_name or None,
        "licence": receipt.licence,
        "licence_url": licence_url(receipt.licence, current_parts().addresses.hub),
        "licence_sha256": receipt.licence_sha256,
        "taken_at": receipt.created_at,
        "sha256": terms_of(receipt, work.id).sha256(),
    }
