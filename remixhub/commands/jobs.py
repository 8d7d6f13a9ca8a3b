"""`jobs list`, `show`, `resend` and `forget`: what waits, what died and why, another try, and none."""

from __future__ import annotations

import argparse
import datetime as dt
import json
from typing import Any

from remixhub.commands.hub import on_hub
from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM
from remixhub.domain.states import JobKind, JobState
from remixhub.domain.times import rfc3339
from remixhub.services.upkeep import jobs, resending


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
    resend = actions.add_parser("resend", help="give dead jobs fresh attempts, and delayed ones their turn")
    resend.add_argument("job_id", nargs="*")
    resend.add_argument("--all", action="store_true", help="all that wait or died by the hub's fault")
    resend.set_defaults(run=_resend)
    forget = actions.add_parser("forget", help="drop all jobs of a kind that an older release cannot read")
    forget.add_argument("kind", nargs="+", choices=[kind.value for kind in JobKind], metavar="KIND")
    forget.set_defaults(run=_forget)


@on_hub
def _list(arguments: argparse.Namespace, parts: Parts) -> int:
    state = JobState(arguments.state) if arguments.state else None
    found = jobs.list_jobs(SYSTEM, parts, state, limit=arguments.limit)
    for job in found:
        if arguments.json:
            print(json.dumps(_as_json(jobs.facts_of(job))))
        else:
            print(f"{job.id}  {job.kind:<16}  {job.state:<8}  failures {job.attempts}  {job.error_code or ''}")
    if not found and not arguments.json:
        print("No jobs." if state is None else f"No {state} jobs.")
    return 0


@on_hub
def _show(arguments: argparse.Namespace, parts: Parts) -> int:
    job = jobs.get_job(SYSTEM, parts, arguments.job_id)
    print(json.dumps(_as_json(jobs.facts_of(job)), indent=2))
    return 0


@on_hub
def _resend(arguments: argparse.Namespace, parts: Parts) -> int:
    sent = resending.resend(SYSTEM, parts, None if arguments.all else arguments.job_id)
    for job_id, why in sent.left:
        print(f"{job_id}  not sent: {why}")
    print(f"{sent.count} sent again.")
    return 1 if sent.left else 0


@on_hub
def _forget(arguments: argparse.Namespace, parts: Parts) -> int:
    count = jobs.forget(SYSTEM, parts, [JobKind(kind) for kind in arguments.kind])
    print(f"{count} forgotten.")
    return 0


def _as_json(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: rfc3339(value) if isinstance(value, dt.datetime) else value for name, value in facts.items()}
