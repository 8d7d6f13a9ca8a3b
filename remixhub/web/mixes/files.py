"""The formats of a rendered mix: which are there, and the keys that have the others made."""

from __future__ import annotations

import flask

from remixhub.audio.write.encode import AudioFormat
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.mixes import mixes
from remixhub.services.mixes.files import order_file
from remixhub.web.forms import typed_word
from remixhub.web.pages import is_piece, require_sign_in, see

blueprint = flask.Blueprint("mix_files", __name__)


@blueprint.get("/mixes/<mix_id>/files")
def show(mix_id: str) -> flask.typing.ResponseReturnValue:
    """The piece of the mix's page that follows them."""
    view = mixes.get_mix(current_actor(), current_parts(), mix_id)
    return flask.render_template("mixes/files.html", mix=view.mix, files=view.files)


@blueprint.post("/mixes/<mix_id>/files")
def order(mix_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    order_file(current_actor(), current_parts(), mix_id, typed_word(AudioFormat, "format"))
    return show(mix_id) if is_piece() else see("web.mixes.show", "mix-files", mix_id=mix_id)
