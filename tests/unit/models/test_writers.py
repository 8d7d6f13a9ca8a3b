"""Half of the threads may be at writing; the rest are told so at once, once those wait for a lock."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from remixhub.models import DatabaseBusy
from remixhub.models.writers import Writers


@contextmanager
def at_writing(writers: Writers, count: int) -> Iterator[threading.Event]:
    """So many are in, until the event is set."""
    inside, done = threading.Barrier(count + 1), threading.Event()

    def write() -> None:
        with writers.one_more():
            inside.wait(30)
            done.wait(30)

    with ThreadPoolExecutor(count) as threads:
        written = [threads.submit(write) for _ in range(count)]
        inside.wait(30)
        try:
            yield done
        finally:
            done.set()
            for one in written:
                one.result()


def enter(writers: Writers) -> str:
    with writers.one_more():
        return "in"


def test_as_many_as_may_are_in_and_who_comes_then_is_told_that_they_are_stuck() -> None:
    writers = Writers(2, patience_seconds=0.01)
    with at_writing(writers, 1):
        assert enter(writers) == "in"
        assert enter(writers) == "in"
    with at_writing(writers, 2), pytest.raises(DatabaseBusy) as busy:
        enter(writers)
    assert busy.value.code == "database_busy"
    assert busy.value.retry_after_seconds > 0
    assert enter(writers) == "in"


def test_who_comes_in_a_burst_waits_for_one_to_end() -> None:
    writers = Writers(1, patience_seconds=30)
    with ThreadPoolExecutor(1) as next_one, at_writing(writers, 1) as done:
        waiting = next_one.submit(enter, writers)
        done.set()
        assert waiting.result() == "in"


def test_one_that_fails_lets_the_next_in() -> None:
    writers = Writers(1)

    def fail() -> None:
        with writers.one_more():
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert enter(writers) == "in"
