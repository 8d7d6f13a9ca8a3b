"""Pages of draft mixes: at the desk, as a file, rendered, deleted."""

from __future__ import annotations

import json

import flask

from remixhub.domain.filenames import attachment
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.mixes import drafts
from remixhub.services.mixes.desk import MixDesk, open_draft
from remixhub.services.mixes.documents import document_of
from remixhub.web.mixes.desk import desk_page
from remixhub.web.pages import require_sign_in, see

blueprint = flask.Blueprint("mix_drafts", __name__)


@blueprint.get("/mix-drafts/<mix_draft_id>")
def show(mix_draft_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    desk = open_draft(current_actor(), current_parts(), mix_draft_id)
    if isinstance(desk, MixDesk):
        return desk_page(desk, "mixes/kept.html")
    draft = desk.draft
    return flask.render_template("mixes/silent.html", draft=draft, work=draft.stem_pack.work)


@blueprint.get("/mix-drafts/<mix_draft_id>/mix.json")
def download(mix_draft_id: str) -> flask.typing.ResponseReturnValue:
    """For `python -m remixhub mix`: stems are named as in the ZIP."""
    require_sign_in()
    document = document_of(current_actor(), current_parts(), mix_draft_id)
    response = flask.Response(json.dumps(document.spec, ensure_ascii=False, indent=1), mimetype="application/json")
    response.headers["Content-Disposition"] = attachment(f"{document.title}.mix.json")
    return response


@blueprint.post("/mix-drafts/<mix_draft_id>/render")
def render(mix_draft_id: str) -> flask.typing.ResponseReturnValue:
    view, _ = drafts.render_draft(current_actor(), current_parts(), mix_draft_id)
    return see("web.mixes.show", mix_id=view.mix.id)


@blueprint.post("/mix-drafts/<mix_draft_id>/delete")
def remove(mix_draft_id: str) -> flask.typing.ResponseReturnValue:
    drafts.delete_draft(current_actor(), current_parts(), mix_draft_id)
    flask.flash("The draft is deleted. What was rendered of it stays.")
    return see("web.mixes.list_own")


@blueprint.post("/mixes/<mix_id>/draft")
def change_mix(mix_id: str) -> flask.typing.ResponseReturnValue:
    """The draft of a rendered mix on the desk, or a new one that goes on from it."""
    return see("web.mix_drafts.show", mix_draft_id=drafts.draft_of_mix(current_actor(), current_parts(), mix_id))
