"""How figures are written for people, each with its unit: on pages, in papers, in bundles."""

from __future__ import annotations

import datetime as dt

from remixhub.domain.times import played_time

ABSENT = "–"
_UNITS = ("kB", "MB", "GB", "TB")


def duration(seconds: float | None) -> str:
    return ABSENT if seconds is None else played_time(seconds)


def size(count_bytes: int) -> str:
    """Decimal units, as file managers show them: `48 MB`."""
    if count_bytes < 1000:
        return f"{count_bytes} B"
    power = min((len(str(count_bytes)) - 1) // 3, len(_UNITS))
    value = count_bytes / 1000**power
    return f"{value:.1f} {_UNITS[power - 1]}" if value < 10 else f"{value:.0f} {_UNITS[power - 1]}"


def lufs(value: float | None) -> str:
    return "silent" if value is None else f"{_signed(value)} LUFS"


def dbtp(value: float | None) -> str:
    return ABSENT if value is None else f"{_signed(value)} dBTP"


def decibels(value: float) -> str:
    return f"{value:+.1f} dB".replace("-", "−") if value else "0 dB"


def rate(hertz: int | None) -> str:
    return ABSENT if hertz is None else f"{hertz / 1000:g} kHz"


def tempo(bpm: float | None) -> str:
    return ABSENT if bpm is None else f"{round(bpm, 1):g} BPM"


def day(moment: dt.datetime | None) -> str:
    return ABSENT if moment is None else f"{moment.day} {moment:%B %Y}"


def clock(moment: dt.datetime | None) -> str:
    return ABSENT if moment is None else f"{moment.day} {moment:%b %Y, %H:%M} UTC"


def count(number: int, singular: str, plural: str = "") -> str:
    return f"{number} {singular if number == 1 else plural or singular + 's'}"


def _signed(value: float) -> str:
    return f"{value:.1f}".replace("-", "−")
