"""From somebody's work to a remix of it: starting the draft, and its sources, picked, amended and left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import flask

from remixhub.domain.errors import Invalid, RemixHubError
from remixhub.domain.lengths import length_named
from remixhub.domain.licences.terms import Licence
from remixhub.domain.licences.words import LicenceUnknown, licence_named
from remixhub.domain.states import SourceKind
from remixhub.domain.stems.receipt_files import LONGEST
from remixhub.edge.actor import current_actor, current_parts
from remixhub.models import Work
from remixhub.services.licences.sources import NewSource
from remixhub.services.remixes import citing, handing_back, picking
from remixhub.services.remixes.remixes import NewRemix
from remixhub.services.works import works
from remixhub.web.drafts import page
from remixhub.web.drafts.source_rows import Amended
from remixhub.web.drafts.typed import keep
from remixhub.web.forms import FORM_ERRORS, Faults, checked, faults_of, refused, typed, typed_word
from remixhub.web.pages import is_piece, require_sign_in, see

blueprint = flask.Blueprint("remixes", __name__)

_ID = re.compile(r"[0-9a-f]{32}")
_TITLE_LIMIT = 200
_NOTE_LIMIT = 2_000
_ASKED_LIMIT = 300
_FIELDS = {"starts_seconds": "starts", "ends_seconds": "ends"}


@blueprint.post("/works/<work_id>/remix")
def start(work_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    source = works.get_work(current_actor(), current_parts(), work_id)
    return _begun(NewRemix(title=_title(source), sources=[NewSource(source.id, receipt=_receipt())]))


@blueprint.get("/works/<work_id>/sources/pick")
def pick(work_id: str) -> flask.typing.ResponseReturnValue:
    """For htmx the results alone, as one types; else a page of its own."""
    require_sign_in()
    asked = flask.request.args.get("q", "").strip()[:_ASKED_LIMIT]
    shelf = picking.view_shelf(current_actor(), current_parts(), work_id, asked)
    template = "drafts/shelf.html" if is_piece() else "drafts/pick.html"
    return flask.render_template(template, shelf=shelf, work=shelf.draft)


@blueprint.post("/works/<work_id>/sources")
def add_source(work_id: str) -> flask.typing.ResponseReturnValue:
    try:
        found = _ID.search(typed("source"))
        if found is None:
            raise Invalid("Give the address of a work's page here, or its id.")
        one = NewSource(found[0], kind=typed_word(SourceKind, "kind", SourceKind.REMIX), receipt=_receipt())
        # where leave was given, the source comes with the licence that was agreed on
        refusal = citing.add_source(
            current_actor(), current_parts(), work_id, one, licence=_licence_named(typed("licence"))
        )
    except FORM_ERRORS as error:
        return refused(page.render(work_id, faults=faults_of(error)), error)
    _tell(refusal)
    return see("web.drafts.edit", f"source-{one.source_id}", work_id=work_id)


@blueprint.post("/works/<work_id>/sources/<source_id>")
def amend_source(work_id: str, source_id: str) -> flask.typing.ResponseReturnValue:
    form = flask.request.form
    try:
        citing.amend_source(current_actor(), current_parts(), work_id, _typed_source(source_id), seen=typed("seen"))
    except FORM_ERRORS as error:
        amended = Amended(source_id, form, form.getlist("stems"), _faults_of_source(error))
        return refused(page.render(work_id, amended=amended), error)
    flask.flash("Kept.")
    return see("web.drafts.edit", f"source-{source_id}", work_id=work_id)


@blueprint.post("/works/<work_id>/sources/<source_id>/cite")
def cite_source(work_id: str, source_id: str) -> flask.typing.ResponseReturnValue:
    """What was refused or left out, as it stands; under another `licence` or `instead_of` another source if so asked.

    The page's own form comes along, and is kept first.
    """
    asked, outcome = flask.request.args, keep(work_id)
    try:
        refusal = citing.cite_wish(
            current_actor(),
            current_parts(),
            work_id,
            source_id,
            licence=_licence_named(asked.get("licence", "")),
            instead_of=asked.get("instead_of"),
        )
    except FORM_ERRORS as error:
        return refused(page.render_refused(work_id, faults_of(error)), error)
    _tell(refusal)
    return page.answer(outcome, work_id, f"source-{source_id}")


@blueprint.post("/works/<work_id>/sources/<source_id>/remove")
def remove_source(work_id: str, source_id: str) -> flask.typing.ResponseReturnValue:
    outcome = keep(work_id)
    try:
        title = citing.leave_out(current_actor(), current_parts(), work_id, source_id)
    except FORM_ERRORS as error:
        return refused(page.render_refused(work_id, faults_of(error)), error)
    flask.flash(f"“{title}” is left out. You can put it back, below the sources.")
    return page.answer(outcome, work_id, "left-out")


@blueprint.post("/works/<work_id>/handback/<source_id>/take")
def take_proposal(work_id: str, source_id: str) -> flask.typing.ResponseReturnValue:
    """What a session says of a source; the page's own form comes along, and is kept first."""
    outcome = keep(work_id)
    try:
        refusal = handing_back.take_proposal(current_actor(), current_parts(), work_id, source_id)
    except FORM_ERRORS as error:
        return refused(page.render_refused(work_id, faults_of(error)), error)
    _tell(refusal)
    return page.answer(outcome, work_id, f"source-{source_id}")


@blueprint.post("/works/<work_id>/handback/<source_id>/refuse")
def refuse_proposal(work_id: str, source_id: str) -> flask.typing.ResponseReturnValue:
    outcome = keep(work_id)
    handing_back.refuse_proposal(current_actor(), current_parts(), work_id, source_id)
    return page.answer(outcome, work_id, "session")


def _begun(new: NewRemix) -> flask.typing.ResponseReturnValue:
    draft = citing.start_remix(current_actor(), current_parts(), new)
    return see("web.drafts.edit", work_id=draft.id)


def _tell(refusal: RemixHubError | None) -> None:
    if refusal is None:
        flask.flash("Source added.")
    else:
        flask.flash("Kept with your draft, but refused so far: its row says why, and what would help.", "warning")


def _typed_source(source_id: str) -> NewSource:
    """All that is wrong with it at once."""
    wrong: dict[str, list[str]] = {}
    with _gathered(wrong):
        kind = typed_word(SourceKind, "kind", SourceKind.REMIX)
    with _gathered(wrong):
        note = checked("note", at_most=_NOTE_LIMIT, multiline=True)
    with _gathered(wrong):
        starts = _typed_length("starts")
    with _gathered(wrong):
        ends = _typed_length("ends")
    if wrong:
        raise Invalid("Something is not right yet; see the marked fields.", violations=wrong)
    stems = flask.request.form.getlist("stems")
    return NewSource(source_id, kind=kind, note=note, stems=stems, starts_seconds=starts, ends_seconds=ends)


@contextmanager
def _gathered(wrong: dict[str, list[str]]) -> Iterator[None]:
    try:
        yield
    except Invalid as error:
        wrong.update({name: list(messages) for name, messages in error.violations.items()})


def _typed_length(name: str) -> float | None:
    text = typed(name)
    try:
        return length_named(text) if text else None
    except ValueError as error:
        raise Invalid(str(error), violations={f"/{name}": [str(error)]}) from error


def _faults_of_source(error: RemixHubError) -> Faults:
    """The service points into the list of all sources; the form is that of one."""
    faults = faults_of(error)
    if not isinstance(error, Invalid):
        return faults
    named = {pointer.rpartition("/")[2]: " ".join(said) for pointer, said in error.violations.items()}
    return Faults(faults.detail, faults.code, {_FIELDS.get(name, name): said for name, said in named.items()})


def _licence_named(text: str) -> Licence | None:
    try:
        return licence_named(text) if text else None
    except LicenceUnknown as exc:
        raise Invalid("Choose a licence.", violations={"/licence": ["Choose a licence."]}) from exc


def _receipt() -> str:
    """The text of a file, or what was pasted; longer ones are read as far as it takes to refuse them."""
    file = flask.request.files.get("receipt_file")
    sent = file.stream.read(4 * LONGEST + 1).decode(errors="replace") if file is not None else ""
    return sent or typed("receipt")


def _title(source: Work) -> str:
    handle = current_actor().handle or "somebody"
    return f"{source.title} ({handle} remix)"[:_TITLE_LIMIT]
