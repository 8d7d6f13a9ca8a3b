"""`jobs list`, `jobs show` and `jobs resend`: what waits, what died and why, and another try."""

from __future__ import annotations

import argparse
import datetime as dt
import json
from typing import Any

import sqlalchemy as sa

from remixhub.compose import build_parts
from remixhub.config import Settings
from remixhub.domain.states import JobState
from remixhub.domain.times import rfc3339
from remixhub.jobs.table import JobNotFound, list_jobs, resend_job
from remixhub.models import Database, Job


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    group = subparsers.add_parser("jobs", help="list background jobs and re-send dead ones")
    actions = group.add_subparsers(required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="the newest jobs")
    listing.add_argument("--state", choices=[state.value for state in JobState])
    listing.add_argument("--limit", type=int, default=50)
    listing.add_argument("--json", action="store_true", help="one object a line")
    listing.set_defaults(run=_list)
    show = actions.add_parser("show", help="one job, whole")
    show.add_argument("job_id")
    show.set_defaults(run=_show)
    resend = actions.add_parser("resend", help="give dead jobs a fresh set of attempts")
    resend.add_argument("job_id", nargs="*")
    resend.add_argument("--all", action="store_true", help="every dead job")
    resend.set_defaults(run=_resend)


def _list(arguments: argparse.Namespace) -> int:
    state = JobState(arguments.state) if arguments.state else None
    with _database().reading() as session:
        jobs = list_jobs(session, state, limit=arguments.limit)
    for job in jobs:
        if arguments.json:
            print(json.dumps(_as_json(job)))
        else:
            print(f"{job.id}  {job.kind:<16}  {job.state:<8}  attempts {job.attempts}  {job.error_code or ''}")
    if not jobs and not arguments.json:
        print("No jobs." if state is None else f"No {state} jobs.")
    return 0


def _show(arguments: argparse.Namespace) -> int:
    with _database().reading() as session:
        job = session.get(Job, arguments.job_id)
    if job is None:
        raise JobNotFound(f"There is no job {arguments.job_id!r}; `jobs list` shows the newest.")
    print(json.dumps(_as_json(job), indent=2))
    return 0


def _resend(arguments: argparse.Namespace) -> int:
    with _database().writing() as session:
        dead = sa.select(Job.id).where(Job.state == JobState.DEAD)
        ids = session.scalars(dead).all() if arguments.all else arguments.job_id
        for job_id in ids:
            resend_job(session, job_id)
    print(f"{len(ids)} sent again.")
    return 0


def _database() -> Database:
    return build_parts(Settings.from_env()).database


def _as_json(job: Job) -> dict[str, Any]:
    values = {column.key: getattr(job, column.key) for column in sa.inspect(Job).columns}
    return {name: rfc3339(value) if isinstance(value, dt.datetime) else value for name, value in values.items()}
