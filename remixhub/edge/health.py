"""`/healthz` (the process), `/readyz` (its parts) and `/metrics` (Prometheus)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import flask
import prometheus_client
from prometheus_client import multiprocess
from prometheus_client.core import GaugeMetricFamily

from remixhub import __version__
from remixhub.compose import Parts
from remixhub.domain.states import JobState
from remixhub.edge.actor import current_parts
from remixhub.services.upkeep.health import Check, Load, Questions, know_newest_schema, measure_load, sandbox_words

blueprint = flask.Blueprint("health", __name__)

_READY_WITHIN_SECONDS = 1.8
"""Balancers ask every few seconds and give up after a few."""

_STORES = ("database", "redis", "storage")

blueprint.record_once(lambda _app: know_newest_schema())

REQUESTS = prometheus_client.Counter("remixhub_requests", "Requests answered", ["method", "route", "status"])
REFUSALS = prometheus_client.Counter("remixhub_refusals", "Requests refused, by the code of the problem", ["code"])
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
"""Others are counted together: a made-up method must not make a new series."""
LATENCY = prometheus_client.Histogram(
    "remixhub_request_seconds", "Time to answer", ["route"], buckets=(0.005, 0.02, 0.05, 0.1, 0.3, 1, 3, 10)
)


@blueprint.get("/healthz")
def healthz() -> flask.typing.ResponseReturnValue:
    return {"ok": True, "version": __version__}


@blueprint.get("/readyz")
def readyz() -> flask.typing.ResponseReturnValue:
    """503 when requests would fail. Without Redis, scheduler or workers the service is ready but `degraded`: it accepts
    work, which waits. Few statements, and no lock; whatever hangs, it answers."""
    checks = _asked()
    ready = all(check.ok or not check.required for check in checks)
    body = {
        "ready": ready,
        "degraded": not all(check.ok for check in checks),
        **sandbox_words(current_parts()),
        "sandbox_level_required": current_parts().settings.least_sandbox_level,
        "parts": {check.part: {"ok": check.ok, "detail": check.detail} for check in checks},
    }
    return body, 200 if ready else 503, {} if ready else {"Retry-After": "5"}


def _asked() -> Sequence[Check]:
    questions: Questions = flask.current_app.extensions.setdefault("remixhub_questions", Questions())
    return questions.ask(current_parts(), within_seconds=_READY_WITHIN_SECONDS)


@blueprint.get("/metrics")
def metrics() -> flask.Response:
    """All gunicorn workers together when PROMETHEUS_MULTIPROC_DIR is set; jobs are counted in the table."""
    registry = prometheus_client.CollectorRegistry()
    multiprocess_dir = flask.current_app.config["PROMETHEUS_MULTIPROC_DIR"]
    if multiprocess_dir:
        multiprocess.MultiProcessCollector(registry, path=multiprocess_dir)  # type: ignore[no-untyped-call]
        text = prometheus_client.generate_latest(registry)
    else:
        text = prometheus_client.generate_latest()
    load = prometheus_client.CollectorRegistry()
    load.register(_LoadCollector(current_parts(), _asked()))
    return flask.Response(text + prometheus_client.generate_latest(load), mimetype="text/plain; version=0.0.4")


class _LoadCollector(prometheus_client.registry.Collector):
    """What parts and tables say, asked anew each time: the same for every process. docs/operations.md explains each."""

    def __init__(self, parts: Parts, checks: Sequence[Check]) -> None:
        self._parts, self._checks = parts, checks

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield _labelled("info", "The release that answers", "version", {__version__: 1})
        up = {one.part: one.ok for one in self._checks if one.part in _STORES}
        yield _labelled("part_up", "Whether a part of the hub answers", "part", up)
        if not up.get("database"):
            return
        yield from self._tables(measure_load(self._parts))

    def _tables(self, load: Load) -> Iterator[GaugeMetricFamily]:
        jobs = GaugeMetricFamily("remixhub_jobs", "Jobs in the table", labels=["kind", "state"])
        for kind, state, count in load.jobs:
            jobs.add_metric([kind, state], count)
        yield jobs
        longest = max(load.oldest_due_seconds.values(), default=0.0)
        yield _plain("jobs_longest_wait_seconds", "Wait of the job that is due for longest", longest)
        yield _labelled(
            "jobs_oldest_due_seconds", "Wait of the oldest job that is due", "kind", load.oldest_due_seconds
        )
        yield _labelled("processes_beating", "Processes that beat lately", "role", load.beating)
        yield _labelled("last_beat_seconds", "Time since any process of the role beat", "role", load.last_beat_seconds)
        delayed = GaugeMetricFamily(
            "remixhub_jobs_delayed",
            "Jobs that wait by the hub's fault; dead ones for an operator",
            labels=["code", "state"],
        )
        for one in load.delayed:
            delayed.add_metric([one.code, JobState.DEAD if one.is_dead else JobState.PENDING], one.count)
        yield delayed
        yield _plain("stored_bytes", "Bytes that count against quotas", load.stored_bytes)
        yield _labelled("letters", "Letters that are kept", "state", load.letters)
        yield _labelled("hook_deliveries", "Deliveries to webhooks within 30 days", "state", load.hook_deliveries)
        yield _labelled("hooks", "Webhooks by what becomes of what they are sent", "state", load.hooks)
        due_words = "Wait of the delivery to a webhook that is due for longest"
        yield _plain("hook_oldest_due_seconds", due_words, load.hook_oldest_due_seconds)
        for name, text, figure in (
            ("scratch_free_bytes", "Room on the fullest of the workers' scratch disks", load.scratch_free_bytes),
            ("last_backup_seconds", "Time since a backup was whole", load.backups.last_backup_seconds),
            ("last_backup_faults", "What the last backup could not read", load.backups.last_fault_count),
            ("last_fixity_seconds", "Time since all originals had been read", load.backups.last_fixity_seconds),
            ("fixity_faults", "Originals that are missing or damaged", load.backups.fixity_fault_count),
            ("search_changes_waiting", "What the search does not show yet", load.search_changes_waiting),
        ):
            if figure is not None:
                yield _plain(name, text, figure)


def _plain(name: str, text: str, figure: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"remixhub_{name}", text, figure)


def _labelled(name: str, text: str, label: str, figures: Mapping[Any, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"remixhub_{name}", text, labels=[label])
    for labelled, figure in figures.items():
        family.add_metric([str(labelled)], figure)
    return family


def count_request(response: flask.Response, seconds: float) -> None:
    rule = flask.request.url_rule
    route = rule.rule if rule else "unmatched"
    method = flask.request.method if flask.request.method in _METHODS else "other"
    REQUESTS.labels(method, route, str(response.status_code)).inc()
    LATENCY.labels(route).observe(seconds)
    if code := flask.g.get("problem_code"):
        REFUSALS.labels(code).inc()
