"""What files become in a draft: stems, the mix, the cover; and later versions of published stems."""

from __future__ import annotations

import flask

from remixhub.domain.errors import NotFound
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.remixes import attachments, handing_back, publishing
from remixhub.services.stems import packs, stems
from remixhub.services.stems.ordering import order_stems
from remixhub.services.works import works
from remixhub.web.drafts import page
from remixhub.web.drafts.typed import keep
from remixhub.web.forms import FORM_ERRORS, checked, faults_of, refused, typed
from remixhub.web.pages import see

blueprint = flask.Blueprint("stems", __name__)


@blueprint.post("/works/<work_id>/claims/<purpose>")
def claim(work_id: str, purpose: str) -> flask.typing.ResponseReturnValue:
    """Answers the pieces of the editor that show what the upload has become, and what it changed."""
    actor, parts, upload_id = current_actor(), current_parts(), typed("upload_id")
    if purpose == "stem":
        added = stems.add_stem(actor, parts, work_id, upload_id=upload_id, as_chosen=True)
        return page.render_stems(work_id, [added.stem.id, *added.guessed_anew]), 201
    if purpose == "session":
        return page.render_handback(handing_back.hand_back(actor, parts, work_id, upload_id), work_id), 201
    if purpose == "mix":
        attachments.set_mix(actor, parts, work_id, upload_id=upload_id)
    elif purpose == "cover":
        attachments.set_cover(actor, parts, work_id, upload_id=upload_id)
    else:
        raise NotFound(f"Nothing takes an upload as {purpose!r}.")
    return page.render_piece(work_id, purpose), 201


@blueprint.post("/works/<work_id>/stems/order")
def order(work_id: str) -> flask.typing.ResponseReturnValue:
    """For a script: `order` names all stems that it shows, `seen` the same in the order before; ids with commas."""
    wanted, seen = typed("order").split(","), typed("seen").split(",")
    return {"order": order_stems(current_actor(), current_parts(), work_id, wanted, seen=seen)}


@blueprint.post("/works/<work_id>/stems/<stem_id>/move/<way>")
def move(work_id: str, stem_id: str, way: str) -> flask.typing.ResponseReturnValue:
    """One place `up` or `down`."""
    outcome = keep(work_id)
    work = works.get_own_work(current_actor(), current_parts(), work_id)
    places = {stem.id: place for pack in work.stem_packs for place, stem in enumerate(pack.stems, 1)}
    if stem_id not in places:
        raise NotFound(f"There is no stem {stem_id!r} in this work.")
    position = max(1, places[stem_id] + (-1 if way == "up" else 1))
    stems.update_stem(current_actor(), current_parts(), stem_id, {"position": position})
    return page.answer(outcome, work_id, f"stem-{stem_id}")


@blueprint.post("/works/<work_id>/stems/<stem_id>/remove")
def remove(work_id: str, stem_id: str) -> flask.typing.ResponseReturnValue:
    outcome = keep(work_id)
    stems.remove_stem(current_actor(), current_parts(), stem_id)
    flask.flash("The stem is removed.")
    return page.answer(outcome, work_id, "names")


@blueprint.post("/works/<work_id>/mix/take")
def take_mix(work_id: str) -> flask.typing.ResponseReturnValue:
    outcome = keep(work_id)
    try:
        attachments.set_mix(current_actor(), current_parts(), work_id, mix_id=typed("mix_id"))
    except FORM_ERRORS as error:
        return refused(page.render_refused(work_id, faults_of(error)), error)
    return page.answer(outcome, work_id, "mix")


@blueprint.post("/works/<work_id>/mix/remove")
def remove_mix(work_id: str) -> flask.typing.ResponseReturnValue:
    outcome = keep(work_id)
    attachments.remove_mix(current_actor(), current_parts(), work_id)
    return page.answer(outcome, work_id, "mix")


@blueprint.post("/works/<work_id>/cover/remove")
def remove_cover(work_id: str) -> flask.typing.ResponseReturnValue:
    outcome = keep(work_id)
    attachments.remove_cover(current_actor(), current_parts(), work_id)
    return page.answer(outcome, work_id, "cover")


@blueprint.post("/works/<work_id>/versions")
def start_version(work_id: str) -> flask.typing.ResponseReturnValue:
    packs.begin_stem_pack(current_actor(), current_parts(), work_id)
    flask.flash("A new version with the same stems is begun. Nobody sees it before you publish it.")
    return see("web.drafts.edit", "names", work_id=work_id)


@blueprint.post("/stem-packs/<stem_pack_id>/publish")
def publish_version(stem_pack_id: str) -> flask.typing.ResponseReturnValue:
    actor, parts = current_actor(), current_parts()
    work_id = packs.get_stem_pack(actor, parts, stem_pack_id).work_id
    outcome = keep(work_id)
    if outcome.faults is not None:
        return page.render_refused(work_id, outcome.faults), 422
    try:
        note = checked("note", at_most=2000, multiline=True)
        pack = publishing.publish_stem_pack(actor, parts, stem_pack_id, note=note)
    except FORM_ERRORS as error:
        return refused(page.render_refused(work_id, faults_of(error)), error)
    flask.flash(f"Version {pack.version} of the stems is published.")
    return see("web.works.show", work_id=work_id)


@blueprint.post("/stem-packs/<stem_pack_id>/discard")
def discard_version(stem_pack_id: str) -> flask.typing.ResponseReturnValue:
    actor, parts = current_actor(), current_parts()
    work_id = packs.get_stem_pack(actor, parts, stem_pack_id).work_id
    packs.discard_stem_pack(actor, parts, stem_pack_id)
    flask.flash("The new version is dropped.")
    return see("web.drafts.edit", "names", work_id=work_id)
