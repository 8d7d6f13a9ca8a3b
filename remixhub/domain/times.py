"""How times are written for machines."""

from __future__ import annotations

import datetime as dt


def rfc3339(moment: dt.datetime) -> str:
    """In UTC to the millisecond and ending in `Z`, so that texts sort as times; `moment` bears its offset."""
    return moment.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
