"""`/remixes`: drafts of works that cite their sources, and `PUT /works/{id}/sources`."""

from __future__ import annotations

from typing import Any

import flask
import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from remixhub.api.conditional import required_revision
from remixhub.api.operations import problems
from remixhub.api.schemas import LicenceNamed, Number, Schema, Text, receipt_field
from remixhub.api.works import WorkFactsSchema, WorkSchema, shown
from remixhub.domain.lineage.elsewhere import ARTIST_LIMIT, TITLE_LIMIT, WORDS_LIMIT, Leave, NewElsewhere
from remixhub.domain.lineage.foreign_addresses import LONGEST
from remixhub.domain.states import SourceKind
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.licences.sources import NewSource
from remixhub.services.remixes import remixes
from remixhub.services.remixes.remixes import NewRemix

blueprint = Blueprint("remixes", __name__, description="Remixes and what they cite")

_ID = validate.Length(min=1, max=64)
_LISTED_LIMIT = 200
"""Sources are limited further, by a rule with a code of its own."""


class NewSourceSchema(Schema):
    source_id = ma.fields.String(required=True, validate=_ID)
    kind = ma.fields.Enum(SourceKind, by_value=True, load_default=SourceKind.REMIX)
    stems = ma.fields.List(
        ma.fields.String(validate=_ID), load_default=list, validate=validate.Length(max=_LISTED_LIMIT)
    )
    note = Text(multiline=True, max_length=1000, load_default="")
    starts_seconds = Number(load_default=None, allow_none=True)
    ends_seconds = Number(load_default=None, allow_none=True)
    receipt = receipt_field(load_default="")


class LeaveSchema(Schema):
    """What the artist allowed, as the remixer says: declared, not checked."""

    licence = LicenceNamed(required=True, description="Under which a remix may be published.")
    words = Text(multiline=True, min_length=1, max_length=WORDS_LIMIT, required=True)
    given_on = ma.fields.Date(required=True)

    @ma.post_load
    def _made(self, read: dict[str, Any], **_: Any) -> Leave:
        return Leave(**read)


class ElsewhereFactsSchema(Schema):
    address = ma.fields.String(
        validate=validate.Length(min=1, max=LONGEST),
        metadata={"description": "Where it is, by http or https; answered as normalised. Nothing is fetched from it"},
    )
    title = Text(min_length=1, max_length=TITLE_LIMIT)
    artist = Text(min_length=1, max_length=ARTIST_LIMIT)
    licence = LicenceNamed(description="As stated there; `all-rights-reserved` where none is.")
    seen_on = ma.fields.Date(metadata={"description": "When it was seen so; today if left out"})
    kind = ma.fields.Enum(SourceKind, by_value=True)
    note = Text(multiline=True, max_length=WORDS_LIMIT)
    starts_seconds = Number(allow_none=True)
    ends_seconds = Number(allow_none=True)
    leave = ma.fields.Nested(
        LeaveSchema, allow_none=True, metadata={"description": "Of the artist, where the licence does not allow it"}
    )


class NewElsewhereSchema(ElsewhereFactsSchema):
    address = ma.fields.String(
        required=True,
        validate=validate.Length(min=1, max=LONGEST),
        metadata={"description": "Where it is, by http or https; answered as normalised. Nothing is fetched from it"},
    )
    title = Text(required=True, min_length=1, max_length=TITLE_LIMIT)
    artist = Text(required=True, min_length=1, max_length=ARTIST_LIMIT)
    licence = LicenceNamed(required=True, description="As stated there; `all-rights-reserved` where none is.")

    @ma.post_load
    def _made(self, read: dict[str, Any], **_: Any) -> NewElsewhere:
        return NewElsewhere(**read)


class SourcesSchema(Schema):
    sources = ma.fields.List(
        ma.fields.Nested(NewSourceSchema), required=True, validate=validate.Length(max=_LISTED_LIMIT)
    )
    licence = LicenceNamed(description="When the old one does not suit the new sources.")


class NewRemixSchema(WorkFactsSchema, SourcesSchema):
    title = Text(required=True, min_length=1, max_length=200)
    licence = LicenceNamed(description="Without it, the strictest of the sources' licences.")
    elsewhere_sources = ma.fields.List(
        ma.fields.Nested(NewElsewhereSchema),
        validate=validate.Length(max=_LISTED_LIMIT),
        metadata={"description": "Works that are not on this hub; with one of them `sources` may be empty"},
    )
    mix_id = ma.fields.String(validate=_ID, metadata={"description": "One's own mix, whose audio is taken over"})
    upload_id = ma.fields.String(validate=_ID, metadata={"description": "A verified upload for a remix"})


@blueprint.route("/remixes", methods=["POST"])
@blueprint.arguments(NewRemixSchema)
@blueprint.response(201, WorkSchema)
@problems(blueprint, 404, 409, 413, 415)
def create_remix(body: dict[str, Any]) -> Any:
    """Start a remix; its licence is judged over its sources and all of their ancestors."""
    cited = _new_sources(body.pop("sources"))
    elsewhere = body.pop("elsewhere_sources", ())
    work = remixes.create_remix(current_actor(), current_parts(), NewRemix(sources=cited, elsewhere=elsewhere, **body))
    draft, _, headers = shown(work.id)
    return draft, 201, {**headers, "Location": flask.url_for("works.get_work", work_id=work.id)}


@blueprint.route("/works/<work_id>/sources", methods=["PUT"])
@blueprint.arguments(SourcesSchema)
@blueprint.response(200, WorkSchema)
@problems(blueprint, 404, 409, 412, 413, 415, 428)
def set_sources(body: dict[str, Any], work_id: str) -> Any:
    """Replace the sources of a draft; needs `If-Match`."""
    remixes.set_sources(
        current_actor(),
        current_parts(),
        work_id,
        _new_sources(body["sources"]),
        revision=required_revision(),
        licence=body.get("licence"),
    )
    return shown(work_id)


def _new_sources(listed: list[dict[str, Any]]) -> list[NewSource]:
    return [NewSource(**one) for one in listed]
