"""A hub behind a real port whose jobs are done meanwhile, and the command `remixhub` beside it."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

from remixhub.app import create_app
from remixhub.client import Hub as ClientHub
from remixhub.compose import build_parts
from remixhub.config import Settings
from remixhub.dev.ports import LOOPBACK, free_ports
from remixhub.jobs.stopping import Stopping
from remixhub.models import DatabaseUnavailable
from remixhub.services.upkeep.background import do_next
from tests.integration.conftest import Client, Hub
from tests.services import RunningStorage

PART_BYTES = 5 * 1024**2
PATIENCE_SECONDS = 120


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """The client knows no database; one is enough here."""
    return sqlite_url


@dataclass
class Ran:
    """How a command ended; `lines` are what it said as JSON."""

    code: int
    lines: list[dict[str, Any]]
    out: str
    err: str
    peak_bytes: int = 0

    def of(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["event"] == event]


@dataclass
class Desk:
    """Somebody at a terminal of their own: their configuration, their token."""

    url: str
    folder: Path
    token: str
    handle: str
    hub: Hub
    environ: dict[str, str] = field(default_factory=dict)

    def begin(self, *arguments: str | Path, json_lines: bool = True) -> subprocess.Popen[str]:
        environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("REMIXHUB_")},
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "REMIXHUB_HUB": self.url,
            "REMIXHUB_TOKEN": self.token,
            **self.environ,
        }
        command = [sys.executable, "-m", "remixhub.client", *map(str, arguments), *(["--json"] if json_lines else [])]
        return subprocess.Popen(
            command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def run(self, *arguments: str | Path, json_lines: bool = True, typed: str = "") -> Ran:
        with self.begin(*arguments, json_lines=json_lines) as process, ThreadPoolExecutor(1) as aside:
            peak = aside.submit(_peak_bytes, process)
            out, err = process.communicate(typed)
        lines = [json.loads(line) for line in out.splitlines()] if json_lines else []
        return Ran(process.returncode, lines, out, err, peak.result())

    def client(self, **more: Any) -> ClientHub:
        return ClientHub(self.url, self.token, config=self.folder / "config" / "remixhub", environ={}, **more)

    @property
    def api(self) -> Client:
        """The same account at the API, past the client."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return Client(self.hub.app.test_client(use_cookies=False), self.hub.parts, self.handle, headers)


def _peak_bytes(process: subprocess.Popen[str]) -> int:
    """What a process had in memory at most. Its `rusage` would count what we had when it was forked."""
    peak = 0
    while process.poll() is None:
        try:
            told = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8"))
        except OSError:
            break
        peak = int(told[1]) * 1024 if told else peak
        time.sleep(0.02)
    return peak


@dataclass
class LiveHub:
    hub: Hub
    url: str
    folder: Path

    def desk(self, handle: str, *, scopes: tuple[str, ...] = ("read", "publish", "contest")) -> Desk:
        token = self.hub.account(handle, scopes=scopes).headers["Authorization"].partition(" ")[2]
        place = self.folder / handle
        place.mkdir(exist_ok=True)
        return Desk(self.url, place, token, handle, self.hub)


@pytest.fixture
def live(settings: Settings, storage_server: RunningStorage, tmp_path: Path) -> Iterator[LiveHub]:
    port = free_ports(1)[0]
    url = f"http://{LOOPBACK}:{port}"
    settings = dataclasses.replace(settings, public_url=url, upload_part_bytes=PART_BYTES)
    parts = build_parts(settings)
    parts.store.ensure_bucket([url])
    app = create_app(settings, parts)
    server = make_server(LOOPBACK, port, app, threaded=True)
    stopping = Stopping()
    over = threading.Event()

    def work(heavy: bool) -> None:
        while not over.is_set():
            did = False
            with suppress(DatabaseUnavailable):  # who waits for the write lock for long comes again, as workers do
                did = do_next(parts, f"worker-{heavy}", stopping, heavy=heavy)
            if not did:
                over.wait(0.1)

    crew = [
        threading.Thread(target=server.serve_forever),
        *(threading.Thread(target=work, args=(heavy,)) for heavy in (False, True)),
    ]
    for member in crew:
        member.start()
    try:
        yield LiveHub(Hub(app, parts), url, tmp_path)
    finally:
        over.set()
        server.shutdown()
        for member in crew:
            member.join()
        server.server_close()
        parts.close()
        storage_server.drop_bucket(settings.s3_bucket)
