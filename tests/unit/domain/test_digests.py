"""When letters of a day and of a week go."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.digests import read_subject, seconds_until, subject_of
from remixhub.domain.letters import Rhythm

_DIGESTS = st.sampled_from([Rhythm.DAILY, Rhythm.WEEKLY])
_MOMENTS = st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2040, 1, 1), timezones=st.timezones())


@given(_DIGESTS, _MOMENTS)
def test_the_next_letter_is_at_seven_within_a_day_or_a_week(rhythm: Rhythm, moment: dt.datetime) -> None:
    seconds = seconds_until(rhythm, moment)
    at = moment.astimezone(dt.UTC) + dt.timedelta(seconds=seconds)
    assert (at.hour, at.minute, at.second, at.microsecond) == (7, 0, 0, 0)
    assert 0 < seconds <= (7 if rhythm is Rhythm.WEEKLY else 1) * 24 * 3600
    assert rhythm is Rhythm.DAILY or at.weekday() == 0


@pytest.mark.parametrize(
    ("rhythm", "moment", "hours"),
    [
        (Rhythm.DAILY, dt.datetime(2026, 3, 4, 6, tzinfo=dt.UTC), 1),
        (Rhythm.DAILY, dt.datetime(2026, 3, 4, 7, tzinfo=dt.UTC), 24),
        (Rhythm.WEEKLY, dt.datetime(2026, 3, 2, 6, tzinfo=dt.UTC), 1),
        (Rhythm.WEEKLY, dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC), 7 * 24 - 1),
        (Rhythm.WEEKLY, dt.datetime(2026, 3, 1, 7, tzinfo=dt.UTC), 24),
    ],
)
def test_for_example(rhythm: Rhythm, moment: dt.datetime, hours: float) -> None:
    assert seconds_until(rhythm, moment) == hours * 3600


@given(_DIGESTS)
def test_a_subject_is_read_as_it_was_written(rhythm: Rhythm) -> None:
    assert read_subject(subject_of("a" * 32, rhythm)) == ("a" * 32, rhythm)
