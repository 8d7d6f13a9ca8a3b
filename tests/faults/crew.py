"""Real worker and scheduler processes under a supervisor that restarts them, and a nemesis that kills them."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

from remixhub.config import Settings

_ROOT = Path(__file__).resolve().parents[2]


class Crew:
    """`workers` RQ workers and a scheduler for `settings`, each restarted at once when it dies."""

    def __init__(self, settings: Settings, logs: Path, *, workers: int = 2) -> None:
        self._environ = {**os.environ, **settings.to_env(), "PYTHONPATH": str(_ROOT)}
        self._logs = logs
        self._modules = ["workers.scheduler", *["workers.worker"] * workers]
        self._processes: list[subprocess.Popen[bytes]] = []
        self._stop = threading.Event()
        self._watch = threading.Thread(target=self._restart_the_dead, daemon=True)
        self.restarts = 0

    def __enter__(self) -> Crew:
        self._processes = [self._start(module) for module in self._modules]
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._watch.join()
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait(timeout=60)

    def worker_pids(self) -> list[int]:
        return [
            process.pid
            for module, process in zip(self._modules, self._processes, strict=True)
            if module == "workers.worker" and process.poll() is None
        ]

    def kill_one(self, chance: random.Random, *, with_horse: bool) -> None:
        """SIGKILLs a random worker; `with_horse` also its work-horse, which would live on otherwise."""
        pids = self.worker_pids()
        if not pids:
            return
        victim = chance.choice(pids)
        for pid in [*(children_of(victim) if with_horse else []), victim]:
            _kill(pid)

    def kill_horse(self, chance: random.Random) -> None:
        horses = [horse for pid in self.worker_pids() for horse in children_of(pid)]
        if horses:
            _kill(chance.choice(horses))

    def _start(self, module: str) -> subprocess.Popen[bytes]:
        with (self._logs / f"{module}.log").open("ab") as log:
            return subprocess.Popen([sys.executable, "-m", module], env=self._environ, cwd=_ROOT, stderr=log)

    def _restart_the_dead(self) -> None:
        while not self._stop.wait(0.1):
            for index, process in enumerate(self._processes):
                if process.poll() is not None:
                    self._processes[index] = self._start(self._modules[index])
                    self.restarts += 1


def children_of(pid: int) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
