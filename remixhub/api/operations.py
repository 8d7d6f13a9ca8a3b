"""Documents what every operation may answer besides its success."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask_smorest import Blueprint

from remixhub.api.schemas import ProblemSchema

View = TypeVar("View", bound=Callable[..., Any])

_DESCRIPTIONS = {
    400: "The request cannot be read",
    401: "Not signed in, or the access token is not valid",
    403: "Visible, but not yours; or the token lacks the scope",
    404: "Absent, or private to somebody else",
    409: "The present state does not allow it",
    412: "Edited in the meantime",
    413: "The body is too large",
    415: "The body is not JSON",
    422: "A rule is broken; see `code` and `violations`",
    428: "`If-Match` is missing",
    429: "Too many attempts; see `Retry-After`",
    503: "A part of the service is away; see `Retry-After`",
}
_ALWAYS = (400, 401, 403, 422, 503)


def problems(blueprint: Blueprint, *statuses: int) -> Callable[[View], View]:
    """Adds the given problem statuses to those that any operation may answer."""

    def decorate(view: View) -> View:
        for status in sorted({*_ALWAYS, *statuses}):
            view = blueprint.alt_response(
                status, schema=ProblemSchema, content_type="application/problem+json", description=_DESCRIPTIONS[status]
            )(view)
        return view

    return decorate
