"""`/contests`: the brief for everybody, drafting and running one for its label."""

from __future__ import annotations

import datetime as dt
from typing import Any

import flask
import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from remixhub.api.conditional import etag, required_revision
from remixhub.api.operations import for_visitors, problems
from remixhub.api.paging import page_body, position_of
from remixhub.api.schemas import Integer, ListQuery, Schema, Text, Time
from remixhub.domain.contests.judging import Normalisation, Rubric
from remixhub.domain.contests.phases import Deadlines, Phase
from remixhub.domain.contests.readiness import Severity
from remixhub.domain.contests.standings import DEFAULT_TIE_BREAKS, TieBreak
from remixhub.domain.contests.terms import (
    ENTRIES_LIMIT,
    JUDGES_LIMIT,
    AiRule,
    ContestTerms,
    Exclusivity,
    Sealing,
    VoteKind,
    differences,
    in_plain_words,
)
from remixhub.edge.actor import current_actor, current_parts
from remixhub.models import JudgeRequest
from remixhub.services.contests import announcing, hosting, judge_requests, judges, reading, secret_remixers
from remixhub.services.contests.reading import ContestView

blueprint = Blueprint("contests", __name__, description="Remix contests")

_DATES = ("opens_at", "closes_at", "voting_closes_at", "judging_closes_at")


class CriterionSchema(Schema):
    key = ma.fields.String(required=True, validate=validate.Length(max=64))
    title = Text(required=True, max_length=200)
    weight = Integer(required=True)
    max_score = Integer(required=True)


class TermsSchema(Schema):
    """What is left out is as this hub proposes."""

    licence = ma.fields.String(
        dump_only=True, metadata={"description": "Of what is remixed, as it is at the first entry"}
    )
    text = Text(multiline=True, max_length=40_000, load_default="")
    prizes = ma.fields.List(Text(min_length=1, max_length=300), load_default=list, validate=validate.Length(max=50))
    eligibility = Text(max_length=1_000, load_default="")
    exclusivity = ma.fields.Enum(Exclusivity, by_value=True, load_default=Exclusivity.NONE)
    release_by = ma.fields.Date(load_default=None, allow_none=True)
    ai_rule = ma.fields.Enum(AiRule, by_value=True, load_default=AiRule.DISCLOSED)
    entries_per_account = Integer(load_default=1, metadata={"description": f"1 to {ENTRIES_LIMIT}"})
    sealing = ma.fields.Enum(Sealing, by_value=True, load_default=Sealing.SEALED)
    needs_own_stems = ma.fields.Boolean(load_default=False, truthy={True}, falsy={False})
    rubric = ma.fields.List(
        ma.fields.Nested(CriterionSchema), load_default=list, metadata={"description": "Empty when no judges decide"}
    )
    normalisation = ma.fields.Enum(Normalisation, by_value=True, load_default=Normalisation.Z_SCORE)
    judges_per_entry = Integer(
        load_default=None,
        allow_none=True,
        metadata={
            "description": f"How many have to score an entry before there is a decision: 1 to {JUDGES_LIMIT}. "
            "Left out or null: all who are not too near to it"
        },
    )
    are_judges_named = ma.fields.Boolean(load_default=True, truthy={True}, falsy={False})
    vote = ma.fields.Enum(VoteKind, by_value=True, load_default=VoteKind.NONE)
    vote_share_percent = Integer(load_default=0)
    tie_breaks = ma.fields.List(ma.fields.Enum(TieBreak, by_value=True), load_default=lambda: list(DEFAULT_TIE_BREAKS))


class DatesSchema(Schema):
    opens_at = Time()
    closes_at = Time()
    voting_closes_at = Time(allow_none=True)
    judging_closes_at = Time(allow_none=True)


class ContestFactsSchema(DatesSchema):
    title = Text(min_length=1, max_length=120)
    brief = Text(multiline=True, max_length=20_000)
    release_id = ma.fields.String(allow_none=True, validate=validate.Length(min=1, max=64))
    embargo_until = Time(allow_none=True)
    terms = ma.fields.Nested(TermsSchema)


class NewContestSchema(ContestFactsSchema):
    label = ma.fields.String(
        required=True, validate=validate.Length(max=80), metadata={"description": "The host's handle"}
    )
    title = Text(required=True, min_length=1, max_length=120)
    opens_at = Time(required=True)
    closes_at = Time(required=True)
    terms = ma.fields.Nested(TermsSchema, required=True)
    is_secret_remixer = ma.fields.Boolean(load_default=False, truthy={True}, falsy={False})


class ExtensionSchema(Schema):
    closes_at = Time()
    voting_closes_at = Time()
    judging_closes_at = Time()
    note = Text(required=True, min_length=1, max_length=2_000, multiline=True)


class CancellationSchema(Schema):
    note = Text(required=True, min_length=1, max_length=2_000, multiline=True)


class HandleSchema(Schema):
    handle = ma.fields.String(required=True, validate=validate.Length(min=1, max=80))


class JudgeRequestedSchema(Schema):
    is_judge = ma.fields.Boolean(required=True, metadata={"description": "Whether they judge at once"})


class JudgeAnswerSchema(Schema):
    accepts = ma.fields.Boolean(required=True, truthy={True}, falsy={False})


class JudgeRequestSchema(Schema):
    contest_id = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    label = ma.fields.String(required=True, metadata={"description": "Handle"})
    closes_at = Time(required=True)
    judging_closes_at = Time(required=True, allow_none=True)
    is_accepted = ma.fields.Boolean(required=True, allow_none=True, metadata={"description": "Null until answered"})
    asked_at = Time(required=True)


class RemovalSchema(Schema):
    reason = Text(required=True, min_length=1, max_length=1_000)


class AnnouncementSchema(Schema):
    id = ma.fields.String(required=True)
    text = ma.fields.String(required=True)
    created_at = Time(required=True)


class NewAnnouncementSchema(Schema):
    text = Text(required=True, min_length=1, max_length=5_000, multiline=True)


class DifferenceSchema(Schema):
    field = ma.fields.String(required=True)
    proposed = ma.fields.Raw(required=True)
    here = ma.fields.Raw(required=True)


class ContestSchema(Schema):
    id = ma.fields.String(required=True)
    label = ma.fields.String(required=True, metadata={"description": "Handle"})
    label_name = ma.fields.String(required=True)
    time_zone = ma.fields.String(required=True, metadata={"description": "The label's; all dates are in UTC"})
    title = ma.fields.String(required=True)
    brief = ma.fields.String(required=True)
    release_id = ma.fields.String(required=True, allow_none=True)
    phase = ma.fields.Enum(Phase, by_value=True, required=True)
    now = Time(required=True, metadata={"description": "The clock that decides deadlines; after a 304, `Date`"})
    opens_at = Time(required=True)
    closes_at = Time(required=True)
    voting_closes_at = Time(required=True, allow_none=True)
    judging_closes_at = Time(required=True, allow_none=True)
    embargo_until = Time(required=True, allow_none=True)
    terms = ma.fields.Dict(required=True)
    terms_sha256 = ma.fields.String(required=True)
    terms_frozen_at = Time(required=True, allow_none=True)
    terms_in_plain_words = ma.fields.List(ma.fields.String(), required=True)
    terms_differences = ma.fields.List(
        ma.fields.Nested(DifferenceSchema), required=True, metadata={"description": "From what this hub proposes"}
    )
    entry_count = ma.fields.Integer(required=True)
    is_secret_remixer = ma.fields.Boolean(required=True)
    seed_commitment = ma.fields.String(
        required=True, metadata={"description": "SHA-256 of the seed that is published with the result"}
    )
    log_length = ma.fields.Integer(required=True)
    log_head = ma.fields.String(required=True)
    announcements = ma.fields.List(ma.fields.Nested(AnnouncementSchema), required=True)
    cancel_note = ma.fields.String(required=True)
    my_role = ma.fields.String(required=True, allow_none=True)
    am_judge = ma.fields.Boolean(required=True)
    revision = ma.fields.Integer(required=True)
    decided_at = Time(required=True, allow_none=True)


class ContestFindingSchema(Schema):
    code = ma.fields.String(required=True)
    severity = ma.fields.Enum(Severity, by_value=True, required=True)
    advice = ma.fields.String(required=True)


class ContestReadinessSchema(Schema):
    is_ready = ma.fields.Boolean(required=True, metadata={"description": "Whether it is a draft without errors"})
    findings = ma.fields.List(ma.fields.Nested(ContestFindingSchema), required=True)


class ContestPageSchema(Schema):
    contests = ma.fields.List(ma.fields.Nested(ContestSchema), required=True)
    next = ma.fields.String(required=True, allow_none=True)


class ContestsQuery(ListQuery):
    label = ma.fields.String(validate=validate.Length(max=80), metadata={"description": "The host's handle"})


class SignUpChoiceSchema(Schema):
    work_id = ma.fields.String(required=True, validate=validate.Length(min=1, max=64))


class ContestSignUpSchema(SignUpChoiceSchema):
    dealt_work_id = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "What one is to remix; null before the deal"}
    )


class DealSchema(Schema):
    participants = ma.fields.Integer(required=True)


@blueprint.route("/contests", methods=["POST"])
@blueprint.arguments(NewContestSchema)
@blueprint.response(201, ContestSchema)
@problems(blueprint, 404, 409, 413, 415)
def create_contest(body: dict[str, Any]) -> Any:
    """Draft a contest; for a label's owners and managers."""
    deadlines = Deadlines(**{name: body.pop(name, None) for name in _DATES})
    terms = terms_of_body(body.pop("terms"))
    contest = hosting.create_contest(current_actor(), current_parts(), deadlines=deadlines, terms=terms, **body)
    body, _, headers = shown(contest.id)
    return body, 201, {"Location": flask.url_for("contests.get_contest", contest_id=contest.id), **headers}


@blueprint.route("/contests")
@blueprint.arguments(ContestsQuery, location="query")
@blueprint.response(200, ContestPageSchema)
@for_visitors(blueprint)
@problems(blueprint)
def list_contests(query: dict[str, Any]) -> Any:
    """Announced contests, those that close last first."""
    page = reading.list_contests(
        current_actor(), current_parts(), label=query.get("label"), after=position_of(query), limit=query["limit"]
    )
    return page_body("contests", page.map(contest_body))


@blueprint.route("/contests/<contest_id>")
@blueprint.response(200, ContestSchema)
@for_visitors(blueprint)
@problems(blueprint, 404)
def get_contest(contest_id: str) -> Any:
    """A contest as one sees it now."""
    return shown(contest_id)


@blueprint.route("/contests/<contest_id>", methods=["PATCH"])
@blueprint.arguments(ContestFactsSchema)
@blueprint.response(200, ContestSchema)
@problems(blueprint, 404, 409, 412, 413, 415, 428)
def edit_contest(body: dict[str, Any], contest_id: str) -> Any:
    """Edit it; terms until the first entry, dates until it is announced. Needs `If-Match`."""
    if "terms" in body:
        body["terms"] = terms_of_body(body["terms"])
    hosting.edit_contest(current_actor(), current_parts(), contest_id, body, revision=required_revision())
    return shown(contest_id)


@blueprint.route("/contests/<contest_id>/announcement", methods=["POST"])
@blueprint.response(200, ContestSchema)
@problems(blueprint, 404, 409)
def announce_contest(contest_id: str) -> Any:
    """Show it to everybody; from now on deadlines only move later. Refused while something is missing."""
    announcing.announce(current_actor(), current_parts(), contest_id)
    return shown(contest_id)


@blueprint.route("/contests/<contest_id>/announcement")
@blueprint.response(200, ContestReadinessSchema)
@problems(blueprint, 404)
def check_contest(contest_id: str) -> Any:
    """What is missing or odd before it is announced; errors stop it, warnings are the host's to decide."""
    return announcing.view_announcement(current_actor(), current_parts(), contest_id)


@blueprint.route("/contests/<contest_id>/extensions", methods=["POST"])
@blueprint.arguments(ExtensionSchema)
@blueprint.response(200, ContestSchema)
@problems(blueprint, 404, 409, 413, 415)
def extend_contest(body: dict[str, Any], contest_id: str) -> Any:
    """Later deadlines, with a note that everybody reads."""
    note = body.pop("note")
    deadlines: dict[str, dt.datetime] = body
    hosting.extend(current_actor(), current_parts(), contest_id, deadlines, note)
    return shown(contest_id)


@blueprint.route("/contests/<contest_id>/cancellation", methods=["POST"])
@blueprint.arguments(CancellationSchema)
@blueprint.response(200, ContestSchema)
@problems(blueprint, 404, 409, 413, 415)
def cancel_contest(body: dict[str, Any], contest_id: str) -> Any:
    """End it without a result, for good."""
    hosting.cancel(current_actor(), current_parts(), contest_id, body["note"])
    return shown(contest_id)


@blueprint.route("/contests/<contest_id>/announcements", methods=["POST"])
@blueprint.arguments(NewAnnouncementSchema)
@blueprint.response(201, AnnouncementSchema)
@problems(blueprint, 404, 409, 413, 415)
def post_announcement(body: dict[str, Any], contest_id: str) -> Any:
    """News for the contest's page and feeds, and as a notice to whom it concerns."""
    return hosting.say(current_actor(), current_parts(), contest_id, body["text"])


@blueprint.route("/contests/<contest_id>/judges", methods=["POST"])
@blueprint.arguments(HandleSchema)
@blueprint.response(204)
@problems(blueprint, 404, 409, 413, 415)
def add_judge(body: dict[str, Any], contest_id: str) -> None:
    """Make a member of the label a judge."""
    judges.add_judge(current_actor(), current_parts(), contest_id, body["handle"])


@blueprint.route("/contests/<contest_id>/judge-requests", methods=["POST"])
@blueprint.arguments(HandleSchema)
@blueprint.response(200, JudgeRequestedSchema)
@problems(blueprint, 404, 409, 413, 415)
def ask_judge(body: dict[str, Any], contest_id: str) -> Any:
    """Ask anybody to judge: members of the label judge at once, others are asked by a notice."""
    is_judge = judge_requests.ask_to_judge(current_actor(), current_parts(), contest_id, body["handle"])
    return {"is_judge": is_judge}


@blueprint.route("/contests/<contest_id>/judge-request")
@blueprint.response(200, JudgeRequestSchema)
@problems(blueprint, 404)
def get_judge_request(contest_id: str) -> Any:
    """One's own: who asks, and what one said."""
    return _request(judge_requests.get_own_request(current_actor(), current_parts(), contest_id))


@blueprint.route("/contests/<contest_id>/judge-request/answer", methods=["POST"])
@blueprint.arguments(JudgeAnswerSchema)
@blueprint.response(200, JudgeRequestSchema)
@problems(blueprint, 404, 409, 413, 415)
def answer_judge_request(body: dict[str, Any], contest_id: str) -> Any:
    """Once. A yes makes one a member of the label and a judge of the contest."""
    return _request(judge_requests.answer(current_actor(), current_parts(), contest_id, accepts=body["accepts"]))


@blueprint.route("/contests/<contest_id>/judges/<handle>/removal", methods=["POST"])
@blueprint.arguments(RemovalSchema)
@blueprint.response(204)
@problems(blueprint, 404, 409, 413, 415)
def remove_judge(body: dict[str, Any], contest_id: str, handle: str) -> None:
    """Somebody judges no more; the scores they gave do not count, and the result gives the reason."""
    judges.remove_judge(current_actor(), current_parts(), contest_id, handle, body["reason"])


@blueprint.route("/contests/<contest_id>/sign-up", methods=["PUT"])
@blueprint.arguments(SignUpChoiceSchema)
@blueprint.response(200, ContestSignUpSchema)
@problems(blueprint, 404, 409, 413, 415)
def sign_up_for_contest(body: dict[str, Any], contest_id: str) -> Any:
    """Take part in a secret remixer with a work of one's own."""
    return secret_remixers.sign_up(current_actor(), current_parts(), contest_id, body["work_id"])


@blueprint.route("/contests/<contest_id>/sign-up")
@blueprint.response(200, ContestSignUpSchema)
@problems(blueprint, 404)
def get_contest_sign_up(contest_id: str) -> Any:
    """One's own, with what one was dealt."""
    found = secret_remixers.get_sign_up(current_actor(), current_parts(), contest_id)
    return found or flask.abort(404)


@blueprint.route("/contests/<contest_id>/sign-up", methods=["DELETE"])
@blueprint.response(204)
@problems(blueprint, 404, 409)
def take_back_contest_sign_up(contest_id: str) -> None:
    """Until the deal."""
    secret_remixers.take_back_sign_up(current_actor(), current_parts(), contest_id)


@blueprint.route("/contests/<contest_id>/deal", methods=["POST"])
@blueprint.response(200, DealSchema)
@problems(blueprint, 404, 409)
def deal_works(contest_id: str) -> Any:
    """Deal the sources, once; for the host."""
    return {"participants": secret_remixers.deal_sources(current_actor(), current_parts(), contest_id)}


def _request(row: JudgeRequest) -> dict[str, Any]:
    contest = row.contest
    dates = {name: getattr(contest, name) for name in ("title", "closes_at", "judging_closes_at")}
    answered = {"is_accepted": row.is_accepted, "asked_at": row.asked_at}
    return {"contest_id": contest.id, "label": contest.label.handle, **dates, **answered}


def terms_of_body(body: dict[str, Any]) -> ContestTerms:
    rubric = tuple(Rubric.parse(body["rubric"]).dump()) if body["rubric"] else ()
    tuples = {name: tuple(body[name]) for name in ("prizes", "tie_breaks")}
    return ContestTerms.parse(ContestTerms(**{**body, **tuples, "rubric": rubric}).dump())


def shown(contest_id: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """The contest as the actor sees it now, with its ETag."""
    view = reading.get_contest(current_actor(), current_parts(), contest_id)
    return contest_body(view), 200, etag(view.contest.revision)


def contest_body(view: ContestView) -> dict[str, Any]:
    contest = view.contest
    names = (
        "id", "title", "brief", "release_id", *_DATES, "embargo_until", "terms", "terms_frozen_at",
        "is_secret_remixer", "log_length", "log_head", "cancel_note", "revision", "decided_at",
    )  # fmt: skip
    return {
        **{name: getattr(contest, name) for name in names},
        "label": contest.label.handle,
        "label_name": contest.label.name,
        "time_zone": contest.label.time_zone,
        "phase": view.phase,
        "now": view.moment,
        "terms_sha256": view.terms.sha256(),
        "terms_in_plain_words": in_plain_words(view.terms),
        "terms_differences": differences(view.terms),
        "entry_count": view.entry_count,
        "seed_commitment": view.seed_commitment,
        "announcements": view.announcements,
        "my_role": view.role and view.role.value,
        "am_judge": view.is_judge,
    }
