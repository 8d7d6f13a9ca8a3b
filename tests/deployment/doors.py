"""The Caddyfile of the repository in a process of its own, and visitors who come through it by name and TLS."""

from __future__ import annotations

import json
import ssl
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import urllib3

from remixhub.dev.ports import LOOPBACK, free_ports
from remixhub.dev.process import Process, StackFailure

ROOT = Path(__file__).resolve().parents[2]
PAGES, STORAGE = "stems.example", "objects.stems.example"


@dataclass(frozen=True)
class Door:
    """Where Caddy listens, for both names at one port as on the internet."""

    port: int
    authority: Path
    process: Process

    @property
    def pages(self) -> str:
        return f"https://{PAGES}:{self.port}"

    @property
    def storage(self) -> str:
        return f"https://{STORAGE}:{self.port}"

    @cached_property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.authority))

    def ask(
        self, method: str, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> urllib3.BaseHTTPResponse:
        """At the loopback, whatever the address' name; the certificate has to be for that name. A path is a page's."""
        asked = urlsplit(url if "://" in url else self.pages + url)
        with urllib3.HTTPSConnectionPool(
            LOOPBACK, self.port, server_hostname=asked.hostname, assert_hostname=asked.hostname, ssl_context=self.trust,
            retries=False, timeout=30,
        ) as pool:  # fmt: skip
            path = url.removeprefix(f"{asked.scheme}://{asked.netloc}") or "/"
            return pool.urlopen(method, path, body=body, headers={"Host": asked.netloc, **(headers or {})})


def proxy_environment(folder: Path, port: int) -> dict[str, str]:
    """What Caddy needs besides its compose environment to stand on any machine."""
    http, health = free_ports(2)
    return {
        "XDG_DATA_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
        "REMIXHUB_CERTIFICATES": "internal",
        "REMIXHUB_HTTP_PORT": str(http),
        "REMIXHUB_PROXY_HEALTH_PORT": str(health),
        "REMIXHUB_PAGES_SITE": f"https://{PAGES}:{port}",
        "REMIXHUB_STORAGE_SITE": f"https://{STORAGE}:{port}",
    }


def caddy_program() -> str:
    beside = Path(sys.executable).parent / "caddy"
    if not beside.exists():
        raise StackFailure("`caddy` is missing; requirements-dev.txt installs it.")
    return str(beside)


@contextmanager
def running_caddy(
    folder: Path, port: int, environ: Mapping[str, str], command: list[str] | None = None
) -> Iterator[Door]:
    command = command or ["caddy", "run", "--config", str(ROOT / "Caddyfile"), "--adapter", "caddyfile"]
    process = Process("caddy", [caddy_program(), *command[1:]], folder / "caddy.log", environ)
    process.start()
    try:
        door = Door(port, folder / "caddy/pki/authorities/local/root.crt", process)
        health = f"http://{LOOPBACK}:{environ['REMIXHUB_PROXY_HEALTH_PORT']}"
        process.wait_until(lambda: _is_up(health))
        if environ["REMIXHUB_PAGES_SITE"].startswith("https:"):
            process.wait_until(lambda: door.authority.exists() and _has_certificates(door))
        yield door
    finally:
        process.stop()


def log_lines(log: Path) -> list[dict[str, Any]]:
    """Those that are JSON."""
    return [json.loads(line) for line in log.read_text(errors="replace").splitlines() if line.startswith("{")]


def _is_up(url: str) -> bool:
    try:
        return urllib3.request("GET", url, retries=False, timeout=2).status == 200
    except urllib3.exceptions.HTTPError:
        return False


def _has_certificates(door: Door) -> bool:
    try:
        return all(door.ask("GET", f"{site}/healthz").status in (200, 404) for site in (door.pages, door.storage))
    except (urllib3.exceptions.HTTPError, ssl.SSLError):
        return False
