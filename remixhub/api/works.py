"""`/works` and `/account/works`: finding, showing, editing, publishing and withdrawing works."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from remixhub.api.conditional import etag, required_revision
from remixhub.api.operations import for_visitors, problems
from remixhub.api.paging import page_body, position_of
from remixhub.api.schemas import (
    ArtistSchema,
    LicenceField,
    LicenceNamed,
    ListQuery,
    Number,
    RefusalSchema,
    Schema,
    Text,
    Time,
)
from remixhub.domain.comments import CommentPolicy
from remixhub.domain.moderation import ReportReason
from remixhub.domain.musical_key import LONGEST_NOTATION
from remixhub.domain.states import RenditionKind, WholeKind, WorkKind, WorkState
from remixhub.domain.work_facts import CREDITS_LIMIT, TAG_LENGTH_LIMIT, TEMPO_BPM
from remixhub.edge.actor import current_actor, current_parts
from remixhub.models import Work
from remixhub.services.remixes import attachments, publishing
from remixhub.services.works import works
from remixhub.services.works.view import WorkView, view_work
from remixhub.services.works.whole_piece import address_in

blueprint = Blueprint("works", __name__, description="Works: releases and remixes")

_ID = validate.Length(min=1, max=64)
_LISTED_LIMIT = 200
"""Tags and credits are limited further, by rules with codes of their own."""
_COMMENT_POLICY = {
    "description": "`open`, `closed` (no new ones), or `hidden` (nor those that are there); null: as the artist's "
    "account has it"
}


class CreditLineSchema(Schema):
    name = Text(required=True, min_length=1, max_length=80)
    role = Text(load_default="", max_length=80)
    share_percent = Number(allow_none=True, metadata={"description": "Of what the work's artist gets"})


class WorkFactsSchema(Schema):
    """What an artist says of a work."""

    title = Text(min_length=1, max_length=200)
    description = Text(multiline=True, max_length=10_000)
    licence = LicenceNamed()
    tempo_bpm = Number(allow_none=True, validate=validate.Range(*TEMPO_BPM))
    key = Text(
        allow_none=True,
        min_length=1,
        max_length=LONGEST_NOTATION,
        metadata={"description": "`A minor`, `Am`, `8A`, `8m`, `a-Moll`, `La mineur`; answered as `A minor`"},
    )
    tags = ma.fields.List(Text(min_length=1, max_length=TAG_LENGTH_LIMIT + 1), validate=validate.Length(max=200))
    credits = ma.fields.List(ma.fields.Nested(CreditLineSchema), validate=validate.Length(max=2 * CREDITS_LIMIT))
    inherited_shares = ma.fields.List(
        Number(),
        validate=validate.Length(max=200),
        metadata={"description": "What derivatives owe, in percent: of a remix, of a remix of a remix, and so on"},
    )


class WorkEditSchema(WorkFactsSchema):
    comment_policy = ma.fields.Enum(CommentPolicy, by_value=True, allow_none=True, metadata=_COMMENT_POLICY)


class WorkCardSchema(Schema):
    """A work as listings show it."""

    id = ma.fields.String(required=True)
    kind = ma.fields.Enum(WorkKind, by_value=True, required=True)
    state = ma.fields.Enum(WorkState, by_value=True, required=True)
    title = ma.fields.String(required=True)
    artist = ma.fields.Nested(ArtistSchema, required=True)
    licence = LicenceField(required=True)
    tempo_bpm = ma.fields.Float(required=True, allow_none=True)
    key = ma.fields.String(required=True, allow_none=True)
    tags = ma.fields.List(ma.fields.String(), required=True)
    audio_kind = ma.fields.Enum(
        WholeKind,
        by_value=True,
        required=True,
        allow_none=True,
        metadata={
            "description": "Whence the whole piece comes: `uploaded` (a release's reference mix, a remix's audio), "
            "`mixed` (a mix taken over), or `stems_together` (all stems at the suggested gains, where there is neither)"
        },
    )
    remix_count = ma.fields.Integer(required=True)
    comment_count = ma.fields.Integer(required=True)
    descendant_count = ma.fields.Integer(required=True)
    like_count = ma.fields.Integer(required=True)
    play_count = ma.fields.Integer(
        required=True, metadata={"description": "After ten seconds of listening, once an hour and listener"}
    )
    revision = ma.fields.Integer(required=True)
    created_at = Time(required=True)
    published_at = Time(required=True, allow_none=True)
    withdrawn_at = Time(required=True, allow_none=True)


class TombstoneSchema(Schema):
    """By whom, when and why a work is gone."""

    by = ma.fields.String(required=True, validate=validate.OneOf(["artist", "house"]))
    at = Time(required=True, allow_none=True)
    reason = ma.fields.Enum(ReportReason, by_value=True, required=True, allow_none=True)


class WorkSchema(WorkCardSchema):
    description = ma.fields.String(required=True)
    credits = ma.fields.List(ma.fields.Nested(CreditLineSchema), required=True)
    inherited_shares = ma.fields.List(
        ma.fields.Float(), required=True, metadata={"description": "In percent by generation"}
    )
    comment_policy = ma.fields.Enum(
        CommentPolicy, by_value=True, required=True, allow_none=True, metadata=_COMMENT_POLICY
    )
    seq = ma.fields.Integer(
        required=True, allow_none=True, metadata={"description": "Rises with each publication on this hub"}
    )
    stem_pack_id = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "The newest version that one may have"}
    )
    audio_state = ma.fields.String(
        required=True,
        validate=validate.OneOf(["none", "pending", "ready", "refused"]),
        metadata={"description": "Of the whole piece; see `audio_kind`"},
    )
    refusal = ma.fields.Nested(RefusalSchema, required=True, allow_none=True)
    duration_seconds = ma.fields.Float(required=True, allow_none=True)
    preview_url = ma.fields.String(required=True, allow_none=True)
    peaks_url = ma.fields.String(required=True, allow_none=True)
    cover_url = ma.fields.String(required=True, allow_none=True)
    tombstone = ma.fields.Nested(TombstoneSchema, required=True, allow_none=True)


class WorkPageSchema(Schema):
    works = ma.fields.List(ma.fields.Nested(WorkCardSchema), required=True)
    next = ma.fields.String(required=True, allow_none=True)


class WorksQuery(ListQuery):
    kind = ma.fields.Enum(WorkKind, by_value=True)
    account = ma.fields.String(validate=validate.Length(max=80), metadata={"description": "The artist's handle"})
    tag = ma.fields.String(validate=validate.Length(max=200))


class MixChoiceSchema(Schema):
    """One of the two."""

    upload_id = ma.fields.String(validate=_ID)
    mix_id = ma.fields.String(validate=_ID, metadata={"description": "For remixes: one's own mix"})


class CoverChoiceSchema(Schema):
    upload_id = ma.fields.String(required=True, validate=_ID)


@blueprint.route("/works")
@blueprint.arguments(WorksQuery, location="query")
@blueprint.response(200, WorkPageSchema)
@for_visitors(blueprint)
@problems(blueprint)
def list_works(query: dict[str, Any]) -> Any:
    """The newest published works."""
    page = works.list_published(
        current_actor(),
        current_parts(),
        kind=query.get("kind"),
        handle=query.get("account"),
        tag=query.get("tag"),
        limit=query["limit"],
        after=position_of(query),
    )
    return page_body("works", page.map(card))


@blueprint.route("/account/works")
@blueprint.arguments(ListQuery, location="query")
@blueprint.response(200, WorkPageSchema)
@problems(blueprint)
def list_own_works(query: dict[str, Any]) -> Any:
    """One's own works in every state, the newest first."""
    page = works.list_own(current_actor(), current_parts(), after=position_of(query), limit=query["limit"])
    return page_body("works", page.map(card))


@blueprint.route("/works/<work_id>")
@blueprint.response(200, WorkSchema)
@for_visitors(blueprint)
@problems(blueprint, 404)
def get_work(work_id: str) -> Any:
    """A work; withdrawn ones as a tombstone."""
    return shown(work_id)


@blueprint.route("/works/<work_id>", methods=["PATCH"])
@blueprint.arguments(WorkEditSchema)
@blueprint.response(200, WorkSchema)
@problems(blueprint, 404, 409, 412, 413, 415, 428)
def edit_work(body: dict[str, Any], work_id: str) -> Any:
    """Edit what a work says of itself; needs `If-Match`. A new licence never changes what was declared before."""
    works.update_work(current_actor(), current_parts(), work_id, body, revision=required_revision())
    return shown(work_id)


@blueprint.route("/works/<work_id>", methods=["DELETE"])
@blueprint.response(204)
@problems(blueprint, 404, 409, 412, 428)
def delete_work(work_id: str) -> None:
    """Delete a draft with its stems; needs `If-Match`."""
    works.delete_draft(current_actor(), current_parts(), work_id, revision=required_revision())


@blueprint.route("/works/<work_id>/mix", methods=["PUT"])
@blueprint.arguments(MixChoiceSchema)
@blueprint.response(200, WorkSchema)
@problems(blueprint, 404, 409, 412, 413, 415, 428)
def set_mix(body: dict[str, Any], work_id: str) -> Any:
    """Set a release's reference mix or a remix's audio, while it is a draft; needs `If-Match`."""
    attachments.set_mix(current_actor(), current_parts(), work_id, **body, revision=required_revision())
    return shown(work_id)


@blueprint.route("/works/<work_id>/mix", methods=["DELETE"])
@blueprint.response(200, WorkSchema)
@problems(blueprint, 404, 409, 412, 428)
def remove_mix(work_id: str) -> Any:
    """Take the audio of the whole piece out of a draft; needs `If-Match`."""
    attachments.remove_mix(current_actor(), current_parts(), work_id, revision=required_revision())
    return shown(work_id)


@blueprint.route("/works/<work_id>/cover", methods=["PUT"])
@blueprint.arguments(CoverChoiceSchema)
@blueprint.response(200, WorkSchema)
@problems(blueprint, 404, 409, 412, 413, 415, 428)
def set_cover(body: dict[str, Any], work_id: str) -> Any:
    """Set the cover; needs `If-Match`."""
    attachments.set_cover(current_actor(), current_parts(), work_id, **body, revision=required_revision())
    return shown(work_id)


@blueprint.route("/works/<work_id>/cover", methods=["DELETE"])
@blueprint.response(200, WorkSchema)
@problems(blueprint, 404, 409, 412, 428)
def remove_cover(work_id: str) -> Any:
    """Remove the cover; needs `If-Match`."""
    attachments.remove_cover(current_actor(), current_parts(), work_id, revision=required_revision())
    return shown(work_id)


@blueprint.route("/works/<work_id>/publish", methods=["POST"])
@blueprint.response(200, WorkSchema)
@problems(blueprint, 404, 409)
def publish_work(work_id: str) -> Any:
    """Publish a draft. Publishing what is published answers the same, so it is safe to repeat."""
    publishing.publish_work(current_actor(), current_parts(), work_id)
    return shown(work_id)


@blueprint.route("/works/<work_id>/withdraw", methods=["POST"])
@blueprint.response(200, WorkSchema)
@problems(blueprint, 404, 409)
def withdraw_work(work_id: str) -> Any:
    """Withdraw a work: its audio goes, a tombstone stays in the lineage. Safe to repeat."""
    works.withdraw_work(current_actor(), current_parts(), work_id)
    return shown(work_id)


def shown(work_id: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """The work as the actor sees it now, with its ETag."""
    view = view_work(current_actor(), current_parts(), work_id)
    return _full(view), 200, etag(view.work.revision)


def card(work: Work) -> dict[str, Any]:
    names = ("id", "kind", "state", "title", "licence", "tempo_bpm", "key", "tags", "remix_count")
    more = (
        "comment_count",
        "descendant_count",
        "like_count",
        "play_count",
        "revision",
        "created_at",
        "published_at",
        "withdrawn_at",
    )
    shown = {name: getattr(work, name) for name in (*names, *more)}
    is_hidden = (work.comment_policy or work.account.comment_policy) is CommentPolicy.HIDDEN
    shown["comment_count"] = 0 if is_hidden else work.comment_count
    return {**shown, "artist": work.account, "audio_kind": work.whole_kind}


def _full(view: WorkView) -> dict[str, Any]:
    work = view.work
    return {
        **card(work),
        "description": "" if work.state.is_tombstone else work.description,
        "credits": work.credits,
        "inherited_shares": [one / 100 for one in work.inherited_shares],
        "comment_policy": work.comment_policy,
        "seq": work.seq,
        "stem_pack_id": view.stem_pack_id,
        "tempo_bpm": view.tempo_and_key.tempo_bpm,
        "key": view.tempo_and_key.key,
        "audio_state": view.whole.state.value if view.whole else "none",
        "refusal": view.whole.refusal if view.whole else None,
        "duration_seconds": view.whole.duration_seconds if view.whole else None,
        "preview_url": address_in(current_parts(), view.renditions, RenditionKind.PREVIEW),
        "peaks_url": address_in(current_parts(), view.renditions, RenditionKind.PEAKS),
        "cover_url": address_in(current_parts(), view.renditions, RenditionKind.COVER),
        "tombstone": _tombstone(view),
    }


def _tombstone(view: WorkView) -> dict[str, Any] | None:
    one = view.tombstone
    return None if one is None else {"by": "house" if one.is_by_house else "artist", "at": one.at, "reason": one.reason}
