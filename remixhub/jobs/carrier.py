"""RQ as the carrier: it brings workers the word that there is something to do, not what; it may lose it.

Which job is next is asked of SQL by whoever hears the ring, so a few rings serve any number of jobs.
"""

from __future__ import annotations

import time
from typing import Any

import redis
import structlog
from rq import Queue
from rq.worker_registration import WORKERS_BY_QUEUE_KEY

from remixhub.domain.errors import Unavailable
from remixhub.transactions import refuse_network

log = structlog.get_logger()

_AT_ONCE_SECONDS = 0.05
_AWAY_SECONDS = 5.0


class CarrierUnavailable(Unavailable):
    code = "carrier_unavailable"
    title = "Background processing is delayed"


class _Pool(redis.ConnectionPool):
    """All that is said to Redis goes by one of its connections."""

    def get_connection(self, *args: Any, **options: Any) -> Any:
        refuse_network("Redis")
        return super().get_connection(*args, **options)


class Carrier:
    def __init__(self, redis_url: str, queue_name: str) -> None:
        pool = _Pool.from_url(
            redis_url, socket_connect_timeout=2, socket_timeout=5, retry=None, health_check_interval=15
        )
        self.connection = redis.Redis.from_pool(pool)
        self.queue = Queue(queue_name, connection=self.connection, serializer="json")
        quick_pool = _Pool.from_url(
            redis_url, socket_connect_timeout=_AT_ONCE_SECONDS, socket_timeout=_AT_ONCE_SECONDS, retry=None
        )
        self._quick = redis.Redis.from_pool(quick_pool)
        self._quick_queue = Queue(queue_name, connection=self._quick, serializer="json")
        self._away_until = 0.0

    def waiting(self) -> int:
        """Rings that no worker has taken yet. Raises CarrierUnavailable."""
        try:
            return self.queue.count
        except redis.RedisError as exc:
            raise CarrierUnavailable("Redis cannot be reached; accepted work waits and goes on by itself.") from exc

    def ring(self) -> bool:
        """Wakes a worker; False when as many rings wait as serve all but one of the workers. Raises CarrierUnavailable.

        To be called while something is due, again and again: a ring that is lost is followed by another.
        """
        try:
            return _ring(self.queue)
        except redis.RedisError as exc:
            raise CarrierUnavailable("Redis went away while it was rung; it will be rung again.") from exc

    def ring_soon(self) -> None:
        """After a commit that added jobs: never raises, and waits for Redis no longer than some milliseconds.

        The scheduler rings for what this one did not. While Redis is known to be away, it is not asked.
        """
        if time.monotonic() < self._away_until:
            return
        try:
            _ring(self._quick_queue)
        except redis.RedisError as exc:
            self._away_until = time.monotonic() + _AWAY_SECONDS
            log.warning("ring_left_to_the_scheduler", error=str(exc))

    def after_fork(self) -> None:
        for one in (self.connection, self._quick):
            one.connection_pool.reset()

    def close(self) -> None:
        self.connection.close()
        self._quick.close()


def _ring(queue: Queue) -> bool:
    with queue.connection.pipeline(transaction=False) as asked:
        asked.llen(queue.key)
        asked.scard(WORKERS_BY_QUEUE_KEY % queue.name)
        waiting, workers = asked.execute()
    if waiting >= max(1, workers - 1):
        return False
    # no RQ retry, no result kept: the table is the truth
    queue.enqueue("workers.functions.work", job_timeout=-1, result_ttl=0, failure_ttl=3600)
    return True
