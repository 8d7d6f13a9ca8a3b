"""`/uploads`: transfers in parts straight to the object storage."""

from __future__ import annotations

from typing import Any

import flask
import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from remixhub.api.operations import problems
from remixhub.api.paging import page_body, position_of
from remixhub.api.schemas import Integer, ListQuery, RefusalSchema, Schema, Secret, Time
from remixhub.domain.states import UploadPurpose, UploadState
from remixhub.edge.actor import current_actor, current_parts
from remixhub.models import Upload
from remixhub.services.uploads import uploads

blueprint = Blueprint("uploads", __name__, description="Uploads")


class UploadCreateSchema(Schema):
    filename = ma.fields.String(required=True, validate=validate.Length(min=1, max=1000))
    size_bytes = Integer(required=True, metadata={"format": "int64"})
    purpose = ma.fields.Enum(UploadPurpose, by_value=True, required=True)
    sha256 = ma.fields.String(
        load_default=None, allow_none=True, validate=validate.Regexp(r"^[0-9a-f]{64}$", error="64 hex digits.")
    )


class RejectionSchema(Schema):
    code = ma.fields.String(required=True)
    detail = ma.fields.String(required=True)


class ArrivedPartSchema(Schema):
    number = ma.fields.Integer(required=True)
    size_bytes = ma.fields.Integer(required=True)


class UploadSchema(Schema):
    id = ma.fields.String(required=True)
    filename = ma.fields.String(required=True)
    purpose = ma.fields.Enum(UploadPurpose, by_value=True, required=True)
    state = ma.fields.Enum(UploadState, by_value=True, required=True)
    size_bytes = ma.fields.Integer(required=True)
    part_size_bytes = ma.fields.Integer(required=True)
    part_count = ma.fields.Function(uploads.part_count, required=True, metadata={"type": "integer"})
    sha256 = ma.fields.String(attribute="original_sha256", required=True, allow_none=True)
    rejection = ma.fields.Method("_rejection", required=True, metadata={"type": ["object", "null"]})
    created_at = Time(required=True)
    expires_at = Time(required=True)

    def _rejection(self, upload: Upload) -> dict[str, str | None] | None:
        if upload.rejection_code is None:
            return None
        return {"code": upload.rejection_code, "detail": upload.rejection_detail}


class UploadStatusSchema(UploadSchema):
    waiting = ma.fields.Nested(
        RefusalSchema,
        required=True,
        allow_none=True,
        metadata={"description": "Why a check waits that goes on by itself: a trouble of the hub, not of the file."},
    )
    parts = ma.fields.List(ma.fields.Nested(ArrivedPartSchema), required=True)


class UploadListSchema(Schema):
    uploads = ma.fields.List(ma.fields.Nested(UploadSchema), required=True)
    next = ma.fields.String(required=True, allow_none=True)


class UploadQuery(ListQuery):
    state = ma.fields.Enum(UploadState, by_value=True, load_default=None)


class PartNumbersSchema(Schema):
    part_numbers = ma.fields.List(Integer(), required=True, validate=validate.Length(min=1, max=1000))


class PartUrlSchema(Schema):
    number = ma.fields.Integer(required=True)
    url = Secret("Whoever has it may store the part")
    size_bytes = ma.fields.Integer(required=True)


class PartUrlsSchema(Schema):
    parts = ma.fields.List(ma.fields.Nested(PartUrlSchema), required=True)
    expires_in_seconds = ma.fields.Integer(required=True)


@blueprint.route("/uploads", methods=["POST"])
@blueprint.arguments(UploadCreateSchema)
@blueprint.response(201, UploadSchema)
@problems(blueprint, 409, 413, 415)
def create_upload(body: dict[str, Any]) -> Any:
    """Open an upload; limits and quota answer before a byte is sent."""
    upload = uploads.create_upload(current_actor(), current_parts(), **body)
    return upload, 201, {"Location": f"/api/v1/uploads/{upload.id}"}


@blueprint.route("/uploads")
@blueprint.arguments(UploadQuery, location="query")
@blueprint.response(200, UploadListSchema)
@problems(blueprint)
def list_uploads(query: dict[str, Any]) -> Any:
    """One's own uploads, newest first."""
    page = uploads.list_uploads(
        current_actor(), current_parts(), state=query["state"], after=position_of(query), limit=query["limit"]
    )
    return page_body("uploads", page)


@blueprint.route("/uploads/<upload_id>")
@blueprint.response(200, UploadStatusSchema)
@problems(blueprint, 404)
def get_upload(upload_id: str) -> Any:
    """The state of an upload, and the parts that have arrived."""
    upload = uploads.get_upload(current_actor(), current_parts(), upload_id)
    arrived = uploads.arrived_parts(current_parts(), upload)
    waiting = uploads.why_waiting(current_parts(), upload)
    told = {"waiting": None if waiting is None else vars(waiting), "parts": ArrivedPartSchema(many=True).dump(arrived)}
    return flask.jsonify({**UploadSchema().dump(upload), **told})


@blueprint.route("/uploads/<upload_id>/parts", methods=["POST"])
@blueprint.arguments(PartNumbersSchema)
@blueprint.response(200, PartUrlsSchema)
@problems(blueprint, 404, 409, 413, 415)
def presign_parts(body: dict[str, Any], upload_id: str) -> Any:
    """URLs for parts; each takes a PUT of exactly its length."""
    urls = uploads.presign_parts(current_actor(), current_parts(), upload_id, body["part_numbers"])
    return {"parts": urls, "expires_in_seconds": current_parts().settings.presign_seconds}


@blueprint.route("/uploads/<upload_id>/complete", methods=["POST"])
@blueprint.response(200, UploadSchema)
@problems(blueprint, 404, 409, 415)
def complete_upload(upload_id: str) -> Any:
    """Close the transfer and order the check; safe to repeat."""
    return uploads.complete_upload(current_actor(), current_parts(), upload_id)


@blueprint.route("/uploads/<upload_id>", methods=["DELETE"])
@blueprint.response(204)
@problems(blueprint, 404, 409)
def abort_upload(upload_id: str) -> None:
    """End an upload that nothing uses; safe to repeat."""
    uploads.abort_upload(current_actor(), current_parts(), upload_id)
