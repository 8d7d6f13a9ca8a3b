"""The embedded stack: SeaweedFS, Valkey, SQLite, web, workers and the scheduler on this machine alone.

    with Stack(Path("var")) as stack:
        print(stack.url)

Keys and passwords are generated once and kept in the data folder, readable by its owner only. Each part writes a log
file there; each worker has a core to itself where there are enough. When the program dies without leaving the `with`,
Linux ends the parts; elsewhere they have to be ended by hand. Enter it from a thread that lives as long as the stack:
to Linux that thread is the parts' starter.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import urllib3

from remixhub.config import Environment, Settings
from remixhub.dev.litestream import litestream
from remixhub.dev.ports import LOOPBACK, free_ports, listen_near
from remixhub.dev.process import Process, StackFailure, owners_only
from remixhub.dev.running import LOCK, leave_settings, take_settings_away
from remixhub.dev.seaweedfs import PORTS_NEEDED, is_s3_ready, seaweedfs
from remixhub.dev.supervisor import Supervisor
from remixhub.dev.valkey import is_valkey_ready, valkey, valkey_url

_ROOT = Path(__file__).resolve().parents[2]
_LEFTOVERS_SECONDS = 45.0
"""Longer than any part takes to stop."""
_GLANCES = 4

__all__ = ["Stack", "StackFailure"]


class Stack:
    """Starts on entering, stops every part in order on leaving. Two stacks never share a data folder."""

    def __init__(self, folder: Path, *, web_port: int = 0, workers: int = 2, replicate_to: str = "") -> None:
        """`replicate_to`: `file:///a/folder` or `s3://bucket/prefix`, where Litestream copies the database to."""
        self.folder = folder.resolve()
        self.logs = self.folder / "log"
        self._workers = workers
        self._wanted_port = web_port
        self._replicate_to = replicate_to
        self._lock: IO[str] | None = None
        self._parts_lock: IO[str] | None = None
        self._parts: list[Process] = []

    @property
    def url(self) -> str:
        return self.settings.public_url

    @property
    def database(self) -> Path:
        return self.folder / "remixhub.db"

    @cached_property
    def settings(self) -> Settings:
        s3_port, valkey_port, *_ = self._ports
        keys = self._keys
        web_port = self._web_socket.getsockname()[1]
        return Settings(
            environment=Environment.DEVELOPMENT,
            database_url=f"sqlite:///{self.database}",
            redis_url=valkey_url(valkey_port, keys["valkey"]),
            s3_endpoint_url=f"http://{LOOPBACK}:{s3_port}",
            s3_access_key_id=keys["s3_access"],
            s3_secret_access_key=keys["s3_secret"],
            secret_key=keys["secret"],
            public_url=f"http://{LOOPBACK}:{web_port}",
            work_dir=self.folder / "work",
            smtp_url=f"folder://{self.folder / 'mail'}",
        )

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keeps other stacks off the data folder. Raises StackFailure when one runs on it."""
        self._lock_folder()
        try:
            yield
        finally:
            self._unlock_folder()

    def __enter__(self) -> Self:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        self._lock_folder()
        try:
            self._start_all()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self, announce: Callable[[str], None] = lambda _line: None) -> None:
        """Web first, so that nothing new comes in; workers and the scheduler together; Valkey and Litestream, which
        copies what was written last; SeaweedFS.
        """
        if self._lock is not None:  # else another stack's lie there
            take_settings_away(self.folder)
        self._close_web_socket()
        for group in self._stop_order():
            announce("stopping " + ", ".join(part.name for part in group))
            for part in group:
                part.tell_to_stop()
            for part in group:
                part.stop()
        self._parts = []
        self._unlock_folder()

    def supervise(self, announce: Callable[[str], None]) -> None:
        """For ever: starts parts again that died, and announces it."""
        supervisor = Supervisor(announce)
        while True:
            supervisor.look_after(self._parts)
            time.sleep(0.3)

    def part(self, name: str) -> Process:
        return next(part for part in self._parts if part.name == name)

    def _start_all(self) -> None:
        s3_port, valkey_port, *inner_ports = self._ports
        keys = self._keys
        storage = seaweedfs(
            self.folder / "objects",
            [s3_port, *inner_ports[: PORTS_NEEDED - 1]],
            keys["s3_access"],
            keys["s3_secret"],
            self.logs / "seaweedfs.log",
        )
        doorbell = valkey(self.folder / "valkey", valkey_port, keys["valkey"], self.logs / "valkey.log")
        for part in (storage, doorbell):
            self._start(part)
        self._prepare()
        doorbell.wait_until(lambda: is_valkey_ready(self.settings.redis_url))
        if self._replicate_to:
            self._start(litestream(self.database, self._replicate_to, self.logs / "litestream.log"))
        web = self._web()
        self._start(web)
        self._start(self._python("scheduler", "-m", "workers.scheduler"))
        cores = sorted(os.sched_getaffinity(0)) if sys.platform == "linux" else []
        for number in range(1, self._workers + 1):
            core = ["--core", str(cores[number - 1])] if self._workers <= len(cores) else []
            self._start(self._python(f"worker {number}", "-m", "workers.worker", *core, stop_seconds=30.0))
        web.wait_until(lambda: _answers(f"{self.url}/healthz"))
        leave_settings(self.folder, self.settings)

    def _prepare(self) -> None:
        """The schema, while the storage starts; then the bucket."""
        self.database.touch(mode=0o600)
        preparation = self._python("preparation", "-m", "remixhub.dev.preparing")
        self._start(preparation)
        storage = self.part("seaweedfs")
        storage.wait_until(lambda: is_s3_ready(self.settings.s3_endpoint_url))
        preparation.wait_until(lambda: preparation.died() == 0)
        self._parts.remove(preparation)

    def _start(self, part: Process) -> None:
        assert self._parts_lock is not None
        part.inherited_fds = [self._parts_lock.fileno(), *part.inherited_fds]
        self._parts.append(part)
        part.start()

    def _stop_order(self) -> list[list[Process]]:
        servers = {"web": 0, "valkey": 2, "litestream": 2, "seaweedfs": 3}
        groups: list[list[Process]] = [[], [], [], []]
        for part in self._parts:
            groups[servers.get(part.name, 1)].append(part)
        return [group for group in groups if group]

    def _web(self) -> Process:
        metrics = self.folder / "metrics"
        metrics.mkdir(mode=0o700, exist_ok=True)
        bind = f"fd://{self._web_socket.fileno()}"
        web = self._python("web", "-m", "gunicorn", "-c", "python:remixhub.serving", "wsgi:app", "--bind", bind)
        web.environ = {**web.environ, "PROMETHEUS_MULTIPROC_DIR": str(metrics)}
        web.inherited_fds = [self._web_socket.fileno()]
        return web

    def _python(self, name: str, *arguments: str, stop_seconds: float = 15.0) -> Process:
        environ = {**self.settings.to_env(), "PYTHONPATH": str(_ROOT), "PYTHONUNBUFFERED": "1"}
        log = self.logs / f"{name.replace(' ', '-')}.log"
        return Process(name, [sys.executable, *arguments], log, environ, stop_seconds, folder=_ROOT)

    def _lock_folder(self) -> None:
        """The parts hold a lock of their own, so that one that outlives its stack is not given a rival on its files."""
        patience = iter(range(_GLANCES))
        while (lock := _lock(self.folder / LOCK)) is None and next(patience, None) is not None:
            time.sleep(0.05)  # a command that looks whether a hub runs holds it for a moment
        self._lock = lock
        if self._lock is None:
            raise StackFailure(f"A hub runs on {self.folder} already; stop it first.")
        deadline = time.monotonic() + _LEFTOVERS_SECONDS
        while (parts_lock := _lock(self.folder / "parts.lock")) is None:
            if time.monotonic() > deadline:
                self._unlock_folder()
                raise StackFailure(f"Parts of an earlier run still work on {self.folder}; end them first.")
            time.sleep(0.1)
        self._parts_lock = parts_lock

    def _unlock_folder(self) -> None:
        for lock in (self._lock, self._parts_lock):
            if lock is not None:
                lock.close()
        self._lock = self._parts_lock = None

    @cached_property
    def _ports(self) -> list[int]:
        """S3, Valkey, and the storage's own nine."""
        return free_ports(PORTS_NEEDED + 1)

    @cached_property
    def _web_socket(self) -> socket.socket:
        """Bound once and handed down, so that nobody takes the port before the web starts or while it starts again."""
        try:
            return listen_near(self._wanted_port)
        except OSError as exc:
            raise StackFailure(f"Port {self._wanted_port} cannot be used: {exc.strerror}.") from exc

    def _close_web_socket(self) -> None:
        """Before the web stops: else a late visitor would wait for an answer that never comes."""
        listening = self.__dict__.pop("_web_socket", None)
        if listening is not None:
            listening.close()

    @cached_property
    def _keys(self) -> dict[str, str]:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept = self.folder / "keys.json"
        if not kept.exists():
            keys = {name: secrets.token_hex(24) for name in ("s3_access", "s3_secret", "valkey", "secret")}
            fresh = kept.with_suffix(".new")
            fresh.touch(mode=0o600)
            fresh.write_text(json.dumps(keys), encoding="utf-8")
            fresh.replace(kept)
        found: dict[str, str] = json.loads(kept.read_text(encoding="utf-8"))
        return found


def _lock(path: Path) -> IO[str] | None:
    """None when somebody else holds it."""
    lock = open(path, "a+", opener=owners_only)  # noqa: SIM115  held as long as it is open
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        return None
    return lock


def _answers(url: str) -> bool:
    try:
        return urllib3.request("GET", url, retries=False, timeout=2).status == 200
    except urllib3.exceptions.HTTPError:
        return False
