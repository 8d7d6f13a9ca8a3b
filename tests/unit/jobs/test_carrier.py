"""The carrier answers soon, whatever became of Redis."""

from __future__ import annotations

import time

import pytest

from remixhub.jobs.carrier import Carrier, CarrierUnavailable

NOBODY = "redis://127.0.0.1:1"


def test_a_carrier_waits_two_seconds_to_connect_and_five_for_an_answer_and_asks_once() -> None:
    facts = Carrier(NOBODY, "work").connection.connection_pool.connection_kwargs
    assert (facts["socket_connect_timeout"], facts["socket_timeout"], facts["health_check_interval"]) == (2, 5, 15)
    assert (facts["host"], facts["port"], facts["retry"]) == ("127.0.0.1", 1, None)


def test_rings_are_carried_as_json_on_the_queue_of_the_hub() -> None:
    carrier = Carrier(NOBODY, "work")
    queue = carrier.queue
    assert queue.connection is carrier.connection
    assert queue.name == "work"
    assert queue.serializer.loads(queue.serializer.dumps([])) == []
    assert queue.serializer.dumps([]) == b"[]"


def test_without_redis_the_carrier_is_unavailable_and_says_that_nothing_is_lost() -> None:
    carrier = Carrier(NOBODY, "work")
    with pytest.raises(CarrierUnavailable, match="goes on by itself"):
        carrier.waiting()
    with pytest.raises(CarrierUnavailable, match="rung again"):
        carrier.ring()


def test_who_rings_after_a_commit_is_told_nothing_and_redis_is_left_in_peace_for_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    carrier, asked = Carrier(NOBODY, "work"), []
    connect = carrier._quick.connection_pool.get_connection

    def ask() -> object:
        asked.append(True)
        return connect()

    monkeypatch.setattr(carrier._quick.connection_pool, "get_connection", ask)
    for _ in range(3):
        carrier.ring_soon()
    assert len(asked) == 1
    moment = time.monotonic
    monkeypatch.setattr("remixhub.jobs.carrier.time.monotonic", lambda: moment() + 6)
    carrier.ring_soon()
    assert len(asked) == 2
