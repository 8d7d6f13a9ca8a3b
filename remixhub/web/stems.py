"""What files become in a draft: stems, the mix, the cover."""

from __future__ import annotations

import flask

from remixhub.domain.errors import NotFound
from remixhub.domain.states import UploadPurpose, WorkKind
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services import stems, works
from remixhub.web import draft_page
from remixhub.web.forms import FORM_ERRORS, checked, faults_of, refused, typed, typed_number
from remixhub.web.pages import see

blueprint = flask.Blueprint("stems", __name__)


@blueprint.post("/works/<work_id>/claims/<purpose>")
def claim(work_id: str, purpose: str) -> flask.typing.ResponseReturnValue:
    """Answers the piece of the editor that shows what the upload has become."""
    actor, parts, upload_id = current_actor(), current_parts(), typed("upload_id")
    if purpose == "stem":
        stem = stems.add_stem(actor, parts, work_id, upload_id=upload_id)
        return draft_page.render_stem(work_id, stem.id), 201
    revision = works.get_own_work(actor, parts, work_id).revision
    if purpose == "mix":
        works.set_mix(actor, parts, work_id, upload_id=upload_id, revision=revision)
    elif purpose == "cover":
        works.set_cover(actor, parts, work_id, upload_id=upload_id, revision=revision)
    else:
        raise NotFound(f"Nothing takes an upload as {purpose!r}.")
    return draft_page.render_piece(work_id, purpose), 201
