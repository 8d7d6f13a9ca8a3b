"""`/works/{id}/like`, `/account/likes` and `/works/{id}/plays`: likes, and plays as they are counted."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from remixhub.api.operations import for_visitors, problems
from remixhub.api.paging import page_body, position_of
from remixhub.api.schemas import ListQuery, Schema, Secret
from remixhub.api.works import WorkPageSchema, card
from remixhub.edge.actor import current_actor, current_parts
from remixhub.edge.whence import listener
from remixhub.services.listening import likes, plays

blueprint = Blueprint("listening", __name__, description="Likes, and plays")


class LikeSchema(Schema):
    like_count = ma.fields.Integer(required=True)


class BegunPlaySchema(Schema):
    play_token = Secret("To be given back when it was heard; null where a play does not count", allow_none=True)
    heard_after_seconds = ma.fields.Integer(required=True)


class HeardPlaySchema(Schema):
    play_token = ma.fields.String(required=True, validate=validate.Length(min=1, max=1000))


@blueprint.route("/works/<work_id>/like", methods=["POST"])
@blueprint.response(200, LikeSchema)
@problems(blueprint, 404, 409)
def like_work(work_id: str) -> Any:
    """Like a work. Safe to repeat; who likes what is told to nobody."""
    return {"like_count": likes.like(current_actor(), current_parts(), work_id)}


@blueprint.route("/works/<work_id>/like", methods=["DELETE"])
@blueprint.response(204)
@problems(blueprint, 404)
def unlike_work(work_id: str) -> None:
    """Like a work no more. Safe to repeat."""
    likes.unlike(current_actor(), current_parts(), work_id)


@blueprint.route("/account/likes")
@blueprint.arguments(ListQuery, location="query")
@blueprint.response(200, WorkPageSchema)
@problems(blueprint)
def list_likes(query: dict[str, Any]) -> Any:
    """The works that one likes, the newest like first; what is withdrawn is left out."""
    page = likes.list_likes(current_actor(), current_parts(), after=position_of(query), limit=query["limit"])
    return page_body("works", page.map(card))


@blueprint.route("/works/<work_id>/plays", methods=["POST"])
@blueprint.response(200, BegunPlaySchema)
@for_visitors(blueprint)
@problems(blueprint, 404)
def begin_play(work_id: str) -> Any:
    """A player begins a work. Nothing is counted yet."""
    token = plays.begin_play(current_actor(), current_parts(), work_id, listener())
    return {"play_token": token, "heard_after_seconds": plays.HEARD_SECONDS}


@blueprint.route("/plays", methods=["POST"])
@blueprint.arguments(HeardPlaySchema)
@blueprint.response(204)
@for_visitors(blueprint)
@problems(blueprint, 413, 415)
def end_play(body: dict[str, Any]) -> None:
    """Ten seconds were heard: counted once an hour for each listener, within some seconds."""
    plays.end_play(current_actor(), current_parts(), body["play_token"])
