"""The form of a contest, new or there already; its preview; and the check before it is announced."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import flask

from remixhub.domain.contests.judging import CRITERIA_LIMIT
from remixhub.domain.contests.phases import Phase
from remixhub.domain.contests.presets import Preset, preset_deadlines, preset_terms
from remixhub.domain.contests.readiness import Severity
from remixhub.domain.contests.terms import ContestTerms, in_plain_words
from remixhub.edge.actor import current_actor, current_parts
from remixhub.models import Contest
from remixhub.services.contests import announcing, hosting
from remixhub.services.contests.drafting import ContestForm, view_contest_form, view_edit_form
from remixhub.web.contests.typed_contest import (
    EVERYBODY_GIVES,
    changed_facts,
    shown_contest,
    shown_deadlines,
    shown_terms,
    typed_contest,
    typed_moment,
    typed_terms,
)
from remixhub.web.contests.typed_rubric import rearranged, rows_of, shown_rubric, without_rubric
from remixhub.web.forms import (
    FORM_ERRORS,
    NO_FAULTS,
    Faults,
    Gathered,
    checked,
    faults_of,
    refused,
    typed,
    typed_whole,
)
from remixhub.web.pages import require_sign_in, see

blueprint = flask.Blueprint("contest_drafting", __name__)

_EMBARGOED_UNTIL = (Phase.DRAFT, Phase.ANNOUNCED, Phase.OPEN)


@blueprint.get("/labels/<label>/contests/new")
def start(label: str) -> flask.typing.ResponseReturnValue:
    """`?preset=` says from what it starts, `?release_id=` what it is about, else the newest that it may be about."""
    require_sign_in()
    form = view_contest_form(current_actor(), current_parts(), label)
    asked = flask.request.args
    newest = form.works[0].id if form.works else ""
    return _page(form, {"release_id": asked.get("release_id", newest), **_preset_values(form, asked.get("preset", ""))})


@blueprint.post("/labels/<label>/contests/new")
def create(label: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    form = view_contest_form(current_actor(), current_parts(), label)
    if _is_asked_only():
        return _page(form, _asked_values(form))
    try:
        gathered = Gathered()
        facts = typed_contest(gathered, ZoneInfo(form.label.time_zone), offered=_offered(form))
        gathered.require_none()
        contest = hosting.create_contest(current_actor(), current_parts(), label=label, **facts)
    except FORM_ERRORS as error:
        return refused(_page(form, flask.request.form, faults_of(error)), error)
    flask.flash("The draft is kept. Nobody but the label sees it before you announce it.")
    return see("web.contest_host.dashboard", contest_id=contest.id)


@blueprint.get("/contests/<contest_id>/edit")
def edit(contest_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    form = view_edit_form(current_actor(), current_parts(), contest_id)
    return _page(form, shown_contest(_contest(form), ZoneInfo(form.label.time_zone)))


@blueprint.post("/contests/<contest_id>/edit")
def save(contest_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    form = view_edit_form(current_actor(), current_parts(), contest_id)
    if _is_asked_only():
        return _page(form, _asked_values(form))
    try:
        changes = _typed_changes(form)
        if changes:
            hosting.edit_contest(current_actor(), current_parts(), contest_id, changes, revision=typed_whole("seen"))
    except FORM_ERRORS as error:
        return refused(_page(form, flask.request.form, faults_of(error)), error)
    flask.flash("It is changed." if changes else "Nothing was changed.")
    return see("web.contest_host.dashboard", contest_id=contest_id)


@blueprint.post("/labels/<label>/contests/preview")
def preview(label: str) -> flask.typing.ResponseReturnValue:
    """What is typed so far, in plain words; keeps nothing."""
    require_sign_in()
    form = view_contest_form(current_actor(), current_parts(), label)
    return flask.render_template("contests/form/preview.html", preview=_preview(form), values=flask.request.form)


@blueprint.get("/contests/<contest_id>/announce")
def check(contest_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    return _check_page(contest_id)


@blueprint.post("/contests/<contest_id>/announce")
def announce(contest_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    try:
        announcing.announce(current_actor(), current_parts(), contest_id, revision=typed_whole("seen"))
    except FORM_ERRORS as error:
        return refused(_check_page(contest_id, faults_of(error)), error)
    flask.flash("It is announced. Everybody sees it now.")
    return see("web.contest_host.dashboard", contest_id=contest_id)


def _contest(form: ContestForm) -> Contest:
    assert form.view is not None
    return form.view.contest


def _scope(form: ContestForm) -> str:
    """How much of it can still be changed."""
    if form.view is None or form.view.phase is Phase.DRAFT:
        return "draft"
    is_fixed = _contest(form).terms_frozen_at is not None or form.view.phase not in (Phase.ANNOUNCED, Phase.OPEN)
    return "frozen" if is_fixed else "announced"


def _typed_changes(form: ContestForm) -> dict[str, Any]:
    """Of what can still be changed, what is another than it was."""
    assert form.view is not None
    contest, scope, gathered, zone = form.view.contest, _scope(form), Gathered(), ZoneInfo(form.label.time_zone)
    if scope == "frozen":
        changes: dict[str, Any] = {"title": gathered.read(lambda: checked("title", at_least=1, at_most=120), "")}
        if form.view.phase in _EMBARGOED_UNTIL:
            changes["embargo_until"] = gathered.read(lambda: typed_moment("embargo_until", zone), None)
        gathered.require_none()
        return {name: value for name, value in changes.items() if getattr(contest, name) != value}
    facts = typed_contest(gathered, zone, offered=_offered(form), is_draft=scope == "draft")
    gathered.require_none()
    return changed_facts(contest, facts)


def _offered(form: ContestForm) -> set[str]:
    return {work.id for work in form.works}


def _is_asked_only() -> bool:
    """Whether a preset, the preview or another order of criteria is asked for: nothing is kept then."""
    return bool(typed("preset") or typed("show") or typed("row"))


def _asked_values(form: ContestForm) -> dict[str, Any]:
    values: dict[str, Any] = flask.request.form.to_dict()
    if typed("row"):
        return rearranged(values, typed("row"))
    return without_rubric(values) | _preset_values(form, typed("preset")) if typed("preset") else values


def _preset_values(form: ContestForm, word: str) -> dict[str, str]:
    """Who decides and when, as the preset has it; in a form that is new everything that a contest needs."""
    preset = _preset_of(word)
    terms, zone = preset_terms(preset), ZoneInfo(form.label.time_zone)
    shown = shown_terms(terms)
    if flask.request.method == "POST":
        names = ("vote", "vote_share_percent", "judges_per_entry", *shown_rubric(terms.rubric))
        shown = {name: shown[name] for name in names}
    return {**shown, **shown_deadlines(preset_deadlines(preset, form.moment, zone), zone), "preset": preset.value}


def _preset_of(word: str) -> Preset:
    return Preset(word) if word in list(Preset) else Preset.QUICK


def _preview(form: ContestForm, terms: ContestTerms | None = None) -> tuple[Sequence[str], Sequence[str]]:
    """In plain words, and what is still to be mended."""
    gathered = Gathered()
    terms = terms or typed_terms(gathered)
    chosen = typed("release_id")
    licence = next((work.licence for work in form.works if work.id == chosen), terms.licence)
    return in_plain_words(dataclasses.replace(terms, licence=licence)), gathered.details


def _terms_shown(form: ContestForm, values: Mapping[str, Any]) -> ContestTerms | None:
    """Those that the form is filled with, unless it is filled with what was typed."""
    if flask.request.method == "GET":
        return form.view.terms if form.view else preset_terms(_preset_of(values["preset"]))
    if not typed("preset"):
        return None
    preset = preset_terms(_preset_of(values["preset"]))
    names = ("rubric", "vote", "vote_share_percent", "judges_per_entry")
    who_decides = {name: getattr(preset, name) for name in names}
    return dataclasses.replace(typed_terms(Gathered()), **who_decides)


def _page(form: ContestForm, values: Mapping[str, Any], faults: Faults = NO_FAULTS) -> str:
    return flask.render_template(
        "contests/form/page.html",
        label=form.label,
        contest=form.view.contest if form.view else None,
        scope=_scope(form),
        may_embargo=form.view is None or form.view.phase in _EMBARGOED_UNTIL,
        works=form.works,
        values=values,
        presets=list(Preset),
        criteria=rows_of(values),
        criteria_limit=CRITERIA_LIMIT,
        is_rearranged=bool(typed("row")),
        secret_remixer=EVERYBODY_GIVES,
        preview=_preview(form, _terms_shown(form, values)),
        faults=faults,
    )


def _check_page(contest_id: str, faults: Faults = NO_FAULTS) -> str:
    page = announcing.view_announcement(current_actor(), current_parts(), contest_id)
    return flask.render_template(
        "contests/announce.html",
        view=page.view,
        contest=page.view.contest,
        errors=[one for one in page.findings if one.severity is Severity.ERROR],
        warnings=[one for one in page.findings if one.severity is Severity.WARNING],
        is_ready=page.is_ready,
        plain_words=in_plain_words(page.view.terms),
        faults=faults,
    )
