"""RQ as the carrier: it takes job ids to workers, and may lose them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import redis
from rq import Queue

from remixhub.domain.errors import Unavailable
from remixhub.domain.states import JobKind
from remixhub.transactions import refuse_network


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

    def waiting(self) -> int:
        """Rings that no worker has taken yet. Raises CarrierUnavailable."""
        try:
            return self.queue.count
        except redis.RedisError as exc:
            raise CarrierUnavailable("Redis cannot be reached; accepted work waits and goes on by itself.") from exc

    def ring(self, jobs: Sequence[tuple[str, JobKind]]) -> None:
        """Tells the workers. No RQ retry, no results kept: the table is the truth."""
        try:
            for job_id, kind in jobs:
                self.queue.enqueue(f"workers.functions.{kind}", job_id, job_timeout=-1, result_ttl=0, failure_ttl=3600)
        except redis.RedisError as exc:
            raise CarrierUnavailable("Redis went away while jobs were rung; they will be rung again.") from exc
