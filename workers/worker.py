"""`python -m workers.worker [--core N]`: one RQ worker.

On SIGTERM or Ctrl-C it ends its job; a job that takes longer than the grace gives its lease back and is done elsewhere.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from types import FrameType
from typing import Any

import redis
import structlog
from rq import Queue, Worker

import workers.functions  # noqa: F401  imported here, so that each fork has numpy and the decoders at once
from remixhub.jobs.lease import WorkerStopping
from remixhub.logs import configure_logs
from remixhub.services.upkeep import walls
from workers.parts import parts

log = structlog.get_logger()

WORKER_TTL_SECONDS = 30
MAINTENANCE_SECONDS = 5


class LeasedWorker(Worker):
    """RQ's forking worker with an end to its patience."""

    grace_seconds: float = 20.0

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        nudge = threading.Timer(self.grace_seconds, self.kill_horse, kwargs={"sig": signal.SIGTERM})
        nudge.daemon = True
        nudge.start()
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def setup_work_horse_signals(self) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, _stop_job)


def _stop_job(_signum: int, _frame: Any) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise WorkerStopping


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m workers.worker", description="One RQ worker.")
    options.add_argument(
        "--core", type=int, metavar="N", help="keep to this core: workers that share cores do a fifth less (Linux)"
    )
    core = options.parse_args().core
    if core is not None:
        os.sched_setaffinity(0, {core})
    settings = parts().settings
    configure_logs(settings.log_level)
    _look_at_walls()
    settings.work_dir.mkdir(parents=True, exist_ok=True)
    connection = redis.Redis.from_url(settings.redis_url, socket_connect_timeout=5)
    worker = LeasedWorker(
        [Queue(settings.queue_name, connection=connection, serializer="json")],
        name=f"{os.uname().nodename}-{os.getpid()}-{os.urandom(4).hex()}",
        connection=connection,
        serializer="json",
        worker_ttl=WORKER_TTL_SECONDS,
        maintenance_interval=MAINTENANCE_SECONDS,
        log_job_description=False,
    )
    worker.grace_seconds = settings.worker_grace_seconds
    worker.work(logging_level="WARNING")


def _look_at_walls() -> None:
    sandbox = parts().sandbox
    if refusal := walls.refusal(parts().settings, sandbox):
        sys.exit(refusal)
    if warning := walls.warning(sandbox):
        log.warning("sandbox_without_walls", level=sandbox.level, detail=warning)


if __name__ == "__main__":
    main()
