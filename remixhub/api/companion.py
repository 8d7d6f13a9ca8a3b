"""The six routes that Uppy's `companionEndpoint` calls, over the same uploads and with the same rules.

Uppy's `uploadId` and `key` are both the upload's id; S3's own names stay on the server. A transfer is opened by
`POST /s3/multipart` with `metadata` `{purpose, size_bytes}`, or taken up again with `metadata` `{upload_id}`.
Uppy never learns the length of a part: without `getChunkSize` it cuts 5 MiB, so an upload opened here has such parts.
"""

from __future__ import annotations

from typing import Any

import flask

from remixhub.domain.errors import Invalid, Malformed
from remixhub.domain.states import UploadPurpose
from remixhub.edge.actor import current_actor, current_parts
from remixhub.edge.idempotency import mark_answer_secret
from remixhub.services.uploads import uploads

_UPPY_PART_BYTES = 5 * 1024**2

blueprint = flask.Blueprint("companion", __name__, url_prefix="/companion/s3")


class MetadataInvalid(Invalid):
    code = "upload_metadata_invalid"
    title = "The upload's metadata does not say enough"


@blueprint.get("/params")
def form_params() -> flask.typing.ResponseReturnValue:
    """For a small file in one piece: a form for an upload opened at `/api/v1/uploads`."""
    upload_id = flask.request.args.get("metadata[upload_id]")
    if upload_id is None:
        raise MetadataInvalid("Open the upload at /api/v1/uploads first and give its id as `metadata[upload_id]`.")
    url, fields = uploads.presign_form(current_actor(), current_parts(), upload_id)
    mark_answer_secret()
    return {"method": "POST", "url": url, "fields": fields}


@blueprint.post("/multipart")
def open_transfer() -> flask.typing.ResponseReturnValue:
    body = _json_object()
    metadata = body.get("metadata")
    if not isinstance(metadata, dict):
        raise MetadataInvalid("Give `metadata` with `purpose` and `size_bytes`, or with `upload_id`.")
    actor, parts = current_actor(), current_parts()
    if isinstance(metadata.get("upload_id"), str):
        upload = uploads.get_upload(actor, parts, metadata["upload_id"])
    else:
        upload = uploads.create_upload(
            actor, parts, filename=_text(body, "filename"), **_declared(metadata), part_size_bytes=_UPPY_PART_BYTES
        )
    return {"uploadId": upload.id, "key": upload.id}


@blueprint.get("/multipart/<upload_id>/<int:number>")
def sign_part(upload_id: str, number: int) -> flask.typing.ResponseReturnValue:
    (part,) = uploads.presign_parts(current_actor(), current_parts(), upload_id, [number])
    mark_answer_secret()
    return {"url": part.url, "expires": current_parts().settings.presign_seconds}


@blueprint.get("/multipart/<upload_id>")
def list_parts(upload_id: str) -> flask.typing.ResponseReturnValue:
    upload = uploads.get_upload(current_actor(), current_parts(), upload_id)
    arrived = uploads.arrived_parts(current_parts(), upload)
    return flask.jsonify([{"PartNumber": part.number, "Size": part.size_bytes, "ETag": part.etag} for part in arrived])


@blueprint.post("/multipart/<upload_id>/complete")
def complete(upload_id: str) -> flask.typing.ResponseReturnValue:
    """The parts that Uppy lists are ignored: the server asks S3 itself."""
    upload = uploads.complete_upload(current_actor(), current_parts(), upload_id)
    return {"location": f"/api/v1/uploads/{upload.id}", "key": upload.id}


@blueprint.delete("/multipart/<upload_id>")
def abort(upload_id: str) -> flask.typing.ResponseReturnValue:
    uploads.abort_upload(current_actor(), current_parts(), upload_id)
    return {}


def _json_object() -> dict[str, Any]:
    body = flask.request.get_json(silent=True)
    if not isinstance(body, dict):
        raise Malformed("The body must be a JSON object.")
    return body


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not 1 <= len(value) <= 1000:
        raise MetadataInvalid(f"`{name}` must be a text of 1 to 1000 characters.")
    return value


def _declared(metadata: dict[str, Any]) -> dict[str, Any]:
    size, purpose = metadata.get("size_bytes"), metadata.get("purpose")
    if isinstance(size, str) and size.isdecimal() and len(size) < 16:
        size = int(size)  # Uppy may send all metadata as text
    if isinstance(size, bool) or not isinstance(size, int):
        raise MetadataInvalid("`metadata.size_bytes` must be a whole number.")
    if purpose not in list(UploadPurpose):
        raise MetadataInvalid(f"`metadata.purpose` must be one of {', '.join(UploadPurpose)}.")
    return {"size_bytes": size, "purpose": UploadPurpose(purpose)}
