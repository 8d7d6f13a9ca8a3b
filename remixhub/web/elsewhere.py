"""Sources from elsewhere: the page of one, with who cites it here, and the forms of drafts and of published remixes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import flask

from remixhub.domain.errors import Invalid, RemixHubError
from remixhub.domain.lengths import length_named
from remixhub.domain.licences.terms import Licence
from remixhub.domain.licences.words import LicenceUnknown, licence_named
from remixhub.domain.lineage.elsewhere import ARTIST_LIMIT, TITLE_LIMIT, WORDS_LIMIT, Leave, NewElsewhere, SourceIsHere
from remixhub.domain.lineage.foreign_addresses import ElsewhereAddressInvalid, normalised, work_here
from remixhub.domain.lineage.sites import site_of
from remixhub.domain.states import SourceKind
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.licences.sources import NewSource
from remixhub.services.lineage.elsewhere import view_elsewhere
from remixhub.services.remixes import citing, elsewhere
from remixhub.services.remixes.elsewhere import Declared
from remixhub.web import links
from remixhub.web.drafts import page
from remixhub.web.drafts.elsewhere_rows import Outside
from remixhub.web.drafts.typed import keep
from remixhub.web.forms import FORM_ERRORS, Faults, Gathered, checked, faults_of, refused, typed, typed_word
from remixhub.web.pages import LINES_LIMIT, asked_position, next_cursor, require_sign_in, see

blueprint = flask.Blueprint("elsewhere", __name__)

_ADDRESS_LIMIT = 2_000
"""Longer ones are refused by the rule for addresses, in its words."""
_FIELDS = {
    "starts_seconds": "starts",
    "ends_seconds": "ends",
    "leave/licence": "leave_licence",
    "leave/given_on": "leave_on",
}
_ANCHOR = "elsewhere-title"
_LINKS = "links"
"""Where the form of a published remix stands."""
Read = TypeVar("Read")


@blueprint.get("/elsewhere/<node_id>")
def show(node_id: str) -> str:
    listing = f"page:elsewhere:{node_id}"
    after = asked_position(listing)
    found = view_elsewhere(current_actor(), current_parts(), node_id, after=after, limit=LINES_LIMIT)
    return flask.render_template(
        "lineage/elsewhere.html", found=found, source=found.newest, next_cursor=next_cursor(found.citing, listing)
    )


@blueprint.get("/elsewhere/<node_id>/card")
def card(node_id: str) -> str:
    """The piece of the explorer that tells of the source one looks at."""
    found = view_elsewhere(current_actor(), current_parts(), node_id, after=None, limit=1)
    return flask.render_template("lineage/elsewhere_card.html", source=found.newest)


@blueprint.get("/works/<work_id>/elsewhere/site")
def site(work_id: str) -> str:
    """What the address that is being typed names, for htmx to show beside it."""
    del work_id
    require_sign_in()
    asked = flask.request.args.get("address", "").strip()[:_ADDRESS_LIMIT]
    named, here, fault = "", work_here(asked, current_parts().addresses.hub), ""
    if asked and here is None:
        try:
            named = site_of(normalised(asked))
        except ElsewhereAddressInvalid as exc:
            fault = exc.violations["/address"][0]
    return flask.render_template("drafts/elsewhere_site.html", named=named, here=here, fault=fault)


@blueprint.post("/works/<work_id>/elsewhere")
def add(work_id: str) -> flask.typing.ResponseReturnValue:
    actor, parts = current_actor(), current_parts()
    try:
        made = elsewhere.add_elsewhere(actor, parts, work_id, _read_new(), keep_refused=True)
    except SourceIsHere as here:
        source_id = str(here.context["source_id"] or "")
        if not source_id or typed("back") == _LINKS:
            return _refused(work_id, "", here)
        return _added_here(work_id, source_id)
    except FORM_ERRORS as error:
        return _refused(work_id, "", error)
    return _told(work_id, made)


@blueprint.post("/works/<work_id>/elsewhere/<node_id>")
def amend(work_id: str, node_id: str) -> flask.typing.ResponseReturnValue:
    actor, parts = current_actor(), current_parts()
    try:
        new = _read_new()
        changes = {name: getattr(new, name) for name in elsewhere.FIELDS}
        if new.seen_on is None:
            del changes["seen_on"]
        made = elsewhere.amend_elsewhere(actor, parts, work_id, node_id, changes, keep_refused=True)
    except FORM_ERRORS as error:
        return _refused(work_id, node_id, error)
    return _told(work_id, made, "Kept.")


@blueprint.post("/works/<work_id>/elsewhere/<node_id>/cite")
def cite(work_id: str, node_id: str) -> flask.typing.ResponseReturnValue:
    """What was refused, as it stands; under another `licence` of the remix if so asked."""
    outcome, licence = keep(work_id), flask.request.args.get("licence", "")
    try:
        wished = Licence(licence) if licence else None
        elsewhere.amend_elsewhere(current_actor(), current_parts(), work_id, node_id, {}, licence=wished)
    except ValueError as exc:
        raise Invalid("Choose a licence.", violations={"/licence": ["Choose a licence."]}) from exc
    except FORM_ERRORS as error:
        return refused(page.render_refused(work_id, faults_of(error)), error)
    flask.flash("Source added.")
    return page.answer(outcome, work_id, _ANCHOR)


@blueprint.post("/works/<work_id>/elsewhere/<node_id>/remove")
def remove(work_id: str, node_id: str) -> flask.typing.ResponseReturnValue:
    try:
        row = elsewhere.leave_out_elsewhere(current_actor(), current_parts(), work_id, node_id)
    except FORM_ERRORS as error:
        return refused(page.render(work_id, faults=faults_of(error)), error)
    flask.flash(f"“{row.title}” is left out.")
    return see("web.drafts.edit", _ANCHOR, work_id=work_id)


def _added_here(work_id: str, source_id: str) -> flask.typing.ResponseReturnValue:
    """The address was that of a work of this hub."""
    try:
        refusal = citing.add_source(current_actor(), current_parts(), work_id, NewSource(source_id))
    except FORM_ERRORS as error:
        return _refused(work_id, "", error)
    if refusal is None:
        flask.flash("That work is on this hub, and was added as such.")
    else:
        flask.flash("That work is on this hub: kept with your draft, but refused so far. Its row says why.", "warning")
    return see("web.drafts.edit", f"source-{source_id}", work_id=work_id)


def _told(work_id: str, made: Declared, words: str = "Source added.") -> flask.typing.ResponseReturnValue:
    if typed("back") == _LINKS:
        flask.flash(words)
        return see("web.links.show", work_id=work_id)
    if made.refusal is None:
        flask.flash(words)
    else:
        flask.flash("Kept with your draft, but refused so far: its row says why, and what would help.", "warning")
    return see("web.drafts.edit", f"elsewhere-{made.source.node_id[:12]}", work_id=work_id)


def _refused(work_id: str, node_id: str, error: RemixHubError) -> flask.typing.ResponseReturnValue:
    outside = Outside(node_id, flask.request.form, _faults_of(error))
    if typed("back") == _LINKS:
        return refused(links.page_of(work_id, outside), error)
    return refused(page.render(work_id, outside=outside), error)


def _faults_of(error: RemixHubError) -> Faults:
    faults = faults_of(error)
    if not isinstance(error, Invalid):
        return faults
    named = {pointer.lstrip("/"): " ".join(said) for pointer, said in error.violations.items()}
    return Faults(faults.detail, faults.code, {_FIELDS.get(name, name): said for name, said in named.items()})


def _read_new() -> NewElsewhere:
    """All that is wrong with it at once."""
    gathered = Gathered()
    read: Mapping[str, Any] = {
        "address": gathered.read(lambda: checked("address", at_least=1, at_most=_ADDRESS_LIMIT), ""),
        "title": gathered.read(lambda: checked("title", at_least=1, at_most=TITLE_LIMIT), ""),
        "artist": gathered.read(lambda: checked("artist", at_least=1, at_most=ARTIST_LIMIT), ""),
        "licence": gathered.read(lambda: _licence("licence"), None),
        "seen_on": gathered.read(lambda: _day("seen_on"), None),
        "kind": gathered.read(lambda: typed_word(SourceKind, "kind", SourceKind.SAMPLE), SourceKind.SAMPLE),
        "note": gathered.read(lambda: checked("note", at_most=WORDS_LIMIT, multiline=True), ""),
        "starts_seconds": gathered.read(lambda: _length("starts"), None),
        "ends_seconds": gathered.read(lambda: _length("ends"), None),
        "leave": _read_leave(gathered),
    }
    gathered.require_none()
    return NewElsewhere(**read)


def _read_leave(gathered: Gathered) -> Leave | None:
    """None where none of its fields is filled in; all of them are needed otherwise."""
    if not any(typed(name) for name in ("leave_licence", "leave_words", "leave_on")):
        return None
    licence = gathered.read(lambda: _licence("leave_licence"), None)
    words = gathered.read(lambda: checked("leave_words", at_least=1, at_most=WORDS_LIMIT, multiline=True), "")
    given_on = gathered.read(lambda: _needed(_day("leave_on"), "leave_on", "Say when."), None)
    return None if licence is None or given_on is None else Leave(licence, words, given_on)


def _licence(name: str) -> Licence:
    given = typed(name)
    try:
        return licence_named(given)
    except LicenceUnknown as exc:
        said = str(exc) if given else "Write its name or address; all rights reserved where none is stated."
        raise Invalid("A licence is not understood.", violations={f"/{name}": [said]}) from exc


def _day(name: str) -> dt.date | None:
    return _parsed(name, dt.date.fromisoformat, "Write a day such as 2024-03-01.")


def _length(name: str) -> float | None:
    return _parsed(name, length_named, "")


def _parsed(name: str, parse: Callable[[str], Read], words: str) -> Read | None:
    text = typed(name)
    try:
        return parse(text) if text else None
    except ValueError as exc:
        said = words or str(exc)
        raise Invalid(said, violations={f"/{name}": [said]}) from exc


def _needed(read: Read | None, name: str, words: str) -> Read:
    if read is None:
        raise Invalid(words, violations={f"/{name}": [words]})
    return read
