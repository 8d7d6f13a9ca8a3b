"""How times are written for machines, and read from people."""

from __future__ import annotations

import datetime as dt
import math
from zoneinfo import ZoneInfo

from remixhub.domain.errors import Invalid


class LocalTimeUnclear(Invalid):
    code = "local_time_unclear"
    title = "The clocks there do not show this time once"


def rfc3339(moment: dt.datetime) -> str:
    """In UTC to the millisecond and ending in `Z`, so that texts sort as times; `moment` bears its offset."""
    return moment.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def local_moment(text: str, zone: ZoneInfo) -> dt.datetime:
    """What somebody typed as the clocks in `zone` show it, in UTC; an offset that was typed counts instead.

    Raises LocalTimeUnclear for a time that the clocks skip, or show twice, when summer time begins or ends; ValueError
    and OverflowError for what is no time.
    """
    typed = dt.datetime.fromisoformat(text)
    if typed.tzinfo is not None:
        return typed.astimezone(dt.UTC)
    first, second = (typed.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    before, after = first.utcoffset(), second.utcoffset()
    assert before is not None
    assert after is not None
    if before > after:
        raise LocalTimeUnclear(
            f"The clocks in {zone.key} show this time twice, as they go back: write {_written(first)} for the first "
            f"({first:%Z}), {_written(second)} for the second ({second:%Z})."
        )
    if before < after:
        later, sooner = (one.astimezone(dt.UTC).astimezone(zone) for one in (first, second))
        raise LocalTimeUnclear(
            f"The clocks in {zone.key} skip this time, as they go forward: write {_written(sooner)} ({sooner:%Z}) or "
            f"{_written(later)} ({later:%Z})."
        )
    return first.astimezone(dt.UTC)


def local_text(moment: dt.datetime, zone: ZoneInfo) -> str:
    """As a form shows it and `local_moment` reads it back: as short as it can be, with an offset where the clocks show
    the time twice.
    """
    there = moment.astimezone(zone)
    is_twice = there.replace(fold=0).utcoffset() != there.replace(fold=1).utcoffset()
    timespec = "milliseconds" if there.microsecond else "seconds" if there.second else "minutes"
    return (there if is_twice else there.replace(tzinfo=None)).isoformat(timespec=timespec)


def _written(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="minutes" if moment.second == 0 else "seconds")


def played_time(seconds: float) -> str:
    """`3:07`, `1:02:03`."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def wait_in_words(seconds: float) -> str:
    """Rounded up to what people count in: `40 seconds`, `3 minutes`, `2 hours`."""
    unit, name = 24 * 3600, "day"
    for smaller, its_name, most in ((1, "second", 120), (60, "minute", 120 * 60), (3600, "hour", 48 * 3600)):
        if seconds <= most:
            unit, name = smaller, its_name
            break
    count = max(1, math.ceil(seconds / unit))
    return f"{count} {name}" if count == 1 else f"{count} {name}s"
