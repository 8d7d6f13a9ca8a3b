"""`/works/{id}/remixes`, `/roots`, `/ancestry`, `/common-ancestors`: who descends from whom, and how."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint

from remixhub.api.lineage.lineage import NodePageSchema, NodeSchema, shown
from remixhub.api.operations import for_visitors, problems
from remixhub.api.paging import page_body, position_of
from remixhub.api.schemas import ListQuery, Schema
from remixhub.domain.lineage.kinship import PATHS_LIMIT, Descent
from remixhub.domain.states import SourceKind
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.lineage import kinship

blueprint = Blueprint("kinship", __name__, description="Who descends from whom, and how")


class DescentSchema(Schema):
    generation = ma.fields.Integer(required=True, metadata={"description": "Links away by the shortest way"})
    paths = ma.fields.Integer(
        required=True,
        metadata={"description": f"The number of distinct ways over links, exactly; at most {PATHS_LIMIT}"},
    )
    has_more_paths = ma.fields.Boolean(
        required=True, metadata={"description": "There are more ways than the largest number that JSON keeps exactly"}
    )


class RemixNodeSchema(NodeSchema):
    used_as = ma.fields.Enum(
        SourceKind, by_value=True, required=True, metadata={"description": "How the remix uses the work"}
    )


class AncestrySchema(NodeSchema, DescentSchema):
    """An ancestor, and how the work descends from it."""


class CommonAncestorSchema(NodeSchema):
    descent = ma.fields.Nested(DescentSchema, required=True, metadata={"description": "Of the work"})
    other_descent = ma.fields.Nested(
        DescentSchema, required=True, metadata={"description": "Of the work that `with` names"}
    )


class RemixPageSchema(Schema):
    works = ma.fields.List(ma.fields.Nested(RemixNodeSchema), required=True)
    next = ma.fields.String(required=True, allow_none=True)


class AncestryPageSchema(Schema):
    works = ma.fields.List(ma.fields.Nested(AncestrySchema), required=True)
    next = ma.fields.String(required=True, allow_none=True)


class CommonAncestorPageSchema(Schema):
    works = ma.fields.List(ma.fields.Nested(CommonAncestorSchema), required=True)
    next = ma.fields.String(required=True, allow_none=True)


class CommonAncestorsQuery(ListQuery):
    other_id = ma.fields.String(required=True, data_key="with", metadata={"description": "The other work's id"})


@blueprint.route("/works/<work_id>/remixes")
@blueprint.arguments(ListQuery, location="query")
@blueprint.response(200, RemixPageSchema)
@for_visitors(blueprint)
@problems(blueprint, 404)
def list_remixes(query: dict[str, Any], work_id: str) -> Any:
    """The works that cite this one directly, newest first."""
    page = kinship.list_remixes(
        current_actor(), current_parts(), work_id, after=position_of(query), limit=query["limit"]
    )
    return page_body("works", page.map(lambda remix: {**shown(remix.node), "used_as": remix.kind}))


@blueprint.route("/works/<work_id>/roots")
@blueprint.arguments(ListQuery, location="query")
@blueprint.response(200, NodePageSchema)
@for_visitors(blueprint)
@problems(blueprint, 404)
def list_roots(query: dict[str, Any], work_id: str) -> Any:
    """The ancestors that cite nothing themselves, oldest first."""
    page = kinship.list_roots(current_actor(), current_parts(), work_id, after=position_of(query), limit=query["limit"])
    return page_body("works", page.map(shown))


@blueprint.route("/works/<work_id>/ancestry")
@blueprint.arguments(ListQuery, location="query")
@blueprint.response(200, AncestryPageSchema)
@for_visitors(blueprint)
@problems(blueprint, 404, 409)
def list_ancestry(query: dict[str, Any], work_id: str) -> Any:
    """Every ancestor with its generation and the number of ways to it, nearest generation first."""
    page = kinship.list_ancestry(
        current_actor(), current_parts(), work_id, after=position_of(query), limit=query["limit"]
    )
    return page_body("works", page.map(lambda one: {**shown(one.node), **_descent(one.descent)}))


@blueprint.route("/works/<work_id>/common-ancestors")
@blueprint.arguments(CommonAncestorsQuery, location="query")
@blueprint.response(200, CommonAncestorPageSchema)
@for_visitors(blueprint)
@problems(blueprint, 404, 409)
def list_common_ancestors(query: dict[str, Any], work_id: str) -> Any:
    """What this work and the one named by `with` both came from, nearest first."""
    page = kinship.list_common_ancestors(
        current_actor(), current_parts(), work_id, query["other_id"], after=position_of(query), limit=query["limit"]
    )
    descents = page.map(
        lambda one: {**shown(one.node), "descent": _descent(one.first), "other_descent": _descent(one.second)}
    )
    return page_body("works", descents)


def _descent(descent: Descent) -> dict[str, Any]:
    return {
        "generation": descent.generation,
        "paths": descent.shown_paths,
        "has_more_paths": descent.has_more_paths,
    }
