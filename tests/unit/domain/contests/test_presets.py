"""What a new contest starts from: terms that hold, and dates in order on whole hours of the label's clock."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.contests.phases import check_deadlines
from remixhub.domain.contests.presets import Preset, preset_deadlines, preset_terms
from remixhub.domain.contests.terms import ContestTerms, check_terms

ZONES = [ZoneInfo(name) for name in ("UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "Pacific/Apia")]
MOMENTS = st.datetimes(dt.datetime(2000, 1, 2), dt.datetime(2900, 1, 1)).map(lambda one: one.replace(tzinfo=dt.UTC))


@pytest.mark.parametrize("preset", Preset)
def test_the_terms_of_each_hold_and_read_back(preset: Preset) -> None:
    terms = preset_terms(preset)
    check_terms(terms)
    assert ContestTerms.parse(terms.dump()) == terms


def test_who_decides_in_each() -> None:
    shares = {preset: preset_terms(preset).vote_share_percent for preset in Preset}
    assert shares == {Preset.QUICK: 0, Preset.COMMUNITY: 100, Preset.TOGETHER: 50}


@given(st.sampled_from(Preset), MOMENTS, st.sampled_from(ZONES))
def test_the_dates_are_ahead_in_order_and_on_whole_hours_there(
    preset: Preset, moment: dt.datetime, zone: ZoneInfo
) -> None:
    terms, dates = preset_terms(preset), preset_deadlines(preset, moment, zone)
    check_deadlines(dates)
    assert dates.opens_at > moment
    assert dates.opens_at.astimezone(zone).date() == moment.astimezone(zone).date() + dt.timedelta(days=1)
    assert ((dates.voting_closes_at is not None), (dates.judging_closes_at is not None)) == (
        terms.has_vote,
        terms.has_jury,
    )
    for date in vars(dates).values():
        if date is not None:
            there = date.astimezone(zone)
            assert (there.minute, there.second, there.microsecond) == (0, 0, 0)


def test_quick_is_two_weeks_by_the_clock_there_whatever_summer_time_does() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    dates = preset_deadlines(Preset.QUICK, dt.datetime(2026, 10, 20, 23, 30, tzinfo=dt.UTC), berlin)
    there = [date.astimezone(berlin).isoformat() for date in (dates.opens_at, dates.closes_at)]
    assert there == ["2026-10-22T18:00:00+02:00", "2026-11-05T18:00:00+01:00"]
