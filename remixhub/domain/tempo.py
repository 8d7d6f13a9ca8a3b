"""Reads a tempo as tags and people write it: `128`, `127,5`, `128 BPM`, `87/174`, `12800` in hundredths."""

from __future__ import annotations

import re

from remixhub.domain.work_facts import TEMPO_BPM

LONGEST_NOTATION = 40
_NUMBER = r"(\d{1,5})(?:[.,](\d{1,6}))?"
_NOTATION = re.compile(rf"(?:bpm|tempo)?[ :=]*{_NUMBER}\s*(?:bpm)?", re.IGNORECASE | re.ASCII)
_BETWEEN = re.compile(r"\s*[/|;]\s*")


def parse_tempo_bpm(text: str) -> tuple[float, ...]:
    """What `text` may mean, the first reading first: `87/174` leaves both. Empty when it is no tempo."""
    if len(text) > LONGEST_NOTATION:
        return ()
    readings = [_reading(piece) for piece in _BETWEEN.split(text.strip())]
    return () if None in readings else tuple(dict.fromkeys(one for one in readings if one is not None))


def _reading(piece: str) -> float | None:
    match = _NOTATION.fullmatch(piece)
    if match is None:
        return None
    lowest, highest = TEMPO_BPM
    tempo_bpm = float(f"{match[1]}.{match[2] or 0}")
    if match[2] is None and lowest * 100 <= tempo_bpm <= highest * 100:
        tempo_bpm /= 100  # none is that fast
    return tempo_bpm if lowest <= tempo_bpm <= highest else None
