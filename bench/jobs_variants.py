"""A worker of RQ alone, for `bench.jobs`: `python -m bench.jobs_variants HOW REDIS_URL QUEUE`."""

from __future__ import annotations

import importlib
import os
import sys

import redis
from rq import Queue, SimpleWorker, Worker, get_current_job


def nothing() -> None:
    """Counts itself, since the bench has to see that it ran."""
    job = get_current_job()
    assert job is not None
    job.connection.incr("bench:done")


def main(how: str, redis_url: str, queue_name: str) -> None:
    if how == "fork with our imports":
        importlib.import_module("workers.worker")
    connection = redis.Redis.from_url(redis_url)
    kind = SimpleWorker if how == "no fork" else Worker
    queue = Queue(queue_name, connection=connection)
    kind([queue], connection=connection, name=f"bare-{os.getpid()}").work(logging_level="WARNING")


if __name__ == "__main__":
    main(*sys.argv[1:])
