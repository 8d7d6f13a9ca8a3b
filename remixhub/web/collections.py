"""Collections: their pages, and putting a work into one."""

from __future__ import annotations

from typing import Any

import flask

from remixhub.domain.collections import NOTE_LIMIT, TEXT_LIMIT, TITLE_LIMIT, Visibility
from remixhub.domain.errors import Invalid
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.collections import collections, filling
from remixhub.services.collections.collections import CollectionView
from remixhub.web.forms import FORM_ERRORS, NO_FAULTS, Faults, Gathered, checked, faults_of, refused, typed, typed_whole
from remixhub.web.pages import LINES_LIMIT, asked_position, next_cursor, require_sign_in, see

blueprint = flask.Blueprint("collections", __name__)

_SEEN_BY = {
    Visibility.PUBLIC: "Everybody, on your page",
    Visibility.UNLISTED: "Whoever has the address",
    Visibility.PRIVATE: "You alone",
}
_MOST_OFFERED = 100


@blueprint.get("/my/collections")
def list_own() -> flask.typing.ResponseReturnValue:
    require_sign_in()
    return _own_page()


@blueprint.post("/my/collections")
def make() -> flask.typing.ResponseReturnValue:
    require_sign_in()
    try:
        view = collections.make_collection(current_actor(), current_parts(), **_typed_facts())
    except FORM_ERRORS as error:
        return refused(_own_page(flask.request.form, faults_of(error)), error)
    return see("web.collections.show", collection_id=view.collection.id)


@blueprint.get("/collections/<collection_id>")
def show(collection_id: str) -> flask.typing.ResponseReturnValue:
    """Of the unlisted ones and the private ones no search engine keeps anything."""
    view = collections.view_collection(current_actor(), current_parts(), collection_id)
    response = flask.make_response(_shown(view))
    if view.collection.visibility is not Visibility.PUBLIC:
        response.headers["X-Robots-Tag"] = "noindex"
    return response


@blueprint.post("/collections/<collection_id>")
def edit(collection_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    try:
        revision = typed_whole("revision")
        collections.edit_collection(current_actor(), current_parts(), collection_id, _typed_facts(), revision=revision)
    except FORM_ERRORS as error:
        return refused(_page(collection_id, flask.request.form, faults_of(error)), error)
    flask.flash("Saved.")
    return see("web.collections.show", collection_id=collection_id)


@blueprint.post("/collections/<collection_id>/delete")
def delete(collection_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    collections.delete_collection(current_actor(), current_parts(), collection_id)
    flask.flash("The collection is deleted.")
    return see("web.collections.list_own")


@blueprint.post("/collections/<collection_id>/works/<work_id>/note")
def annotate(collection_id: str, work_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    note = checked("note", at_most=NOTE_LIMIT, multiline=True)
    filling.annotate(current_actor(), current_parts(), collection_id, work_id, note)
    return see("web.collections.show", f"work-{work_id}", collection_id=collection_id)


@blueprint.post("/collections/<collection_id>/works/<work_id>/move")
def move(collection_id: str, work_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    by = -1 if typed("to") == "up" else 1
    filling.move(current_actor(), current_parts(), collection_id, work_id, by=by)
    return see("web.collections.show", f"work-{work_id}", collection_id=collection_id)


@blueprint.post("/collections/<collection_id>/works/<work_id>/remove")
def remove(collection_id: str, work_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    filling.take_out(current_actor(), current_parts(), collection_id, work_id)
    return see("web.collections.show", collection_id=collection_id)


@blueprint.post("/collections/<collection_id>/order")
def order(collection_id: str) -> flask.typing.ResponseReturnValue:
    """What <stem-order> sends: all ids, with commas between."""
    require_sign_in()
    work_ids = [one for one in typed("order").split(",") if one]
    filling.put_in_order(current_actor(), current_parts(), collection_id, work_ids)
    return "", 204


@blueprint.get("/works/<work_id>/collect")
def choose(work_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    return _choice_page(work_id)


@blueprint.post("/works/<work_id>/collect")
def collect(work_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    actor, parts = current_actor(), current_parts()
    try:
        note = checked("note", at_most=NOTE_LIMIT, multiline=True)
        if chosen := typed("collection_id"):
            view = filling.collect(actor, parts, chosen, work_id, note=note)
        else:
            title = checked("title", at_least=1, at_most=TITLE_LIMIT)
            view = filling.collect_anew(actor, parts, title, work_id, note=note)
    except FORM_ERRORS as error:
        return refused(_choice_page(work_id, faults_of(error)), error)
    flask.flash(f"It stands in “{view.collection.title}” now.")
    return see("web.collections.show", f"work-{work_id}", collection_id=view.collection.id)


def _typed_facts() -> dict[str, Any]:
    gathered = Gathered()
    facts: dict[str, Any] = {
        "title": gathered.read(lambda: checked("title", at_least=1, at_most=TITLE_LIMIT), ""),
        "text": gathered.read(lambda: checked("text", at_most=TEXT_LIMIT, multiline=True), ""),
        "visibility": gathered.read(_typed_visibility, Visibility.PRIVATE),
    }
    gathered.require_none()
    return facts


def _typed_visibility() -> Visibility:
    word = typed("visibility")
    if word not in list(Visibility):
        raise Invalid("Choose who sees it.", violations={"/visibility": ["Choose one."]})
    return Visibility(word)


def _own_page(values: object = None, faults: Faults = NO_FAULTS) -> str:
    listing = "page:own-collections"
    page = collections.list_own(current_actor(), current_parts(), after=asked_position(listing), limit=LINES_LIMIT)
    return flask.render_template(
        "collections/own.html", collections=page.rows, next_cursor=next_cursor(page, listing), seen_by=_SEEN_BY,
        values=values or {}, faults=faults,
    )  # fmt: skip


def _page(collection_id: str, values: object = None, faults: Faults = NO_FAULTS) -> str:
    return _shown(collections.view_collection(current_actor(), current_parts(), collection_id), values, faults)


def _shown(view: CollectionView, values: object = None, faults: Faults = NO_FAULTS) -> str:
    one = view.collection
    kept = {"title": one.title, "text": one.text, "visibility": one.visibility.value}
    return flask.render_template(
        "collections/show.html", collection=one, collected=view.collected, seen_by=_SEEN_BY, values=values or kept,
        faults=faults, is_own=one.account_id == current_actor().account_id,
    )  # fmt: skip


def _choice_page(work_id: str, faults: Faults = NO_FAULTS) -> str:
    work, own = collections.view_choice(current_actor(), current_parts(), work_id, limit=_MOST_OFFERED)
    return flask.render_template(
        "collections/choose.html", work=work, collections=own, faults=faults,
        values=flask.request.form,
    )  # fmt: skip
