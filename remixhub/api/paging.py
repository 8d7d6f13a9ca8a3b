"""Cursor pagination: `?cursor=&limit=` in, `next` in the body and a `Link` header (RFC 8288) out."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import flask

from remixhub.edge.actor import current_parts
from remixhub.edge.cursor import decode_cursor, encode_cursor
from remixhub.services.paging import Page, Position


def position_of(query: dict[str, Any]) -> Position | None:
    """Where the asked page starts. Cursors belong to a listing with its filters; others are refused."""
    return decode_cursor(current_parts().settings.secret_key, _listing(), query.get("cursor"))


def page_body(name: str, page: Page[Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """The body under `name`, with status and headers, as smorest takes it."""
    if page.next_position is None:
        return {name: page.rows, "next": None}, 200, {}
    cursor = encode_cursor(current_parts().settings.secret_key, _listing(), page.next_position)
    query = {**flask.request.args.to_dict(), "cursor": cursor}
    address = current_parts().addresses.of(f"{flask.request.path}?{urlencode(query)}")
    return {name: page.rows, "next": cursor}, 200, {"Link": f'<{address}>; rel="next"'}


def _listing() -> str:
    filters = sorted((name, value) for name, value in flask.request.args.items() if name not in ("cursor", "limit"))
    return flask.request.path + "?" + urlencode(filters)
