"""`/jobs/{id}`: how far background work is that one has caused."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint

from remixhub.api.operations import problems
from remixhub.api.schemas import ProgressSchema, RefusalSchema, Schema, Time
from remixhub.domain.states import JobKind, JobState
from remixhub.edge.actor import current_actor, current_parts
from remixhub.jobs.table import delay_of
from remixhub.models import Job
from remixhub.services.upkeep import jobs

blueprint = Blueprint("jobs", __name__, description="Background work")


class JobSchema(Schema):
    id = ma.fields.String(required=True)
    kind = ma.fields.Enum(JobKind, by_value=True, required=True)
    state = ma.fields.Enum(JobState, by_value=True, required=True)
    progress = ma.fields.Nested(ProgressSchema, required=True)
    attempts = ma.fields.Integer(required=True)
    error = ma.fields.Nested(
        RefusalSchema,
        required=True,
        allow_none=True,
        metadata={"description": "What is wrong with the subject itself."},
    )
    delay = ma.fields.Nested(
        RefusalSchema,
        required=True,
        allow_none=True,
        metadata={"description": "A trouble of the hub's that it waits for; nothing is lost and it goes on by itself."},
    )
    created_at = Time(required=True)
    finished_at = Time(required=True, allow_none=True)


@blueprint.route("/jobs/<job_id>")
@blueprint.response(200, JobSchema)
@problems(blueprint, 404)
def get_job(job_id: str) -> Any:
    """A job that one has caused: how far it is, what it waits for by our fault, or what it died of."""
    return _shown(jobs.get_job(current_actor(), current_parts(), job_id))


def _shown(job: Job) -> dict[str, Any]:
    delay = delay_of(job)
    refusal = {"code": job.error_code, "detail": job.error_detail or ""}
    return {
        "id": job.id,
        "kind": job.kind,
        "state": job.state,
        "progress": {"percent": job.progress_percent, "step": job.progress_step},
        "attempts": job.attempts,
        # what was raised is for operators
        "error": refusal if job.state is JobState.DEAD and delay is None else None,
        "delay": None if delay is None else vars(delay),
        "created_at": job.created_at,
        "finished_at": job.finished_at,
    }
