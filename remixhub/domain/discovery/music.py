"""Tempo and key as numbers that are compared, and what goes together: a tempo's half and double, keys that mix."""

from __future__ import annotations

from dataclasses import dataclass

from remixhub.domain.musical_key import Mode, MusicalKey, parse_key

NO_KEY = 0


def key_number(key: MusicalKey | None) -> int:
    """1 to 24; `NO_KEY` for none."""
    return NO_KEY if key is None else 2 * key.tonic + (key.mode is Mode.MINOR) + 1


def key_numbered(number: int) -> MusicalKey | None:
    if number == NO_KEY:
        return None
    return MusicalKey((number - 1) // 2, Mode.MINOR if (number - 1) % 2 else Mode.MAJOR)


def number_of_named(name: str | None) -> int:
    """Of a key as rows hold it."""
    return key_number(parse_key(name)) if name else NO_KEY


def mixing_with(key: MusicalKey) -> tuple[MusicalKey, ...]:
    """The key itself, a fifth up and down, and the relative one: neighbours on the Camelot wheel."""
    fifths = (MusicalKey((key.tonic + step) % 12, key.mode) for step in (7, 5))
    return (key, *fifths, key.relative)


def tempo_tenths(tempo_bpm: float | None) -> int:
    """0 for none."""
    return 0 if tempo_bpm is None else round(tempo_bpm * 10)


@dataclass(frozen=True)
class TempoRange:
    """In BPM, both ends included."""

    min_bpm: float | None = None
    max_bpm: float | None = None
    with_half_and_double: bool = False

    def in_tenths(self) -> tuple[tuple[int, int], ...]:
        """The ranges that are asked for; none of them holds the 0 of an unknown tempo."""
        low, high = self.min_bpm or 0.1, self.max_bpm if self.max_bpm is not None else 10_000.0
        factors = (1.0, 0.5, 2.0) if self.with_half_and_double else (1.0,)
        return tuple((max(1, round(low * factor * 10)), round(high * factor * 10)) for factor in factors)
