"""`ETag` and `If-Match` (RFC 9110): an edit says which revision it saw."""

from __future__ import annotations

import re

import flask

from remixhub.domain.errors import Malformed, PreconditionRequired

_ETAG = re.compile(r'(?:W/)?"(\d{1,18})(?:-[0-9a-f]{16})?(?:[-:]\w{2,8})?"')
"""A revision, and the rest of the ETag as it came: what compresses makes it weak, or adds a word."""


def required_revision() -> int:
    """The revision of `If-Match`. Raises PreconditionRequired without one, Malformed for a foreign ETag."""
    given = flask.request.headers.get("If-Match")
    if given is None:
        raise PreconditionRequired('Send the `ETag` of what you saw as `If-Match`, such as `If-Match: "3"`.')
    match = _ETAG.fullmatch(given.strip())
    if match is None:
        raise Malformed('`If-Match` must be one ETag as it came, such as `"3"`.')
    return int(match[1])


def etag(revision: int) -> dict[str, str]:
    """The header that goes out with a revision."""
    return {"ETag": f'"{revision}"'}
