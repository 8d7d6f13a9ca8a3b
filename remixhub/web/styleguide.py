"""Every part of the look on one page, by day and by night, for those who build pages."""

from __future__ import annotations

import flask

from remixhub.domain.licences.terms import OFFERED
from remixhub.domain.stems.roles import Family, StemRole

blueprint = flask.Blueprint("styleguide", __name__)


@blueprint.get("/styleguide")
def show() -> str:
    families = {family: [role for role in StemRole if role.family is family] for family in Family}
    return flask.render_template("styleguide.html", families=families, licences=OFFERED)
