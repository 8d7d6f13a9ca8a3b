"""Moments within a piece, as people write them: `1:07`, `1:07.5`, `1:02:03`, or plain seconds."""

from __future__ import annotations

import re

_WRITTEN = re.compile(r"(?:(?:(\d{1,2}):)?(\d{1,3}):)?(\d{1,6}(?:[.,]\d{1,3})?)")


def length_named(text: str) -> float:
    """In seconds. Raises ValueError saying how it is written."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise ValueError("Write minutes and seconds, such as 1:07.")
    hours, minutes, seconds = int(found[1] or 0), int(found[2] or 0), float(found[3].replace(",", "."))
    if found[2] is not None and seconds >= 60:
        raise ValueError("Write minutes and seconds, such as 1:07; seconds go up to 59.")
    return hours * 3600 + minutes * 60 + seconds


def length_written(seconds: float) -> str:
    """As `length_named` reads it, to the millisecond: `1:07`, `1:07.5`, `1:02:03`."""
    milliseconds = round(seconds * 1000)
    whole, rest = divmod(milliseconds, 1000)
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    written = f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"
    return written + (f".{rest:03}".rstrip("0") if rest else "")
