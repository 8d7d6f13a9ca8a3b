"""`/collections`: works in an order, with a note each."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from remixhub.api.conditional import etag, required_revision
from remixhub.api.operations import for_visitors, problems
from remixhub.api.paging import page_body, position_of
from remixhub.api.schemas import ArtistSchema, ListQuery, Schema, Text, Time
from remixhub.api.works import WorkCardSchema, card
from remixhub.domain.collections import COLLECTED_LIMIT, NOTE_LIMIT, TEXT_LIMIT, TITLE_LIMIT, Visibility
from remixhub.edge.actor import current_actor, current_parts
from remixhub.models import Collection
from remixhub.services.collections import collections, filling
from remixhub.services.collections.collections import CollectionView

blueprint = Blueprint("collections", __name__, description="Collections: works in an order, with a note each")

_ID = validate.Length(min=1, max=64)


class CollectionFactsSchema(Schema):
    title = Text(min_length=1, max_length=TITLE_LIMIT)
    text = Text(multiline=True, max_length=TEXT_LIMIT)
    visibility = ma.fields.Enum(
        Visibility,
        by_value=True,
        metadata={"description": "`public`: on one's page; `unlisted`: by its address; `private`: for oneself"},
    )


class NewCollectionSchema(CollectionFactsSchema):
    title = Text(required=True, min_length=1, max_length=TITLE_LIMIT)
    text = Text(load_default="", multiline=True, max_length=TEXT_LIMIT)
    visibility = ma.fields.Enum(Visibility, by_value=True, load_default=Visibility.PRIVATE)


class CollectionLineSchema(Schema):
    """A collection as listings show it."""

    id = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    text = ma.fields.String(required=True)
    visibility = ma.fields.Enum(Visibility, by_value=True, required=True)
    owner = ma.fields.Nested(ArtistSchema, required=True)
    revision = ma.fields.Integer(required=True)
    created_at = Time(required=True)


class CollectedWorkSchema(Schema):
    work = ma.fields.Nested(WorkCardSchema, required=True)
    note = ma.fields.String(required=True)


class CollectionSchema(CollectionLineSchema):
    works = ma.fields.List(
        ma.fields.Nested(CollectedWorkSchema),
        required=True,
        metadata={"description": "In order; what was withdrawn since stands as a tombstone"},
    )


class CollectionPageSchema(Schema):
    collections = ma.fields.List(ma.fields.Nested(CollectionLineSchema), required=True)
    next = ma.fields.String(required=True, allow_none=True)


class NewCollectedWorkSchema(Schema):
    work_id = ma.fields.String(required=True, validate=_ID)
    note = Text(load_default="", multiline=True, max_length=NOTE_LIMIT)


class WorkNoteSchema(Schema):
    note = Text(required=True, multiline=True, max_length=NOTE_LIMIT)


class OrderSchema(Schema):
    work_ids = ma.fields.List(
        ma.fields.String(validate=_ID),
        required=True,
        validate=validate.Length(max=COLLECTED_LIMIT),
        metadata={"description": "All that it holds, once each"},
    )


@blueprint.route("/account/collections")
@blueprint.arguments(ListQuery, location="query")
@blueprint.response(200, CollectionPageSchema)
@problems(blueprint)
def list_own_collections(query: dict[str, Any]) -> Any:
    """One's own, whoever sees them, the newest first."""
    page = collections.list_own(current_actor(), current_parts(), after=position_of(query), limit=query["limit"])
    return page_body("collections", page.map(_line))


@blueprint.route("/accounts/<handle>/collections")
@blueprint.arguments(ListQuery, location="query")
@blueprint.response(200, CollectionPageSchema)
@for_visitors(blueprint)
@problems(blueprint, 404)
def list_collections(query: dict[str, Any], handle: str) -> Any:
    """The public ones of an account, the newest first."""
    page = collections.list_of_account(
        current_actor(), current_parts(), handle, after=position_of(query), limit=query["limit"]
    )
    return page_body("collections", page.map(_line))


@blueprint.route("/collections", methods=["POST"])
@blueprint.arguments(NewCollectionSchema)
@blueprint.response(201, CollectionSchema)
@problems(blueprint, 409, 413, 415)
def make_collection(body: dict[str, Any]) -> Any:
    """A new one, with nothing in it."""
    return _shown(collections.make_collection(current_actor(), current_parts(), **body), 201)


@blueprint.route("/collections/<collection_id>")
@blueprint.response(200, CollectionSchema)
@for_visitors(blueprint)
@problems(blueprint, 404)
def get_collection(collection_id: str) -> Any:
    """A collection with its works."""
    return _shown(collections.view_collection(current_actor(), current_parts(), collection_id))


@blueprint.route("/collections/<collection_id>", methods=["PATCH"])
@blueprint.arguments(CollectionFactsSchema)
@blueprint.response(200, CollectionSchema)
@problems(blueprint, 404, 409, 412, 413, 415, 428)
def edit_collection(body: dict[str, Any], collection_id: str) -> Any:
    """Edit title, text and who sees it; needs `If-Match`."""
    revision = required_revision()
    return _shown(collections.edit_collection(current_actor(), current_parts(), collection_id, body, revision=revision))


@blueprint.route("/collections/<collection_id>", methods=["DELETE"])
@blueprint.response(204)
@problems(blueprint, 404, 412, 428)
def delete_collection(collection_id: str) -> None:
    """Delete a collection; needs `If-Match`. Its works stay where they are."""
    collections.delete_collection(current_actor(), current_parts(), collection_id, revision=required_revision())


@blueprint.route("/collections/<collection_id>/works", methods=["POST"])
@blueprint.arguments(NewCollectedWorkSchema)
@blueprint.response(200, CollectionSchema)
@problems(blueprint, 404, 409, 413, 415)
def collect_work(body: dict[str, Any], collection_id: str) -> Any:
    """Add a published work at the end, with a note."""
    return _shown(filling.collect(current_actor(), current_parts(), collection_id, **body))


@blueprint.route("/collections/<collection_id>/works/<work_id>", methods=["PATCH"])
@blueprint.arguments(WorkNoteSchema)
@blueprint.response(200, CollectionSchema)
@problems(blueprint, 404, 412, 413, 415, 428)
def annotate_work(body: dict[str, Any], collection_id: str, work_id: str) -> Any:
    """Write the note of a work in a collection; needs `If-Match`."""
    revision = required_revision()
    return _shown(
        filling.annotate(current_actor(), current_parts(), collection_id, work_id, body["note"], revision=revision)
    )


@blueprint.route("/collections/<collection_id>/works/<work_id>", methods=["DELETE"])
@blueprint.response(204)
@problems(blueprint, 404)
def take_work_out(collection_id: str, work_id: str) -> None:
    """Take a work out of a collection."""
    filling.take_out(current_actor(), current_parts(), collection_id, work_id)


@blueprint.route("/collections/<collection_id>/order", methods=["PUT"])
@blueprint.arguments(OrderSchema)
@blueprint.response(200, CollectionSchema)
@problems(blueprint, 404, 409, 412, 413, 415, 428)
def order_collection(body: dict[str, Any], collection_id: str) -> Any:
    """Put its works in order; needs `If-Match`."""
    revision = required_revision()
    return _shown(
        filling.put_in_order(current_actor(), current_parts(), collection_id, body["work_ids"], revision=revision)
    )


def _line(collection: Collection) -> dict[str, Any]:
    names = ("id", "title", "text", "visibility", "revision", "created_at")
    return {**{name: getattr(collection, name) for name in names}, "owner": collection.account}


def _shown(view: CollectionView, status: int = 200) -> tuple[dict[str, Any], int, dict[str, str]]:
    works = [{"work": card(one.work), "note": one.note} for one in view.collected]
    return {**_line(view.collection), "works": works}, status, etag(view.collection.revision)
