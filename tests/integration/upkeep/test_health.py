"""`/healthz`, `/readyz` and `/metrics`."""

from __future__ import annotations

import dataclasses
import re
import sys
from pathlib import Path

import pytest
import urllib3

from remixhub.app import create_app
from remixhub.compose import build_parts
from remixhub.config import Settings
from remixhub.dev.ports import LOOPBACK, free_ports
from remixhub.dev.process import Process
from tests.integration.conftest import Hub


def ready(settings: Settings, **changes: object) -> tuple[int, dict[str, object]]:
    """The answer of a hub with other settings."""
    parts = build_parts(dataclasses.replace(settings, **changes))  # type: ignore[arg-type]
    answer = create_app(parts.settings, parts).test_client().get("/readyz")
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


def test_a_hub_with_all_its_parts_is_ready(hub: Hub) -> None:
    answer = hub.visitor().http.get("/readyz")
    body = answer.get_json()
    assert (answer.status_code, body["ready"], body["degraded"]) == (200, True, False)
    assert set(body["parts"]) == {"database", "redis", "storage"}
    assert body["sandbox_level_required"] == "rlimits"
    assert body["sandbox_level"] in ("rlimits", "landlock", "bubblewrap")


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


def test_the_metrics_count_requests_jobs_and_stored_bytes(hub: Hub) -> None:
    artist = hub.account()
    artist.post("/uploads", {"filename": "a.wav", "size_bytes": 1000, "purpose": "stem"})
    metrics = hub.visitor().http.get("/metrics").text
    assert 'remixhub_requests_total{method="POST",route="/api/v1/uploads",status="201"}' in metrics
    assert 'remixhub_request_seconds_bucket{le="0.1",route="/api/v1/uploads"}' in metrics
    assert "remixhub_stored_bytes 1000.0" in metrics
    assert "remixhub_jobs_longest_wait_seconds 0.0" in metrics


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
    command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", address, "--workers", "2", "--no-control-socket"]
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
