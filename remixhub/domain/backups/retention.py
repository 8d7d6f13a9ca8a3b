"""Which snapshots are kept: the newest of each of the last days, weeks and months that have one.

A snapshot of the future was taken while a clock was wrong, and nobody knows when: it is never the newest, and stays.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

SKEW = dt.timedelta(minutes=10)
"""Between clocks that are right."""


@dataclass(frozen=True)
class Retention:
    daily: int = 0
    weekly: int = 0
    monthly: int = 0

    def __bool__(self) -> bool:
        return any((self.daily, self.weekly, self.monthly))


def of_the_future(snapshots: Mapping[str, dt.datetime], at: dt.datetime) -> Collection[str]:
    return {name for name, taken_at in snapshots.items() if taken_at > at + SKEW}


def newest(snapshots: Mapping[str, dt.datetime], at: dt.datetime) -> str:
    """Of the future only when there is no other. Raises ValueError for none at all."""
    return max(snapshots.keys() - of_the_future(snapshots, at) or snapshots, key=lambda name: (snapshots[name], name))


def superfluous(snapshots: Mapping[str, dt.datetime], retention: Retention, at: dt.datetime) -> Collection[str]:
    """Oldest first. The newest of all is never among them."""
    timed = snapshots.keys() - of_the_future(snapshots, at)
    newest_first = sorted(timed, key=lambda name: (snapshots[name], name), reverse=True)
    kept = set(newest_first[:1])
    for most, period in (
        (retention.daily, lambda at: at.date().isoformat()),
        (retention.weekly, lambda at: f"{at:%G-%V}"),
        (retention.monthly, lambda at: f"{at:%Y-%m}"),
    ):
        kept |= _newest_of_each(newest_first, snapshots, most, period)
    return [name for name in reversed(newest_first) if name not in kept]


def _newest_of_each(
    newest_first: Collection[str], at: Mapping[str, dt.datetime], most: int, period: Callable[[dt.datetime], str]
) -> set[str]:
    found: dict[str, str] = {}
    for name in newest_first:
        if len(found) < most:
            found.setdefault(period(at[name].astimezone(dt.UTC)), name)
    return set(found.values())
