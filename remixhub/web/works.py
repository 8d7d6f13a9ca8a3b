"""The page of a release or a remix, one's own works, and the ZIP of all stems."""

from __future__ import annotations

from typing import Any

import flask

from remixhub.domain.access import may_hear_work
from remixhub.domain.errors import NotFound
from remixhub.domain.states import IngestState, StemPackState, WorkState
from remixhub.edge.actor import current_actor, current_parts
from remixhub.models import StemPack, Work
from remixhub.services import (
    archives,
    contest_licences,
    credits,
    delays,
    downloads,
    licences,
    lineage,
    shares,
    tombstones,
    work_view,
    works,
)
from remixhub.services.tempo_and_key import said_or_heard
from remixhub.web.pages import LINES_LIMIT, asked_position, next_cursor, require_sign_in, see
from remixhub.web.spans import longest_seconds

blueprint = flask.Blueprint("works", __name__)

_REMIXES_LIMIT = 50
_CREDITS_LIMIT = 100


@blueprint.get("/works/<work_id>")
def show(work_id: str) -> flask.typing.ResponseReturnValue:
    actor, parts = current_actor(), current_parts()
    work = works.get_work(actor, parts, work_id)
    if work.state is WorkState.DRAFT:
        return see("web.drafts.edit", work_id=work_id)
    pack = newest_pack(work)
    shown = pack.stems if pack else []
    mix = work_view.find_whole(parts, work)
    around = lineage.get_lineage(actor, parts, work_id, limit=_REMIXES_LIMIT)
    direct = {link.derivative_id for link in around.links if link.source_id == work_id}
    onward = licences.allowed_licences(actor, parts, work_id).for_remixes
    is_waiting = any(stem.original.ingest_state is IngestState.PENDING for stem in shown)
    return flask.render_template(
        "works/show.html",
        work=work,
        pack=pack,
        stems=shown,
        span=longest_seconds(shown),
        seconds=(mix.duration_seconds if mix else None) or longest_seconds(shown),
        mix_seconds=mix.duration_seconds if mix else None,
        **vars(said_or_heard(work, pack)),
        may_hear=may_hear_work(actor, owner_id=work.account_id, state=work.state),
        may_remix=bool(onward) and work.state is WorkState.PUBLISHED,
        tombstone=tombstones.get_tombstone(parts, work),
        sources=work.sources,
        remixes=[node for node in around.nodes if node.id in direct],
        credits=credits.list_credits(actor, parts, work_id, after=None, limit=_CREDITS_LIMIT).rows,
        is_own=work.account_id == actor.account_id,
        may_have_stems=contest_licences.may_have_stems(actor, parts, work),
        split=shares.split_of(actor, parts, work_id),
        delayed=is_waiting and delays.is_delayed(parts),
    )


@blueprint.get("/my/works")
def list_own() -> flask.typing.ResponseReturnValue:
    require_sign_in()
    listing = "page:own-works"
    page = works.list_own(current_actor(), current_parts(), limit=LINES_LIMIT, position=asked_position(listing))
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
    archives.order_archive(current_actor(), current_parts(), _pack_of(work_id).id)
    return see("web.works.archive", work_id=work_id)


@blueprint.get("/works/<work_id>/archive")
def archive(work_id: str) -> flask.typing.ResponseReturnValue:
    work = works.get_work(current_actor(), current_parts(), work_id)
    return flask.render_template("works/archive.html", work=work, **_archive_context(work_id))


@blueprint.get("/works/<work_id>/archive/progress")
def archive_progress(work_id: str) -> flask.typing.ResponseReturnValue:
    """The piece of the page that follows the ZIP."""
    return flask.render_template("works/archive_progress.html", **_archive_context(work_id))


def _archive_context(work_id: str) -> dict[str, Any]:
    actor, parts = current_actor(), current_parts()
    view = archives.order_archive(actor, parts, _pack_of(work_id).id)
    is_waiting = view.url is None and view.step == "waiting"
    return {"archive": view, "work_id": work_id, "delayed": is_waiting and delays.is_delayed(parts)}


def _pack_of(work_id: str) -> StemPack:
    pack = newest_pack(works.get_work(current_actor(), current_parts(), work_id))
    if pack is None:
        raise NotFound("This work has no stems.")
    return pack


def newest_pack(work: Work) -> StemPack | None:
    """The stems that everybody hears: the newest version that is published."""
    frozen = [pack for pack in work.stem_packs if pack.state is StemPackState.FROZEN]
    return max(frozen, key=lambda pack: pack.version, default=None)
