"""Musical keys and their names: classical (`F# minor`), short (`F#m`) and Camelot (`11A`).

Read are those and more: Open Key (`4m`), German, French, Spanish, Italian and Portuguese, and two notations at once.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Self

_MAJOR_NAMES = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_MINOR_NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B")


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


LONGEST_NOTATION = 40
_LETTERS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
_SYLLABLES = {"do": 0, "ut": 0, "re": 2, "mi": 4, "fa": 5, "sol": 7, "la": 9, "si": 11}
_GERMAN = {
    "ces": 11, "c": 0, "cis": 1, "des": 1, "d": 2, "dis": 3, "es": 3, "e": 4, "eis": 5, "fes": 4, "f": 5, "fis": 6,
    "ges": 6, "g": 7, "gis": 8, "as": 8, "a": 9, "ais": 10, "b": 10, "h": 11, "his": 0,
}  # fmt: skip
"""Where `moll` or `dur` stands, `b` is B flat and `h` is B."""
_ACCIDENTALS = {
    "": 0, "#": 1, "sharp": 1, "diese": 1, "diesis": 1, "sostenido": 1, "sustenido": 1,
    "b": -1, "flat": -1, "bemol": -1, "bemolle": -1,
}  # fmt: skip
_GERMAN_MODES = {"moll": Mode.MINOR, "dur": Mode.MAJOR}
_MODES = {
    **dict.fromkeys(("m", "min", "minor", "mineur", "menor", "minore"), Mode.MINOR),
    **dict.fromkeys(("maj", "major", "majeur", "mayor", "maior", "maggiore"), Mode.MAJOR),
    **_GERMAN_MODES,
}


def _either(words: dict[str, int] | dict[str, Mode]) -> str:
    return "|".join(sorted((re.escape(word) for word in words if word), key=len, reverse=True))


_SHADES = "natural|harmonic|melodic"
CLASSICAL = (
    rf"(?P<tonic>{_either(_SYLLABLES)}|{_either(_GERMAN)})[ _-]?(?P<accidental>{_either(_ACCIDENTALS)}|)"
    rf"(?:[ _-]?(?:{_SHADES}))?[ _-]?(?P<mode>{_either(_MODES)}|)"
)
CAMELOT = r"(?P<camelot>1[0-2]|0?[1-9])(?P<ring>[ab])"
_OPEN_KEY = r"(?P<open_key>1[0-2]|0?[1-9])(?P<scale>[md])"
_NOTATION = re.compile(rf"{CLASSICAL}|{CAMELOT}|{_OPEN_KEY}")
_INTRODUCTION = re.compile(r"^(?:key(?: of)?|in)\s*[:= ]\s*")
_ENERGY = re.compile(r"[^\w#]*energy(?: level)?[ :]*\d{1,2}\W?$")
_BETWEEN = re.compile(r"\s*[/|,;=()\[\]]\s*|\s+[-–—]\s+")
_BESIDE_A_CODE = re.compile(r"(?<=\d[abmd])\s+(?=\w)|(?<=[\w#])\s+(?=\d{1,2}[abmd]$)")
_LONE_CAPITAL_M = re.compile(r"M(?![A-Za-z])")
"""Which some mean as major, and others as minor."""


def parse_key(text: str) -> MusicalKey | None:
    """The whole of `text` has to be a key: `Am`, `a♭ maj`, `B-Moll`, `Si bémol mineur`, `8A`, `8m` (Open Key), `F#`.

    Also one key in several notations (`8A/Am`, `F#/Gb minor`), and with Mixed In Key's energy (`8A - Energy 7`). `m` in
    lower case means minor, a bare letter major. None if it is no key, or more than one.
    """
    if len(text) > LONGEST_NOTATION or _LONE_CAPITAL_M.search(text):
        return None
    folded = _ENERGY.sub("", _INTRODUCTION.sub("", _folded(text)))
    *pieces, last = _BETWEEN.split(_BESIDE_A_CODE.sub("/", folded).strip("()[] ."))
    bare_energy = bool(pieces) and last.isdecimal() and len(last) <= 2 and 1 <= int(last) <= 10
    read = [_read(piece) for piece in (pieces if bare_energy else (*pieces, last))]
    modes = {mode for one in read if one is not None and (mode := one[1]) is not None}
    if bare_energy and not modes:  # as in `A - 2`
        return None
    keys = {None if one is None else _completed(*one, modes) for one in read}
    return keys.pop() if len(keys) == 1 else None


def _folded(text: str) -> str:
    """Lower case without accents, sharps and flats as `#` and `b`."""
    plain = text.strip().replace("♯", "#").replace("♭", "b").lower()
    return "".join(letter for letter in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(letter))


def _read(piece: str) -> tuple[int, Mode | None] | None:
    """The tonic, and the mode where the piece states one."""
    match = _NOTATION.fullmatch(piece)
    if match is None:
        return None
    if match["camelot"]:
        key = MusicalKey.from_camelot(int(match["camelot"]), Mode.MINOR if match["ring"] == "a" else Mode.MAJOR)
        return key.tonic, key.mode
    if match["open_key"]:
        number = (int(match["open_key"]) + 6) % 12 + 1
        key = MusicalKey.from_camelot(number, Mode.MINOR if match["scale"] == "m" else Mode.MAJOR)
        return key.tonic, key.mode
    return _read_classical(match["tonic"], match["accidental"], match["mode"])


def _read_classical(tonic: str, accidental: str, mode: str) -> tuple[int, Mode | None] | None:
    step = _SYLLABLES.get(tonic, _LETTERS.get(tonic))
    if mode in _GERMAN_MODES and not accidental:
        step = _GERMAN.get(tonic, step)
    elif step is None and mode and not tonic.startswith("h"):
        step = _GERMAN.get(tonic)
    if step is None:
        return None
    return (step + _ACCIDENTALS[accidental]) % 12, _MODES.get(mode)


def _completed(tonic: int, mode: Mode | None, modes: set[Mode]) -> MusicalKey:
    """A bare tonic takes the mode that the notations beside it state."""
    beside = modes.pop() if len(modes) == 1 and mode is None else None
    return MusicalKey(tonic, mode or beside or Mode.MAJOR)


@lru_cache(maxsize=64)
def with_camelot(key: str | None) -> str:
    """The key as it was stated, and its place on the Camelot wheel: `A minor · 8A`."""
    known = parse_key(key) if key else None
    return f"{key} · {known.camelot}" if known else key or ""
