"""Mixes made in the browser: the desk, their rendering, the result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import flask

from remixhub.domain.mix_spec import parse_mix_spec
from remixhub.domain.states import IngestState, RenditionKind
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.exports.ordering import offers
from remixhub.services.mixes import mixes
from remixhub.services.mixes.desk import MixDesk, open_desk
from remixhub.services.mixes.page import MixPage, follow_mix, view_mix_page, view_own_mixes
from remixhub.web.forms import FORM_ERRORS, NO_FAULTS, Faults, faults_of, refused
from remixhub.web.mixes.desk import desk_page
from remixhub.web.mixes.form import typed_mix, values_of
from remixhub.web.pages import LINES_LIMIT, asked_position, next_cursor, require_sign_in, see

blueprint = flask.Blueprint("mixes", __name__)


@blueprint.get("/stem-packs/<stem_pack_id>/mix")
def new(stem_pack_id: str) -> flask.typing.ResponseReturnValue:
    asked = flask.request.args
    desk = open_desk(current_actor(), current_parts(), stem_pack_id, after=asked.get("after"), only=asked.get("only"))
    return _with_form(desk, values_of(desk.earlier) if desk.earlier else {"loudness": "-14"})


@blueprint.post("/stem-packs/<stem_pack_id>/mix")
def create(stem_pack_id: str) -> flask.typing.ResponseReturnValue:
    """The plain form, of a browser without script."""
    require_sign_in()
    desk = open_desk(current_actor(), current_parts(), stem_pack_id)
    try:
        spec, title = typed_mix(desk.pack.stems)
        view, _ = mixes.create_mix(current_actor(), current_parts(), stem_pack_id=stem_pack_id, spec=spec, title=title)
    except FORM_ERRORS as error:
        return refused(_with_form(desk, flask.request.form, faults_of(error)), error)
    return see("web.mixes.show", mix_id=view.mix.id)


@blueprint.get("/mixes")
def list_own() -> flask.typing.ResponseReturnValue:
    require_sign_in()
    listing = "page:mixes"
    own = view_own_mixes(current_actor(), current_parts(), after=asked_position(listing), limit=LINES_LIMIT)
    return flask.render_template(
        "mixes/own.html",
        drafts=own.drafts,
        mixes=own.mixes.rows,
        published=own.published,
        next_cursor=next_cursor(own.mixes, listing),
    )


@blueprint.get("/mixes/<mix_id>")
def show(mix_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    page = view_mix_page(current_actor(), current_parts(), mix_id)
    stems = {stem.id: stem for stem in page.stems}
    spec = parse_mix_spec(page.view.mix.mixdown.spec)
    sounding = spec.sounding()
    lanes = [(lane, stems[lane.stem], lane in sounding) for lane in spec.lanes if lane.stem in stems]
    used = [stem for stem in page.stems if stem.id in {lane.stem for lane in spec.lanes}]
    return flask.render_template(
        "mixes/show.html",
        lanes=lanes,
        repeats=spec.loop.times if spec.loop else 1,
        export_offers=offers(used, of_mix=True),
        **_progress_context(page),
    )


@blueprint.get("/mixes/<mix_id>/progress")
def progress(mix_id: str) -> flask.typing.ResponseReturnValue:
    """The piece of the page that follows the render: all of it when there is more to show than the bar, so that what
    plays beside the bar is left alone.
    """
    context = _progress_context(follow_mix(current_actor(), current_parts(), mix_id))
    knows_opening = "opening" in flask.request.args
    if context["is_working"] and context["has_opening"] == knows_opening:
        return flask.render_template("mixes/render_bar.html", **context)
    response = flask.make_response(flask.render_template("mixes/progress.html", **context))
    response.headers["HX-Retarget"] = "#mixdown"
    return response


@blueprint.post("/mixes/<mix_id>/delete")
def remove(mix_id: str) -> flask.typing.ResponseReturnValue:
    mixes.delete_mix(current_actor(), current_parts(), mix_id)
    flask.flash("The mix is deleted.")
    return see("web.mixes.list_own")


def _with_form(desk: MixDesk, values: Mapping[str, Any], faults: Faults = NO_FAULTS) -> str:
    return desk_page(desk, "mixes/plain.html", values=values, faults=faults)


def _progress_context(page: MixPage) -> dict[str, Any]:
    view, mixdown = page.view, page.view.mix.mixdown
    return {
        "mix": view.mix,
        "work": mixdown.stem_pack.work,
        "is_working": mixdown.state is IngestState.PENDING,
        "has_opening": RenditionKind.OPENING in view.renditions,
        "files": view.files,
        "percent": view.percent,
        "step": view.step,
        "seconds": mixdown.duration_seconds,
        "may_remix": page.may_remix,
        "may_publish": page.may_publish,
        "published": page.published,
        "conflict": page.conflict,
        "delayed": page.delay,
    }
