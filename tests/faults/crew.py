"""Real worker and scheduler processes under a supervisor that restarts them, and a nemesis that kills them."""

from __future__ import annotations

import faulthandler
import importlib
import multiprocessing
import os
import random
import signal
import sys
import threading
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import NoReturn

from remixhub.config import Settings

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["workers.worker", "workers.scheduler", "tests.faults.crew"])


class Crew:
    """`workers` RQ workers and a scheduler for `settings`, each restarted at once when it dies.

    They are forks of one process that has imported what they run: importing takes two seconds, and a storm of kills
    would hit little else. That they start by `python -m` as well is seen where `make run` is tested.
    """

    def __init__(self, settings: Settings, logs: Path, *, workers: int = 2) -> None:
        self._environ = settings.to_env()
        self._logs = logs
        self._modules = ["workers.scheduler", *["workers.worker"] * workers]
        self._processes: list[ForkServerProcess] = []
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
        for module, process in zip(self._modules, self._processes, strict=True):
            process.join(timeout=60)
            if process.exitcode is None:
                self._fail_for(module, process)
            process.close()

    def worker_pids(self) -> list[int]:
        return self.pids("workers.worker")

    def pids(self, module: str) -> list[int]:
        return [
            process.pid
            for run, process in zip(self._modules, self._processes, strict=True)
            if run == module and process.pid is not None and process.is_alive()
        ]

    def strike(self, chance: random.Random, how: str, victim: int | None = None) -> bool:
        """SIGKILLs a worker, its work-horse or `both`; the one of `victim`, or of whoever is there."""
        pids = self.worker_pids()
        if not pids:
            return False
        worker = victim if victim in pids else chance.choice(pids)
        horses = children_of(worker)
        if how == "horse" and horses:
            _kill(chance.choice(horses))
            return True
        for pid in [*(horses if how != "worker" else []), worker]:
            _kill(pid)
        return True

    def _start(self, module: str) -> ForkServerProcess:
        process = _FORKS.Process(target=_run, args=(module, self._environ, self._logs / f"{module}.log"))
        process.start()
        return process

    def _fail_for(self, module: str, process: ForkServerProcess) -> NoReturn:
        assert process.pid is not None
        os.kill(process.pid, signal.SIGUSR2)
        process.join(timeout=2)
        process.kill()
        where = (self._logs / f"{module}.log").read_text(errors="replace")[-4000:]
        raise AssertionError(f"{module} did not end within a minute of SIGTERM:\n{where}")

    def _restart_the_dead(self) -> None:
        while not self._stop.wait(0.1):
            for index, process in enumerate(self._processes):
                if not process.is_alive():
                    self._processes[index] = self._start(self._modules[index])
                    self.restarts += 1


def _run(module: str, environ: dict[str, str], log: Path) -> None:
    with log.open("ab") as errors:
        os.dup2(errors.fileno(), 2)
    faulthandler.register(signal.SIGUSR2, all_threads=True)
    os.environ.update(environ)
    sys.argv = [module]
    importlib.import_module(module).main()


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
