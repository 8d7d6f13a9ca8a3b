"""Questions as addresses write them: parameters named as the API's, read as kindly as people type.

What is empty is not asked for, so that a form sends all of its fields. A saved search is kept as these words.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from remixhub.domain.discovery.asked import TEXT_LENGTH_LIMIT, Facets, Order, StemsAsked, WorksAsked
from remixhub.domain.discovery.may import May
from remixhub.domain.discovery.music import TempoRange
from remixhub.domain.errors import Invalid
from remixhub.domain.lengths import length_named, length_written
from remixhub.domain.musical_key import MusicalKey, parse_key
from remixhub.domain.states import WorkKind
from remixhub.domain.stems.roles import StemRole
from remixhub.domain.text import NotText, written
from remixhub.domain.work_facts import TEMPO_BPM

Words = Mapping[str, str]
LUFS = (-100.0, 20.0)
YEARS = (1970, 9999)
LONGEST_SECONDS = 86_400.0
NAME_LIMIT = 200
_T = TypeVar("_T")
_W = TypeVar("_W", bound=StrEnum)
_ON, _OFF = ("1", "true", "on", "yes"), ("0", "false", "off", "no")


class Searched(StrEnum):
    WORKS = "works"
    STEMS = "stems"


def asked_of(searched: Searched, words: Words) -> WorksAsked | StemsAsked:
    """Raises Invalid, as `works_of`."""
    return works_of(words) if searched is Searched.WORKS else stems_of(words)


def works_of(words: Words) -> WorksAsked:
    """Raises Invalid naming each parameter that cannot be read; others than a question's are not looked at."""
    read = _Reader(words)
    role = read.word("role", StemRole)
    asked = WorksAsked(
        text=read.text("q", TEXT_LENGTH_LIMIT),
        facets=_facets(read),
        kind=read.word("kind", WorkKind),
        roles=() if role is None else (role,),
        has_stems=read.either("has_stems"),
        min_year=read.whole("min_year", YEARS),
        max_year=read.whole("max_year", YEARS),
        label=read.text("label", NAME_LIMIT) or None,
        tag=read.text("tag", NAME_LIMIT) or None,
        in_open_contest=read.flag("in_open_contest"),
        order=read.word("order", Order) or Order.RELEVANCE,
    )
    read.require_readable()
    return asked


def stems_of(words: Words) -> StemsAsked:
    """Raises Invalid, as `works_of`."""
    read = _Reader(words)
    role = read.word("role", StemRole)
    asked = StemsAsked(
        text=read.text("q", TEXT_LENGTH_LIMIT),
        facets=_facets(read),
        roles=() if role is None else (role,),
        min_lufs=read.number("min_lufs", LUFS),
        max_lufs=read.number("max_lufs", LUFS),
        order=read.word("order", Order) or Order.RELEVANCE,
    )
    read.require_readable()
    return asked


def words_of(asked: WorksAsked | StemsAsked) -> dict[str, str]:
    """What `works_of` or `stems_of` reads as the same question, and nothing that is left out of it."""
    facets, tempo = asked.facets, asked.facets.tempo
    words: dict[str, str | None] = {
        "q": asked.text,
        "role": asked.roles[0] if asked.roles else None,
        "min_tempo_bpm": _figure(tempo.min_bpm) if tempo else None,
        "max_tempo_bpm": _figure(tempo.max_bpm) if tempo else None,
        "with_half_and_double": _flagged(tempo is not None and tempo.with_half_and_double),
        "key": facets.key.name if facets.key else None,
        "mixes_with_key": facets.mixes_with_key.name if facets.mixes_with_key else None,
        "mixes_with": facets.mixes_with,
        "may": facets.may,
        "combines_with": facets.combines_with,
        "min_seconds": None if facets.min_seconds is None else length_written(facets.min_seconds),
        "max_seconds": None if facets.max_seconds is None else length_written(facets.max_seconds),
    }
    if isinstance(asked, WorksAsked):
        words |= {
            "kind": asked.kind,
            "has_stems": None if asked.has_stems is None else str(asked.has_stems).lower(),
            "min_year": _figure(asked.min_year),
            "max_year": _figure(asked.max_year),
            "label": asked.label,
            "tag": asked.tag,
            "in_open_contest": _flagged(asked.in_open_contest),
        }
    else:
        words |= {"min_lufs": _figure(asked.min_lufs), "max_lufs": _figure(asked.max_lufs)}
    if asked.order is not Order.RELEVANCE:
        words["order"] = asked.order
    return {name: str(word) for name, word in words.items() if word}


class _Reader:
    """One parameter after the other, so that all faults are told at once."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._violations: dict[str, list[str]] = {}

    def text(self, name: str, limit: int) -> str:
        try:
            text = written(self._words.get(name, ""))
        except NotText as exc:
            return self._wrong(name, str(exc), "")
        if len(text) > limit:
            return self._wrong(name, f"At most {limit} characters; these are {len(text)}.", "")
        return text

    def number(self, name: str, bounds: tuple[float, float]) -> float | None:
        text = self._words.get(name, "").strip()
        if not text:
            return None
        try:
            figure = float(text.replace(",", ".", 1).replace("−", "-"))
        except ValueError:
            figure = math.nan
        if not bounds[0] <= figure <= bounds[1]:
            return self._wrong(name, f"Write a number from {bounds[0]:g} to {bounds[1]:g}.", None)
        return round(figure, 3)

    def whole(self, name: str, bounds: tuple[int, int]) -> int | None:
        text = self._words.get(name, "").strip()
        if not text:
            return None
        if not (text.isascii() and text.isdecimal() and len(text) <= 9 and bounds[0] <= int(text) <= bounds[1]):
            return self._wrong(name, f"Write a whole number from {bounds[0]} to {bounds[1]}.", None)
        return int(text)

    def seconds(self, name: str) -> float | None:
        text = self._words.get(name, "").strip()
        if not text:
            return None
        try:
            seconds = length_named(text)
        except ValueError as exc:
            return self._wrong(name, str(exc), None)
        if seconds > LONGEST_SECONDS:
            return self._wrong(name, "Nothing lasts longer than a day.", None)
        return round(seconds, 3)

    def word(self, name: str, words: type[_W]) -> _W | None:
        text = self._words.get(name, "").strip()
        if text and text not in list(words):
            return self._wrong(name, f"One of {', '.join(words)}.", None)
        return words(text) if text else None

    def key(self, name: str) -> MusicalKey | None:
        text = self._words.get(name, "").strip()
        key = parse_key(text) if 0 < len(text) <= NAME_LIMIT else None
        return self._wrong(name, "Write a key such as A minor, Am or 8A.", None) if text and key is None else key

    def flag(self, name: str) -> bool:
        text = self._words.get(name, "").strip().lower()
        if text not in ("", *_ON, *_OFF):
            return self._wrong(name, "Either true or false.", False)
        return text in _ON

    def either(self, name: str) -> bool | None:
        """A flag that means something else where it is not given."""
        return self.flag(name) if self._words.get(name, "").strip() else None

    def require_readable(self) -> None:
        """Raises Invalid with all that was wrong so far."""
        if self._violations:
            names = ", ".join(pointer.lstrip("/") for pointer in self._violations)
            raise Invalid(f"This cannot be searched for: {names}.", violations=self._violations)

    def _wrong(self, name: str, fault: str, otherwise: _T) -> _T:
        self._violations[f"/{name}"] = [fault]
        return otherwise


def _facets(read: _Reader) -> Facets:
    low, high = read.number("min_tempo_bpm", TEMPO_BPM), read.number("max_tempo_bpm", TEMPO_BPM)
    both = read.flag("with_half_and_double")
    return Facets(
        tempo=None if low is None and high is None else TempoRange(low, high, both),
        key=read.key("key"),
        mixes_with_key=read.key("mixes_with_key"),
        mixes_with=read.text("mixes_with", NAME_LIMIT) or None,
        may=read.word("may", May),
        combines_with=read.text("combines_with", NAME_LIMIT) or None,
        min_seconds=read.seconds("min_seconds"),
        max_seconds=read.seconds("max_seconds"),
    )


def _figure(value: float | None) -> str | None:
    return None if value is None else f"{value:.3f}".rstrip("0").rstrip(".")


def _flagged(value: bool | None) -> str | None:
    return "true" if value else None
