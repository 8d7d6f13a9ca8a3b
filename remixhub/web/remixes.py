"""From somebody's work to a remix of it: starting the draft, and its sources."""

from __future__ import annotations

import re

import flask

from remixhub.domain.errors import Invalid
from remixhub.domain.licences.terms import Licence
from remixhub.domain.licences.words import LicenceUnknown, licence_named
from remixhub.domain.states import SourceKind
from remixhub.domain.stems.receipt_files import LONGEST
from remixhub.edge.actor import current_actor, current_parts
from remixhub.models import SourceLink, Work
from remixhub.services.licences.sources import NewSource
from remixhub.services.mixes import mixes
from remixhub.services.remixes import remixes
from remixhub.services.remixes.remixes import NewRemix
from remixhub.services.works import works
from remixhub.web.drafts import page
from remixhub.web.forms import FORM_ERRORS, faults_of, refused, typed, typed_word
from remixhub.web.pages import require_sign_in, see

blueprint = flask.Blueprint("remixes", __name__)

_ID = re.compile(r"[0-9a-f]{32}")
_TITLE_LIMIT = 200


@blueprint.post("/works/<work_id>/remix")
def start(work_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    source = works.get_work(current_actor(), current_parts(), work_id)
    return _draft(NewRemix(title=_title(source), sources=[NewSource(source.id, receipt=_receipt())]))


@blueprint.post("/mixes/<mix_id>/remix")
def start_from_mix(mix_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    mix = mixes.get_mix(current_actor(), current_parts(), mix_id).mix
    source = mix.mixdown.stem_pack.work
    return _draft(NewRemix(title=mix.title or _title(source), sources=[NewSource(source.id)], mix_id=mix_id))


@blueprint.post("/works/<work_id>/sources")
def add_source(work_id: str) -> flask.typing.ResponseReturnValue:
    try:
        found = _ID.search(typed("source"))
        if found is None:
            raise Invalid("Give the address of a work's page here, or its id.")
        work = works.get_work(current_actor(), current_parts(), work_id)
        receipt = _receipt()  # also for what is a source already
        cited = [_as_declared(link) for link in work.sources if not receipt or link.source_id != found[0]]
        cited.append(NewSource(found[0], kind=typed_word(SourceKind, "kind", SourceKind.REMIX), receipt=receipt))
        # where leave was given, the source comes with the licence that was agreed on
        licence = _typed_licence() if typed("licence") else None
        remixes.set_sources(current_actor(), current_parts(), work_id, cited, revision=work.revision, licence=licence)
    except FORM_ERRORS as error:
        return refused(page.render(work_id, faults=faults_of(error)), error)
    flask.flash("Source added.")
    return see("web.drafts.edit", "sources-title", work_id=work_id)


@blueprint.post("/works/<work_id>/sources/<source_id>/remove")
def remove_source(work_id: str, source_id: str) -> flask.typing.ResponseReturnValue:
    try:
        work = works.get_work(current_actor(), current_parts(), work_id)
        cited = [_as_declared(link) for link in work.sources if link.source_id != source_id]
        remixes.set_sources(current_actor(), current_parts(), work_id, cited, revision=work.revision)
    except FORM_ERRORS as error:
        return refused(page.render(work_id, faults=faults_of(error)), error)
    flask.flash("Source removed.")
    return see("web.drafts.edit", "sources-title", work_id=work_id)


def _typed_licence() -> Licence:
    try:
        return licence_named(typed("licence"))
    except LicenceUnknown as exc:
        raise Invalid("Choose a licence.", violations={"/licence": ["Choose a licence."]}) from exc


def _receipt() -> str:
    """The text of a file, or what was pasted; longer ones are read as far as it takes to refuse them."""
    file = flask.request.files.get("receipt_file")
    sent = file.stream.read(4 * LONGEST + 1).decode(errors="replace") if file is not None else ""
    return sent or typed("receipt")


def _draft(new: NewRemix) -> flask.typing.ResponseReturnValue:
    work = remixes.create_remix(current_actor(), current_parts(), new)
    return see("web.drafts.edit", work_id=work.id)


def _title(source: Work) -> str:
    handle = current_actor().handle or "somebody"
    return f"{source.title} ({handle} remix)"[:_TITLE_LIMIT]


def _as_declared(link: SourceLink) -> NewSource:
    return NewSource(
        link.source_id,
        kind=link.kind,
        stems=link.stems,
        note=link.note,
        starts_seconds=link.starts_seconds,
        ends_seconds=link.ends_seconds,
    )
