"""`/works/{id}/elsewhere-sources`, `/elsewhere-sources/{id}`: sources of remixes that are not on this hub."""

from __future__ import annotations

from typing import Any

import flask
import marshmallow as ma
from flask_smorest import Blueprint

from remixhub.api.conditional import etag, required_revision
from remixhub.api.lineage.lineage import ElsewhereSeenSchema
from remixhub.api.operations import for_visitors, problems
from remixhub.api.paging import page_body, position_of
from remixhub.api.remixes.links import LinkDecisionSchema, NoteSchema
from remixhub.api.remixes.remixes import ElsewhereFactsSchema, NewElsewhereSchema
from remixhub.api.schemas import ArtistSchema, LicenceField, ListQuery, Schema, Time
from remixhub.api.works import WorkCardSchema, card
from remixhub.domain.lineage.elsewhere import NewElsewhere
from remixhub.domain.states import LinkAct, LinkState, SourceKind
from remixhub.edge.actor import current_actor, current_parts
from remixhub.models import ElsewhereSource
from remixhub.services.lineage.elsewhere import Citing, view_elsewhere
from remixhub.services.remixes import elsewhere

blueprint = Blueprint("elsewhere", __name__, description="Sources of remixes that are not on this hub")

_DECLARED = "As declared by the remixer; nobody here has checked it"


class DeclaredLeaveSchema(Schema):
    licence = LicenceField(required=True)
    words = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "For the remixer and operators: a letter is private"}
    )
    given_on = ma.fields.Date(required=True)


class ElsewhereSourceSchema(Schema):
    """A source that is not on this hub, as one remix declares it."""

    id = ma.fields.String(
        required=True,
        attribute="node_id",
        metadata={"description": "Of the node: the SHA-256 of the address, the same for all who cite it"},
    )
    derivative_id = ma.fields.String(required=True)
    address = ma.fields.String(required=True)
    site = ma.fields.String(required=True, metadata={"description": "What people call it, by the address"})
    title = ma.fields.String(required=True)
    artist = ma.fields.String(required=True)
    licence = LicenceField(required=True, metadata={"description": _DECLARED})
    seen_on = ma.fields.Date(required=True)
    kind = ma.fields.Enum(SourceKind, by_value=True, required=True)
    link_state = ma.fields.Enum(LinkState, by_value=True, required=True, attribute="state")
    is_wanted = ma.fields.Boolean(
        required=True, metadata={"description": "Named by a draft whose licences do not go with it: not cited yet"}
    )
    note = ma.fields.String(required=True)
    starts_seconds = ma.fields.Float(required=True, allow_none=True)
    ends_seconds = ma.fields.Float(required=True, allow_none=True)
    leave = ma.fields.Nested(DeclaredLeaveSchema, required=True, allow_none=True, metadata={"description": _DECLARED})
    declared_at = Time(required=True)


class ElsewhereSourcesSchema(Schema):
    elsewhere_sources = ma.fields.List(ma.fields.Nested(ElsewhereSourceSchema), required=True)


class CitingSchema(Schema):
    work = ma.fields.Nested(WorkCardSchema, required=True)
    source = ma.fields.Nested(ElsewhereSourceSchema, required=True, metadata={"description": "As it declares it"})


class ElsewhereNodePageSchema(ElsewhereSeenSchema):
    """As it was declared last, and the published works that cite it, the newest first."""

    id = ma.fields.String(required=True)
    address = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    artist = ma.fields.String(required=True)
    licence = LicenceField(required=True, metadata={"description": _DECLARED})
    citing = ma.fields.List(ma.fields.Nested(CitingSchema), required=True)
    next = ma.fields.String(required=True, allow_none=True)


class ElsewhereEventSchema(Schema):
    id = ma.fields.String(required=True)
    derivative_id = ma.fields.String(required=True)
    source_id = ma.fields.String(required=True, attribute="node_id")
    title = ma.fields.String(required=True)
    act = ma.fields.Enum(LinkAct, by_value=True, required=True)
    by = ma.fields.Nested(ArtistSchema, required=True, attribute="account")
    note = ma.fields.String(required=True)
    created_at = Time(required=True)


class ElsewhereEventsSchema(Schema):
    events = ma.fields.List(ma.fields.Nested(ElsewhereEventSchema), required=True)


@blueprint.route("/works/<work_id>/elsewhere-sources")
@blueprint.response(200, ElsewhereSourcesSchema)
@for_visitors(blueprint)
@problems(blueprint, 404)
def list_elsewhere_sources(work_id: str) -> Any:
    """What the work cites that is not on this hub, in the remixer's order."""
    work, named = elsewhere.list_elsewhere(current_actor(), current_parts(), work_id)
    return {"elsewhere_sources": [_as_read(one, work.account_id) for one in named]}, 200, etag(work.revision)


@blueprint.route("/works/<work_id>/elsewhere-sources", methods=["POST"])
@blueprint.arguments(NewElsewhereSchema)
@blueprint.response(201, ElsewhereSourceSchema)
@problems(blueprint, 404, 409, 413, 415)
def add_elsewhere_source(new: NewElsewhere, work_id: str) -> Any:
    """Cite a work that is not on this hub, in a draft or in one's published remix; its licence counts as declared."""
    made = elsewhere.add_elsewhere(current_actor(), current_parts(), work_id, new)
    location = flask.url_for("elsewhere.get_elsewhere_source", work_id=work_id, elsewhere_id=made.source.node_id)
    return made.source, 201, {**etag(made.work.revision), "Location": location}


@blueprint.route("/works/<work_id>/elsewhere-sources/<elsewhere_id>")
@blueprint.response(200, ElsewhereSourceSchema)
@for_visitors(blueprint)
@problems(blueprint, 404)
def get_elsewhere_source(work_id: str, elsewhere_id: str) -> Any:
    """One of them; the `ETag` is the work's."""
    work, found = elsewhere.get_elsewhere(current_actor(), current_parts(), work_id, elsewhere_id)
    return _as_read(found, work.account_id), 200, etag(work.revision)


@blueprint.route("/works/<work_id>/elsewhere-sources/<elsewhere_id>", methods=["PATCH"])
@blueprint.arguments(ElsewhereFactsSchema)
@blueprint.response(200, ElsewhereSourceSchema)
@problems(blueprint, 404, 409, 412, 413, 415, 428)
def edit_elsewhere_source(body: dict[str, Any], work_id: str, elsewhere_id: str) -> Any:
    """Change what a draft says of it; needs `If-Match`. Another address makes it another source."""
    revision = required_revision()
    actor, parts = current_actor(), current_parts()
    kept = elsewhere.amend_elsewhere(actor, parts, work_id, elsewhere_id, body, revision=revision)
    return kept.source, 200, etag(kept.work.revision)


@blueprint.route("/works/<work_id>/elsewhere-sources/<elsewhere_id>", methods=["DELETE"])
@blueprint.response(204)
@problems(blueprint, 404, 409, 412, 428)
def delete_elsewhere_source(work_id: str, elsewhere_id: str) -> None:
    """Leave it out of a draft; needs `If-Match`."""
    revision = required_revision()
    elsewhere.leave_out_elsewhere(current_actor(), current_parts(), work_id, elsewhere_id, revision=revision)


@blueprint.route("/works/<work_id>/elsewhere-sources/<elsewhere_id>/dispute", methods=["POST"])
@blueprint.arguments(NoteSchema)
@blueprint.response(204)
@problems(blueprint, 403, 404, 409, 413, 415)
def dispute_elsewhere_source(body: dict[str, Any], work_id: str, elsewhere_id: str) -> None:
    """Dispute it in one's own published work; it is marked until an operator decides."""
    elsewhere.dispute_elsewhere(current_actor(), current_parts(), work_id, elsewhere_id, note=body["note"])


@blueprint.route("/works/<work_id>/elsewhere-sources/<elsewhere_id>/decision", methods=["POST"])
@blueprint.arguments(LinkDecisionSchema)
@blueprint.response(204)
@problems(blueprint, 403, 404, 409, 413, 415)
def decide_elsewhere_dispute(body: dict[str, Any], work_id: str, elsewhere_id: str) -> None:
    """Uphold or remove a disputed one; for operators."""
    elsewhere.decide_elsewhere(current_actor(), current_parts(), work_id, elsewhere_id, **body)


@blueprint.route("/works/<work_id>/elsewhere-events")
@blueprint.response(200, ElsewhereEventsSchema)
@for_visitors(blueprint)
@problems(blueprint, 404)
def list_elsewhere_events(work_id: str) -> Any:
    """What happened to the work's sources from elsewhere since its publication, newest first."""
    return {"events": elsewhere.list_elsewhere_events(current_actor(), current_parts(), work_id)}


@blueprint.route("/elsewhere-sources/<elsewhere_id>")
@blueprint.arguments(ListQuery, location="query")
@blueprint.response(200, ElsewhereNodePageSchema)
@for_visitors(blueprint)
@problems(blueprint, 404)
def get_elsewhere_node(query: dict[str, Any], elsewhere_id: str) -> Any:
    """A work that is not on this hub, by those here that were made from it."""
    found = view_elsewhere(
        current_actor(), current_parts(), elsewhere_id, after=position_of(query), limit=query["limit"]
    )
    body, status, headers = page_body("citing", found.citing.map(_shown))
    return {**_node(found.newest), **body}, status, headers


def _node(source: ElsewhereSource) -> dict[str, Any]:
    seen = source.seen
    return {
        "id": source.node_id,
        "address": source.address,
        "title": source.title,
        "artist": source.artist,
        "licence": source.licence,
        "site": seen.site,
        "seen_on": seen.seen_on,
        "leave_on": seen.leave_on,
    }


def _shown(one: Citing) -> dict[str, Any]:
    return {"work": card(one.work), "source": _as_read(one.source, one.work.account_id)}


def _as_read(source: ElsewhereSource, remixer_id: str) -> Any:
    """The words in which leave was given are the remixer's, who keeps the letter, and the operators'."""
    actor, leave = current_actor(), source.leave
    if leave is None or actor.is_operator or actor.account_id == remixer_id:
        return source
    kept = {"licence": leave.licence, "words": None, "given_on": leave.given_on}
    return {name: getattr(source, name) for name in _READ} | {"leave": kept}


_READ = [field.attribute or name for name, field in ElsewhereSourceSchema().fields.items()]
