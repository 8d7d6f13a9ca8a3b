"""`/account/searches`: searches that one keeps."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from remixhub.api.conditional import etag, required_revision
from remixhub.api.operations import problems
from remixhub.api.paging import page_body, position_of
from remixhub.api.schemas import ListQuery, Schema, Text, Time
from remixhub.domain.discovery.written import Searched
from remixhub.edge.actor import current_actor, current_parts
from remixhub.models import SavedSearch
from remixhub.services.discovery.search import saved

blueprint = Blueprint("saved_searches", __name__, description="Searches that one keeps, and is told of")

_NAME_LIMIT = 120
_WORDS_LIMIT = 40


class SavedSearchSchema(Schema):
    id = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    searched = ma.fields.Enum(Searched, by_value=True, required=True)
    words = ma.fields.Dict(
        keys=ma.fields.String(), values=ma.fields.String(), required=True,
        metadata={"description": "Parameters of `/search/works` or `/search/stems`"},
    )  # fmt: skip
    tells = ma.fields.Boolean(required=True, metadata={"description": "A notice when it finds something new"})
    revision = ma.fields.Integer(required=True)
    created_at = Time(required=True)


class NewSavedSearchSchema(Schema):
    searched = ma.fields.Enum(Searched, by_value=True, required=True)
    words = ma.fields.Dict(
        keys=ma.fields.String(validate=validate.Length(max=40)),
        values=Text(max_length=200),
        required=True,
        validate=validate.Length(max=_WORDS_LIMIT),
        metadata={"description": "Parameters of `/search/works` or `/search/stems`", "example": {"q": "rain"}},
    )
    name = Text(load_default="", max_length=_NAME_LIMIT, metadata={"description": "Without one, by its words"})
    tells = ma.fields.Boolean(load_default=True)


class SavedSearchFactsSchema(Schema):
    name = Text(min_length=1, max_length=_NAME_LIMIT)
    tells = ma.fields.Boolean()


class SavedSearchPageSchema(Schema):
    searches = ma.fields.List(ma.fields.Nested(SavedSearchSchema), required=True)
    next = ma.fields.String(required=True, allow_none=True)


@blueprint.route("/account/searches")
@blueprint.arguments(ListQuery, location="query")
@blueprint.response(200, SavedSearchPageSchema)
@problems(blueprint)
def list_saved_searches(query: dict[str, Any]) -> Any:
    """One's own saved searches, the newest first."""
    page = saved.list_saved(current_actor(), current_parts(), after=position_of(query), limit=query["limit"])
    return page_body("searches", page)


@blueprint.route("/account/searches", methods=["POST"])
@blueprint.arguments(NewSavedSearchSchema)
@blueprint.response(201, SavedSearchSchema)
@problems(blueprint, 409, 413, 415)
def save_search(body: dict[str, Any]) -> Any:
    """Keep a search. What is published from now on is new to it."""
    return _shown(saved.save_search(current_actor(), current_parts(), **body), 201)


@blueprint.route("/account/searches/<saved_search_id>")
@blueprint.response(200, SavedSearchSchema)
@problems(blueprint, 404)
def get_saved_search(saved_search_id: str) -> Any:
    """One of one's own."""
    return _shown(saved.get_saved(current_actor(), current_parts(), saved_search_id))


@blueprint.route("/account/searches/<saved_search_id>", methods=["PATCH"])
@blueprint.arguments(SavedSearchFactsSchema)
@blueprint.response(200, SavedSearchSchema)
@problems(blueprint, 404, 412, 413, 415, 428)
def edit_saved_search(body: dict[str, Any], saved_search_id: str) -> Any:
    """Call it otherwise, or be told of it or not; needs `If-Match`."""
    revision = required_revision()
    return _shown(saved.edit_saved(current_actor(), current_parts(), saved_search_id, body, revision=revision))


@blueprint.route("/account/searches/<saved_search_id>", methods=["DELETE"])
@blueprint.response(204)
@problems(blueprint, 404)
def delete_saved_search(saved_search_id: str) -> None:
    """Keep it no more."""
    saved.delete_saved(current_actor(), current_parts(), saved_search_id)


def _shown(one: SavedSearch, status: int = 200) -> tuple[SavedSearch, int, dict[str, str]]:
    return one, status, etag(one.revision)
