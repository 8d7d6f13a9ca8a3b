"""`/account/follows` and `/picks`: whom one follows, and what the house puts in front."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint

from remixhub.api.operations import for_visitors, problems
from remixhub.api.paging import page_body, position_of
from remixhub.api.schemas import ListQuery, Schema, Text, Time
from remixhub.api.works import WorkCardSchema, card
from remixhub.edge.actor import current_actor, current_parts
from remixhub.models import Follow, Pick
from remixhub.services.accounts import follows
from remixhub.services.works import picks

blueprint = Blueprint("discovery", __name__, description="Following, and the house's picks")


class FollowSchema(Schema):
    id = ma.fields.String(required=True)
    artist = ma.fields.String(required=True, allow_none=True, metadata={"description": "Handle, of an account"})
    label = ma.fields.String(required=True, allow_none=True, metadata={"description": "Handle, of a label"})
    name = ma.fields.String(required=True)
    created_at = Time(required=True)


class FollowPageSchema(Schema):
    follows = ma.fields.List(ma.fields.Nested(FollowSchema), required=True)
    next = ma.fields.String(required=True, allow_none=True)


class NewPickSchema(Schema):
    note = Text(load_default="", max_length=280, metadata={"description": "Why, in a sentence"})


class PickSchema(Schema):
    id = ma.fields.String(required=True)
    work = ma.fields.Nested(WorkCardSchema, required=True)
    note = ma.fields.String(required=True)
    created_at = Time(required=True)


class PickPageSchema(Schema):
    picks = ma.fields.List(ma.fields.Nested(PickSchema), required=True)
    next = ma.fields.String(required=True, allow_none=True)


@blueprint.route("/account/follows")
@blueprint.arguments(ListQuery, location="query")
@blueprint.response(200, FollowPageSchema)
@problems(blueprint)
def list_follows(query: dict[str, Any]) -> Any:
    """Whom one follows, the newest first."""
    page = follows.list_follows(current_actor(), current_parts(), after=position_of(query), limit=query["limit"])
    return page_body("follows", page.map(_followed))


@blueprint.route("/accounts/<handle>/follow", methods=["POST"])
@blueprint.response(200, FollowSchema)
@problems(blueprint, 404, 409)
def follow_artist(handle: str) -> Any:
    """Follow an artist. Safe to repeat."""
    return _followed(follows.follow_artist(current_actor(), current_parts(), handle))


@blueprint.route("/accounts/<handle>/follow", methods=["DELETE"])
@blueprint.response(204)
@problems(blueprint, 404)
def unfollow_artist(handle: str) -> None:
    """Follow an artist no more. Safe to repeat."""
    follows.unfollow_artist(current_actor(), current_parts(), handle)


@blueprint.route("/labels/<label>/follow", methods=["POST"])
@blueprint.response(200, FollowSchema)
@problems(blueprint, 404)
def follow_label(label: str) -> Any:
    """Follow a label. Safe to repeat."""
    return _followed(follows.follow_label(current_actor(), current_parts(), label))


@blueprint.route("/labels/<label>/follow", methods=["DELETE"])
@blueprint.response(204)
@problems(blueprint, 404)
def unfollow_label(label: str) -> None:
    """Follow a label no more. Safe to repeat."""
    follows.unfollow_label(current_actor(), current_parts(), label)


@blueprint.route("/picks")
@blueprint.arguments(ListQuery, location="query")
@blueprint.response(200, PickPageSchema)
@for_visitors(blueprint)
@problems(blueprint)
def list_picks(query: dict[str, Any]) -> Any:
    """What the house picked of what is published, the newest first."""
    page = picks.list_picks(current_actor(), current_parts(), after=position_of(query), limit=query["limit"])
    return page_body("picks", page.map(_picked))


@blueprint.route("/works/<work_id>/pick", methods=["POST"])
@blueprint.arguments(NewPickSchema)
@blueprint.response(200, PickSchema)
@problems(blueprint, 404, 409, 413, 415)
def pick_work(body: dict[str, Any], work_id: str) -> Any:
    """For operators: put a work in front of the hub. Picking it again gives it a new note and puts it first."""
    return _picked(picks.pick_work(current_actor(), current_parts(), work_id, body["note"]))


@blueprint.route("/works/<work_id>/pick", methods=["DELETE"])
@blueprint.response(204)
@problems(blueprint, 404)
def drop_pick(work_id: str) -> None:
    """For operators: take a work out of the picks. Safe to repeat."""
    picks.drop_pick(current_actor(), current_parts(), work_id)


def _followed(follow: Follow) -> dict[str, Any]:
    artist, label = follow.artist, follow.label
    return {
        "id": follow.id,
        "artist": artist.handle if artist else None,
        "label": label.handle if label else None,
        "name": artist.display_name if artist else label.name if label else "",
        "created_at": follow.created_at,
    }


def _picked(pick: Pick) -> dict[str, Any]:
    return {"id": pick.id, "work": card(pick.work), "note": pick.note, "created_at": pick.created_at}
