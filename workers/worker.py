"""`python -m workers.worker [--core N]`: one RQ worker.

On SIGTERM or Ctrl-C it ends its job; a job that takes longer than the grace gives its lease back and is done elsewhere.
"""

from __future__ import annotations

import argparse
import os
import resource
import signal
import sys
import threading
from types import FrameType

import redis
import structlog
from redis.client import Pipeline
from rq import Queue, Worker
from rq.exceptions import StopRequested
from rq.executions import Execution
from rq.job import Job as RqJob
from rq.worker import WorkerStatus

from remixhub.domain.states import ProcessRole
from remixhub.jobs import deaths
from remixhub.jobs.beats import Pulse
from remixhub.logs import configure_logs
from remixhub.models import Database, DatabaseUnavailable
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
    """RQ's forking worker with an end to its patience, beats that `doctor` and `/readyz` see, and a word on deaths."""

    grace_seconds: float = 20.0
    database: Database | None = None
    """Of the parent alone, and closed whenever it forks."""
    pulse: Pulse | None = None
    memory: deaths.Limit | None = None
    _end: tuple[int | None, int | None, resource.struct_rusage | None] = (None, None, None)

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        if self.horse_pid:
            self._tell_horse_to_end()
        nudge = threading.Timer(self.grace_seconds, self._insist)
        nudge.daemon = True
        nudge.start()
        self._stop_requested = True  # what is raised now is lost where a finalizer is interrupted
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def heartbeat(self, timeout: int | None = None, pipeline: Pipeline | None = None) -> None:
        """RQ calls it whenever it waited for a ring or for its work-horse."""
        if self._stop_requested and self.get_state() == WorkerStatus.IDLE:
            raise StopRequested
        super().heartbeat(timeout, pipeline)
        if self.pulse is not None and not self._is_horse:
            self.pulse.beat("working" if self.horse_pid else "")

    def wait_for_horse(self) -> tuple[int | None, int | None, resource.struct_rusage | None]:
        self._end = super().wait_for_horse()
        return self._end

    def monitor_work_horse(self, job: RqJob, queue: Queue, execution: Execution) -> None:
        """A work-horse that ends otherwise than by itself may have been ended by what it had in hand."""
        super().monitor_work_horse(job, queue, execution)
        _, status, used = self._end
        if not status or used is None or self.database is None:
            return
        try:
            is_evidence = deaths.note_death(
                self.database,
                worker=self.name,
                signal=os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
                peak_rss_bytes=used.ru_maxrss * 1024,
                limit_bytes=self.memory.bytes if self.memory else None,
                cpu_seconds=used.ru_utime + used.ru_stime,
            )
        except DatabaseUnavailable:
            return  # the lease runs out by itself
        finally:
            self.database.dispose()
        if is_evidence:
            self._stop_requested = True  # a fresh worker tells whether it is the subject

    def setup_work_horse_signals(self) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGUSR1, STOPPING.ask)
        signal.signal(signal.SIGTERM, STOPPING.insist)
        parts().after_fork()
        deaths.keep_to(self.memory)

    def _tell_horse_to_end(self) -> None:
        """It alone: the decoders of the job in hand know nothing of this signal."""
        try:
            os.kill(self.horse_pid, signal.SIGUSR1)
        except ProcessLookupError:
            return

    def _insist(self) -> None:
        if self.horse_pid:
            self.kill_horse(sig=signal.SIGTERM)


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
    worker.memory = deaths.memory_limit(settings)
    worker.database = Database.connect(settings.database_url)
    worker.pulse = Pulse(settings, worker.database, worker.name, ProcessRole.WORKER, forks=True)
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
