"""`/account/follows`, `/feed` and `/picks`: whom and what one follows, what is new of it, the house's picks."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint

from remixhub.api.operations import for_visitors, problems
from remixhub.api.paging import page_body, position_of
from remixhub.api.schemas import ListQuery, Schema, Text, Time
from remixhub.api.works import WorkCardSchema, card
from remixhub.domain.states import FollowKind
from remixhub.domain.work_facts import TAG_LENGTH_LIMIT
from remixhub.edge.actor import current_actor, current_parts
from remixhub.models import Pick
from remixhub.services.accounts import follows
from remixhub.services.accounts.follows import Followed
from remixhub.services.discovery import feed
from remixhub.services.discovery.feed import Entry, Reason
from remixhub.services.works import picks

blueprint = Blueprint("discovery", __name__, description="Following, what is new of it, and the house's picks")


class FollowedSchema(Schema):
    """Whom or what: one of `artist`, `label`, `work_id` and `tag` is there."""

    kind = ma.fields.Enum(FollowKind, by_value=True, required=True)
    artist = ma.fields.String(required=True, allow_none=True, metadata={"description": "Handle, of an account"})
    label = ma.fields.String(required=True, allow_none=True, metadata={"description": "Handle, of a label"})
    work_id = ma.fields.String(required=True, allow_none=True, metadata={"description": "Remixes of it are told"})
    tag = ma.fields.String(required=True, allow_none=True)
    name = ma.fields.String(required=True)


class FollowSchema(FollowedSchema):
    id = ma.fields.String(required=True)
    created_at = Time(required=True)


class NewTagFollowSchema(Schema):
    tag = Text(required=True, min_length=1, max_length=TAG_LENGTH_LIMIT + 1)


class FeedEntrySchema(Schema):
    work = ma.fields.Nested(WorkCardSchema, required=True)
    reasons = ma.fields.List(
        ma.fields.Nested(FollowedSchema), required=True, metadata={"description": "The follows by which it is there"}
    )


class FeedPageSchema(Schema):
    entries = ma.fields.List(ma.fields.Nested(FeedEntrySchema), required=True)
    next = ma.fields.String(required=True, allow_none=True)


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
    """Whom and what one follows, the newest first."""
    page = follows.list_follows(current_actor(), current_parts(), after=position_of(query), limit=query["limit"])
    return page_body("follows", page.map(_followed))


@blueprint.route("/account/follows/<follow_id>", methods=["DELETE"])
@blueprint.response(204)
@problems(blueprint, 404)
def drop_follow(follow_id: str) -> None:
    """Follow something no more, whatever it is."""
    follows.unfollow(current_actor(), current_parts(), follow_id)


@blueprint.route("/account/tag-follows", methods=["POST"])
@blueprint.arguments(NewTagFollowSchema)
@blueprint.response(200, FollowSchema)
@problems(blueprint, 409, 413, 415)
def follow_tag(body: dict[str, Any]) -> Any:
    """Follow a tag. Safe to repeat."""
    return _followed(follows.follow_tag(current_actor(), current_parts(), body["tag"]))


@blueprint.route("/feed")
@blueprint.arguments(ListQuery, location="query")
@blueprint.response(200, FeedPageSchema)
@problems(blueprint)
def list_feed(query: dict[str, Any]) -> Any:
    """What is new from all that one follows, the newest first; one's own works are left out, so that a page may be
    shorter than `limit` before the last one.
    """
    page = feed.list_feed(current_actor(), current_parts(), after=position_of(query), limit=query["limit"])
    return page_body("entries", page.map(_entered))


@blueprint.route("/works/<work_id>/follow", methods=["POST"])
@blueprint.response(200, FollowSchema)
@problems(blueprint, 404, 409)
def follow_work(work_id: str) -> Any:
    """Be told of remixes of a work. Safe to repeat."""
    return _followed(follows.follow_work(current_actor(), current_parts(), work_id))


@blueprint.route("/works/<work_id>/follow", methods=["DELETE"])
@blueprint.response(204)
@problems(blueprint, 404)
def unfollow_work(work_id: str) -> None:
    """Be told of remixes of a work no more. Safe to repeat."""
    follows.unfollow_work(current_actor(), current_parts(), work_id)


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
@problems(blueprint, 404, 409)
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


def _followed(follow: Followed) -> dict[str, Any]:
    return {**_named(follow), "id": follow.id, "created_at": follow.created_at}


def _entered(entry: Entry) -> dict[str, Any]:
    return {"work": card(entry.work), "reasons": [_named(reason) for reason in entry.reasons]}


def _named(followed: Followed | Reason) -> dict[str, Any]:
    keys = {"artist": FollowKind.ARTIST, "label": FollowKind.LABEL, "work_id": FollowKind.WORK, "tag": FollowKind.TAG}
    found = {name: followed.key if followed.kind is kind else None for name, kind in keys.items()}
    return {"kind": followed.kind, "name": followed.name, **found}


def _picked(pick: Pick) -> dict[str, Any]:
    return {"id": pick.id, "work": card(pick.work), "note": pick.note, "created_at": pick.created_at}
