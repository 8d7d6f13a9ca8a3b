"""What every page is rendered with, and the small things that all views share."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

import flask

from remixhub import __version__
from remixhub.domain.access import VISITOR, Actor
from remixhub.domain.errors import NotFound, RemixHubError, Unauthenticated
from remixhub.domain.house import rules_are_news
from remixhub.domain.states import WorkKind
from remixhub.edge.actor import accepted_rules, current_actor, current_parts, unread_count
from remixhub.edge.cursor import decode_cursor, encode_cursor
from remixhub.services.house.reading import house
from remixhub.services.paging import Page, Position
from remixhub.web.forms import NO_FAULTS
from remixhub.web.robots import is_open

CARDS_LIMIT = 24
LINES_LIMIT = 50
_TELLING = ("kind", "tag", "window")
"""Parameters that make another page of an address; the others only turn its leaves."""
_LOCAL = re.compile(r"/(?!/)[^\\]*")


def page_context() -> dict[str, Any]:
    (actor, unread, accepted), shown = _who_asks(), house(current_parts())
    rules_are_new = rules_are_news(accepted, rules_revision=shown.rules_revision, rules=shown.rules)
    return {
        "house": shown,
        "rules_are_new": rules_are_new and actor.account_id is not None and actor.token_id is None,
        "actor": actor,
        "unread_count": unread,
        "version": __version__,
        "faults": NO_FAULTS,
        "canonical_address": _canonical_address(),
        "absolute": current_parts().addresses.of,
    }


def _canonical_address() -> str | None:
    """None for a page that is not for robots."""
    request = flask.request
    if not is_open(request.full_path.rstrip("?")):
        return None
    telling = [(name, request.args[name]) for name in _TELLING if request.args.get(name)]
    return current_parts().addresses.of(request.path) + (f"?{urlencode(telling)}" if telling else "")


def _who_asks() -> tuple[Actor, int, int | None]:
    """A visitor when it cannot be found out: the page that says so has to be rendered as well."""
    try:
        return current_actor(), unread_count(), accepted_rules()
    except RemixHubError:
        return VISITOR, 0, None


def require_sign_in() -> str:
    """The account's id. Raises Unauthenticated, which pages answer by showing the sign-in form."""
    account_id = current_actor().account_id
    if account_id is None:
        raise Unauthenticated("Sign in to go on.")
    return account_id


def local_address(wanted: str | None, otherwise: str) -> str:
    """`wanted` when it is a path on this site; never an address elsewhere, nor what no header can hold.

    Browsers leave out tabs and line breaks and read `\\` as `/`, so either could begin another site's name.
    """
    if wanted and _LOCAL.fullmatch(wanted) and wanted.isprintable():
        return wanted
    return otherwise


def asked_position(listing: str) -> Position | None:
    """Where the asked page of a listing starts; `listing` names it with its filters."""
    return decode_cursor(current_parts().settings.secret_key, listing, flask.request.args.get("cursor"))


def asked_kind() -> WorkKind | None:
    """What a listing of works is narrowed to. Raises NotFound for another word."""
    word = flask.request.args.get("kind")
    if not word:
        return None
    try:
        return WorkKind(word)
    except ValueError as exc:
        raise NotFound(f"There is no kind of work {word!r}; there are releases and remixes.") from exc


def next_cursor(page: Page[Any], listing: str) -> str | None:
    if page.next_position is None:
        return None
    return encode_cursor(current_parts().settings.secret_key, listing, page.next_position)


def is_piece() -> bool:
    """Whether htmx asks for a piece of a page, not for a page in place of another."""
    return "HX-Request" in flask.request.headers and "HX-Boosted" not in flask.request.headers


def see(endpoint: str, fragment: str | None = None, /, **values: Any) -> flask.typing.ResponseReturnValue:
    """The redirect after a POST (303, so that it is fetched by GET)."""
    return flask.redirect(flask.url_for(endpoint, _anchor=fragment, **values), 303)
