"""Readable pages: `/api/v1/docs` from the OpenAPI document, `/problems/<code>` from `docs/problems.md`."""

from __future__ import annotations

from typing import Any

import flask

from remixhub.domain.errors import NotFound
from remixhub.edge.problem_words import problem_words

_METHODS = ("get", "post", "put", "patch", "delete")

blueprint = flask.Blueprint("api_docs", __name__, template_folder="templates")


class ProblemUnknown(NotFound):
    code = "problem_unknown"
    title = "There is no such problem code"


@blueprint.get("/api/v1/docs")
def show_docs() -> str:
    spec: dict[str, Any] = flask.current_app.extensions["remixhub_openapi"]
    return flask.render_template("api_docs.html", spec=spec, groups=_groups(spec), fields=_fields)


@blueprint.get("/problems")
def list_problems() -> str:
    return flask.render_template("api_problems.html", problems=problem_words())


@blueprint.get("/problems/<code>")
def show_problem(code: str) -> str:
    """What `type` of a problem points at."""
    words = problem_words().get(code)
    if words is None:
        raise ProblemUnknown(f"No problem has the code {code!r}; /problems lists them all.")
    return flask.render_template("api_problem.html", code=code, words=words)


def _groups(spec: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Operations by their first path step, in the document's order."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, item in spec["paths"].items():
        name = path.removeprefix("/api/v1/").split("/")[0]
        for method in _METHODS:
            if method in item:
                responses = {status: _resolved(spec, one) for status, one in item[method]["responses"].items()}
                operation = {**item[method], "path": path, "method": method.upper(), "responses": responses}
                groups.setdefault(name, []).append(operation)
    return list(groups.items())


def _resolved(spec: dict[str, Any], response: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = spec["components"]["responses"].get(response.get("$ref", "").rpartition("/")[2], response)
    return found


def _fields(spec: dict[str, Any], body: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The fields of a body or an answer: name, type, whether it is required, what it means."""
    contents: dict[str, Any] = (body or {}).get("content", {})
    media: dict[str, Any] = next(iter(contents.values()), {})
    reference = str(media.get("schema", {}).get("$ref", ""))
    schema = spec["components"]["schemas"].get(reference.rpartition("/")[2], {})
    required = schema.get("required", [])
    return [
        {
            "name": name,
            "type": _type(facts),
            "required": name in required,
            "meaning": facts.get("description", ""),
        }
        for name, facts in schema.get("properties", {}).items()
    ]


def _type(facts: dict[str, Any]) -> str:
    if "enum" in facts:
        return " | ".join(str(word) for word in facts["enum"])
    if "$ref" in facts:
        return str(facts["$ref"]).rpartition("/")[2]
    kind = facts.get("type", "")
    if kind == "array":
        return f"{_type(facts.get('items', {}))}[]"
    return " or ".join(kind) if isinstance(kind, list) else str(kind)
