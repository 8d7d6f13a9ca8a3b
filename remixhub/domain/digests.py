"""When the letters of a day and of a week go: at seven in the morning UTC, weekly on Mondays."""

from __future__ import annotations

import datetime as dt

from remixhub.domain.letters import Rhythm

HOUR = 7


def seconds_until(rhythm: Rhythm, moment: dt.datetime) -> float:
    """From `moment` to the next letter of a daily or weekly rhythm: more than nought, a day or a week at most."""
    today = moment.astimezone(dt.UTC).replace(hour=HOUR, minute=0, second=0, microsecond=0)
    days = -today.weekday() if rhythm is Rhythm.WEEKLY else 0
    at = today + dt.timedelta(days=days)
    if at <= moment:
        at += dt.timedelta(days=7 if rhythm is Rhythm.WEEKLY else 1)
    return (at - moment).total_seconds()


def subject_of(account_id: str, rhythm: Rhythm) -> str:
    """Of the job that writes it."""
    return f"{account_id}.{rhythm.value}"


def read_subject(subject_id: str) -> tuple[str, Rhythm]:
    account_id, _, rhythm = subject_id.partition(".")
    return account_id, Rhythm(rhythm)
