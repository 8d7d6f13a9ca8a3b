"""The sources of a published work and their history: disputes, further sources, and claims by other artists."""

from __future__ import annotations

import re

import flask

from remixhub.domain.errors import RemixHubError
from remixhub.domain.licences.terms import OFFERED
from remixhub.domain.lineage.foreign_addresses import is_node_id
from remixhub.domain.states import SourceKind
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.licences.sources import NewSource
from remixhub.services.remixes import elsewhere, links
from remixhub.web.drafts.elsewhere_rows import Outside, new_elsewhere
from remixhub.web.forms import FORM_ERRORS, NO_FAULTS, Faults, checked, faults_of, refused, typed
from remixhub.web.pages import LINES_LIMIT, asked_position, next_cursor, require_sign_in, see

blueprint = flask.Blueprint("links", __name__)

_NOTE_LIMIT = 2_000
_CLAIMS_LIMIT = 200
_BEHIND_THE_PATH = re.compile("[?#]")


@blueprint.get("/works/<work_id>/links")
def show(work_id: str) -> flask.typing.ResponseReturnValue:
    return _page(work_id, NO_FAULTS)


@blueprint.post("/works/<work_id>/links")
def change(work_id: str) -> flask.typing.ResponseReturnValue:
    """One of the page's forms; `act` says which."""
    try:
        flask.flash(_act(work_id, typed("act")))
    except FORM_ERRORS as exc:
        return refused(_page(work_id, faults_of(exc)), exc)
    return see("web.links.show", work_id=work_id)


@blueprint.get("/my/claims")
def claims() -> flask.typing.ResponseReturnValue:
    require_sign_in()
    return _claims_page(NO_FAULTS)


@blueprint.post("/my/claims/<claim_id>")
def answer(claim_id: str) -> flask.typing.ResponseReturnValue:
    accept = typed("answer") == "accept"
    try:
        links.answer_claim(current_actor(), current_parts(), claim_id, accept=accept, note=_note(required=False))
    except RemixHubError as exc:
        return refused(_claims_page(faults_of(exc)), exc)
    flask.flash("The source is added." if accept else "The claim is refused.")
    return see("web.links.claims")


def _act(work_id: str, act: str) -> str:
    actor, parts, source_id = current_actor(), current_parts(), _work_named(typed("source"))
    if is_node_id(source_id):
        return _act_on_elsewhere(work_id, source_id, act)
    if act == "dispute":
        links.dispute_link(actor, parts, work_id, source_id, note=_note())
        return "The link is marked as disputed; an operator will decide."
    if act in ("uphold", "remove"):
        links.decide_dispute(actor, parts, work_id, source_id, uphold=act == "uphold", note=_note())
        return "The link stands." if act == "uphold" else "The link is removed."
    kind = SourceKind(typed("kind")) if typed("kind") in list(SourceKind) else SourceKind.REMIX
    if act == "claim":
        links.claim_link(actor, parts, work_id, source_id, kind=kind, note=_note())
        return "Your claim is with the artist of the work."
    links.add_link(actor, parts, work_id, NewSource(source_id, kind), note=_note(required=False))
    return "The source is added."


def _act_on_elsewhere(work_id: str, node_id: str, act: str) -> str:
    actor, parts = current_actor(), current_parts()
    if act == "dispute":
        elsewhere.dispute_elsewhere(actor, parts, work_id, node_id, note=_note())
        return "The source is marked as disputed; an operator will decide."
    elsewhere.decide_elsewhere(actor, parts, work_id, node_id, uphold=act == "uphold", note=_note())
    return "The source stands." if act == "uphold" else "The source is removed."


def _note(*, required: bool = True) -> str:
    return checked("note", at_most=_NOTE_LIMIT, at_least=1 if required else 0, multiline=True)


def _work_named(text: str) -> str:
    """The id, of the id itself or of the address of the work's page."""
    return _BEHIND_THE_PATH.split(text)[0].rstrip("/").rpartition("/")[2]


def page_of(work_id: str, outside: Outside) -> str:
    """With the form for a source from elsewhere as it was sent."""
    return _page(work_id, NO_FAULTS, outside)


def _page(work_id: str, faults: Faults, outside: Outside | None = None) -> str:
    actor, parts = current_actor(), current_parts()
    listing = f"page:link-events:{work_id}"
    found = links.view_links(actor, parts, work_id, after=asked_position(listing), limit=LINES_LIMIT)
    work, history = found.work, found.events
    return flask.render_template(
        "remixes/links.html",
        work=work,
        is_own=work.account_id == actor.account_id,
        events=history.rows,
        outside=found.elsewhere,
        outside_events=found.elsewhere_events,
        titles={link.source_id: link.source.title for link in work.sources} | {work.id: work.title},
        next_cursor=next_cursor(history, listing),
        new_elsewhere=new_elsewhere(outside),
        offered=OFFERED,
        source_kinds=list(SourceKind),
        kinds=[(kind.value, kind.value.capitalize()) for kind in SourceKind],
        typed=flask.request.form,
        faults=faults,
    )


def _claims_page(faults: Faults) -> str:
    found = links.list_claims(current_actor(), current_parts(), limit=_CLAIMS_LIMIT)
    return flask.render_template("remixes/claims.html", claims=found, faults=faults)
