"""`/works/{id}/stems` and `/stems/{id}`: the stems of a draft, and originals as downloads."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import flask
import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from remixhub.api.conditional import etag, required_revision
from remixhub.api.operations import for_visitors, problems
from remixhub.api.schemas import Integer, Number, ProgressSchema, RefusalSchema, Schema, Text
from remixhub.domain.states import IngestState, RenditionKind
from remixhub.domain.stems.naming import StemRole
from remixhub.edge.actor import current_actor, current_parts
from remixhub.models import Job, Rendition, Stem
from remixhub.services.discovery import similar
from remixhub.services.discovery.similar import SimilarStem
from remixhub.services.stems import downloads, stems
from remixhub.services.stems.stems import NAME_LENGTH_LIMIT
from remixhub.services.works.whole_piece import WholePiece, address_in

blueprint = Blueprint("stems", __name__, description="Stems")

_SIMILAR = 20

_MEASURED = (
    "integrated_lufs",
    "loudness_range_lu",
    "true_peak_dbtp",
    "sample_peak_dbfs",
    "clipping_runs",
    "clipped_samples",
    "leading_silence_frames",
    "trailing_silence_frames",
    "silence_share",
    "mixer_gain_db",
)


class StemEditSchema(Schema):
    name = Text(min_length=1, max_length=NAME_LENGTH_LIMIT)
    role = ma.fields.Enum(StemRole, by_value=True)
    gain_db = Number(validate=validate.Range(min=-60, max=24), metadata={"description": "Suggested by the artist"})
    position = Integer(validate=validate.Range(min=1, max=1000), metadata={"description": "From 1"})


class NewStemSchema(StemEditSchema):
    """Without `name` a stem is called as its file is; without `role` it is guessed from the names of the whole pack."""

    upload_id = ma.fields.String(required=True, validate=validate.Length(min=1, max=64))


class StemSchema(Schema):
    id = ma.fields.String(required=True)
    stem_pack_id = ma.fields.String(required=True)
    position = ma.fields.Integer(required=True)
    name = ma.fields.String(required=True)
    suggested_name = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "In a draft: the file's name without numbering, tempo, key and what all stems share, "
            "while the stem is still called as its file is. Nothing takes it by itself."
        },
    )
    role = ma.fields.Enum(StemRole, by_value=True, required=True)
    is_role_guessed = ma.fields.Boolean(
        required=True,
        metadata={"description": "From the names of the pack, and again with each further stem until one is chosen"},
    )
    gain_db = ma.fields.Float(required=True)
    revision = ma.fields.Integer(required=True)
    filename = ma.fields.String(required=True)
    sha256 = ma.fields.String(required=True)
    size_bytes = ma.fields.Integer(required=True)
    container = ma.fields.String(required=True)
    codec = ma.fields.String(required=True)
    state = ma.fields.Enum(IngestState, by_value=True, required=True)
    progress = ma.fields.Nested(ProgressSchema, required=True)
    refusal = ma.fields.Nested(RefusalSchema, required=True, allow_none=True)
    warnings = ma.fields.List(
        ma.fields.Nested(RefusalSchema),
        required=True,
        metadata={"description": "What is odd about the file, such as what was left out of it (docs/audio-files.md)"},
    )
    sample_rate_hz = ma.fields.Integer(required=True)
    channels = ma.fields.Integer(required=True)
    bit_depth = ma.fields.Integer(required=True, allow_none=True)
    duration_frames = ma.fields.Integer(required=True, allow_none=True)
    integrated_lufs = ma.fields.Float(required=True, allow_none=True)
    loudness_range_lu = ma.fields.Float(required=True, allow_none=True)
    true_peak_dbtp = ma.fields.Float(required=True, allow_none=True)
    sample_peak_dbfs = ma.fields.Float(required=True, allow_none=True)
    clipping_runs = ma.fields.Integer(required=True, allow_none=True)
    clipped_samples = ma.fields.Integer(required=True, allow_none=True)
    leading_silence_frames = ma.fields.Integer(required=True, allow_none=True)
    trailing_silence_frames = ma.fields.Integer(required=True, allow_none=True)
    silence_share = ma.fields.Float(required=True, allow_none=True)
    mixer_gain_db = ma.fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": "To be added when the mixer rendition is played at the file's own rate"},
    )
    preview_url = ma.fields.String(required=True, allow_none=True)
    mixer_url = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "FLAC of blocks of 4,096 frames, 24 bits, or 16 where the file has no more. Of a published "
            "stem at the rate of most stems of its pack"
        },
    )
    mixer_index_url = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Where its blocks lie, so that any span can be read alone (docs/audio-files.md)"},
    )
    peaks_url = ma.fields.String(required=True, allow_none=True)
    peaks_coarse_url = ma.fields.String(required=True, allow_none=True)


@blueprint.route("/works/<work_id>/stems", methods=["POST"])
@blueprint.arguments(NewStemSchema)
@blueprint.response(201, StemSchema)
@problems(blueprint, 404, 409, 413, 415)
def add_stem(body: dict[str, Any], work_id: str) -> Any:
    """Add a verified upload to the draft pack of a work."""
    added = stems.add_stem(current_actor(), current_parts(), work_id, **body)
    location = flask.url_for("stem-packs.get_stem_pack", stem_pack_id=added.stem.stem_pack_id)
    shown = shown_stem(added.stem, added.suggested_name)
    return shown, 201, {"Location": location, **etag(added.stem.revision)}


@blueprint.route("/stems/<stem_id>", methods=["PATCH"])
@blueprint.arguments(StemEditSchema)
@blueprint.response(200, StemSchema)
@problems(blueprint, 404, 409, 412, 413, 415, 428)
def edit_stem(body: dict[str, Any], stem_id: str) -> Any:
    """Name, order or weigh a stem of a draft pack; needs the stem's `revision` as `If-Match`."""
    edited = stems.update_stem(current_actor(), current_parts(), stem_id, body, revision=required_revision())
    return shown_stem(edited.stem, edited.suggested_name), 200, etag(edited.stem.revision)


@blueprint.route("/stems/<stem_id>", methods=["DELETE"])
@blueprint.response(204)
@problems(blueprint, 404, 409)
def remove_stem(stem_id: str) -> None:
    """Take a stem out of a draft pack."""
    stems.remove_stem(current_actor(), current_parts(), stem_id)


@blueprint.route("/stems/<stem_id>/original")
@blueprint.response(302, description="The address of the bytes as uploaded, good for a short while")
@for_visitors(blueprint)
@problems(blueprint, 404)
def get_stem_original(stem_id: str) -> flask.Response:
    """Download a stem as it was uploaded."""
    url = downloads.original_url(current_actor(), current_parts(), stem_id)
    response = flask.make_response(flask.redirect(url))
    response.headers["Cache-Control"] = "private, no-store"
    return response


class SimilarWorkSchema(Schema):
    id = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    handle = ma.fields.String(required=True)
    artist = ma.fields.String(required=True)
    licence = ma.fields.String(required=True)


class SimilarStemSchema(Schema):
    id = ma.fields.String(required=True)
    stem_pack_id = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    role = ma.fields.Enum(StemRole, by_value=True, required=True)
    distance = ma.fields.Float(required=True, metadata={"description": "From 0, the same, to 1, the utmost"})
    work = ma.fields.Nested(SimilarWorkSchema, required=True)
    preview_url = ma.fields.String(required=True, allow_none=True)
    peaks_coarse_url = ma.fields.String(required=True, allow_none=True)


class SimilarStemsSchema(Schema):
    stems = ma.fields.List(ma.fields.Nested(SimilarStemSchema), required=True)
    is_measured = ma.fields.Boolean(
        required=True, metadata={"description": "Otherwise the stem is silent, or waits to be measured"}
    )


class HowManySchema(Schema):
    limit = Integer(load_default=_SIMILAR, validate=validate.Range(min=1, max=50))


@blueprint.route("/stems/<stem_id>/similar")
@blueprint.arguments(HowManySchema, location="query")
@blueprint.response(200, SimilarStemsSchema)
@for_visitors(blueprint)
@problems(blueprint, 403, 404, 422)
def list_similar_stems(asked: dict[str, Any], stem_id: str) -> dict[str, Any]:
    """Stems that sound like one: published ones of its role that you may hear, the nearest first.

    By what is measured of their sound (level, brightness, density, rhythm), whatever their tempo and key.
    """
    found = similar.similar_stems(current_actor(), current_parts(), stem_id, limit=asked["limit"])
    return {"stems": [_similar(one) for one in found.stems], "is_measured": found.is_measured}


def _similar(one: SimilarStem) -> dict[str, Any]:
    stem, work = one.stem, one.work
    return {
        "id": stem.id,
        "stem_pack_id": stem.stem_pack_id,
        "name": stem.name,
        "role": StemRole(stem.role),
        "distance": round(one.distance, 4),
        "work": {
            "id": work.id, "title": work.title, "handle": work.account.handle, "artist": work.account.display_name,
            "licence": work.licence.value,
        },
        "preview_url": address_in(current_parts(), one.renditions, RenditionKind.PREVIEW),
        "peaks_coarse_url": address_in(current_parts(), one.renditions, RenditionKind.PEAKS_COARSE),
    }  # fmt: skip


def shown_stem(
    stem: Stem,
    suggested_name: str | None,
    renditions: Mapping[RenditionKind, Rendition] = MappingProxyType({}),
    ingest: Job | None = None,
) -> dict[str, Any]:
    original, piece = stem.original, WholePiece.of(stem.original)
    measured = original.measurements or {}
    return {
        **{name: getattr(stem, name) for name in _SAID},
        **{name: getattr(original, name) for name in ("sha256", "size_bytes", "container", "codec", "sample_rate_hz")},
        **{name: getattr(original, name) for name in ("channels", "bit_depth", "duration_frames")},
        **{name: measured.get(name) for name in _MEASURED},
        "suggested_name": suggested_name,
        "role": StemRole(stem.role),
        "state": original.ingest_state,
        "progress": _progress(original.ingest_state, ingest),
        "refusal": piece.refusal,
        "warnings": piece.warnings,
        **{f"{kind}_url": address_in(current_parts(), renditions, kind) for kind in _SHOWN},
    }


_SAID = ("id", "stem_pack_id", "position", "name", "gain_db", "filename", "revision", "is_role_guessed")
_SHOWN = (
    RenditionKind.PREVIEW, RenditionKind.MIXER, RenditionKind.MIXER_INDEX,
    RenditionKind.PEAKS, RenditionKind.PEAKS_COARSE,
)  # fmt: skip


def _progress(state: IngestState, ingest: Job | None) -> dict[str, Any]:
    if state is not IngestState.PENDING:
        return {"percent": 100.0, "step": state.value}
    if ingest is None:
        return {"percent": 0.0, "step": "waiting"}
    return {"percent": ingest.progress_percent, "step": ingest.progress_step or "waiting"}
