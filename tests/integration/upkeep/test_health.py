"""`/healthz`, `/readyz` and `/metrics`."""

from __future__ import annotations

import dataclasses
import re
import socket
import sys
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
import urllib3

from remixhub.app import create_app
from remixhub.compose import build_parts
from remixhub.config import Settings
from remixhub.dev.ports import LOOPBACK, free_ports
from remixhub.dev.process import Process
from remixhub.domain.states import JobKind, JobState, ProcessRole
from remixhub.jobs.beats import beat
from remixhub.models import Beat, Job, new_id, now
from remixhub.models.migrate import upgrade
from remixhub.services.upkeep.health import Questions, check_tables
from tests.integration.conftest import Hub
from tests.integration.test_statements import counting


def ready(settings: Settings, **changes: object) -> tuple[int, dict[str, object]]:
    """The answer of a hub with other settings."""
    parts = build_parts(dataclasses.replace(settings, **changes))  # type: ignore[arg-type]
    answer = create_app(parts.settings, parts).test_client().get("/readyz")
    for thread in threading.enumerate():
        if thread.name.startswith("asks-"):  # it owes an answer, and uses the parts meanwhile
            thread.join(timeout=30)
    parts.close()
    if answer.status_code == 503:
        assert int(answer.headers["Retry-After"]) > 0
    return answer.status_code, answer.get_json()


def nowhere() -> str:
    return f"{LOOPBACK}:{free_ports(1)[0]}"


def test_a_process_that_answers_is_healthy_whatever_its_parts(settings: Settings) -> None:
    parts = build_parts(
        dataclasses.replace(settings, redis_url=f"redis://{nowhere()}", database_url="sqlite:////no/db")
    )
    assert create_app(parts.settings, parts).test_client().get("/healthz").get_json()["ok"] is True
    parts.close()


def crewed(hub: Hub) -> None:
    for role in ProcessRole:
        beat(hub.parts.database, f"{role}-1", role)


def test_a_hub_with_all_its_parts_is_ready(hub: Hub) -> None:
    crewed(hub)
    answer = hub.visitor().http.get("/readyz")
    body = answer.get_json()
    assert (answer.status_code, body["ready"], body["degraded"]) == (200, True, False)
    assert set(body["parts"]) == {"database", "scheduler", "workers", "redis", "storage"}
    assert body["sandbox_level_required"] == "rlimits"
    assert body["sandbox_level"] in ("rlimits", "landlock", "bubblewrap")
    assert f"sandbox level {body['sandbox_level']}" in body["sandbox"]
    assert (body["sandbox_warning"] is None) == (body["sandbox_level"] != "rlimits")


@pytest.mark.parametrize("role", ProcessRole)
def test_without_scheduler_or_workers_the_hub_is_ready_but_degraded_and_says_which(hub: Hub, role: ProcessRole) -> None:
    """What is accepted waits for them, so no balancer may turn it away."""
    part = "scheduler" if role is ProcessRole.SCHEDULER else "workers"
    for steps in (
        sa.delete(Beat).where(Beat.role == role),
        sa.update(Beat).where(Beat.role == role).values(beat_at=now(-61)),
    ):
        crewed(hub)
        with hub.parts.database.writing() as session:
            session.execute(steps)
        answer = hub.visitor().http.get("/readyz")
        body = answer.get_json()
        assert (answer.status_code, body["ready"], body["degraded"]) == (200, True, True)
        assert {name for name, one in body["parts"].items() if not one["ok"]} == {part}
        assert f"no {role}" in body["parts"][part]["detail"]


def test_asking_whether_it_is_ready_takes_few_statements_and_no_lock(hub: Hub) -> None:
    crewed(hub)
    hub.visitor().http.get("/readyz")
    with hub.parts.database.writing() as writer:
        writer.execute(sa.update(Beat).values(doing="in the way"))
        with counting(hub.parts.database.engine) as count:
            answer = hub.visitor().http.get("/readyz")
    assert (answer.status_code, answer.get_json()["degraded"]) == (200, False)
    few = {"sqlite": 2, "postgresql": 3}[hub.parts.database.engine.dialect.name]
    assert (len(count.statements), count.transactions) == (few, 1), count.statements


@pytest.mark.parametrize(
    ("setting", "part", "status"),
    [("s3_endpoint_url", "storage", 503), ("redis_url", "redis", 200)],
)
def test_a_part_that_takes_connections_and_never_answers_is_named(
    hub: Hub, setting: str, part: str, status: int
) -> None:
    with socket.create_server((LOOPBACK, 0)) as hung:
        scheme = "redis" if part == "redis" else "http"
        found, body = ready(hub.parts.settings, **{setting: f"{scheme}://{LOOPBACK}:{hung.getsockname()[1]}"})
    assert found == status
    parts = body["parts"]
    assert isinstance(parts, dict)
    assert parts[part] == {"ok": False, "detail": "no answer within 1.8 s"}
    assert parts["database"]["ok"] is True


def test_a_hung_part_is_not_asked_again_while_it_owes_an_answer(hub: Hub) -> None:
    with socket.create_server((LOOPBACK, 0)) as hung:
        settings = dataclasses.replace(hub.parts.settings, s3_endpoint_url=f"http://{LOOPBACK}:{hung.getsockname()[1]}")
        parts, questions = build_parts(settings), Questions()
        before = threading.active_count()
        for _ in range(20):
            found = {check.part: check.ok for check in questions.ask(parts, within_seconds=0.01)}
            assert found["storage"] is False
        assert threading.active_count() - before <= 3
    parts.close()


def test_without_redis_the_hub_is_ready_but_degraded(hub: Hub) -> None:
    status, body = ready(hub.parts.settings, redis_url=f"redis://{nowhere()}")
    assert (status, body["ready"], body["degraded"]) == (200, True, True)


def test_without_the_storage_or_its_bucket_the_hub_is_not_ready(hub: Hub) -> None:
    assert ready(hub.parts.settings, s3_endpoint_url=f"http://{nowhere()}")[0] == 503
    assert ready(hub.parts.settings, s3_bucket="nobody-made-this")[0] == 503


def test_without_the_newest_schema_the_hub_is_not_ready(hub: Hub, tmp_path: Path) -> None:
    status, body = ready(hub.parts.settings, database_url=f"sqlite:///{tmp_path / 'empty.db'}")
    assert (status, body["ready"]) == (503, False)
    assert ready(hub.parts.settings, database_url="sqlite:////no/such/folder/hub.db")[0] == 503


def test_the_schema_of_a_newer_release_serves_this_one(hub: Hub) -> None:
    """While a hub is upgraded, and after one has gone back."""
    crewed(hub)
    with hub.parts.database.writing() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    assert upgrade(hub.parts.settings.database_url) is False
    answer = hub.visitor().http.get("/readyz")
    assert (answer.status_code, answer.get_json()["degraded"]) == (200, False)
    (database, *_) = check_tables(hub.parts)
    assert "revision 9999" in database.detail
    assert "a newer release" in database.warning


def test_the_metrics_count_requests_jobs_and_stored_bytes(hub: Hub) -> None:
    artist = hub.account()
    artist.post("/uploads", {"filename": "a.wav", "size_bytes": 1000, "purpose": "stem"})
    metrics = hub.visitor().http.get("/metrics").text
    assert 'remixhub_requests_total{method="POST",route="/api/v1/uploads",status="201"}' in metrics
    assert 'remixhub_request_seconds_bucket{le="0.1",route="/api/v1/uploads"}' in metrics
    assert "remixhub_stored_bytes 1000.0" in metrics
    assert "remixhub_jobs_longest_wait_seconds 0.0" in metrics
    assert 'remixhub_processes_beating{role="worker"} 0.0' in metrics
    assert "remixhub_last_beat_seconds{" not in metrics, "nobody has ever beaten"
    assert "remixhub_last_backup_seconds " not in metrics, "nor backed it up"
    assert 'remixhub_letters{state="pending"} 0.0' in metrics


def test_the_metrics_name_the_part_that_is_away_and_say_the_rest(hub: Hub) -> None:
    away = {"database": {"database_url": "sqlite:////no/db"}, "redis": {"redis_url": f"redis://{nowhere()}"}}
    for part, settings in away.items():
        parts = build_parts(dataclasses.replace(hub.parts.settings, **settings))
        answer = create_app(parts.settings, parts).test_client().get("/metrics")
        parts.close()
        found = dict(re.findall(r'^remixhub_part_up\{part="(\w+)"\} (\S+)$', answer.text, re.MULTILINE))
        assert {name for name, figure in found.items() if figure == "0.0"} == {part}
        assert set(found) == {"database", "redis", "storage"}
        assert ("remixhub_stored_bytes" in answer.text) == (part != "database")


def test_a_worker_says_how_much_room_its_scratch_disk_has(hub: Hub) -> None:
    for number, free in enumerate((None, 7_000_000_000, 3_000_000_000)):
        beat(hub.parts.database, f"w{number}", ProcessRole.WORKER, scratch_free_bytes=free)
    assert "remixhub_scratch_free_bytes 3e+09" in hub.visitor().http.get("/metrics").text


def test_the_metrics_tell_what_waits_and_who_beats(hub: Hub) -> None:
    crewed(hub)
    with hub.parts.database.writing() as session:
        session.execute(sa.update(Beat).where(Beat.role == ProcessRole.WORKER).values(beat_at=now(-90)))
        for kind, due_seconds, facts in (
            (JobKind.SWEEP, 100, {}),
            (JobKind.SWEEP, 400, {}),
            (JobKind.TEND_CONTEST, -100, {"error_code": "storage_unavailable", "delays": 2}),
            (JobKind.PRINT_COVER, 0, {"state": JobState.LEASED, "leased_until_at": now(-50)}),
            (JobKind.INGEST_STEM, 0, {"state": JobState.LEASED, "leased_until_at": now(50)}),
        ):
            row = {"kind": kind, "subject_id": new_id(), "max_attempts": 5, "run_after_at": now(-due_seconds)}
            session.add(Job(**row, **facts))
    text = hub.visitor().http.get("/metrics").text
    figures = {name: float(figure) for name, figure in re.findall(r"^(remixhub_\S+) (\S+)$", text, re.MULTILINE)}
    assert figures['remixhub_jobs_delayed{code="storage_unavailable",state="pending"}'] == 1
    due = {name: figure for name, figure in figures.items() if name.startswith("remixhub_jobs_oldest_due_seconds")}
    assert {re.findall('"(.+)"', name)[0]: round(seconds, -1) for name, seconds in due.items()} == {
        "sweep": 400, "print_cover": 50,
    }  # fmt: skip
    assert figures["remixhub_jobs_longest_wait_seconds"] == figures['remixhub_jobs_oldest_due_seconds{kind="sweep"}']
    assert figures['remixhub_processes_beating{role="scheduler"}'] == 1
    assert figures['remixhub_processes_beating{role="worker"}'] == 0
    assert figures['remixhub_last_beat_seconds{role="worker"}'] >= 90


def test_made_up_methods_and_addresses_make_no_new_series(hub: Hub) -> None:
    for number in range(3):
        hub.visitor().http.open(f"/made-up-{number}", method=f"MADEUP{number}")
    assert "MADEUP" not in hub.visitor().http.get("/metrics").text
    assert "made-up" not in hub.visitor().http.get("/metrics").text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_metrics_of_all_web_processes_are_added_up(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "metrics").mkdir()
    address = nowhere()
    environ = {**hub.parts.settings.to_env(), "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "metrics")}
    command = [sys.executable, "-m", "gunicorn", "-c", "python:remixhub.serving", "wsgi:app", "--bind", address]
    web = Process("web", command, tmp_path / "web.log", environ, folder=Path(__file__).parents[3])
    pool = urllib3.PoolManager(headers={"Connection": "close"})
    web.start()
    try:
        web.wait_until(lambda: answers(pool, address))
        for _ in range(20):
            assert pool.request("GET", f"http://{address}/api/v1/licences").status == 200
        counted = {licences_counted(pool.request("GET", f"http://{address}/metrics").data) for _ in range(6)}
    finally:
        web.stop()
    assert counted == {20.0}


def answers(pool: urllib3.PoolManager, address: str) -> bool:
    try:
        return pool.request("GET", f"http://{address}/healthz", retries=False).status == 200
    except urllib3.exceptions.HTTPError:
        return False


def licences_counted(metrics: bytes) -> float:
    found = re.search(rb'remixhub_requests_total\{method="GET",route="/api/v1/licences",status="200"\} (\S+)', metrics)
    assert found is not None
    return float(found[1])
