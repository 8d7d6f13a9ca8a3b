"""Readable pages: `/api/v1/docs` from the OpenAPI document, `/problems/<code>` from `docs/problems.md`."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import flask

from remixhub.domain.errors import NotFound

_PROBLEMS = Path(__file__).resolve().parents[2] / "docs" / "problems.md"
_TEMPLATES = Path(__file__).with_name("templates")
_ROW = re.compile(r"^\| `(\w+)` \| (\d*) *\| (.+?) \| (.+?) \|$", re.MULTILINE)
_METHODS = ("get", "post", "put", "patch", "delete")

blueprint = flask.Blueprint("api_docs", __name__, template_folder="templates")


class ProblemUnknown(NotFound):
    code = "problem_unknown"
    title = "There is no such problem code"


@blueprint.get("/api/v1/docs")
def show_docs() -> str:
    spec: dict[str, Any] = flask.current_app.extensions["remixhub_openapi"]
    return flask.render_template("api_docs.html", spec=spec, groups=_groups(spec), fields=_fields)


@blueprint.get("/problems/<code>")
def show_problem(code: str) -> str:
    """What `type` of a problem points at."""
    if code not in _problems():
        raise ProblemUnknown(f"No problem has the code {code!r}; docs/problems.md lists them all.")
    status, meaning, remedy = _problems()[code]
    return flask.render_template("api_problem.html", code=code, status=status, meaning=meaning, remedy=remedy)


@blueprint.get("/api/v1/docs.css")
def style() -> flask.Response:
    return flask.send_from_directory(_TEMPLATES, "api_docs.css", max_age=3600)


@cache
def _problems() -> dict[str, tuple[str, str, str]]:
    rows = _ROW.findall(_PROBLEMS.read_text(encoding="utf-8"))
    return {code: (status, meaning, remedy) for code, status, meaning, remedy in rows}


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
