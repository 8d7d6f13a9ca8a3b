"""Mixes made in the browser: a plain form, its rendering, the result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import flask

from remixhub.domain.errors import Invalid
from remixhub.domain.states import IngestState
from remixhub.edge.actor import current_actor, current_parts
from remixhub.models import Stem, StemPack
from remixhub.services.mixes import mixes
from remixhub.services.mixes.mixes import MixView
from remixhub.services.mixes.page import MixPage, follow_mix, view_mix_desk, view_mix_page
from remixhub.web.drafts.spans import longest_seconds
from remixhub.web.forms import FORM_ERRORS, NO_FAULTS, Faults, checked, faults_of, refused, typed_number
from remixhub.web.pages import LINES_LIMIT, asked_position, next_cursor, require_sign_in, see

blueprint = flask.Blueprint("mixes", __name__)


@blueprint.get("/stem-packs/<stem_pack_id>/mix")
def new(stem_pack_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    after = flask.request.args.get("after")
    desk = view_mix_desk(current_actor(), current_parts(), stem_pack_id, after=after)
    return _desk_page(desk.pack, _values_of(desk.earlier) if desk.earlier else {"loudness": "-14"})


@blueprint.post("/stem-packs/<stem_pack_id>/mix")
def create(stem_pack_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    pack = view_mix_desk(current_actor(), current_parts(), stem_pack_id).pack
    try:
        view, _ = mixes.create_mix(
            current_actor(),
            current_parts(),
            stem_pack_id=stem_pack_id,
            spec=_typed_spec(pack.stems),
            title=checked("title", at_most=200),
        )
    except FORM_ERRORS as error:
        return refused(_desk_page(pack, flask.request.form, faults_of(error)), error)
    return see("web.mixes.show", mix_id=view.mix.id)


@blueprint.get("/mixes")
def list_own() -> flask.typing.ResponseReturnValue:
    require_sign_in()
    listing = "page:mixes"
    page = mixes.list_mixes(current_actor(), current_parts(), after=asked_position(listing), limit=LINES_LIMIT)
    return flask.render_template(
        "mixes/own.html", mixes=[view.mix for view in page.rows], next_cursor=next_cursor(page, listing)
    )


@blueprint.get("/mixes/<mix_id>")
def show(mix_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    page = view_mix_page(current_actor(), current_parts(), mix_id)
    stems = {stem.id: stem for stem in page.stems}
    lanes = [
        {**lane, "name": stems[lane["stem"]].name, "role": stems[lane["stem"]].role}
        for lane in page.view.mix.mixdown.spec["lanes"]
        if lane["stem"] in stems
    ]
    return flask.render_template("mixes/show.html", lanes=lanes, **_progress_context(page))


@blueprint.get("/mixes/<mix_id>/progress")
def progress(mix_id: str) -> flask.typing.ResponseReturnValue:
    """The piece of the page that follows the render."""
    page = follow_mix(current_actor(), current_parts(), mix_id)
    return flask.render_template("mixes/progress.html", **_progress_context(page))


@blueprint.post("/mixes/<mix_id>/delete")
def remove(mix_id: str) -> flask.typing.ResponseReturnValue:
    mixes.delete_mix(current_actor(), current_parts(), mix_id)
    flask.flash("The mix is deleted.")
    return see("web.mixes.list_own")


def _progress_context(page: MixPage) -> dict[str, Any]:
    view, mixdown = page.view, page.view.mix.mixdown
    return {
        "mix": view.mix,
        "work": mixdown.stem_pack.work,
        "is_working": mixdown.state is IngestState.PENDING,
        "percent": view.percent,
        "step": view.step,
        "seconds": mixdown.duration_seconds,
        "may_remix": page.may_remix,
        "delayed": page.is_delayed,
    }


def _desk_page(pack: StemPack, values: Mapping[str, Any], faults: Faults = NO_FAULTS) -> str:
    return flask.render_template(
        "mixes/new.html",
        work=pack.work,
        stems=pack.stems,
        span=longest_seconds(pack.stems),
        values=values,
        faults=faults,
    )


def _typed_spec(stems: Sequence[Stem]) -> dict[str, Any]:
    """Every stem is a lane, in the pack's order; what is not said stays as the artist suggests."""
    form = flask.request.form
    lanes = [
        {
            "stem": stem.id,
            "gain_db": _figure(f"{stem.id}-gain_db", stem.gain_db, stem.name),
            "pan": _figure(f"{stem.id}-pan", 0.0, stem.name),
            "muted": f"{stem.id}-muted" in form,
            "solo": f"{stem.id}-solo" in form,
        }
        for stem in stems
    ]
    target_lufs = typed_number("loudness")
    loudness = None if target_lufs is None else {"target_lufs": target_lufs, "ceiling_dbtp": -1.0}
    return {"version": 1, "lanes": lanes, "loudness": loudness}


def _figure(name: str, otherwise: float, stem_name: str) -> float:
    try:
        figure = typed_number(name)
    except Invalid as exc:
        raise Invalid(f"“{stem_name}” needs numbers for gain and pan.") from exc
    return otherwise if figure is None else figure


def _values_of(view: MixView) -> dict[str, Any]:
    """The form as it was for an earlier mix."""
    spec = view.mix.mixdown.spec
    loudness = spec["loudness"]
    values: dict[str, Any] = {"title": view.mix.title, "loudness": f"{loudness['target_lufs']:g}" if loudness else ""}
    for lane in spec["lanes"]:
        for name in ("gain_db", "pan", "muted", "solo"):
            values[f"{lane['stem']}-{name}"] = f"{lane[name]:g}" if name in ("gain_db", "pan") else lane[name]
    return values
