"""`/contests/…/entries`: submitting remixes, receipts, and the host's rulings."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from remixhub.api.operations import for_visitors, problems
from remixhub.api.paging import page_body, position_of
from remixhub.api.schemas import ArtistSchema, ListQuery, Schema, Text, Time
from remixhub.api.stems.packs import ArchiveSchema, archive_ordered, archive_shown
from remixhub.domain.contests.entries import EntryState
from remixhub.edge.actor import current_actor, current_parts
from remixhub.edge.whence import asker
from remixhub.models import ContestEntry, EntryReceipt
from remixhub.services.contests import entries, entry_archives

blueprint = Blueprint("contest_entries", __name__, description="Entries of contests")

_ID = validate.Length(min=1, max=64)


class NewEntrySchema(Schema):
    work_id = ma.fields.String(required=True, validate=_ID)
    note = Text(multiline=True, max_length=2_000, load_default="", metadata={"description": "For the host"})
    replaces = ma.fields.String(
        load_default=None, validate=_ID, metadata={"description": "An entry of one's own that gives its place"}
    )


class ReceiptOfEntrySchema(Schema):
    id = ma.fields.String(required=True)
    contest_id = ma.fields.String(required=True)
    work_id = ma.fields.String(required=True)
    entry_id = ma.fields.String(required=True, allow_none=True)
    verdict = ma.fields.String(required=True, metadata={"description": "`counted`, or `not counted, because …`"})
    is_counted = ma.fields.Boolean(required=True)
    code = ma.fields.String(required=True, metadata={"description": "Of the problem, when it does not count"})
    audio_sha256 = ma.fields.String(required=True)
    sha256 = ma.fields.String(
        required=True, metadata={"description": "Kept to compare: over what it says and where the log was"}
    )
    created_at = Time(required=True)


class ReceiptsOfEntriesSchema(Schema):
    receipts = ma.fields.List(ma.fields.Nested(ReceiptOfEntrySchema), required=True)


class EntrySchema(Schema):
    id = ma.fields.String(required=True)
    contest_id = ma.fields.String(required=True)
    work_id = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    artist = ma.fields.Nested(ArtistSchema, required=True)
    state = ma.fields.Enum(EntryState, by_value=True, required=True)
    reason = ma.fields.String(required=True)
    audio_sha256 = ma.fields.String(required=True)
    submitted_at = Time(required=True)


class EntryPageSchema(Schema):
    entries = ma.fields.List(ma.fields.Nested(EntrySchema), required=True)
    next = ma.fields.String(required=True, allow_none=True)


class OwnEntriesSchema(Schema):
    entries = ma.fields.List(ma.fields.Nested(EntrySchema), required=True)


class RulingSchema(Schema):
    is_out = ma.fields.Boolean(required=True, truthy={True}, falsy={False})
    reason = Text(required=True, min_length=1, max_length=1_000, multiline=True)


@blueprint.route("/contests/<contest_id>/entries", methods=["POST"])
@blueprint.arguments(NewEntrySchema)
@blueprint.response(201, ReceiptOfEntrySchema)
@problems(blueprint, 404, 409, 413, 415)
def submit_entry(body: dict[str, Any], contest_id: str) -> Any:
    """Enter a remix. What does not count is a problem whose `context.receipt_id` is the proof of the attempt."""
    work_id = body.pop("work_id")
    return receipt_shown(entries.submit(current_actor(), current_parts(), contest_id, work_id, **body))


@blueprint.route("/contests/<contest_id>/entries")
@blueprint.arguments(ListQuery, location="query")
@blueprint.response(200, EntryPageSchema)
@for_visitors(blueprint)
@problems(blueprint, 404)
def list_entries(query: dict[str, Any], contest_id: str) -> Any:
    """Those that one may see by name now."""
    page = entries.list_entries(
        current_actor(), current_parts(), contest_id, after=position_of(query), limit=query["limit"]
    )
    return page_body("entries", page.map(entry_shown))


@blueprint.route("/contests/<contest_id>/entries-archive")
@blueprint.response(200, ArchiveSchema)
@problems(blueprint, 404, 409)
def get_entry_archive(contest_id: str) -> Any:
    """The entries that count as one ZIP with their audio: where it is, or how far the worker is; for the host."""
    return archive_shown(entry_archives.get_entry_archive(current_actor(), current_parts(), contest_id)[1])


@blueprint.route("/contests/<contest_id>/entries-archive", methods=["POST"])
@blueprint.response(202, ArchiveSchema)
@blueprint.alt_response(200, schema=ArchiveSchema, description="It is there")
@problems(blueprint, 404, 409)
def order_entry_archive(contest_id: str) -> Any:
    """Have the entries that count packed as one ZIP with their audio; also anew where that failed; for the host."""
    return archive_ordered(entry_archives.order_entry_archive(asker(), current_parts(), contest_id))


@blueprint.route("/contests/<contest_id>/my-entries")
@blueprint.response(200, OwnEntriesSchema)
@problems(blueprint, 404)
def list_own_entries(contest_id: str) -> Any:
    """One's own in every state."""
    own = entries.list_own_entries(current_actor(), current_parts(), contest_id)
    return {"entries": [entry_shown(one) for one in own]}


@blueprint.route("/contests/<contest_id>/my-receipts")
@blueprint.response(200, ReceiptsOfEntriesSchema)
@problems(blueprint, 404)
def list_own_entry_receipts(contest_id: str) -> Any:
    """Every attempt of one's own, newest first."""
    own = entries.list_own_receipts(current_actor(), current_parts(), contest_id)
    return {"receipts": [receipt_shown(one) for one in own]}


@blueprint.route("/entry-receipts/<entry_receipt_id>")
@blueprint.response(200, ReceiptOfEntrySchema)
@problems(blueprint, 404)
def get_entry_receipt(entry_receipt_id: str) -> Any:
    """One's own receipt."""
    return receipt_shown(entries.get_receipt(current_actor(), current_parts(), entry_receipt_id))


@blueprint.route("/entries/<entry_id>", methods=["DELETE"])
@blueprint.response(200, EntrySchema)
@problems(blueprint, 404, 409)
def take_back_entry(entry_id: str) -> Any:
    """Take an entry back, until the close."""
    return entry_shown(entries.take_back(current_actor(), current_parts(), entry_id))


@blueprint.route("/entries/<entry_id>/ruling", methods=["POST"])
@blueprint.arguments(RulingSchema)
@blueprint.response(200, EntrySchema)
@problems(blueprint, 404, 409, 413, 415)
def rule_on_entry(body: dict[str, Any], entry_id: str) -> Any:
    """Rule an entry out, or in again, with a reason; for the host."""
    act = entries.rule_out if body["is_out"] else entries.let_in
    return entry_shown(act(current_actor(), current_parts(), entry_id, body["reason"]))


def entry_shown(entry: ContestEntry) -> dict[str, Any]:
    names = ("id", "contest_id", "work_id", "state", "reason", "audio_sha256", "submitted_at")
    return {**{name: getattr(entry, name) for name in names}, "title": entry.work.title, "artist": entry.account}


def receipt_shown(receipt: EntryReceipt) -> dict[str, Any]:
    names = (
        "id", "contest_id", "work_id", "entry_id", "is_counted", "code", "audio_sha256", "sha256", "created_at",
    )  # fmt: skip
    verdict = "counted" if receipt.is_counted else f"not counted, because {receipt.detail}"
    return {**{name: getattr(receipt, name) for name in names}, "verdict": verdict}
