"""One hub under gunicorn as it runs in production, behind Caddy with the repository's Caddyfile."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import urllib3

from remixhub.config import Environment, Settings
from remixhub.dev.ports import LOOPBACK, free_ports
from remixhub.dev.process import Process
from remixhub.storage.s3 import ObjectStore
from tests.deployment.doors import ROOT, Door, proxy_environment, running_caddy
from tests.services import ACCESS_KEY, SECRET_KEY, RunningStorage, RunningValkey


@dataclass(frozen=True)
class Web:
    port: int
    process: Process

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"


def web_command(port: int) -> list[str]:
    """The Dockerfile's, at another address."""
    (command,) = re.findall(r"^CMD (\[.*\])$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    words: list[str] = json.loads(command)
    bind = f"{LOOPBACK}:{port}"
    moved = [word.replace("0.0.0.0:8000", bind) for word in words]
    return [sys.executable, "-m", *(moved if bind in moved else [*moved, "--bind", bind])]


@pytest.fixture(scope="module")
def door_port() -> int:
    return free_ports(1)[0]


@pytest.fixture(scope="module")
def hub_settings(
    door_port: int,
    storage_server: RunningStorage,
    valkey_server: RunningValkey,
    sqlite_template: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Settings]:
    folder = tmp_path_factory.mktemp("hub")
    database = folder / "hub.db"
    database.write_bytes(sqlite_template.read_bytes())
    outside = proxy_environment(folder, door_port)
    settings = Settings(
        environment=Environment.PRODUCTION,
        database_url=f"sqlite:///{database}",
        redis_url=valkey_server.url,
        s3_endpoint_url=storage_server.url,
        s3_access_key_id=ACCESS_KEY,
        s3_secret_access_key=SECRET_KEY,
        s3_bucket="test-deployment",
        secret_key="0123456789abcdef" * 4,
        public_url=outside["REMIXHUB_PAGES_SITE"],
        s3_public_url=outside["REMIXHUB_STORAGE_SITE"],
        queue_name="test-deployment",
        work_dir=folder / "work",
        trusted_proxies=1,
        limit_requests=0,  # what is told here is told by the proxy
        limit_credentials=0,
    )
    ObjectStore(settings).ensure_bucket([settings.public_url])
    yield settings
    storage_server.drop_bucket(settings.s3_bucket)


@pytest.fixture(scope="module")
def web(hub_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    port = free_ports(1)[0]
    log = tmp_path_factory.mktemp("web") / "web.log"
    process = Process("web", web_command(port), log, hub_settings.to_env(), folder=ROOT)
    process.start()
    running = Web(port, process)
    try:
        process.wait_until(lambda: _is_up(running.url))
        yield running
    finally:
        process.stop()


@pytest.fixture(scope="module")
def door(
    door_port: int, hub_settings: Settings, web: Web, storage_server: RunningStorage,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Door]:  # fmt: skip
    folder = tmp_path_factory.mktemp("caddy")
    environ = {
        **proxy_environment(folder, door_port),
        "REMIXHUB_WEB": f"{LOOPBACK}:{web.port}",
        "REMIXHUB_STORAGE": storage_server.url.removeprefix("http://"),
        "REMIXHUB_S3_BUCKET": hub_settings.s3_bucket,
    }
    with running_caddy(folder, door_port, environ) as running:
        yield running


def _is_up(url: str) -> bool:
    try:
        return urllib3.request("GET", f"{url}/healthz", retries=False, timeout=2).status == 200
    except urllib3.exceptions.HTTPError:
        return False
