"""The carrier answers soon, whatever became of Redis."""

from __future__ import annotations

import pytest

from remixhub.domain.states import JobKind
from remixhub.jobs.carrier import Carrier, CarrierUnavailable

NOBODY = "redis://127.0.0.1:1"


def test_a_carrier_waits_two_seconds_to_connect_and_five_for_an_answer_and_asks_once() -> None:
    facts = Carrier(NOBODY, "work").connection.connection_pool.connection_kwargs
    assert (facts["socket_connect_timeout"], facts["socket_timeout"], facts["health_check_interval"]) == (2, 5, 15)
    assert (facts["host"], facts["port"], facts["retry"]) == ("127.0.0.1", 1, None)


def test_jobs_are_carried_as_json_on_the_queue_of_the_hub() -> None:
    carrier = Carrier(NOBODY, "work")
    queue = carrier.queue
    assert queue.connection is carrier.connection
    assert queue.name == "work"
    assert queue.serializer.loads(queue.serializer.dumps(["job"])) == ["job"]
    assert queue.serializer.dumps(["job"]) == b'["job"]'


def test_a_ring_names_the_function_and_the_job_and_leaves_time_and_results_to_the_table(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    carrier, rung = Carrier(NOBODY, "work"), []
    monkeypatch.setattr(carrier.queue, "enqueue", lambda *words, **terms: rung.append((words, terms)))
    carrier.ring([("one", JobKind.INGEST_STEM), ("two", JobKind.SWEEP)])
    terms = {"job_timeout": -1, "result_ttl": 0, "failure_ttl": 3600}
    assert rung == [(("workers.functions.ingest_stem", "one"), terms), (("workers.functions.sweep", "two"), terms)]


def test_without_redis_the_carrier_is_unavailable_and_says_that_nothing_is_lost() -> None:
    carrier = Carrier(NOBODY, "work")
    with pytest.raises(CarrierUnavailable, match="goes on by itself"):
        carrier.waiting()
    with pytest.raises(CarrierUnavailable, match="rung again"):
        carrier.ring([("job", JobKind.INGEST_STEM)])
    carrier.ring([])
