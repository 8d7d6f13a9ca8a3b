"""Musical keys and their names: classical (`F# minor`), short (`F#m`) and Camelot (`11A`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

_MAJOR_NAMES = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_MINOR_NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B")
_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ACCIDENTALS = {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1, "-flat": -1, "-sharp": 1}
_CLASSICAL = re.compile(r"([A-G])(|#|♯|b|♭|[ -]?(?:flat|sharp))[ _-]?(|m|min|minor|maj|major|dur|moll)", re.IGNORECASE)
_CAMELOT = re.compile(r"(1[0-2]|0?[1-9])([AB])", re.IGNORECASE)


class Mode(StrEnum):
    MAJOR = "major"
    MINOR = "minor"


@dataclass(frozen=True, order=True)
class MusicalKey:
    tonic: int
    """Semitones above C, from 0 to 11."""
    mode: Mode

    @property
    def name(self) -> str:
        """Classical, in the commoner spelling: `Eb major`, `C# minor`."""
        return f"{self._tonic_name} {self.mode}"

    @property
    def short_name(self) -> str:
        return self._tonic_name + ("m" if self.mode is Mode.MINOR else "")

    @property
    def camelot(self) -> str:
        """A step on the wheel is a fifth; relative keys share their number. A minor is 8A, C major 8B."""
        tonic = self.tonic if self.mode is Mode.MAJOR else (self.tonic + 3) % 12
        return f"{(tonic * 7 + 7) % 12 + 1}{'B' if self.mode is Mode.MAJOR else 'A'}"

    @property
    def relative(self) -> MusicalKey:
        """The key of the other mode with the same notes."""
        if self.mode is Mode.MAJOR:
            return MusicalKey((self.tonic + 9) % 12, Mode.MINOR)
        return MusicalKey((self.tonic + 3) % 12, Mode.MAJOR)

    @property
    def _tonic_name(self) -> str:
        return (_MAJOR_NAMES if self.mode is Mode.MAJOR else _MINOR_NAMES)[self.tonic]

    @classmethod
    def from_camelot(cls, number: int, mode: Mode) -> Self:
        """`number` from 1 to 12."""
        major_tonic = (number - 8) * 7 % 12
        return cls(major_tonic if mode is Mode.MAJOR else (major_tonic + 9) % 12, mode)


def parse_key(text: str) -> MusicalKey | None:
    """Reads any of the three names, as in tags: `Am`, `A minor`, `a♭ maj`, `8A`, `F#`. None if it is none of them.

    `m` in lower case means minor, a bare letter major.
    """
    text = text.strip()
    if match := _CAMELOT.fullmatch(text):
        return MusicalKey.from_camelot(int(match[1]), Mode.MAJOR if match[2] in "Bb" else Mode.MINOR)
    match = _CLASSICAL.fullmatch(text)
    if match is None or match[3] == "M":
        return None
    letter, accidental, mode = match[1].upper(), match[2].lower().replace(" ", "-"), match[3].lower()
    accidental = f"-{accidental}" if accidental in ("flat", "sharp") else accidental
    tonic = (_LETTERS[letter] + _ACCIDENTALS[accidental]) % 12
    return MusicalKey(tonic, Mode.MINOR if mode in ("m", "min", "minor", "moll") else Mode.MAJOR)
