"""The words of a stem's file name, and where they stand in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_LETTERS = {"♯": "#", "♭": "b", "œ": "o", "Œ": "O", "ø": "o", "Ø": "O", "ı": "i"}
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+|[^\W\d_]+")
_BETWEEN_PARTS = re.compile(r"\s[-–—]+|[-–—]+\s|[()\[\]{},;|~+]|__")
_BETWEEN_PARTS_WITH_SPACES = re.compile(rf"{_BETWEEN_PARTS.pattern}|_")
"""In a name that has spaces, `_` divides more than words."""


@dataclass(frozen=True)
class Word:
    text: str
    """Lower case without accents; `BassFace` and `Kick1` are two words each."""
    part: int
    """Which of the parts that ` - ` and brackets divide."""
    start: int
    end: int


def name_of(filename: str) -> str:
    """Without folders and suffix, composed (NFC). Suffixes begin with a letter, so that `128.5bpm` keeps its tempo."""
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", filename)[-1])
    return re.sub(r"\.[A-Za-z][A-Za-z0-9]{1,3}$", "", name) or name


def plain(text: str) -> str:
    """Without accents, letter by letter, so that places stay where they were."""
    return "".join(_LETTERS.get(letter) or unicodedata.normalize("NFKD", letter)[0] for letter in text)


def lowered(text: str) -> str:
    return "".join(letter.lower()[0] for letter in plain(text))


def words_of(name: str, *, without: Sequence[tuple[int, int]] = ()) -> list[Word]:
    """`without` are places to pass over, such as those of the tempo and the key."""
    text = plain(name)
    for start, end in without:
        text = text[:start] + " " * (end - start) + text[end:]
    between = _BETWEEN_PARTS_WITH_SPACES if " " in name.strip() else _BETWEEN_PARTS
    cuts = [match.start() for match in between.finditer(text)]
    return [
        Word(match[0].lower(), sum(cut < match.start() for cut in cuts), match.start(), match.end())
        for match in _WORD.finditer(text)
    ]
