"""How times are written for machines."""

from __future__ import annotations

import datetime as dt
import time

import pytest

from remixhub.domain.times import rfc3339

NOON = dt.datetime(2026, 6, 3, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (NOON, "2026-06-03T12:00:00.000Z"),
        (NOON.replace(microsecond=7_999), "2026-06-03T12:00:00.007Z"),
        (NOON.astimezone(dt.timezone(dt.timedelta(hours=5, minutes=30))), "2026-06-03T12:00:00.000Z"),
    ],
)
def test_a_time_is_written_in_utc_to_the_millisecond(moment: dt.datetime, text: str) -> None:
    assert rfc3339(moment) == text


def test_written_times_sort_as_the_moments_do() -> None:
    moments = [NOON + dt.timedelta(milliseconds=500 * half) for half in range(5)]
    assert sorted(map(rfc3339, moments)) == list(map(rfc3339, moments))


def test_the_zone_of_the_machine_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "Asia/Kolkata")
        time.tzset()
        assert rfc3339(NOON) == "2026-06-03T12:00:00.000Z"
    time.tzset()
