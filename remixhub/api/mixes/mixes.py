"""`/mixes`: mix specs over stem packs, rendered once for equal specs; private to their makers."""

from __future__ import annotations

from typing import Any

import flask
import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from remixhub.api.operations import problems
from remixhub.api.paging import page_body, position_of
from remixhub.api.schemas import ListQuery, ProgressSchema, RefusalSchema, Schema, Text, Time
from remixhub.audio.write.encode import AudioFormat
from remixhub.domain.states import IngestState, MixFileState, RenditionKind
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.mixes import mixes
from remixhub.services.mixes.files import order_file
from remixhub.services.mixes.formats import RENDITIONS, MixFile
from remixhub.services.mixes.mixes import MixView
from remixhub.services.works.whole_piece import WholePiece, address_in

blueprint = Blueprint("mixes", __name__, description="Mixes of published stems")


def mix_spec_field() -> ma.fields.Dict:
    described = {"description": "A mix spec (docs/mix-spec.md); `stem` is the id of a stem of the pack"}
    return ma.fields.Dict(required=True, metadata=described)


class NewMixSchema(Schema):
    stem_pack_id = ma.fields.String(required=True, validate=validate.Length(max=64))
    spec = mix_spec_field()
    title = Text(max_length=200, load_default="")


class NewMixFileSchema(Schema):
    format = ma.fields.Enum(AudioFormat, by_value=True, required=True)


class MixFileSchema(Schema):
    """FLAC is there with the mix; the others are made when somebody asks, and go a month later."""

    format = ma.fields.Enum(AudioFormat, by_value=True, required=True)
    state = ma.fields.Enum(MixFileState, by_value=True, required=True)
    percent = ma.fields.Float(required=True)
    url = ma.fields.String(required=True, allow_none=True, metadata={"description": "As a download"})
    size_bytes = ma.fields.Integer(required=True, allow_none=True)
    failure = ma.fields.String(required=True, allow_none=True)


class MixSchema(Schema):
    id = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    stem_pack_id = ma.fields.String(required=True)
    work_id = ma.fields.String(required=True, metadata={"description": "The work whose stems are mixed"})
    spec = ma.fields.Dict(required=True, metadata={"description": "With every field spelled out"})
    state = ma.fields.Enum(IngestState, by_value=True, required=True)
    progress = ma.fields.Nested(ProgressSchema, required=True)
    refusal = ma.fields.Nested(RefusalSchema, required=True, allow_none=True)
    sample_rate_hz = ma.fields.Integer(required=True)
    duration_frames = ma.fields.Integer(required=True, allow_none=True)
    integrated_lufs = ma.fields.Float(required=True, allow_none=True)
    true_peak_dbtp = ma.fields.Float(required=True, allow_none=True)
    warnings = ma.fields.List(ma.fields.Nested(RefusalSchema), required=True)
    opening_url = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "MP3 of its first 30 s, while the rest is rendered. The gain of the whole is not known yet: "
            "it has the one that these seconds alone would get, so its level may differ from the finished mix"
        },
    )
    preview_url = ma.fields.String(required=True, allow_none=True)
    peaks_url = ma.fields.String(required=True, allow_none=True)
    mixdown_url = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "The full-quality render, as a download"}
    )
    files = ma.fields.List(
        ma.fields.Nested(MixFileSchema), required=True, metadata={"description": "The formats that it is offered in"}
    )
    created_at = Time(required=True)


class MixPageSchema(Schema):
    mixes = ma.fields.List(ma.fields.Nested(MixSchema), required=True)
    next = ma.fields.String(required=True, allow_none=True)


@blueprint.route("/mixes", methods=["POST"])
@blueprint.arguments(NewMixSchema)
@blueprint.response(201, MixSchema)
@blueprint.alt_response(200, schema=MixSchema, description="One's equal mix, which is there already")
@problems(blueprint, 404, 409, 413, 415, 429)
def create_mix(body: dict[str, Any]) -> Any:
    """Render a mix spec; poll the mix for its progress. Asking for the same again gives the same mix."""
    return made(*mixes.create_mix(current_actor(), current_parts(), **body))


@blueprint.route("/mixes")
@blueprint.arguments(ListQuery, location="query")
@blueprint.response(200, MixPageSchema)
@problems(blueprint)
def list_mixes(query: dict[str, Any]) -> Any:
    """One's own mixes, newest first."""
    page = mixes.list_mixes(current_actor(), current_parts(), after=position_of(query), limit=query["limit"])
    return page_body("mixes", page.map(_shown))


@blueprint.route("/mixes/<mix_id>")
@blueprint.response(200, MixSchema)
@problems(blueprint, 404)
def get_mix(mix_id: str) -> Any:
    """A mix with its progress; cheap enough to poll."""
    return _shown(mixes.get_mix(current_actor(), current_parts(), mix_id))


@blueprint.route("/mixes/<mix_id>", methods=["DELETE"])
@blueprint.response(204)
@problems(blueprint, 404)
def delete_mix(mix_id: str) -> None:
    """Delete a mix; a remix that took it over keeps its audio."""
    mixes.delete_mix(current_actor(), current_parts(), mix_id)


def made(view: MixView, is_new: bool) -> Any:
    location = flask.url_for("mixes.get_mix", mix_id=view.mix.id)
    return _shown(view), 201 if is_new else 200, {"Location": location}


@blueprint.route("/mixes/<mix_id>/files", methods=["POST"])
@blueprint.arguments(NewMixFileSchema)
@blueprint.response(200, MixFileSchema)
@problems(blueprint, 404, 409, 413, 415, 429)
def order_mix_file(body: dict[str, Any], mix_id: str) -> Any:
    """Have the mixdown made as WAV (24 bits), MP3 (320 kbit/s) or Opus (160 kbit/s), once it is rendered.

    The mix says how far it is; asking for a file that is there or on its way changes nothing.
    """
    view, file = order_file(current_actor(), current_parts(), mix_id, body["format"])
    return _shown_file(view, file)


def _shown(view: MixView) -> dict[str, Any]:
    mix, mixdown = view.mix, view.mix.mixdown
    whole = WholePiece.of(mixdown)
    return {
        "id": mix.id,
        "title": mix.title,
        "stem_pack_id": mixdown.stem_pack_id,
        "work_id": mixdown.stem_pack.work_id,
        "spec": mix.document,
        "state": whole.state,
        "progress": {"percent": view.percent, "step": view.step},
        "refusal": whole.refusal,
        "sample_rate_hz": mixdown.sample_rate_hz,
        "duration_frames": mixdown.duration_frames,
        "integrated_lufs": whole.integrated_lufs,
        "true_peak_dbtp": whole.true_peak_dbtp,
        "warnings": mixdown.warnings,
        "opening_url": address_in(current_parts(), view.renditions, RenditionKind.OPENING),
        "preview_url": address_in(current_parts(), view.renditions, RenditionKind.PREVIEW),
        "peaks_url": address_in(current_parts(), view.renditions, RenditionKind.PEAKS),
        "mixdown_url": _download(view, RenditionKind.MIXDOWN),
        "files": [_shown_file(view, file) for file in view.files],
        "created_at": mix.created_at,
    }


def _shown_file(view: MixView, file: MixFile) -> dict[str, Any]:
    return {**vars(file), "url": _download(view, RENDITIONS[file.format])}


def _download(view: MixView, kind: RenditionKind) -> str | None:
    return address_in(current_parts(), view.renditions, kind, download_as=view.mix.title or "mix")
