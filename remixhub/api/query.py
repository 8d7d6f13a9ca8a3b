"""The query of an address: what the document does not know is refused, as unknown fields of a body are."""

from __future__ import annotations

import flask

from remixhub.domain.errors import Invalid

_KNOWN = "remixhub_query_parameters"
"""In the app's `extensions`: the names by endpoint."""


def keep_known_parameters(app: flask.Flask, known: dict[str, list[str]]) -> None:
    app.extensions[_KNOWN] = known
    app.before_request(_refuse_unknown_parameters)


def _refuse_unknown_parameters() -> None:
    """What is no operation, such as the readable docs and the other pages, takes whatever a link to it carries."""
    request = flask.request
    known = flask.current_app.extensions[_KNOWN].get(request.endpoint)
    if known is None or request.method == "OPTIONS":
        return
    told = "there are " + ", ".join(f"`{name}`" for name in known) if known else "there are none here"
    violations = {
        _pointer(name): [f"Unknown parameter; {told}."] if name not in known else ["Give it once."]
        for name, values in request.args.lists()
        if name not in known or len(values) > 1
    }
    if violations:
        raise Invalid("The query does not fit the operation; see `violations`.", violations=violations)


def _pointer(name: str) -> str:
    return "/query/" + name.replace("~", "~0").replace("/", "~1")
