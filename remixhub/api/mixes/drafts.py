"""`/mix-drafts`: mixes that one works on, with their revisions; private to their makers unless shared."""

from __future__ import annotations

from typing import Any

import flask
import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from remixhub.api.conditional import etag, required_revision
from remixhub.api.mixes.mixes import MixSchema, made, mix_spec_field
from remixhub.api.operations import problems
from remixhub.api.paging import page_body, position_of
from remixhub.api.schemas import ListQuery, Schema, Secret, Text, Time
from remixhub.edge.actor import current_actor, current_parts
from remixhub.models import MixDraft
from remixhub.services.mixes import drafts, sharing
from remixhub.services.mixes.drafts import DraftView

blueprint = Blueprint("mix_drafts", __name__, description="Draft mixes, kept as they are worked on")


class NewMixDraftSchema(Schema):
    stem_pack_id = ma.fields.String(required=True, validate=validate.Length(max=64))
    spec = mix_spec_field()
    title = Text(max_length=200, load_default="")


class MixDraftEditSchema(Schema):
    spec = mix_spec_field()
    title = Text(max_length=200, metadata={"description": "As it was, when left out"})


class MixDraftLineSchema(Schema):
    id = ma.fields.String(required=True)
    revision = ma.fields.Integer(required=True)
    title = ma.fields.String(required=True)
    stem_pack_id = ma.fields.String(required=True)
    work_id = ma.fields.String(required=True, metadata={"description": "The work whose stems are mixed"})
    is_shared = ma.fields.Boolean(required=True, metadata={"description": "Whoever has its link may see it"})
    mix_id = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "The mix as it was rendered last, or goes on from"}
    )
    created_at = Time(required=True)
    saved_at = Time(required=True)


class MixDraftSchema(MixDraftLineSchema):
    spec = ma.fields.Dict(required=True, metadata={"description": "With every field spelled out"})
    share_url: ma.fields.String = Secret("The page for whoever has this link, while it is shared", allow_none=True)
    is_silent = ma.fields.Boolean(
        required=True,
        metadata={"description": "The work was withdrawn or taken down: its stems can no longer be heard or rendered"},
    )


class BegunMixDraftSchema(MixDraftSchema):
    """What is kept for its idempotency key, as it shows no secret."""

    share_url = ma.fields.String(required=True, allow_none=True, metadata={"description": "Null: it is not shared yet"})


class MixDraftPageSchema(Schema):
    mix_drafts = ma.fields.List(ma.fields.Nested(MixDraftLineSchema), required=True)
    next = ma.fields.String(required=True, allow_none=True)


class MixRevisionLineSchema(Schema):
    revision = ma.fields.Integer(required=True)
    size_bytes = ma.fields.Integer(required=True)
    saved_at = Time(required=True)


class MixRevisionSchema(MixRevisionLineSchema):
    spec = ma.fields.Dict(required=True, metadata={"description": "With every field spelled out"})


class MixRevisionPageSchema(Schema):
    revisions = ma.fields.List(ma.fields.Nested(MixRevisionLineSchema), required=True)
    next = ma.fields.String(required=True, allow_none=True)


class MixShareSchema(Schema):
    share_url = Secret("The page for whoever has this link")


@blueprint.route("/mix-drafts", methods=["POST"])
@blueprint.arguments(NewMixDraftSchema)
@blueprint.response(201, BegunMixDraftSchema)
@problems(blueprint, 404, 409, 413, 415)
def create_mix_draft(body: dict[str, Any]) -> Any:
    """Begin a draft mix over a published stem pack."""
    view = drafts.create_draft(current_actor(), current_parts(), **body)
    location = flask.url_for("mix_drafts.get_mix_draft", mix_draft_id=view.draft.id)
    return shown(view), 201, {**etag(view.draft.revision), "Location": location}


@blueprint.route("/mix-drafts")
@blueprint.arguments(ListQuery, location="query")
@blueprint.response(200, MixDraftPageSchema)
@problems(blueprint)
def list_mix_drafts(query: dict[str, Any]) -> Any:
    """One's own draft mixes, the last saved first."""
    page = drafts.list_drafts(current_actor(), current_parts(), after=position_of(query), limit=query["limit"])
    return page_body("mix_drafts", page.map(_line))


@blueprint.route("/mix-drafts/<mix_draft_id>")
@blueprint.response(200, MixDraftSchema)
@problems(blueprint, 404)
def get_mix_draft(mix_draft_id: str) -> Any:
    """A draft mix as it was saved last."""
    view = drafts.get_draft(current_actor(), current_parts(), mix_draft_id)
    return shown(view), 200, etag(view.draft.revision)


@blueprint.route("/mix-drafts/<mix_draft_id>", methods=["PUT"])
@blueprint.arguments(MixDraftEditSchema)
@blueprint.response(200, MixDraftSchema)
@problems(blueprint, 404, 412, 413, 415, 428)
def save_mix_draft(body: dict[str, Any], mix_draft_id: str) -> Any:
    """Save the next state of a draft mix; needs `If-Match`. Sending again what was just saved changes nothing.

    States saved within half a minute are one revision, the last of them.
    """
    view = drafts.save_draft(current_actor(), current_parts(), mix_draft_id, **body, revision=required_revision())
    return shown(view), 200, etag(view.draft.revision)


@blueprint.route("/mix-drafts/<mix_draft_id>", methods=["DELETE"])
@blueprint.response(204)
@problems(blueprint, 404)
def delete_mix_draft(mix_draft_id: str) -> None:
    """Delete a draft mix with its revisions; what was rendered of it stays."""
    drafts.delete_draft(current_actor(), current_parts(), mix_draft_id)


@blueprint.route("/mix-drafts/<mix_draft_id>/revisions")
@blueprint.arguments(ListQuery, location="query")
@blueprint.response(200, MixRevisionPageSchema)
@problems(blueprint, 404)
def list_mix_draft_revisions(query: dict[str, Any], mix_draft_id: str) -> Any:
    """The states that are kept, the newest first."""
    page = drafts.list_revisions(
        current_actor(), current_parts(), mix_draft_id, after=position_of(query), limit=query["limit"]
    )
    return page_body(
        "revisions",
        page.map(lambda one: {"revision": one.number, "size_bytes": one.size_bytes, "saved_at": one.saved_at}),
    )


@blueprint.route("/mix-drafts/<mix_draft_id>/revisions/<revision>")
@blueprint.response(200, MixRevisionSchema)
@problems(blueprint, 404)
def get_mix_draft_revision(mix_draft_id: str, revision: str) -> Any:
    """One state; save its spec to go back to it."""
    one = drafts.get_revision(current_actor(), current_parts(), mix_draft_id, revision)
    return {"revision": one.number, "size_bytes": one.size_bytes, "saved_at": one.saved_at, "spec": one.spec}


@blueprint.route("/mix-drafts/<mix_draft_id>/share", methods=["POST"])
@blueprint.response(200, MixShareSchema)
@problems(blueprint, 404)
def share_mix_draft(mix_draft_id: str) -> Any:
    """Share a draft mix by a link; again, the same link until it is ended."""
    return {"share_url": _address(sharing.share(current_actor(), current_parts(), mix_draft_id))}


@blueprint.route("/mix-drafts/<mix_draft_id>/share", methods=["DELETE"])
@blueprint.response(204)
@problems(blueprint, 404)
def end_mix_draft_share(mix_draft_id: str) -> None:
    """End the link for good; sharing again makes another."""
    sharing.end_share(current_actor(), current_parts(), mix_draft_id)


@blueprint.route("/mix-drafts/<mix_draft_id>/render", methods=["POST"])
@blueprint.response(201, MixSchema)
@blueprint.alt_response(200, schema=MixSchema, description="One's equal mix, which is there already")
@problems(blueprint, 404, 409, 429)
def render_mix_draft(mix_draft_id: str) -> Any:
    """Render a draft mix as it was saved last; poll the mix for its progress."""
    return made(*drafts.render_draft(current_actor(), current_parts(), mix_draft_id))


def shown(view: DraftView) -> dict[str, Any]:
    token = sharing.token_of(current_parts(), view.draft)
    return {
        **_line(view.draft),
        "spec": view.newest.spec,
        "share_url": _address(token) if token else None,
        "is_silent": view.is_silent,
    }


def _line(draft: MixDraft) -> dict[str, Any]:
    return {
        "id": draft.id,
        "revision": draft.revision,
        "title": draft.title,
        "stem_pack_id": draft.stem_pack_id,
        "work_id": draft.stem_pack.work_id,
        "is_shared": draft.share_token_hash is not None,
        "mix_id": draft.mix_id,
        "created_at": draft.created_at,
        "saved_at": draft.saved_at,
    }


def _address(token: str) -> str:
    return current_parts().addresses.of(f"/shared-mixes/{token}")
