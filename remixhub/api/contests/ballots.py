"""Judges' and voters' ballots: the desk, duels, scores, what was heard, and the host's review."""

from __future__ import annotations

from typing import Any

import flask
import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from remixhub.api.operations import problems
from remixhub.api.schemas import Number, Schema, Text, Time
from remixhub.domain.contests.coverage import Ruling
from remixhub.domain.contests.entries import BallotState
from remixhub.domain.contests.vote_screening import Reason
from remixhub.edge.actor import current_actor, current_parts
from remixhub.edge.whence import whence_of
from remixhub.services.contests import duel_offers, judging, rulings, screening, voting
from remixhub.services.contests.entry_audio import EntrySound
from remixhub.services.contests.juries import Absence

blueprint = Blueprint("ballots", __name__, description="Judging and voting in contests")

_ID = validate.Length(min=1, max=64)


class AnonymousEntrySchema(Schema):
    """An entry without a name."""

    id = ma.fields.String(required=True)
    preview_url = ma.fields.String(required=True)
    gain_db = ma.fields.Float(required=True, metadata={"description": "Makes all entries equally loud"})
    duration_seconds = ma.fields.Float(required=True, allow_none=True)


class DeskEntrySchema(AnonymousEntrySchema):
    number = ma.fields.Integer(required=True, metadata={"description": "In one's own order"})
    scores = ma.fields.Dict(required=True, allow_none=True)
    note = ma.fields.String(required=True)


class ConflictOfInterestSchema(Schema):
    entry_id = ma.fields.String(required=True)
    reason = ma.fields.String(required=True)


class DeskSchema(Schema):
    rubric = ma.fields.List(ma.fields.Dict(), required=True)
    entries = ma.fields.List(ma.fields.Nested(DeskEntrySchema), required=True)
    conflicts = ma.fields.List(ma.fields.Nested(ConflictOfInterestSchema), required=True)
    is_open = ma.fields.Boolean(required=True)


class ScoresSchema(Schema):
    scores = ma.fields.Dict(required=True, metadata={"description": "A number for each criterion's key, in halves"})
    note = Text(multiline=True, max_length=5_000, load_default="")


class GivenScoresSchema(ScoresSchema):
    entry_id = ma.fields.String(required=True)
    updated_at = Time(required=True)


class ConflictDeclarationSchema(Schema):
    reason = Text(required=True, min_length=1, max_length=300)


class JudgeProgressSchema(Schema):
    handle = ma.fields.String(required=True)
    due = ma.fields.Integer(required=True)
    scored = ma.fields.Integer(required=True)
    absence = ma.fields.Enum(
        Absence,
        by_value=True,
        required=True,
        allow_none=True,
        metadata={"description": "Why no further sheet comes from them; null where one may"},
    )


class LackingEntrySchema(Schema):
    entry_id = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    artist = ma.fields.String(required=True)
    scored = ma.fields.Integer(required=True, metadata={"description": "Judges whose sheet is there"})
    needed = ma.fields.Integer(required=True)
    missing = ma.fields.List(
        ma.fields.String(), required=True, metadata={"description": "Handles of judges who have to score it"}
    )
    excused = ma.fields.List(
        ma.fields.String(), required=True, metadata={"description": "Handles of judges who are too near to it"}
    )
    ruling = ma.fields.Enum(Ruling, by_value=True, required=True, allow_none=True)
    reason = ma.fields.String(required=True, metadata={"description": "Of the ruling"})


class JudgingProgressSchema(Schema):
    judges = ma.fields.List(ma.fields.Nested(JudgeProgressSchema), required=True)
    lacking = ma.fields.Integer(required=True, metadata={"description": "Entries that too few judges scored"})
    unsettled = ma.fields.Integer(
        required=True, metadata={"description": "Of these, without a ruling: nothing is decided before"}
    )
    entries = ma.fields.List(
        ma.fields.Nested(LackingEntrySchema),
        required=True,
        allow_none=True,
        metadata={"description": "Those that lack sheets; null as long as they are sealed for the host"},
    )


class NewRulingsSchema(Schema):
    entry_ids = ma.fields.List(ma.fields.String(validate=_ID), required=True, validate=validate.Length(min=1, max=500))
    ruling = ma.fields.Enum(Ruling, by_value=True, required=True)
    reason = Text(
        required=True, min_length=1, max_length=1_000, metadata={"description": "Public: it stands in the result"}
    )


class JudgesRemindedSchema(Schema):
    judges = ma.fields.Integer(required=True, metadata={"description": "How many have entries to score and were told"})


class HearingSchema(Schema):
    entry_id = ma.fields.String(required=True)
    heard_ms = ma.fields.Integer(required=True)


class BeatSchema(Schema):
    entry_id = ma.fields.String(required=True, validate=_ID)


class DuelSchema(Schema):
    left = ma.fields.Nested(AnonymousEntrySchema, required=True, allow_none=True)
    right = ma.fields.Nested(AnonymousEntrySchema, required=True, allow_none=True)
    answered = ma.fields.Integer(required=True)


class DuelAnswerSchema(Schema):
    favoured = ma.fields.String(required=True, validate=_ID)
    against = ma.fields.String(required=True, validate=_ID)


class EntryScoreSchema(Schema):
    entry_id = ma.fields.String(required=True, validate=_ID)
    score = Number(required=True)


class CastBallotSchema(Schema):
    id = ma.fields.String(required=True)
    favoured_id = ma.fields.String(required=True)
    against_id = ma.fields.String(required=True, allow_none=True)
    score = ma.fields.Float(required=True, allow_none=True)
    cast_at = Time(required=True)


class FlagSchema(Schema):
    """Not what the ballot says: whoever decides about it must not know whom it helps."""

    id = ma.fields.String(required=True)
    cast_at = Time(required=True)
    handle = ma.fields.String(required=True)
    reasons = ma.fields.List(ma.fields.Enum(Reason, by_value=True), required=True)
    words = ma.fields.String(required=True)
    state = ma.fields.Enum(BallotState, by_value=True, required=True)
    review_note = ma.fields.String(required=True)


class ScreeningSchema(Schema):
    screened_at = Time(required=True, allow_none=True, metadata={"description": "Null before the first time"})
    ballots_since = ma.fields.Integer(required=True, metadata={"description": "Cast afterwards"})
    is_underway = ma.fields.Boolean(required=True)


class FlagsSchema(ScreeningSchema):
    flags = ma.fields.List(ma.fields.Nested(FlagSchema), required=True)


class BallotReviewSchema(Schema):
    ballot_ids = ma.fields.List(
        ma.fields.String(validate=_ID), required=True, validate=validate.Length(min=1, max=1_000)
    )
    is_excluded = ma.fields.Boolean(required=True, truthy={True}, falsy={False})
    reason = Text(required=True, min_length=1, max_length=1_000)


class ReviewedSchema(Schema):
    changed = ma.fields.Integer(required=True)


@blueprint.route("/contests/<contest_id>/desk")
@blueprint.response(200, DeskSchema)
@problems(blueprint, 404, 409)
def get_judging_desk(contest_id: str) -> Any:
    """A judge's entries without names, in an order of their own."""
    desk = judging.desk(current_actor(), current_parts(), contest_id)
    return {
        "rubric": desk.contest.terms["rubric"],
        "entries": [
            {**_sound(one.id, one.sound), "number": one.number, "scores": one.scores, "note": one.note}
            for one in desk.entries
        ],
        "conflicts": [{"entry_id": id, "reason": reason} for id, reason in desk.conflicts.items()],
        "is_open": desk.is_open,
    }


@blueprint.route("/contests/<contest_id>/scores/<entry_id>", methods=["PUT"])
@blueprint.arguments(ScoresSchema)
@blueprint.response(200, GivenScoresSchema)
@problems(blueprint, 404, 409, 413, 415)
def score_entry(body: dict[str, Any], contest_id: str, entry_id: str) -> Any:
    """A judge's scores for an entry; again until the judging closes."""
    return judging.score(current_actor(), current_parts(), contest_id, entry_id, body["scores"], note=body["note"])


@blueprint.route("/contests/<contest_id>/conflicts/<entry_id>", methods=["PUT"])
@blueprint.arguments(ConflictDeclarationSchema)
@blueprint.response(204)
@problems(blueprint, 404, 409, 413, 415)
def declare_conflict(body: dict[str, Any], contest_id: str, entry_id: str) -> None:
    """A judge stands aside from an entry."""
    judging.declare_conflict(current_actor(), current_parts(), contest_id, entry_id, body["reason"])


@blueprint.route("/contests/<contest_id>/judging-progress")
@blueprint.response(200, JudgingProgressSchema)
@problems(blueprint, 404)
def get_judging_progress(contest_id: str) -> Any:
    """How far each judge is, and which entries lack score sheets; for the host."""
    return rulings.view_sheets(current_actor(), current_parts(), contest_id)


@blueprint.route("/contests/<contest_id>/judge-reminders", methods=["POST"])
@blueprint.response(200, JudgesRemindedSchema)
@problems(blueprint, 404, 409)
def remind_judges(contest_id: str) -> Any:
    """A notice to every judge with entries to score, at most every twelve hours; for the host."""
    return {"judges": rulings.remind_judges(current_actor(), current_parts(), contest_id)}


@blueprint.route("/contests/<contest_id>/rulings", methods=["POST"])
@blueprint.arguments(NewRulingsSchema)
@blueprint.response(200, JudgingProgressSchema)
@problems(blueprint, 404, 409, 413, 415)
def rule_on_entries(body: dict[str, Any], contest_id: str) -> Any:
    """Say with a public reason how entries are placed that too few judges scored; for the host, when ballots are in.

    `fewer_judges` for one that has a sheet, `community` (where there is a vote) or `unplaced` for one that has none. A
    sheet that comes after all undoes it.
    """
    return rulings.rule_on(
        current_actor(), current_parts(), contest_id, body["entry_ids"], body["ruling"], body["reason"]
    )


@blueprint.route("/contests/<contest_id>/hearings", methods=["POST"])
@blueprint.arguments(BeatSchema)
@blueprint.response(200, HearingSchema)
@problems(blueprint, 404, 409, 413, 415)
def report_hearing(body: dict[str, Any], contest_id: str) -> Any:
    """The player plays this entry now: to be told every few seconds. What passed since the last time is heard."""
    return voting.beat(current_actor(), current_parts(), contest_id, body["entry_id"])


@blueprint.route("/contests/<contest_id>/duel")
@blueprint.response(200, DuelSchema)
@problems(blueprint, 404, 409)
def get_duel(contest_id: str) -> Any:
    """The duel that waits for one's answer; null on both sides when all are answered."""
    offer = duel_offers.offer_duel(current_actor(), current_parts(), contest_id)
    sounds = {id: _sound(id, sound) for id, sound in offer.sounds.items()}
    return {
        "left": sounds.get(offer.left_id or ""),
        "right": sounds.get(offer.right_id or ""),
        "answered": offer.answered,
    }


@blueprint.route("/contests/<contest_id>/duels", methods=["POST"])
@blueprint.arguments(DuelAnswerSchema)
@blueprint.response(201, CastBallotSchema)
@problems(blueprint, 404, 409, 413, 415)
def answer_duel(body: dict[str, Any], contest_id: str) -> Any:
    """Say which of the two is better."""
    return voting.answer_duel(
        current_actor(), current_parts(), contest_id, body["favoured"], body["against"], whence_of(contest_id)
    )


@blueprint.route("/contests/<contest_id>/entry-scores", methods=["POST"])
@blueprint.arguments(EntryScoreSchema)
@blueprint.response(201, CastBallotSchema)
@problems(blueprint, 404, 409, 413, 415)
def give_score(body: dict[str, Any], contest_id: str) -> Any:
    """A voter's score for an entry, from 0 to 10."""
    return voting.give_score(
        current_actor(), current_parts(), contest_id, body["entry_id"], body["score"], whence_of(contest_id)
    )


@blueprint.route("/contests/<contest_id>/flags")
@blueprint.response(200, FlagsSchema)
@problems(blueprint, 404)
def list_flags(contest_id: str) -> Any:
    """Ballots that looked arranged when they were looked through last, with the reasons; for the host."""
    found = screening.get_screening(current_actor(), current_parts(), contest_id)
    names = ("id", "cast_at", "state", "review_note")
    return {
        **_screening(found),
        "flags": [
            {
                **{name: getattr(ballot, name) for name in names},
                "handle": ballot.account.handle,
                "reasons": [Reason(one) for one in flag.reasons],
                "words": flag.words,
            }
            for flag, ballot in found.flags
        ],
    }


@blueprint.route("/contests/<contest_id>/screenings", methods=["POST"])
@blueprint.response(202, ScreeningSchema)
@problems(blueprint, 404)
def screen_ballots(contest_id: str) -> Any:
    """Look through the ballots now, and not only half a minute after one came in; for the host."""
    return _screening(screening.order_now(current_actor(), current_parts(), contest_id))


@blueprint.route("/contests/<contest_id>/ballot-reviews", methods=["POST"])
@blueprint.arguments(BallotReviewSchema)
@blueprint.response(200, ReviewedSchema)
@problems(blueprint, 404, 409, 413, 415)
def review_ballots(body: dict[str, Any], contest_id: str) -> Any:
    """Exclude ballots or let them count again, with a reason; nothing is deleted. For the host."""
    changed = voting.review_ballots(
        current_actor(), current_parts(), contest_id, body["ballot_ids"], exclude=body["is_excluded"],
        reason=body["reason"],
    )  # fmt: skip
    return {"changed": changed}


def _screening(found: screening.Screening) -> dict[str, Any]:
    return {
        "screened_at": found.screened_at,
        "ballots_since": found.since,
        "is_underway": found.is_underway,
    }


def _sound(entry_id: str, sound: EntrySound) -> dict[str, Any]:
    address = flask.url_for("web.media.entry_file", entry_id=entry_id, kind="preview")
    return {
        "id": entry_id,
        "preview_url": current_parts().addresses.of(address),
        "gain_db": sound.gain_db,
        "duration_seconds": sound.duration_seconds,
    }
