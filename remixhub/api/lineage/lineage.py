"""`/works/{id}/lineage`, `/ancestors`, `/descendants`, `/sources`, `/credits`."""

from __future__ import annotations

from typing import Any

import flask
import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from remixhub.api.operations import for_visitors, problems
from remixhub.api.paging import page_body, position_of
from remixhub.api.schemas import ArtistSchema, LicenceField, ListQuery, Schema, Time
from remixhub.domain.licences.grants import GrantKind
from remixhub.domain.lineage.credits import CreditFormat, CreditFormatUnknown, text_of, written
from remixhub.domain.states import LinkState, SourceKind, WorkKind, WorkState
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.lineage import credits, reading
from remixhub.services.lineage.elsewhere import ElsewhereNode
from remixhub.services.lineage.nodes import Node

blueprint = Blueprint("lineage", __name__, description="What a work came from, and what came from it")

_NODES_LIMIT = 500
_CREDITS_LIMIT = 1000


class NodeSchema(Schema):
    """A work as the lineage shows it; withdrawn and taken-down works stay as tombstones."""

    id = ma.fields.String(required=True)
    kind = ma.fields.Enum(WorkKind, by_value=True, required=True)
    state = ma.fields.Enum(WorkState, by_value=True, required=True)
    title = ma.fields.String(required=True)
    artist = ma.fields.Nested(ArtistSchema, required=True)
    licence = LicenceField(required=True)
    remix_count = ma.fields.Integer(required=True)
    descendant_count = ma.fields.Integer(required=True)
    published_at = Time(required=True, allow_none=True)


class LineageNodeSchema(NodeSchema):
    generation = ma.fields.Integer(
        required=True, metadata={"description": "Links away from the work: negative for ancestors"}
    )


class HeldBySchema(Schema):
    """A receipt or a permission: by it, and not by what was offered then, the source is held under its licence."""

    kind = ma.fields.Enum(GrantKind, by_value=True, required=True)
    id = ma.fields.String(required=True)
    sha256 = ma.fields.String(required=True, metadata={"description": "Over all that the grant says"})
    granted_at = Time(required=True)


def held_by_field() -> ma.fields.Field[Any]:
    return ma.fields.Nested(
        HeldBySchema, required=True, allow_none=True, metadata={"description": "Null: it was offered under its licence"}
    )


class LineageLinkSchema(Schema):
    derivative_id = ma.fields.String(required=True)
    source_id = ma.fields.String(required=True)
    kind = ma.fields.Enum(SourceKind, by_value=True, required=True)
    state = ma.fields.Enum(LinkState, by_value=True, required=True)
    licence = LicenceField(required=True, metadata={"description": "The source's, as held when it was cited"})
    held_by = held_by_field()


class ElsewhereSeenSchema(Schema):
    """Of a source that is not on this hub, as declared; nobody here has checked it."""

    site = ma.fields.String(required=True)
    seen_on = ma.fields.Date(required=True)
    leave_on = ma.fields.Date(
        required=True, allow_none=True, metadata={"description": "When its artist gave leave, if that was needed"}
    )


class ElsewhereCitationSchema(Schema):
    derivative_id = ma.fields.String(required=True)
    kind = ma.fields.Enum(SourceKind, by_value=True, required=True)
    state = ma.fields.Enum(LinkState, by_value=True, required=True)
    title = ma.fields.String(required=True, metadata={"description": "As this work declares it"})
    licence = LicenceField(required=True, metadata={"description": "As this work declares it"})


class ElsewhereNodeSchema(Schema):
    """A source that is not on this hub: a leaf, for what it was made from is not known here."""

    id = ma.fields.String(required=True, metadata={"description": "The SHA-256 of its address"})
    address = ma.fields.String(required=True)
    site = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    artist = ma.fields.String(required=True)
    licence = LicenceField(required=True)
    citations = ma.fields.List(
        ma.fields.Nested(ElsewhereCitationSchema), required=True, metadata={"description": "By works among the nodes"}
    )


class LineageSchema(Schema):
    focus_id = ma.fields.String(required=True)
    nodes = ma.fields.List(ma.fields.Nested(LineageNodeSchema), required=True)
    links = ma.fields.List(ma.fields.Nested(LineageLinkSchema), required=True)
    more_ancestors = ma.fields.Boolean(required=True)
    more_descendants = ma.fields.Boolean(required=True)
    elsewhere = ma.fields.List(
        ma.fields.Nested(ElsewhereNodeSchema),
        required=True,
        metadata={"description": "What the nodes cite that is not on this hub; beside them, since it is no work here"},
    )


class NodePageSchema(Schema):
    works = ma.fields.List(ma.fields.Nested(NodeSchema), required=True)
    next = ma.fields.String(required=True, allow_none=True)


class SourceSchema(Schema):
    source_id = ma.fields.String(required=True)
    title = ma.fields.String(required=True, attribute="source.title")
    state = ma.fields.Enum(WorkState, by_value=True, required=True, attribute="source.state")
    artist = ma.fields.Nested(ArtistSchema, required=True, attribute="source.account")
    kind = ma.fields.Enum(SourceKind, by_value=True, required=True)
    link_state = ma.fields.Enum(
        LinkState, by_value=True, required=True, attribute="state", metadata={"description": "Of the link"}
    )
    stems = ma.fields.List(ma.fields.String(), required=True)
    note = ma.fields.String(required=True)
    starts_seconds = ma.fields.Float(required=True, allow_none=True)
    ends_seconds = ma.fields.Float(required=True, allow_none=True)
    licence = LicenceField(required=True, metadata={"description": "As held when it was cited"})
    licence_sha256 = ma.fields.String(required=True, metadata={"description": "Of what fixes the licence's text"})
    held_by = held_by_field()
    declared_at = Time(required=True)


class SourcePageSchema(Schema):
    sources = ma.fields.List(ma.fields.Nested(SourceSchema), required=True)
    next = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "Always null: the sources of a work fit one page"}
    )


class CreditSchema(Schema):
    work_id = ma.fields.String(
        required=True, metadata={"description": "Of the work; of the node, for a source from elsewhere"}
    )
    title = ma.fields.String(required=True)
    artist = ma.fields.String(required=True)
    role = ma.fields.String(required=True)
    licence = LicenceField(required=True)
    held_by = held_by_field()
    elsewhere = ma.fields.Nested(
        ElsewhereSeenSchema,
        required=True,
        allow_none=True,
        attribute="seen",
        metadata={"description": "Null for a work of this hub"},
    )
    url = ma.fields.String(required=True)
    used_as = ma.fields.List(ma.fields.Enum(SourceKind, by_value=True), required=True)


class CreditPageSchema(Schema):
    credits = ma.fields.List(ma.fields.Nested(CreditSchema), required=True)
    text = ma.fields.String(
        required=True, metadata={"description": "The credits of this page, a line a work, ready to paste"}
    )
    next = ma.fields.String(required=True, allow_none=True)


class LineageQuery(ma.Schema):
    class Meta:
        unknown = ma.EXCLUDE

    limit = ma.fields.Integer(
        load_default=100,
        validate=validate.Range(min=1, max=_NODES_LIMIT),
        metadata={"description": "Ancestors, and as many descendants"},
    )


class DescendantsQuery(ListQuery):
    order = ma.fields.String(
        load_default="oldest",
        validate=validate.OneOf(["oldest", "newest"]),
        metadata={"description": "Which come first"},
    )


class CreditsQuery(ListQuery):
    limit = ma.fields.Integer(
        load_default=_CREDITS_LIMIT,
        validate=validate.Range(min=1, max=_CREDITS_LIMIT),
        metadata={"description": "Ancestors whose credits are listed"},
    )


@blueprint.route("/works/<work_id>/lineage")
@blueprint.arguments(LineageQuery, location="query")
@blueprint.response(200, LineageSchema)
@for_visitors(blueprint)
@problems(blueprint, 404)
def get_lineage(query: dict[str, Any], work_id: str) -> Any:
    """The work with its nearest ancestors and descendants, nearest first, and the links among them."""
    found = reading.get_lineage(current_actor(), current_parts(), work_id, limit=query["limit"])
    return {
        "focus_id": found.focus_id,
        "nodes": [{**shown(node), "generation": found.generations[node.id]} for node in found.nodes],
        "links": found.links,
        "more_ancestors": found.more_ancestors,
        "more_descendants": found.more_descendants,
        "elsewhere": [shown_elsewhere(node) for node in found.elsewhere],
    }


@blueprint.route("/works/<work_id>/ancestors")
@blueprint.arguments(ListQuery, location="query")
@blueprint.response(200, NodePageSchema)
@for_visitors(blueprint)
@problems(blueprint, 404)
def list_ancestors(query: dict[str, Any], work_id: str) -> Any:
    """Everything the work came from, oldest first."""
    page = reading.list_ancestors(
        current_actor(), current_parts(), work_id, after=position_of(query), limit=query["limit"]
    )
    return page_body("works", page.map(shown))


@blueprint.route("/works/<work_id>/descendants")
@blueprint.arguments(DescendantsQuery, location="query")
@blueprint.response(200, NodePageSchema)
@for_visitors(blueprint)
@problems(blueprint, 404)
def list_descendants(query: dict[str, Any], work_id: str) -> Any:
    """Everything that came from the work. A page of another order needs a cursor of that order."""
    page = reading.list_descendants(
        current_actor(),
        current_parts(),
        work_id,
        after=position_of(query),
        limit=query["limit"],
        newest_first=query["order"] == "newest",
    )
    return page_body("works", page.map(shown))


@blueprint.route("/works/<work_id>/sources")
@blueprint.response(200, SourcePageSchema)
@for_visitors(blueprint)
@problems(blueprint, 404)
def list_sources(work_id: str) -> Any:
    """What the work cites directly, in the remixer's order."""
    return {"sources": reading.list_sources(current_actor(), current_parts(), work_id), "next": None}


@blueprint.route("/works/<work_id>/credits")
@blueprint.arguments(CreditsQuery, location="query")
@blueprint.response(200, CreditPageSchema)
@for_visitors(blueprint)
@problems(blueprint, 404)
def list_credits(query: dict[str, Any], work_id: str) -> Any:
    """Every credit owed over all ancestors, oldest ancestor first, each once."""
    page = credits.list_credits(
        current_actor(), current_parts(), work_id, after=position_of(query), limit=query["limit"]
    )
    body, status, headers = page_body("credits", page)
    return {**body, "text": text_of(page.rows)}, status, headers


@blueprint.route("/works/<work_id>/credits/<credit_format>")
@blueprint.response(200, {"type": "string"}, content_type="text/plain")
@for_visitors(blueprint)
@problems(blueprint, 404)
def write_credits(work_id: str, credit_format: str) -> Any:
    """All credits to paste, nearest generation first: `txt`, `md`, `html` or `json`."""
    if credit_format not in list(CreditFormat):
        formats = [format.value for format in CreditFormat]
        raise CreditFormatUnknown(f"{credit_format!r} is none of {', '.join(formats)}.", formats=formats)
    chosen = CreditFormat(credit_format)
    body = written(credits.full_credits(current_actor(), current_parts(), work_id), chosen)
    return flask.Response(body, content_type=f"{chosen.media_type}; charset=utf-8")


def shown_elsewhere(node: ElsewhereNode) -> dict[str, Any]:
    face = node.face
    return {
        "id": node.id,
        "address": face.address,
        "site": face.site,
        "title": face.title,
        "artist": face.artist,
        "licence": face.licence,
        "citations": node.citations,
    }


def shown(node: Node) -> dict[str, Any]:
    return {**node._asdict(), "artist": {"handle": node.handle, "display_name": node.artist}}
