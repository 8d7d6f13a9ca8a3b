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

import redis
import structlog
from redis.client import Pipeline
from rq import Queue, Worker

from remixhub.domain.states import ProcessRole
from remixhub.jobs.beats import Pulse
from remixhub.logs import configure_logs
from remixhub.models import Database
from remixhub.services.upkeep import walls
from remixhub.services.upkeep.background import make_ready
from workers.functions import STOPPING
from workers.parts import parts

log = structlog.get_logger()

WORKER_TTL_SECONDS = 23
"""RQ waits for a ring for 15 s less, and beats in between."""
WATCH_SECONDS = 5
MAINTENANCE_SECONDS = 60
"""What RQ tidies up of dead workers; a ring that is lost meanwhile is followed by another."""


class LeasedWorker(Worker):
    """RQ's forking worker with an end to its patience, and beats that `doctor` and `/readyz` see."""

    grace_seconds: float = 20.0
    pulse: Pulse | None = None

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        if self.horse_pid:
            self._tell_horse_to_end()
        nudge = threading.Timer(self.grace_seconds, self.kill_horse, kwargs={"sig": signal.SIGTERM})
        nudge.daemon = True
        nudge.start()
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def heartbeat(self, timeout: int | None = None, pipeline: Pipeline | None = None) -> None:
        """RQ calls it whenever it waited for a ring or for its work-horse."""
        super().heartbeat(timeout, pipeline)
        if self.pulse is not None and not self._is_horse:
            self.pulse.beat("working" if self.horse_pid else "")

    def setup_work_horse_signals(self) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGUSR1, STOPPING.ask)
        signal.signal(signal.SIGTERM, STOPPING.insist)
        parts().after_fork()

    def _tell_horse_to_end(self) -> None:
        """It alone: the decoders of the job in hand know nothing of this signal."""
        try:
            os.kill(self.horse_pid, signal.SIGUSR1)
        except ProcessLookupError:
            return


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
    make_ready(parts())
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)  # until a work-horse listens
    connection = redis.Redis.from_url(settings.redis_url, socket_connect_timeout=5)
    worker = LeasedWorker(
        [Queue(settings.queue_name, connection=connection, serializer="json")],
        name=f"{os.uname().nodename}-{os.getpid()}-{os.urandom(4).hex()}",
        connection=connection,
        serializer="json",
        worker_ttl=WORKER_TTL_SECONDS,
        job_monitoring_interval=WATCH_SECONDS,
        maintenance_interval=MAINTENANCE_SECONDS,
        log_job_description=False,
    )
    worker.grace_seconds = settings.worker_grace_seconds
    worker.pulse = Pulse(settings, Database.connect(settings.database_url), worker.name, ProcessRole.WORKER, forks=True)
    worker.pulse.beat()
    worker.work(logging_level="WARNING")
    worker.pulse.stop()


def _look_at_walls() -> None:
    sandbox = parts().sandbox
    if refusal := walls.refusal(parts().settings, sandbox):
        sys.exit(refusal)
    if warning := walls.warning(sandbox):
        log.warning("sandbox_without_walls", level=sandbox.level, detail=warning)


if __name__ == "__main__":
    main()
