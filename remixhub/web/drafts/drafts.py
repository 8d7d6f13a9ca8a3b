"""The draft editor: from a title to a published work."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import flask

from remixhub.domain.errors import Invalid, PreconditionFailed
from remixhub.domain.licences.terms import Licence
from remixhub.domain.licences.words import LicenceUnknown, licence_named
from remixhub.domain.musical_key import LONGEST_NOTATION
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.licences import contest_licences
from remixhub.services.remixes import publishing
from remixhub.services.works import releases, works
from remixhub.web.drafts import page
from remixhub.web.forms import (
    FORM_ERRORS,
    NO_FAULTS,
    Faults,
    checked,
    checked_lines,
    faults_of,
    refused,
    typed,
    typed_number,
    typed_words,
)
from remixhub.web.pages import require_sign_in, see

blueprint = flask.Blueprint("drafts", __name__)

_CREDITS_LIMIT = 100
_OFFERED_CONTEST_LICENCES = 20


@blueprint.get("/new")
def start() -> flask.typing.ResponseReturnValue:
    require_sign_in()
    return _start_page({"licence": Licence.BY})


@blueprint.post("/new")
def create() -> flask.typing.ResponseReturnValue:
    require_sign_in()
    try:
        work = releases.create_release(
            current_actor(), current_parts(), title=checked("title", at_least=1, at_most=200), licence=_typed_licence()
        )
    except FORM_ERRORS as error:
        return refused(_start_page(flask.request.form, faults_of(error)), error)
    return see("web.drafts.edit", work_id=work.id)


@blueprint.get("/works/<work_id>/edit")
def edit(work_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    return page.render(work_id)


@blueprint.post("/works/<work_id>/edit")
def save(work_id: str) -> flask.typing.ResponseReturnValue:
    try:
        changes = {
            "title": checked("title", at_least=1, at_most=200),
            "description": checked("description", at_most=5000, multiline=True),
            "tempo_bpm": typed_number("tempo_bpm"),
            "key": checked("key", at_most=LONGEST_NOTATION) or None,
            "tags": typed_words("tags"),
            "credits": _typed_credits(),
            "inherited_shares": _typed_shares(),
            "licence": _typed_licence(),
        }
        work = works.get_own_work(current_actor(), current_parts(), work_id)
        if typed("seen") != page.seen_of(work):
            raise PreconditionFailed("It was edited elsewhere in the meantime. Compare, then save again.")
        works.update_work(current_actor(), current_parts(), work_id, changes, revision=work.revision)
    except FORM_ERRORS as error:
        return refused(page.render_refused(work_id, flask.request.form, faults_of(error)), error)
    flask.flash("Saved.")
    return see("web.drafts.edit", "about", work_id=work_id)


@blueprint.get("/works/<work_id>/edit/verdict")
def verdict(work_id: str) -> flask.typing.ResponseReturnValue:
    """What the sources say to a licence, for htmx to swap in as one chooses."""
    try:
        return page.render_verdict(work_id, licence_named(flask.request.args.get("licence", "")))
    except LicenceUnknown as exc:
        raise Invalid("Choose a licence.", violations={"/licence": [str(exc)]}) from exc


@blueprint.get("/works/<work_id>/edit/pulse")
def pulse(work_id: str) -> flask.typing.ResponseReturnValue:
    """The pieces of the editor that have changed since it was loaded, for htmx to swap in."""
    asked = flask.request.args
    return page.render_pulse(work_id, waiting=set(asked.getlist("waiting")), seen=asked.get("seen", ""))


@blueprint.post("/works/<work_id>/publish")
def publish(work_id: str) -> flask.typing.ResponseReturnValue:
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


def _typed_licence() -> Licence:
    try:
        return licence_named(typed("other_licence") or typed("licence"))
    except LicenceUnknown as exc:
        fault = str(exc) if typed("other_licence") or typed("licence") else "Choose a licence."
        raise Invalid("Choose a licence.", violations={"/licence": [fault]}) from exc


def _typed_shares() -> list[float]:
    try:
        return [float(word.rstrip("% ")) for word in typed("inherited_shares").split(",") if word.strip()]
    except ValueError as exc:
        message = "Write percents, separated by commas, such as 20, 5."
        raise Invalid("The shares cannot be read.", violations={"/inherited_shares": [message]}) from exc


def _typed_credits() -> list[dict[str, Any]]:
    """One a line: `name, role`, or `name, role, 20 %`."""
    credits: list[dict[str, Any]] = []
    for line in checked_lines("credits", at_most=10_000)[: _CREDITS_LIMIT + 1]:
        name, _, role = (part.strip() for part in line.partition(","))
        share = re.fullmatch(r"(.*?),?\s*(\d{1,3}(?:\.\d+)?)\s*%", role)
        role, percent = share.groups() if share else (role, None)
        credits.append({"name": name, "role": role, **({"share_percent": float(percent)} if percent else {})})
    if len(credits) > _CREDITS_LIMIT or any(not line["name"] or len(line["name"]) > 120 for line in credits):
        raise Invalid("The credits cannot be read.", violations={"/credits": ["One a line: a name, a comma, a role."]})
    return credits
