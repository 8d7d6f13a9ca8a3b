"""`/shared-mixes`: draft mixes that their makers shared, for whoever has the link."""

from __future__ import annotations

from typing import Any

import flask
import marshmallow as ma
from flask_smorest import Blueprint

from remixhub.api.conditional import etag
from remixhub.api.mixes.drafts import BegunMixDraftSchema, shown
from remixhub.api.operations import for_visitors, problems
from remixhub.api.schemas import ArtistSchema, Schema, Time
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.mixes import sharing

blueprint = Blueprint("shared_mixes", __name__, description="Draft mixes that are shared by a link")


class SharedMixSchema(Schema):
    title = ma.fields.String(required=True)
    by = ma.fields.Nested(ArtistSchema, required=True)
    stem_pack_id = ma.fields.String(required=True)
    work_id = ma.fields.String(required=True, metadata={"description": "The work whose stems are mixed"})
    spec = ma.fields.Dict(required=True, metadata={"description": "As it was saved last, every field spelled out"})
    saved_at = Time(required=True)


@blueprint.route("/shared-mixes/<share_token>")
@for_visitors(blueprint)
@blueprint.response(200, SharedMixSchema)
@problems(blueprint, 404, 409)
def get_shared_mix(share_token: str) -> Any:
    """A shared mix, for whoever may hear its stems."""
    found = sharing.get_shared(current_actor(), current_parts(), share_token)
    return {
        "title": found.draft.title,
        "by": {"handle": found.by.handle, "display_name": found.by.display_name},
        "stem_pack_id": found.draft.stem_pack_id,
        "work_id": found.draft.stem_pack.work_id,
        "spec": found.newest.spec,
        "saved_at": found.draft.saved_at,
    }


@blueprint.route("/shared-mixes/<share_token>/copy", methods=["POST"])
@blueprint.response(201, BegunMixDraftSchema)
@problems(blueprint, 404, 409)
def copy_shared_mix(share_token: str) -> Any:
    """Make it one's own: a draft mix that starts from what is shared."""
    view = sharing.copy_shared(current_actor(), current_parts(), share_token)
    location = flask.url_for("mix_drafts.get_mix_draft", mix_draft_id=view.draft.id)
    return shown(view), 201, {**etag(view.draft.revision), "Location": location}
