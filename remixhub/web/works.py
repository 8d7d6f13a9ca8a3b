"""The page of a release or a remix, one's own works, and the ZIP of all stems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import flask

from remixhub.domain.comments import TEXT_LIMIT
from remixhub.domain.states import IngestState, WorkState
from remixhub.domain.stems.packs import frames_at, pack_rate_hz
from remixhub.edge.actor import current_actor, current_parts
from remixhub.edge.whence import asker
from remixhub.models import Stem
from remixhub.services.comments.page import view_work_page
from remixhub.services.exports.ordering import offers
from remixhub.services.stems import archives, downloads
from remixhub.services.works import works
from remixhub.web.drafts.spans import longest_seconds
from remixhub.web.pages import LINES_LIMIT, asked_position, next_cursor, require_sign_in, see

blueprint = flask.Blueprint("works", __name__)


@dataclass(frozen=True)
class _Deck:
    """What a browser plays together: the rate of all, and the frames of each stem at it."""

    rate_hz: int
    frames: Mapping[str, int]


@blueprint.get("/works/<work_id>")
def show(work_id: str) -> flask.typing.ResponseReturnValue:
    actor = current_actor()
    comment_id = flask.request.args.get("comment")
    page, comments = view_work_page(actor, current_parts(), work_id, comment_id=comment_id)
    work = page.view.work
    if work.state is WorkState.DRAFT:
        return see("web.drafts.edit", work_id=work_id)
    return flask.render_template(
        "works/show.html",
        page=page,
        comments=comments,
        text_limit=TEXT_LIMIT,
        work=work,
        stems=page.stems,
        span=longest_seconds(page.stems),
        deck=_deck(page.stems),
        export_offers=offers(page.stems, of_mix=False),
        is_own=work.account_id == actor.account_id,
        delayed=page.delay,
    )


def _deck(stems: Sequence[Stem]) -> _Deck:
    """Those that can be played together."""
    originals = {stem.id: stem.original for stem in stems if stem.original.ingest_state is IngestState.READY}
    rates = [original.sample_rate_hz for original in originals.values() if original.sample_rate_hz]
    rate_hz = pack_rate_hz(rates) if rates else 0
    frames = {
        stem_id: frames_at(rate_hz, original.duration_frames, original.sample_rate_hz)
        for stem_id, original in originals.items()
        if original.duration_frames and original.sample_rate_hz
    }
    return _Deck(rate_hz, frames)


@blueprint.get("/my/works")
def list_own() -> flask.typing.ResponseReturnValue:
    require_sign_in()
    listing = "page:own-works"
    page = works.list_own(current_actor(), current_parts(), after=asked_position(listing), limit=LINES_LIMIT)
    return flask.render_template("works/own.html", works=page.rows, next_cursor=next_cursor(page, listing))


@blueprint.post("/works/<work_id>/withdraw")
def withdraw(work_id: str) -> flask.typing.ResponseReturnValue:
    works.withdraw_work(current_actor(), current_parts(), work_id)
    flask.flash("The work is withdrawn.")
    return see("web.works.show", work_id=work_id)


@blueprint.get("/works/<work_id>/stems/<stem_id>/original")
def download_stem(work_id: str, stem_id: str) -> flask.typing.ResponseReturnValue:
    """The bytes as uploaded, straight from the object storage."""
    del work_id
    return flask.redirect(downloads.original_url(current_actor(), current_parts(), stem_id))


@blueprint.post("/works/<work_id>/archive")
def order_archive(work_id: str) -> flask.typing.ResponseReturnValue:
    archives.order_archive_of_work(asker(), current_parts(), work_id)
    return see("web.works.archive", work_id=work_id)


@blueprint.get("/works/<work_id>/archive")
def archive(work_id: str) -> flask.typing.ResponseReturnValue:
    return _archive_page("works/archive.html", work_id)


@blueprint.get("/works/<work_id>/archive/progress")
def archive_progress(work_id: str) -> flask.typing.ResponseReturnValue:
    """The piece of the page that follows the ZIP."""
    return _archive_page("exports/progress.html", work_id)


def _archive_page(template: str, work_id: str) -> str:
    work, view = archives.get_archive_of_work(current_actor(), current_parts(), work_id)
    return flask.render_template(
        template,
        work=work,
        export=view,
        delayed=view.delay,
        name="ZIP",
        order=flask.url_for("web.works.order_archive", work_id=work_id),
        progress=flask.url_for("web.works.archive_progress", work_id=work_id),
    )
