"""Pages that stand in frames on other sites: a player, a ticket. They know no cookie, and show what visitors see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import flask

from remixhub.edge.actor import current_parts
from remixhub.services.house.reading import house
from remixhub.web.embedded import contest_words, named
from remixhub.web.headers import embedded_policy_of

blueprint = flask.Blueprint("embeds", __name__)


@blueprint.get("/embed/works/<work_id>")
def work(work_id: str) -> flask.typing.ResponseReturnValue:
    found = named("works", work_id)
    return _page("embeds/player.html", found=found, status=410 if found.is_gone else 200)


@blueprint.get("/embed/mixes/<share_token>")
def mix(share_token: str) -> flask.typing.ResponseReturnValue:
    return _page("embeds/player.html", found=named("mixes", share_token))


@blueprint.get("/embed/contests/<contest_id>")
def contest(contest_id: str) -> flask.typing.ResponseReturnValue:
    found = named("contests", contest_id)
    assert found.contest is not None
    return _page("embeds/contest.html", found=found, words=contest_words(found.contest))


def as_frame(problem: Mapping[str, Any]) -> flask.Response:
    """A site that frames what is not there any more shows these words, not a browser's."""
    return _page("embeds/nothing.html", status=problem["status"], problem=problem)


def _page(template: str, *, status: int = 200, **values: Any) -> flask.Response:
    """Without what pages know of who asks."""
    parts = current_parts()
    page = flask.current_app.jinja_env.get_template(template)
    response = flask.Response(
        page.render(house=house(parts), hub=parts.addresses.of("/"), **values), status, mimetype="text/html"
    )
    response.headers["Content-Security-Policy"] = embedded_policy_of(parts.settings)
    response.headers["Cache-Control"] = "no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
