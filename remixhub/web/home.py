"""The start page: what this is, and the newest works."""

from __future__ import annotations

import flask

from remixhub.domain.states import WorkKind
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.discovery.home import view_home
from remixhub.web.pages import CARDS_LIMIT, asked_kind, asked_position, next_cursor

blueprint = flask.Blueprint("home", __name__)

_HEADINGS = {None: "Newest works", WorkKind.RELEASE: "Newest releases", WorkKind.REMIX: "Newest remixes"}


@blueprint.get("/")
def show() -> flask.typing.ResponseReturnValue:
    asked = flask.request.args
    kind = asked_kind()
    tag = asked.get("tag") or None
    listing = f"page:newest:{kind}:{tag}"
    page = view_home(
        current_actor(), current_parts(), kind=kind, tag=tag, after=asked_position(listing), limit=CARDS_LIMIT
    )
    filters = {name: value for name, value in (("kind", kind), ("tag", tag)) if value}
    return flask.render_template(
        "discovery/home.html",
        page=page,
        works=page.works.rows,
        next_cursor=next_cursor(page.works, listing),
        is_part=bool(filters or asked.get("cursor")),
        filters=filters,
        heading=_HEADINGS[kind] + (f" tagged “{tag}”" if tag else ""),
    )
