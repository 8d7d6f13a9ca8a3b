"""How times are written for machines, and read from people."""

from __future__ import annotations

import datetime as dt
import time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.times import LocalTimeUnclear, local_moment, local_text, rfc3339

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


BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("typed", "zone", "moment"),
    [
        ("2027-01-31T18:00", "Europe/Berlin", "2027-01-31T17:00:00.000Z"),
        ("2027-07-31T18:00:30", "Europe/Berlin", "2027-07-31T16:00:30.000Z"),
        ("2027-01-31T18:00+09:00", "Europe/Berlin", "2027-01-31T09:00:00.000Z"),
        ("2027-01-31T18:00Z", "America/New_York", "2027-01-31T18:00:00.000Z"),
        ("2027-03-28T01:59", "Europe/Berlin", "2027-03-28T00:59:00.000Z"),
        ("2027-03-28T03:00", "Europe/Berlin", "2027-03-28T01:00:00.000Z"),
        ("2027-10-31T01:59", "Europe/Berlin", "2027-10-30T23:59:00.000Z"),
        ("2027-10-31T03:00", "Europe/Berlin", "2027-10-31T02:00:00.000Z"),
        ("2027-10-31T02:30+02:00", "Europe/Berlin", "2027-10-31T00:30:00.000Z"),
        ("2027-10-31T02:30+01:00", "Europe/Berlin", "2027-10-31T01:30:00.000Z"),
        ("2027-03-28T02:30+01:00", "Europe/Berlin", "2027-03-28T01:30:00.000Z"),
    ],
)
def test_a_time_is_read_as_the_clocks_there_show_it_or_with_its_offset(typed: str, zone: str, moment: str) -> None:
    assert rfc3339(local_moment(typed, ZoneInfo(zone))) == moment


@pytest.mark.parametrize(
    ("typed", "zone", "wanted"),
    [
        (
            "2027-03-28T02:00",
            "Europe/Berlin",
            ("skip", "2027-03-28T01:00+01:00 (CET)", "2027-03-28T03:00+02:00 (CEST)"),
        ),
        ("2027-03-28T02:59:59", "Europe/Berlin", ("skip", "2027-03-28T01:59:59+01:00 (CET)", "03:59:59+02:00 (CEST)")),
        (
            "2027-10-31T02:30",
            "Europe/Berlin",
            ("twice", "02:30+02:00 for the first (CEST)", "02:30+01:00 for the second"),
        ),
        ("2027-03-14T02:30", "America/New_York", ("skip", "2027-03-14T01:30-05:00 (EST)", "03:30-04:00 (EDT)")),
        ("2027-11-07T01:30", "America/New_York", ("twice", "01:30-04:00 for the first", "01:30-05:00 for the second")),
        ("2027-10-03T02:10", "Australia/Lord_Howe", ("skip", "01:40+10:30", "02:40+11:00")),
        ("2011-12-30T12:00", "Pacific/Apia", ("skip", "2011-12-29T12:00-10:00", "2011-12-31T12:00+14:00")),
    ],
)
def test_a_time_that_the_clocks_skip_or_show_twice_is_refused_with_both_meanings(
    typed: str, zone: str, wanted: tuple[str, ...]
) -> None:
    with pytest.raises(LocalTimeUnclear) as refused:
        local_moment(typed, ZoneInfo(zone))
    assert zone in refused.value.detail
    assert all(words in refused.value.detail for words in wanted), refused.value.detail


@given(
    st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2060, 1, 1)),
    st.sampled_from(["Europe/Dublin", "Africa/Casablanca", "America/St_Johns", "Australia/Lord_Howe", "UTC"]),
)
def test_what_is_taken_is_shown_again_as_it_was_typed(typed: dt.datetime, zone: str) -> None:
    there = ZoneInfo(zone)
    try:
        moment = local_moment(typed.isoformat(), there)
    except LocalTimeUnclear:
        return
    assert moment.astimezone(there).replace(tzinfo=None) == typed
    assert moment.astimezone(there).fold == 0


@pytest.mark.parametrize("typed", ["", "soon", "2027-02-30T12:00", "2027-01-31T25:00", "0001-01-01T00:00+14:00"])
def test_what_is_no_time_is_none(typed: str) -> None:
    with pytest.raises((ValueError, OverflowError)):
        local_moment(typed, BERLIN)


@given(
    st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2037, 1, 1), timezones=st.just(dt.UTC)),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]),
)
def test_what_a_form_shows_reads_back_as_the_same_moment(moment: dt.datetime, zone: str) -> None:
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    assert local_moment(local_text(moment, ZoneInfo(zone)), ZoneInfo(zone)) == moment


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (NOON, "2026-06-03T14:00"),
        (NOON.replace(second=5), "2026-06-03T14:00:05"),
        (dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC), "2026-10-25T02:30+02:00"),
        (dt.datetime(2026, 10, 25, 1, 30, tzinfo=dt.UTC), "2026-10-25T02:30+01:00"),
    ],
)
def test_a_form_shows_a_time_as_short_as_it_can_be(moment: dt.datetime, text: str) -> None:
    assert local_text(moment, ZoneInfo("Europe/Berlin")) == text
