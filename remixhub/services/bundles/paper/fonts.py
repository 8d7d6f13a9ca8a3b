"""The fonts of paper: the house's own, and for letters that these lack the parts of Noto Sans that hold them."""

from __future__ import annotations

import functools
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fontTools.subset import Options, Subsetter  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from fontTools.varLib import instancer  # type: ignore[import-untyped]

import remixhub

FOLDER = Path(remixhub.__file__).parent / "web" / "static" / "build" / "print"
"""Laid out with the front end, by `print_fonts.mjs`."""

TITLE, TEXT, STRONG, MONO = "title", "text", "strong", "mono"
_HOUSE: Mapping[str, Mapping[str, float]] = {
    TITLE: {"wght": 900, "wdth": 70},
    TEXT: {"wght": 400, "wdth": 100},
    STRONG: {"wght": 700, "wdth": 100},
    MONO: {"wght": 500},
}
_NOTO: Mapping[str, float] = {TITLE: 750, TEXT: 400, STRONG: 750, MONO: 400}
"""Its weights beside the house's."""
_UNUSED_TABLES = ["GPOS", "GSUB", "GDEF", "BASE", "vhea", "vmtx", "VVAR", "VORG"]
"""Letters are set one after the other."""
_KANA, _HANGUL = re.compile("[\u3040-\u30ff]"), re.compile("[\u1100-\u11ff\uac00-\ud7af]")
MISSING = "[…]"
_ALWAYS = (*range(0x20, 0x7F), *map(ord, "·–…"))
"""Of what is said besides."""


@dataclass(frozen=True)
class Part:
    family: str
    file: str
    ranges: Sequence[tuple[int, int]]

    def axes(self, font: str) -> Mapping[str, float]:
        if self.family == "text":
            return _HOUSE[TEXT if font == MONO else font]
        return _HOUSE[MONO] if self.family == "mono" else {"wght": _NOTO[font]}


class FontCase:
    """The fonts for one printing, pinned into `folder` as they are asked for.

    `letters` are all that is printed: Chinese characters are drawn as in Japan beside kana, as in Korea beside hangul.
    """

    def __init__(self, folder: Path, letters: str) -> None:
        self._folder = folder
        printed = printable(letters)
        self._points = {ord(letter) for letter in printed + printed.upper()} | set(_ALWAYS)
        self._order = ("further", *_scripts(letters))
        self._parts: dict[tuple[int, bool], Part | None] = {}

    def base(self, font: str) -> Path:
        return self._pinned("martian-mono-latin.woff2" if font == MONO else "archivo-latin.woff2", _HOUSE[font])

    def part_for(self, letter: str, font: str) -> Part | None:
        """Which holds a letter that the base of `font` lacks; None where none does."""
        key = (ord(letter), font == MONO)
        if key not in self._parts:
            self._parts[key] = self._found(*key)
        return self._parts[key]

    def pinned_part(self, part: Part, font: str) -> Path:
        return self._pinned(part.file, part.axes(font))

    def said(self, text: str, font: str) -> str:
        """A stretch for which there is no font becomes one sign that says so."""
        base = _points("martian-mono-latin.woff2" if font == MONO else "archivo-latin.woff2")
        found: list[str] = []
        for letter in printable(text):
            if letter == "\n" or ord(letter) in base or self.part_for(letter, font) is not None:
                found.append(letter)
            elif unicodedata.category(letter)[0] != "M" and found[-1:] != [MISSING]:
                found.append(MISSING)
        return "".join(found)

    def _found(self, point: int, is_mono: bool) -> Part | None:
        order = ["mono", "text", *self._order] if is_mono else ["text", *self._order, "mono"]
        for family in order:
            for part in _parts().get(family, ()):
                if any(low <= point <= high for low, high in part.ranges) and point in _points(part.file):
                    return part
        return None

    def _pinned(self, file: str, axes: Mapping[str, float]) -> Path:
        path = self._folder / f"{file.partition('.')[0]}-{'-'.join(f'{value:g}' for value in axes.values())}.ttf"
        if not path.exists():
            with TTFont(FOLDER / file, recalcTimestamp=False) as font:
                # pinning takes its time by the glyph
                cut = Subsetter(
                    Options(notdef_outline=True, drop_tables=_UNUSED_TABLES, layout_features=[], hinting=False)
                )
                cut.populate(unicodes=self._points)
                cut.subset(font)
                instancer.instantiateVariableFont(font, dict(axes), inplace=True, static=True)
                font.flavor = None
                font.save(path)
        return path


@functools.cache
def _parts() -> Mapping[str, Sequence[Part]]:
    found: dict[str, list[Part]] = {}
    for one in json.loads((FOLDER / "fonts.json").read_text()):
        part = Part(one["family"], one["file"], [(low, high) for low, high in one["ranges"]])
        found.setdefault(part.family, []).append(part)
    return found


@functools.cache
def _points(file: str) -> frozenset[int]:
    """Which letters a font holds, as code points."""
    with TTFont(FOLDER / file, lazy=True) as font:
        return frozenset(font.getBestCmap())


def _scripts(letters: str) -> Sequence[str]:
    if _KANA.search(letters):
        return ("jp", "sc", "kr")
    return ("kr", "sc", "jp") if _HANGUL.search(letters) else ("sc", "jp", "kr")


def printable(text: str) -> str:
    """As letters that stand by themselves, without what has no shape; lines and spaces stay."""
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    return "".join(map(_shown, composed))


def _shown(letter: str) -> str:
    if letter in "\n\u00a0":
        return letter
    return {"C": "", "Z": " "}.get(unicodedata.category(letter)[0], letter)
