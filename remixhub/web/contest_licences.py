"""Contest licences as pages: writing one, reading one, accepting it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import flask

from remixhub.domain.errors import Invalid
from remixhub.domain.licences.contest_licences import TEXT_LIMIT, TITLE_LIMIT, ContestLicenceTerms, Remixers, Sharing
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.licences import contest_licences
from remixhub.web.forms import FORM_ERRORS, NO_FAULTS, Faults, checked, faults_of, refused, typed
from remixhub.web.pages import LINES_LIMIT, asked_position, local_address, next_cursor, require_sign_in, see

blueprint = flask.Blueprint("contest_licences", __name__, url_prefix="/contest-licences")


@blueprint.get("/")
def list_own() -> flask.typing.ResponseReturnValue:
    require_sign_in()
    listing = "page:own-contest-licences"
    page = contest_licences.list_own_contest_licences(
        current_actor(), current_parts(), after=asked_position(listing), limit=LINES_LIMIT
    )
    return flask.render_template(
        "licences/contest/own.html", licences=page.rows, next_cursor=next_cursor(page, listing)
    )


@blueprint.get("/new")
def start() -> flask.typing.ResponseReturnValue:
    require_sign_in()
    return _form({"remixers": Remixers.ENTRANTS, "sharing": Sharing.HERE, "is_non_commercial": "yes"})


@blueprint.post("/new")
def create() -> flask.typing.ResponseReturnValue:
    require_sign_in()
    try:
        row = contest_licences.create_contest_licence(current_actor(), current_parts(), _typed_terms())
    except FORM_ERRORS as error:
        return refused(_form(flask.request.form, faults_of(error)), error)
    flask.flash("The licence is written. Choose it for your works from now on.")
    return see("web.contest_licences.show", contest_licence_id=row.id)


@blueprint.get("/<contest_licence_id>")
def show(contest_licence_id: str) -> flask.typing.ResponseReturnValue:
    view = contest_licences.get_contest_licence(current_actor(), current_parts(), contest_licence_id)
    back = local_address(flask.request.args.get("back"), "")
    return flask.render_template("licences/contest/show.html", view=view, licence=view.row, back=back)


@blueprint.post("/<contest_licence_id>/accept")
def accept(contest_licence_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    contest_licences.accept(current_actor(), current_parts(), contest_licence_id, sha256=typed("text_sha256"))
    flask.flash("You accepted the licence. Its stems are yours to remix.")
    shown = flask.url_for("web.contest_licences.show", contest_licence_id=contest_licence_id)
    return flask.redirect(local_address(typed("back"), shown), 303)


def _form(values: Mapping[str, Any], faults: Faults = NO_FAULTS) -> str:
    return flask.render_template(
        "licences/contest/new.html", values=values, faults=faults, title_limit=TITLE_LIMIT, text_limit=TEXT_LIMIT
    )


def _typed_terms() -> ContestLicenceTerms:
    return ContestLicenceTerms(
        title=checked("title", at_least=1, at_most=TITLE_LIMIT),
        text=checked("text", at_least=1, at_most=TEXT_LIMIT, multiline=True),
        remixers=Remixers.ANYONE if typed("remixers") == Remixers.ANYONE else Remixers.ENTRANTS,
        sharing=Sharing.ANYWHERE if typed("sharing") == Sharing.ANYWHERE else Sharing.HERE,
        is_non_commercial=typed("is_non_commercial") == "yes",
        expires_at=_typed_day(),
    )


def _typed_day() -> dt.datetime | None:
    """The end of the day, in UTC."""
    text = typed("expires_at")
    if not text:
        return None
    try:
        return dt.datetime.combine(dt.date.fromisoformat(text) + dt.timedelta(days=1), dt.time(), dt.UTC)
    except (ValueError, OverflowError) as exc:
        raise Invalid("This is no date.", violations={"/expires_at": ["Write it as 2027-01-31."]}) from exc
