"""`/works/{id}/links`, `/works/{id}/link-events`, `/link-claims`: source links after publication."""

from __future__ import annotations

from typing import Any

import flask
import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from remixhub.api.lineage.lineage import SourceSchema
from remixhub.api.operations import for_visitors, problems
from remixhub.api.paging import page_body, position_of
from remixhub.api.remixes.remixes import NewSourceSchema
from remixhub.api.schemas import ArtistSchema, ListQuery, Schema, Text, Time
from remixhub.domain.states import ClaimState, LinkAct, SourceKind
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.licences.sources import NewSource
from remixhub.services.remixes import links

blueprint = Blueprint("links", __name__, description="Source links after publication: added, claimed, disputed")

_CLAIMS_LIMIT = 200


class NoteSchema(Schema):
    note = Text(max_length=2_000, required=True, metadata={"description": "The reason, for all to read"})


class NewClaimSchema(Schema):
    source_id = ma.fields.String(required=True, validate=validate.Length(max=64))
    kind = ma.fields.Enum(SourceKind, by_value=True, load_default=SourceKind.REMIX)
    note = Text(max_length=2_000, required=True)


class AnswerSchema(Schema):
    accept = ma.fields.Boolean(required=True)
    note = Text(max_length=2_000, load_default="")


class LinkDecisionSchema(Schema):
    uphold = ma.fields.Boolean(required=True, metadata={"description": "False removes the link"})
    note = Text(max_length=2_000, required=True)


class ClaimSchema(Schema):
    id = ma.fields.String(required=True)
    derivative_id = ma.fields.String(required=True)
    derivative_title = ma.fields.String(required=True, attribute="derivative.title")
    source_id = ma.fields.String(required=True)
    source_title = ma.fields.String(required=True, attribute="source.title")
    kind = ma.fields.Enum(SourceKind, by_value=True, required=True)
    note = ma.fields.String(required=True)
    state = ma.fields.Enum(ClaimState, by_value=True, required=True)
    created_at = Time(required=True)
    decided_at = Time(required=True, allow_none=True)


class ClaimsSchema(Schema):
    claims = ma.fields.List(ma.fields.Nested(ClaimSchema), required=True)


class LinkEventSchema(Schema):
    id = ma.fields.String(required=True)
    derivative_id = ma.fields.String(required=True)
    source_id = ma.fields.String(required=True)
    act = ma.fields.Enum(LinkAct, by_value=True, required=True)
    by = ma.fields.Nested(ArtistSchema, required=True, attribute="account")
    note = ma.fields.String(required=True)
    created_at = Time(required=True)


class LinkEventPageSchema(Schema):
    events = ma.fields.List(ma.fields.Nested(LinkEventSchema), required=True)
    next = ma.fields.String(required=True, allow_none=True)


@blueprint.route("/works/<work_id>/links", methods=["POST"])
@blueprint.arguments(NewSourceSchema)
@blueprint.response(201, SourceSchema)
@problems(blueprint, 403, 404, 409, 413, 415)
def add_link(body: dict[str, Any], work_id: str) -> Any:
    """Add a source to one's published work; the licences are judged as for a new remix."""
    return links.add_link(current_actor(), current_parts(), work_id, NewSource(**body), note=body.get("note", ""))


@blueprint.route("/works/<work_id>/links/<source_id>/dispute", methods=["POST"])
@blueprint.arguments(NoteSchema)
@blueprint.response(204)
@problems(blueprint, 403, 404, 409, 413, 415)
def dispute_link(body: dict[str, Any], work_id: str, source_id: str) -> None:
    """Dispute a link of one's own work, or to it; it is marked until an operator decides."""
    links.dispute_link(current_actor(), current_parts(), work_id, source_id, note=body["note"])


@blueprint.route("/works/<work_id>/links/<source_id>/decision", methods=["POST"])
@blueprint.arguments(LinkDecisionSchema)
@blueprint.response(204)
@problems(blueprint, 403, 404, 409, 413, 415)
def decide_link_dispute(body: dict[str, Any], work_id: str, source_id: str) -> None:
    """Uphold or remove a disputed link; for operators."""
    links.decide_dispute(current_actor(), current_parts(), work_id, source_id, **body)


@blueprint.route("/works/<work_id>/link-events")
@blueprint.arguments(ListQuery, location="query")
@blueprint.response(200, LinkEventPageSchema)
@for_visitors(blueprint)
@problems(blueprint, 404)
def list_link_events(query: dict[str, Any], work_id: str) -> Any:
    """What happened to the work's links since its publication, newest first."""
    page = links.list_events(current_actor(), current_parts(), work_id, after=position_of(query), limit=query["limit"])
    return page_body("events", page)


@blueprint.route("/works/<work_id>/link-claims", methods=["POST"])
@blueprint.arguments(NewClaimSchema)
@blueprint.response(201, ClaimSchema)
@problems(blueprint, 403, 404, 409, 413, 415)
def claim_link(body: dict[str, Any], work_id: str) -> Any:
    """Claim that a published work was made from one's own; its artist answers."""
    claim = links.claim_link(current_actor(), current_parts(), work_id, **body)
    return claim, 201, {"Location": flask.url_for("links.list_link_claims")}


@blueprint.route("/link-claims")
@blueprint.response(200, ClaimsSchema)
@problems(blueprint)
def list_link_claims() -> Any:
    """Open claims on one's works and by oneself, oldest first; all open ones for an operator."""
    return {"claims": links.list_claims(current_actor(), current_parts(), limit=_CLAIMS_LIMIT)}


@blueprint.route("/link-claims/<claim_id>/answer", methods=["POST"])
@blueprint.arguments(AnswerSchema)
@blueprint.response(200, ClaimSchema)
@problems(blueprint, 403, 404, 409, 413, 415)
def answer_link_claim(body: dict[str, Any], claim_id: str) -> Any:
    """Accept or refuse a claim on one's work; accepting makes the link."""
    return links.answer_claim(current_actor(), current_parts(), claim_id, **body)
