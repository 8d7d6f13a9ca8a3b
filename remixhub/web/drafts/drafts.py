"""The draft editor: from a title to a published work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import flask

from remixhub.domain.errors import Invalid
from remixhub.domain.licences.terms import Licence
from remixhub.domain.licences.words import LicenceUnknown, licence_named
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.licences import contest_licences
from remixhub.services.remixes import publishing
from remixhub.services.remixes.suggestions import take_suggestion
from remixhub.services.works import releases, works
from remixhub.web.drafts import page
from remixhub.web.drafts.typed import keep, read_licence
from remixhub.web.forms import FORM_ERRORS, NO_FAULTS, Faults, checked, faults_of, refused, typed
from remixhub.web.pages import require_sign_in, see

blueprint = flask.Blueprint("drafts", __name__)

_OFFERED_CONTEST_LICENCES = 20


@blueprint.get("/new")
def start() -> flask.typing.ResponseReturnValue:
    require_sign_in()
    return _start_page({"licence": Licence.BY})


@blueprint.post("/new")
def create() -> flask.typing.ResponseReturnValue:
    require_sign_in()
    try:
        title, licence = checked("title", at_least=1, at_most=200), read_licence()
        work = releases.create_release(current_actor(), current_parts(), title=title, licence=licence)
    except FORM_ERRORS as error:
        return refused(_start_page(flask.request.form, faults_of(error)), error)
    return see("web.drafts.edit", work_id=work.id)


@blueprint.get("/works/<work_id>/edit")
def edit(work_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    return page.render(work_id)


@blueprint.post("/works/<work_id>/edit")
def save(work_id: str) -> flask.typing.ResponseReturnValue:
    """For a script, which saves as one types, what came of it as JSON; else the page."""
    outcome = keep(work_id)
    if flask.request.accept_mimetypes.best == "application/json":
        return page.kept_json(work_id, outcome)
    if outcome.faults is not None:
        return page.render_refused(work_id, outcome.faults), 422
    flask.flash("Saved.")
    return see("web.drafts.edit", "about", work_id=work_id)


@blueprint.get("/works/<work_id>/edit/verdict")
def verdict(work_id: str) -> flask.typing.ResponseReturnValue:
    """What the sources say to a licence, for htmx to swap in as one chooses."""
    try:
        return page.render_verdict(work_id, licence_named(flask.request.args.get("licence", "")))
    except LicenceUnknown as exc:
        raise Invalid("Choose a licence.", violations={"/licence": [str(exc)]}) from exc


@blueprint.post("/works/<work_id>/suggestions")
def suggestions(work_id: str) -> flask.typing.ResponseReturnValue:
    """`take` is `tempo_bpm:124`, `key:A minor`, `name:` with a stem's id, or `names`."""
    outcome = keep(work_id)
    what, _, value = typed("take").partition(":")
    try:
        take_suggestion(current_actor(), current_parts(), work_id, what, value)
    except FORM_ERRORS as error:
        return refused(page.render(work_id, faults=faults_of(error)), error)
    return page.answer(outcome, work_id, f"stem-{value}" if what == "name" else "suggestions")


@blueprint.get("/works/<work_id>/edit/pulse")
def pulse(work_id: str) -> flask.typing.ResponseReturnValue:
    """The pieces of the editor that have changed since it was loaded, for htmx to swap in."""
    asked = flask.request.args
    return page.render_pulse(work_id, waiting=set(asked.getlist("waiting")), seen=asked.get("seen", ""))


@blueprint.post("/works/<work_id>/publish")
def publish(work_id: str) -> flask.typing.ResponseReturnValue:
    outcome = keep(work_id)
    if outcome.faults is not None:
        return page.render_refused(work_id, outcome.faults), 422
    try:
        publishing.publish_work(current_actor(), current_parts(), work_id)
    except FORM_ERRORS as error:
        return refused(page.render(work_id, faults=faults_of(error)), error)
    flask.flash("Published. Everybody can hear and remix it now.")
    return see("web.works.show", work_id=work_id)


@blueprint.post("/works/<work_id>/discard")
def discard(work_id: str) -> flask.typing.ResponseReturnValue:
    works.delete_draft(current_actor(), current_parts(), work_id)
    flask.flash("The draft is deleted.")
    return see("web.works.list_own")


def _start_page(values: Mapping[str, Any], faults: Faults = NO_FAULTS) -> str:
    own = contest_licences.list_own_contest_licences(
        current_actor(), current_parts(), after=None, limit=_OFFERED_CONTEST_LICENCES
    )
    choices = page.licence_choices(own.rows, frozenset(Licence))
    return flask.render_template("drafts/new.html", values=values, faults=faults, licences=choices)
