"""A storm over a hub of its own: kills all the time, while its disk, storage, database and Redis fail in turn."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from remixhub.compose import Parts
from remixhub.dev.process import Process
from remixhub.domain.states import JobState
from remixhub.models import DatabaseUnavailable, Job, now
from tests.faults.crew import Crew, children_of
from tests.faults.disks import SmallDisk


@dataclass(frozen=True)
class Weather:
    uploads: int
    kills: int
    fault_seconds: float
    """Of each fault that lasts."""
    calm_seconds: float
    """Before and after each."""
    seed: int


class Storm:
    """While entered, it blows; `over` is set at its end."""

    def __init__(self, weather: Weather, parts: Parts, crew: Crew, disk: SmallDisk, storage: Process) -> None:
        self._weather = weather
        self._parts = parts
        self._crew = crew
        self._disk = disk
        self._storage = storage
        self.over = threading.Event()
        self.struck = threading.Event()
        self._quit = threading.Event()
        self.kills = self.hits = 0
        self._is_database_away = threading.Event()
        self.length_seconds = 3 * weather.fault_seconds + 4 * weather.calm_seconds
        self._began = time.monotonic()
        self.told: list[str] = []
        self._threads = [threading.Thread(target=one, daemon=True) for one in (self._faults, self._strikes)]

    def __enter__(self) -> Storm:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._quit.set()
        for thread in self._threads:
            thread.join()

    @property
    def share(self) -> float:
        """Of its length that is over."""
        return (time.monotonic() - self._began) / self.length_seconds

    def _faults(self) -> None:
        try:
            for name, fault in self._kinds():
                if self._quit.wait(self._weather.calm_seconds):
                    return
                with fault():
                    self._quit.wait(self._weather.fault_seconds)
                self.told.append(name)
            self._parts.carrier.connection.flushall()
            self.told.append("flush of Valkey")
            self._quit.wait(self._weather.calm_seconds)
        finally:
            self.over.set()

    def _kinds(self) -> list[tuple[str, Callable[[], contextmanager]]]:  # type: ignore[type-arg]
        return [
            ("full disk", self._full_disk), ("hung storage", self._hung_storage), ("no database", self._no_database),
        ]  # fmt: skip

    def _strikes(self) -> None:
        """A worker, its work-horse or both; as many as there are to be, in the storm's whole length."""
        chance = random.Random(self._weather.seed)
        mean = self.length_seconds / self._weather.kills
        for _ in range(self._weather.kills):
            if self._quit.wait(chance.uniform(0.5, 1.5) * mean):
                return
            victim = self._with_a_job(mean)
            how = chance.choice(["worker", "both", "horse"])
            self.kills += self._crew.strike(chance, how, victim)
            self.hits += victim is not None
        self.struck.set()

    def _with_a_job(self, seconds: float) -> int | None:
        """A worker that has a job in hand, if one has within so long."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self._quit.wait(0.01):
            if self._is_database_away.is_set():
                continue
            with suppress(DatabaseUnavailable), self._parts.database.reading() as session:
                held = sa.select(Job.worker).where(Job.state == JobState.LEASED, Job.leased_until_at > now())
                for worker in session.scalars(held):
                    pid = int(worker.rsplit("-", 2)[1]) if worker else 0  # host, pid, and what tells it apart
                    if pid in self._crew.worker_pids():
                        return pid
        return None

    @contextmanager
    def _full_disk(self) -> Iterator[None]:
        self._disk.fill()
        try:
            yield
        finally:
            self._disk.free()

    @contextmanager
    def _hung_storage(self) -> Iterator[None]:
        assert self._storage.pid is not None
        with stopped([self._storage.pid]):
            yield

    @contextmanager
    def _no_database(self) -> Iterator[None]:
        """PostgreSQL hangs, and then loses all connections by a crash; SQLite is locked by another process's write."""
        self._is_database_away.set()
        try:
            with self._away():
                yield
        finally:
            self._is_database_away.clear()

    @contextmanager
    def _away(self) -> Iterator[None]:
        url = self._parts.database.engine.url
        if url.get_backend_name() == "sqlite":
            other = sqlite3.connect(str(url.database), isolation_level=None, timeout=60)
            other.execute("BEGIN EXCLUSIVE")
            try:
                yield
            finally:
                other.execute("ROLLBACK")
                other.close()
            return
        with self._parts.database.engine.connect() as connection:
            folder = connection.execute(sa.text("SHOW data_directory")).scalar_one()
        server = int(Path(folder, "postmaster.pid").read_text().splitlines()[0])
        with stopped([server, *children_of(server)]):
            yield
        for backend in children_of(server):
            if b"idle" in Path(f"/proc/{backend}/cmdline").read_bytes():
                os.kill(backend, signal.SIGKILL)
                return


@contextmanager
def stopped(pids: list[int]) -> Iterator[None]:
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in reversed(pids):
            os.kill(pid, signal.SIGCONT)


def processes_writing_to(folder: Path) -> list[int]:
    """Those whose errors go into a log there: the crew, its work-horses, and what these have started."""
    found = []
    for fd in Path("/proc").glob("[0-9]*/fd/2"):
        try:
            if fd.readlink().is_relative_to(folder):
                found.append(int(fd.parts[2]))
        except OSError:
            continue
    return found
