"""`/releases`: where an artist's originals begin."""

from __future__ import annotations

from typing import Any

import flask
from flask_smorest import Blueprint

from remixhub.api.operations import problems
from remixhub.api.schemas import LicenceNamed, Text
from remixhub.api.works import WorkFactsSchema, WorkSchema, shown
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.works import releases

blueprint = Blueprint("releases", __name__, description="Releases: originals, published to be remixed")


class NewReleaseSchema(WorkFactsSchema):
    title = Text(required=True, min_length=1, max_length=200)
    licence = LicenceNamed(required=True)


@blueprint.route("/releases", methods=["POST"])
@blueprint.arguments(NewReleaseSchema)
@blueprint.response(201, WorkSchema)
@problems(blueprint, 413, 415)
def create_release(body: dict[str, Any]) -> Any:
    """Begin a release: a draft that only its artist sees."""
    work = releases.create_release(current_actor(), current_parts(), **body)
    draft, _, headers = shown(work.id)
    return draft, 201, {**headers, "Location": flask.url_for("works.get_work", work_id=work.id)}
