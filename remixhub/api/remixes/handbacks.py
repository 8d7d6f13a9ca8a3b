"""`/works/{id}/handback`: a session of a music program, handed back with a remix, and the sources that it proposes."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from remixhub.api.operations import problems
from remixhub.api.schemas import RefusalSchema, Schema, Time
from remixhub.domain.exports.handed_back import How
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.remixes import handing_back
from remixhub.services.remixes.handing_back import HandedBack

blueprint = Blueprint("handbacks", __name__, description="Sessions that come back with a remix")

_RULE = "/works/<work_id>/handback"


class NewHandbackSchema(Schema):
    upload_id = ma.fields.String(
        required=True,
        validate=validate.Length(min=1, max=64),
        metadata={"description": "A verified upload with the purpose `session`: a DAWproject"},
    )


class StemUseSchema(Schema):
    stem = ma.fields.String(required=True)
    how = ma.fields.Enum(How, by_value=True, required=True, metadata={"description": "By what it was recognised"})
    at_seconds = ma.fields.Float(required=True, metadata={"description": "In the session"})
    from_seconds = ma.fields.Float(required=True, metadata={"description": "In the stem, as is the end"})
    to_seconds = ma.fields.Float(required=True)


class SourceProposalSchema(Schema):
    source_id = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    stems = ma.fields.List(ma.fields.String(), required=True)
    starts_seconds = ma.fields.Float(required=True, allow_none=True)
    ends_seconds = ma.fields.Float(required=True, allow_none=True)
    uses = ma.fields.List(ma.fields.Nested(StemUseSchema), required=True)


class HandbackSchema(Schema):
    filename = ma.fields.String(required=True, allow_none=True, metadata={"description": "Null where none came back"})
    sound_count = ma.fields.Integer(required=True, metadata={"description": "Files of sound that are heard in it"})
    known_count = ma.fields.Integer(required=True, metadata={"description": "Of them those that are stems here"})
    unrecognised = ma.fields.List(
        ma.fields.String(), required=True, metadata={"description": "Names of others; 50 at most"}
    )
    read_at = Time(required=True, allow_none=True)
    proposals = ma.fields.List(
        ma.fields.Nested(SourceProposalSchema),
        required=True,
        metadata={"description": "That nobody has answered; nothing is cited until one is taken"},
    )
    refusal = ma.fields.Nested(
        RefusalSchema,
        required=True,
        allow_none=True,
        metadata={"description": "Why what was taken just now is not cited yet; the draft keeps it as wanted"},
    )


@blueprint.route(_RULE)
@blueprint.response(200, HandbackSchema)
@problems(blueprint, 404)
def get_handback(work_id: str) -> Any:
    """What the latest session of a draft of one's own proposes."""
    return _shown(handing_back.get_handed_back(current_actor(), current_parts(), work_id))


@blueprint.route(_RULE, methods=["POST"])
@blueprint.arguments(NewHandbackSchema)
@blueprint.response(200, HandbackSchema)
@problems(blueprint, 404, 409, 413, 415)
def hand_back(body: dict[str, Any], work_id: str) -> Any:
    """Have a session looked through for stems of the hub. They are proposed as sources, and nothing is changed."""
    return _shown(handing_back.hand_back(current_actor(), current_parts(), work_id, body["upload_id"]))


@blueprint.route(_RULE + "/<source_id>/take", methods=["POST"])
@blueprint.response(200, HandbackSchema)
@problems(blueprint, 404, 409)
def take_proposal(work_id: str, source_id: str) -> Any:
    """Cite a proposed source with its stems and part; of one that is cited, fill what was left open."""
    refusal = handing_back.take_proposal(current_actor(), current_parts(), work_id, source_id)
    told = None if refusal is None else {"code": refusal.code, "detail": refusal.detail}
    return {**_shown(handing_back.get_handed_back(current_actor(), current_parts(), work_id)), "refusal": told}


@blueprint.route(_RULE + "/<source_id>/refuse", methods=["POST"])
@blueprint.response(200, HandbackSchema)
@problems(blueprint, 404, 409)
def refuse_proposal(work_id: str, source_id: str) -> Any:
    """It is not proposed again for this remix."""
    handing_back.refuse_proposal(current_actor(), current_parts(), work_id, source_id)
    return _shown(handing_back.get_handed_back(current_actor(), current_parts(), work_id))


def _shown(found: HandedBack) -> dict[str, Any]:
    latest = found.latest
    return {
        "filename": latest.filename if latest else None,
        "sound_count": latest.sound_count if latest else 0,
        "known_count": latest.known_count if latest else 0,
        "unrecognised": latest.unknown if latest else [],
        "read_at": latest.read_at if latest else None,
        "proposals": [
            {
                "source_id": one.source_id,
                "title": one.source.title,
                "stems": one.stems,
                "starts_seconds": one.starts_seconds,
                "ends_seconds": one.ends_seconds,
                "uses": [{**use, "how": How(use["how"])} for use in one.uses],
            }
            for one in found.proposals
        ],
        "refusal": None,
    }
