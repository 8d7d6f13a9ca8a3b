"""Which snapshots go."""

from __future__ import annotations

import datetime as dt

import pytest

from remixhub.domain.backups.retention import Retention, newest, superfluous

NIGHT = dt.datetime(2026, 11, 29, 3, tzinfo=dt.UTC)


def nights(count: int) -> dict[str, dt.datetime]:
    """By how many days ago."""
    return {str(ago): NIGHT - dt.timedelta(days=ago) for ago in range(count)}


def kept(count: int, retention: Retention) -> list[int]:
    snapshots = nights(count)
    return sorted(int(name) for name in snapshots.keys() - set(superfluous(snapshots, retention, NIGHT)))


def test_the_newest_of_each_day_week_and_month_stay() -> None:
    # 29 November 2026 is a Sunday: weeks end 0, 7, 14 days ago, October 29 days ago, September 60
    assert kept(100, Retention(daily=3)) == [0, 1, 2]
    assert kept(100, Retention(weekly=3)) == [0, 7, 14]
    assert kept(100, Retention(monthly=3)) == [0, 29, 60]
    assert kept(100, Retention(2, 2, 2)) == [0, 1, 7, 29]


def test_days_without_a_snapshot_do_not_count() -> None:
    old = {name: at - dt.timedelta(days=400) for name, at in nights(5).items()}
    assert sorted(superfluous(old, Retention(daily=3), NIGHT)) == ["3", "4"]


def test_of_two_on_a_day_the_later_stays_and_the_oldest_goes_first() -> None:
    snapshots = {"early": NIGHT, "late": NIGHT + dt.timedelta(hours=5), "before": NIGHT - dt.timedelta(days=1)}
    assert list(superfluous(snapshots, Retention(daily=1), NIGHT + dt.timedelta(hours=6))) == ["before", "early"]


def test_the_newest_stays_whatever_is_said() -> None:
    assert kept(3, Retention()) == [0]


def test_a_clock_that_was_wrong_drops_neither_what_is_new_nor_what_is_of_the_future() -> None:
    """Taken by a clock that ran ahead, and by one that had lost its battery."""
    snapshots = {**nights(3), "ahead": NIGHT.replace(year=2090)}
    assert newest(snapshots, NIGHT) == "0"
    assert list(superfluous(snapshots, Retention(daily=1), NIGHT)) == ["2", "1"]
    reset = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    late = {**nights(2), "now": reset}
    assert (newest(late, reset), list(superfluous(late, Retention(daily=1), reset))) == ("now", [])
    assert newest(nights(2), reset) == "0", "there is no other"


@pytest.mark.parametrize(("retention", "said"), [(Retention(), False), (Retention(weekly=1), True)])
def test_nothing_said_is_false(retention: Retention, said: bool) -> None:
    assert bool(retention) is said
