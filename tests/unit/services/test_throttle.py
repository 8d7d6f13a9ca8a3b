"""Attempts are counted before they are made, by window, and nobody's name is kept."""

from __future__ import annotations

import pytest

from remixhub.compose import Parts
from remixhub.models import Throttle, now
from remixhub.services.throttle import TooManyAttempts, take_attempt
from tests.unit.rows import Rows


def take(parts: Parts, times: int, limit: int = 3, name: str = "account:ada") -> None:
    for _ in range(times):
        take_attempt(parts, {name: limit})


def test_the_limit_is_the_last_that_passes(parts: Parts) -> None:
    take(parts, 3)
    with pytest.raises(TooManyAttempts):
        take(parts, 1)
    take(parts, 1, name="account:ben")


def test_a_refusal_says_when_the_window_ends(parts: Parts, rows: Rows) -> None:
    take(parts, 3)
    rows.change(Throttle, window_ends_at=now(100))
    with pytest.raises(TooManyAttempts) as refused:
        take(parts, 1)
    assert 90 < refused.value.retry_after_seconds <= 101


def test_a_window_ends_and_another_begins_with_its_first_attempt(parts: Parts, rows: Rows) -> None:
    take(parts, 3)
    rows.change(Throttle, window_ends_at=now(-1))
    before = rows.moment()
    take(parts, 1)
    row = rows.one(Throttle)
    assert row.attempts == 1
    assert 900 <= (row.window_ends_at - before).total_seconds() < 910


def test_more_attempts_do_not_move_the_window(parts: Parts, rows: Rows) -> None:
    take(parts, 1)
    rows.change(Throttle, window_ends_at=now(10))
    ends_at = rows.one(Throttle).window_ends_at
    take(parts, 1)
    assert rows.one(Throttle).window_ends_at == ends_at


def test_what_one_limit_refuses_is_not_counted_by_another(parts: Parts, rows: Rows) -> None:
    take(parts, 1, limit=1, name="account:ada")
    for _ in range(3):
        with pytest.raises(TooManyAttempts):
            take_attempt(parts, {"account:ada": 1, "address:here": 2})
    take(parts, 2, limit=2, name="address:here")


def test_no_name_is_kept(parts: Parts, rows: Rows) -> None:
    take(parts, 1, name="address:192.0.2.1")
    assert len(rows.one(Throttle).subject) == 64
