"""The audit trail as a page, for operators; and ending an account's sessions from there."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import flask

from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.accounts.accounts import AccountNotFound
from remixhub.services.accounts.ending import end_sessions_of
from remixhub.services.upkeep import audit
from remixhub.services.upkeep.audit import Filters
from remixhub.web.forms import FORM_ERRORS, NO_FAULTS, Faults, faults_of, refused, typed
from remixhub.web.pages import LINES_LIMIT, asked_position, next_cursor, require_sign_in, see

blueprint = flask.Blueprint("audit", __name__)

_NAMES = ("action", "actor", "subject", "address")
_LONGEST = 64
_DAYS_LENGTH = 4
_DAYS = re.compile("[0-9]{1,4}")


@blueprint.get("/moderation/audit")
def show() -> flask.typing.ResponseReturnValue:
    require_sign_in()
    return _page()


@blueprint.post("/moderation/end-sessions")
def end_sessions() -> flask.typing.ResponseReturnValue:
    require_sign_in()
    handle = typed("handle")
    try:
        ended = end_sessions_of(current_actor(), current_parts(), handle, end_tokens=typed("tokens") == "yes")
    except (*FORM_ERRORS, AccountNotFound) as error:
        return refused(_page(faults_of(error), ending=flask.request.form), error)
    flask.flash(
        f"{ended.session_count} sessions of @{handle.removeprefix('@')} ended, {ended.token_count} tokens revoked."
    )
    return see("web.audit.show", subject=handle)


def _facts(values: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """What an entry holds, in words; what is empty says nothing."""
    named = ((name.replace("_", " "), _words(value)) for name, value in (values or {}).items())
    return [(name, words) for name, words in named if words]


def _words(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case Mapping():
            return "; ".join(f"{name} {words}" for name, words in _facts(value))
        case list():
            return ", ".join(map(_words, value))
        case _:
            return str(value)


def _page(faults: Faults = NO_FAULTS, *, ending: Mapping[str, str] = MappingProxyType({})) -> str:
    asked = {name: flask.request.args.get(name, "").strip()[:_LONGEST] for name in _NAMES}
    asked["days"] = days = flask.request.args.get("days", "")[:_DAYS_LENGTH]
    since = dt.datetime.now(dt.UTC) - dt.timedelta(days=int(days)) if _DAYS.fullmatch(days) else None
    listing = "page:audit:" + repr(sorted(asked.items()))
    filters = Filters(**{name: asked[name] or None for name in _NAMES}, since=since)
    page = audit.list_entries(
        current_actor(), current_parts(), filters, after=asked_position(listing), limit=LINES_LIMIT
    )
    return flask.render_template(
        "moderation/audit.html",
        lines=page.rows,
        facts=_facts,
        values=asked,
        given={name: value for name, value in asked.items() if value},
        next_cursor=next_cursor(page, listing),
        faults=faults,
        ending=ending,
    )
