"""The result of a contest: deciding it, reading it, taking it along."""

from __future__ import annotations

from typing import Any

import flask
import marshmallow as ma
from flask_smorest import Blueprint

from remixhub.api.conditional import required_revision
from remixhub.api.contests.contests import ContestSchema, shown
from remixhub.api.contests.entries import EntrySchema, entry_shown
from remixhub.api.operations import for_visitors, problems
from remixhub.api.schemas import Link, Schema, Time
from remixhub.domain.contests.winner_rights import WinnerRights
from remixhub.domain.filenames import attachment
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.contests import decisions, winner_rights

blueprint = Blueprint("contest_results", __name__, description="Results of contests")


class ScoreSheetSchema(Schema):
    judge = ma.fields.String(required=True)
    entry_id = ma.fields.String(required=True)
    scores = ma.fields.Dict(required=True)
    note = ma.fields.String(required=True)
    counts = ma.fields.Boolean(
        required=True, metadata={"description": "False where the judge is too near, or the entry does not count"}
    )


class WinnerSchema(Schema):
    entry_id = ma.fields.String(required=True)
    rights = ma.fields.Enum(WinnerRights, by_value=True, required=True, metadata={"description": "Of the host"})
    until = Time(required=True, allow_none=True, metadata={"description": "When the rights revert by themselves"})
    released_url = ma.fields.String(required=True, allow_none=True)


class WinnerReleaseSchema(Schema):
    url = Link(required=True)


class ResultSchema(Schema):
    result = ma.fields.Dict(required=True, metadata={"description": "Standings, raw and adjusted; what was left out"})
    entries = ma.fields.List(ma.fields.Nested(EntrySchema), required=True)
    score_sheets = ma.fields.List(ma.fields.Nested(ScoreSheetSchema), required=True)
    winners = ma.fields.List(ma.fields.Nested(WinnerSchema), required=True, metadata={"description": "Best first"})
    ballots_to_turn = ma.fields.Integer(
        required=True,
        allow_none=True,
        metadata={
            "description": "About how many further duels won, or scores of 10, would have put the second level with "
            "the first; null where nobody votes or no number would"
        },
    )
    log_head = ma.fields.String(required=True)


@blueprint.route("/contests/<contest_id>/decision", methods=["POST"])
@blueprint.response(200, ContestSchema)
@problems(blueprint, 404, 409)
def decide_contest(contest_id: str) -> Any:
    """Count all ballots and publish the result, once; for the host."""
    decisions.decide(current_actor(), current_parts(), contest_id)
    return shown(contest_id)


@blueprint.route("/contests/<contest_id>/result")
@blueprint.response(200, ResultSchema)
@for_visitors(blueprint)
@problems(blueprint, 404, 409)
def get_contest_result(contest_id: str) -> Any:
    """Standings, score sheets, and what was left out and why."""
    found = decisions.get_result(current_actor(), current_parts(), contest_id)
    return {
        "result": found.result,
        "entries": [entry_shown(one) for one in found.entries.values()],
        "score_sheets": found.score_sheets,
        "winners": found.winners,
        "ballots_to_turn": found.ballots_to_turn,
        "log_head": found.log_head,
    }


@blueprint.route("/contests/<contest_id>/releases/<entry_id>", methods=["PUT"])
@blueprint.arguments(WinnerReleaseSchema)
@blueprint.response(204)
@problems(blueprint, 404, 409, 412, 413, 415, 428)
def record_winner_release(body: dict[str, Any], contest_id: str, entry_id: str) -> None:
    """Say where a winner's remix is released, which keeps its rights from reverting; for the host.

    Needs the contest's `If-Match`.
    """
    winner_rights.record_release(
        current_actor(), current_parts(), contest_id, entry_id, body["url"], revision=required_revision()
    )


@blueprint.route("/contests/<contest_id>/export")
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="application/zip")
@for_visitors(blueprint)
@problems(blueprint, 404, 409)
def export_contest(contest_id: str) -> Any:
    """Everything that the result was computed from, for `python -m remixhub verify-contest`."""
    packed = decisions.export(current_actor(), current_parts(), contest_id)
    response = flask.Response(packed, content_type="application/zip")
    response.headers["Content-Disposition"] = attachment(f"contest-{contest_id}.zip")
    return response
