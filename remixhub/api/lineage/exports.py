"""`/graph-exports/{format}` and `/works/{id}/lineage-exports/{format}`: the graph as a file, streamed."""

from __future__ import annotations

from typing import Any

import flask
from flask_smorest import Blueprint

from remixhub.api.operations import for_visitors, problems
from remixhub.domain.errors import NotFound
from remixhub.domain.filenames import attachment
from remixhub.domain.lineage.graph_formats import Graph, GraphFormat, write_graph
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.lineage import exports

blueprint = Blueprint("graph_exports", __name__, description="The remix graph as a file")

_FORMATS = ", ".join(GraphFormat)
_FORMAT_PARAMETER = {
    "name": "format",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "enum": list(GraphFormat)},
    "description": "GraphML, JSON Graph Format 2, JSON-LD (schema.org and PROV-O), DOT, or SVG, drawn",
}
_FILE: dict[str, Any] = {
    "responses": {
        "200": {
            "description": "The file",
            "content": {
                one.media_type: {"schema": {"type": "object" if one.media_type.endswith("+json") else "string"}}
                for one in GraphFormat
            },
        }
    }
}


class GraphFormatUnknown(NotFound):
    code = "graph_format_unknown"
    title = "There is no such graph format"


@blueprint.route("/graph-exports/<format>", parameters=[_FORMAT_PARAMETER])
@blueprint.doc(**_FILE)
@blueprint.response(200, {"type": "string"}, content_type=GraphFormat.GRAPHML.media_type)
@for_visitors(blueprint)
@problems(blueprint, 404)
def export_graph(format: str) -> Any:
    """Everything published and every tombstone, with all links, in one file."""
    wanted = _format(format)
    return _file(exports.whole_graph(current_actor(), current_parts()), wanted, "remix-graph")


@blueprint.route("/works/<work_id>/lineage-exports/<format>", parameters=[_FORMAT_PARAMETER])
@blueprint.doc(**_FILE)
@blueprint.response(200, {"type": "string"}, content_type=GraphFormat.GRAPHML.media_type)
@for_visitors(blueprint)
@problems(blueprint, 404)
def export_lineage(work_id: str, format: str) -> Any:
    """The work with all its ancestors and descendants, and the links among them, in one file."""
    wanted = _format(format)
    return _file(exports.lineage_graph(current_actor(), current_parts(), work_id), wanted, f"lineage-{work_id}")


def _file(graph: Graph, format: GraphFormat, name: str) -> flask.Response:
    text = exports.gathered(write_graph(graph, format))
    response = flask.Response(text, mimetype=format.media_type)
    response.headers["Content-Disposition"] = attachment(name + format.suffix)
    return response


def _format(word: str) -> GraphFormat:
    try:
        return GraphFormat(word)
    except ValueError as exc:
        raise GraphFormatUnknown(f"There is no graph format {word!r}; there are {_FORMATS}.") from exc
