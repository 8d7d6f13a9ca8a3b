"""Being told to go is heard whatever it interrupts."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
import redis
from rq import Queue
from rq.exceptions import StopRequested
from rq.worker import WorkerStatus

from workers.scheduler import Stop
from workers.worker import LeasedWorker


@pytest.fixture
def stop() -> Iterator[Stop]:
    """Asked for every 0.1 ms."""
    before, stop = signal.getsignal(signal.SIGALRM), Stop()
    signal.signal(signal.SIGALRM, stop.ask)
    signal.setitimer(signal.ITIMER_REAL, 0.0001, 0.0001)
    yield stop
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def test_the_scheduler_hears_it_in_the_middle_of_waiting(stop: Stop) -> None:
    for _ in range(50_000):
        stop.wait(0)
    assert stop.is_asked


def test_a_worker_that_lost_the_exception_ends_at_its_next_beat() -> None:
    """As it is lost where a finalizer is interrupted: Python reports what those raise, and goes on."""
    connection = redis.Redis(port=1)
    worker = LeasedWorker([Queue("q", connection=connection)], name="w", connection=connection, prepare_for_work=False)
    worker._state, worker.pid = WorkerStatus.IDLE, 1
    worker.grace_seconds = 3600
    with pytest.raises(StopRequested):
        worker.request_stop(signal.SIGTERM, None)
    with pytest.raises(StopRequested):
        worker.heartbeat()
