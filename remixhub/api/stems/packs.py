"""`/stem-packs` and `/works/{id}/stem-packs`: the versions of a work's stems, and each as one ZIP."""

from __future__ import annotations

from typing import Any

import flask
import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from remixhub.api.conditional import etag, required_revision
from remixhub.api.operations import for_visitors, problems
from remixhub.api.schemas import ProgressSchema, Schema, Text, Time
from remixhub.api.stems.stems import StemSchema, shown_stem
from remixhub.domain.states import ArchiveState, StemPackState
from remixhub.domain.stems.roles import Family
from remixhub.edge.actor import current_actor, current_parts
from remixhub.edge.whence import asker
from remixhub.models import StemPack
from remixhub.services.remixes import publishing
from remixhub.services.stems import archives, families, packs
from remixhub.services.stems.on_demand import ArchiveView
from remixhub.services.stems.packs import StemPackView

blueprint = Blueprint("stem-packs", __name__, description="Stem packs: numbered, and frozen once published")


class FindingSchema(Schema):
    code = ma.fields.String(required=True)
    severity = ma.fields.String(required=True)
    stem = ma.fields.String(required=True, allow_none=True, metadata={"description": "The stem's id"})
    file = ma.fields.String(required=True, allow_none=True)
    figure = ma.fields.Float(required=True, allow_none=True)
    unit = ma.fields.String(required=True, allow_none=True)
    advice = ma.fields.String(required=True)
    at_seconds = ma.fields.Float(
        load_default=None,
        dump_default=None,
        allow_none=True,
        metadata={"description": "Where it is heard: in the stem, or without one in the reference mix"},
    )


class StemPackCardSchema(Schema):
    """A version as listings show it."""

    id = ma.fields.String(required=True)
    work_id = ma.fields.String(required=True)
    version = ma.fields.Integer(required=True)
    state = ma.fields.Enum(StemPackState, by_value=True, required=True)
    note = ma.fields.String(required=True)
    digest = ma.fields.String(required=True, allow_none=True, metadata={"description": "Once it is published"})
    stem_count = ma.fields.Integer(required=True)
    created_at = Time(required=True)
    frozen_at = Time(required=True, allow_none=True)


class StemPackSchema(StemPackCardSchema):
    stems = ma.fields.List(ma.fields.Nested(StemSchema), required=True)
    findings = ma.fields.List(
        ma.fields.Nested(FindingSchema),
        required=True,
        allow_none=True,
        metadata={"description": "Null until all stems are ready and the pack, as it is now, was checked"},
    )
    review = ma.fields.Nested(ProgressSchema, required=True, allow_none=True)
    tempo_bpm = ma.fields.Float(required=True, allow_none=True, metadata={"description": "As estimated"})
    tempo_confidence = ma.fields.Float(required=True, allow_none=True)
    key = ma.fields.String(required=True, allow_none=True, metadata={"description": "As estimated"})
    key_confidence = ma.fields.Float(required=True, allow_none=True)
    families = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.Enum(Family, by_value=True),
        required=True,
        metadata={"description": "By stem's id: with what it goes where four stems are wanted (`stems` exports)"},
    )
    revision = ma.fields.Integer(required=True, metadata={"description": "Of the families"})


class StemPackEditSchema(Schema):
    families = ma.fields.Dict(
        keys=ma.fields.String(validate=validate.Length(min=1, max=64)),
        values=ma.fields.Enum(Family, by_value=True, allow_none=True),
        required=True,
        validate=validate.Length(min=1, max=200),
        metadata={"description": "By stem's id, those that change; null is the family of its role again"},
    )


class StemPackListSchema(Schema):
    stem_packs = ma.fields.List(ma.fields.Nested(StemPackCardSchema), required=True)


class PublicationSchema(Schema):
    note = Text(multiline=True, max_length=4000, load_default="", metadata={"description": "What has changed"})


class ArchiveSchema(Schema):
    state = ma.fields.Enum(ArchiveState, by_value=True, required=True)
    progress = ma.fields.Nested(ProgressSchema, required=True)
    url = ma.fields.String(required=True, allow_none=True)
    size_bytes = ma.fields.Integer(required=True, allow_none=True)
    failure = ma.fields.String(required=True, allow_none=True)


@blueprint.route("/works/<work_id>/stem-packs")
@blueprint.response(200, StemPackListSchema)
@for_visitors(blueprint)
@problems(blueprint, 404)
def list_stem_packs(work_id: str) -> Any:
    """The versions of a work's stems that one may have, the newest first."""
    found = packs.list_stem_packs(current_actor(), current_parts(), work_id)
    return {"stem_packs": [_card(pack) for pack in found]}


@blueprint.route("/works/<work_id>/stem-packs", methods=["POST"])
@blueprint.response(201, StemPackSchema)
@blueprint.alt_response(200, schema=StemPackSchema, description="The next version, which was begun before")
@problems(blueprint, 404, 409)
def begin_stem_pack(work_id: str) -> Any:
    """Begin the next version of a published work's stems, with copies of the present ones."""
    view, is_new = packs.begin_stem_pack(current_actor(), current_parts(), work_id)
    location = flask.url_for("stem-packs.get_stem_pack", stem_pack_id=view.pack.id)
    return _full(view), 201 if is_new else 200, {"Location": location}


@blueprint.route("/stem-packs/<stem_pack_id>")
@blueprint.response(200, StemPackSchema)
@for_visitors(blueprint)
@problems(blueprint, 404)
def get_stem_pack(stem_pack_id: str) -> Any:
    """A pack with its stems, their measurements and where to play them."""
    return _full(packs.view_stem_pack(current_actor(), current_parts(), stem_pack_id))


@blueprint.route("/stem-packs/<stem_pack_id>", methods=["PATCH"])
@blueprint.arguments(StemPackEditSchema)
@blueprint.response(200, StemPackSchema)
@problems(blueprint, 404, 409, 412, 413, 415, 428)
def group_stems(body: dict[str, Any], stem_pack_id: str) -> Any:
    """Say with which of four families each stem goes, of published packs too; `If-Match` takes the `revision`."""
    actor, parts = current_actor(), current_parts()
    families.choose_families(actor, parts, stem_pack_id, body["families"], revision=required_revision())
    view = packs.view_stem_pack(actor, parts, stem_pack_id)
    return _full(view), 200, etag(view.pack.revision)


@blueprint.route("/stem-packs/<stem_pack_id>", methods=["DELETE"])
@blueprint.response(204)
@problems(blueprint, 404, 409)
def discard_stem_pack(stem_pack_id: str) -> None:
    """Discard the draft of a next version."""
    packs.discard_stem_pack(current_actor(), current_parts(), stem_pack_id)


@blueprint.route("/stem-packs/<stem_pack_id>/publish", methods=["POST"])
@blueprint.arguments(PublicationSchema)
@blueprint.response(200, StemPackSchema)
@problems(blueprint, 404, 409, 413, 415)
def publish_stem_pack(body: dict[str, Any], stem_pack_id: str) -> Any:
    """Publish the next version; safe to repeat."""
    publishing.publish_stem_pack(current_actor(), current_parts(), stem_pack_id, note=body["note"])
    return _full(packs.view_stem_pack(current_actor(), current_parts(), stem_pack_id))


@blueprint.route("/stem-packs/<stem_pack_id>/archive")
@blueprint.response(200, ArchiveSchema)
@for_visitors(blueprint)
@problems(blueprint, 404, 409)
def get_stem_pack_archive(stem_pack_id: str) -> Any:
    """The whole pack as one ZIP: where it is, how far the worker is that builds it, or that nobody ordered it."""
    return archive_shown(archives.get_archive(current_actor(), current_parts(), stem_pack_id))


@blueprint.route("/stem-packs/<stem_pack_id>/archive", methods=["POST"])
@blueprint.response(202, ArchiveSchema)
@blueprint.alt_response(200, schema=ArchiveSchema, description="It is there")
@for_visitors(blueprint)
@problems(blueprint, 404, 409)
def order_stem_pack_archive(stem_pack_id: str) -> Any:
    """Have the whole pack built as one ZIP; also anew where that failed. GET tells how far it is."""
    return archive_ordered(archives.order_archive(asker(), current_parts(), stem_pack_id))


def _card(pack: StemPack) -> dict[str, Any]:
    names = ("id", "work_id", "version", "state", "note", "digest", "created_at", "frozen_at")
    return {**{name: getattr(pack, name) for name in names}, "stem_count": len(pack.stems)}


def _full(view: StemPackView) -> dict[str, Any]:
    pack, review = view.pack, view.review
    return {
        **_card(pack),
        "stems": [
            shown_stem(
                stem,
                view.suggested_names.get(stem.id),
                view.renditions_of(stem),
                view.ingests.get(stem.original_sha256),
            )
            for stem in pack.stems
        ],
        "findings": pack.findings,
        "review": {"percent": review.progress_percent, "step": review.progress_step} if review else None,
        "tempo_bpm": pack.tempo_bpm,
        "tempo_confidence": pack.tempo_confidence,
        "key": pack.key,
        "key_confidence": pack.key_confidence,
        "families": families.families_of(pack),
        "revision": pack.revision,
    }


def archive_shown(view: ArchiveView) -> dict[str, Any]:
    return {
        "state": view.state,
        "progress": {"percent": view.percent, "step": view.step},
        "url": view.url,
        "size_bytes": view.size_bytes,
        "failure": view.failure,
    }


def archive_ordered(view: ArchiveView) -> tuple[dict[str, Any], int]:
    return archive_shown(view), 200 if view.state is ArchiveState.READY else 202
