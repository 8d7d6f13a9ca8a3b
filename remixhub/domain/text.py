"""Text that people write is text: one rule for the API, the pages, tags and the names of files.

Every letter passes, every space, joiner and direction mark, and every emoji, also those that this Python has no name
for yet; so do private-use characters, since makers of computers put their logos there. What is no text: control
characters (Unicode's Cc), line and paragraph separators, surrogates, noncharacters, and directional controls that
reorder what stands around them: overrides, and embeddings and isolates that are not closed in their line (UAX #9).
"""

from __future__ import annotations

import re
import unicodedata

_EDGES = " \t\r\n\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\ufeff"
"""Spaces, and the byte order mark that some editors leave: nobody sees them at an end."""
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF))
_NO_TEXT = re.compile(f"[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff{_NONCHARACTERS}]")
_NO_TEXT_IN_LINES = re.compile(_NO_TEXT.pattern.replace("\0-\x1f", "\0-\x08\x0b\x0c\x0e-\x1f"))
_BREAK = re.compile("[\t-\r\x1c-\x1f\x85\u2028\u2029]")
_DIRECTIONAL = re.compile("[\u202a-\u202e\u2066-\u2069]")
_EMBEDDINGS, _POP = "\u202a\u202b", "\u202c"
_ISOLATES, _POP_ISOLATE = "\u2066\u2067\u2068", "\u2069"
_UNSEEN = re.compile(  # spaces, and what Unicode calls default-ignorable
    r"[\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    r"\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]*"
)


class NotText(ValueError):
    """Says which character is refused, where it stands, and what to do."""


def written(text: str, *, multiline: bool = False) -> str:
    """What somebody typed, without spaces at its ends; empty where nothing of it can be seen. Raises NotText.

    With `multiline`, it may hold line breaks and tabs, and a paragraph's ideographic indentation stays.
    """
    text = text.lstrip(" \t\r\n\ufeff").rstrip(_EDGES) if multiline else text.strip(_EDGES)
    if (fault := _fault(text, multiline=multiline)) is not None:
        raise NotText(fault)
    return "" if _UNSEEN.fullmatch(text) else text


def kept_of(text: str, *, instead: str = "") -> str:
    """What is text in what a file says, on one line, for files cannot be asked; `instead` stands for breaks."""
    text = _NO_TEXT.sub("", _BREAK.sub(instead, text))
    if _stray(text) is not None:
        text = _DIRECTIONAL.sub("", text)
    return "" if _UNSEEN.fullmatch(text) else text.strip(_EDGES)


def composed(text: str) -> str:
    """As names are compared and searched: in NFC, so that a Mac's `é` is everybody's."""
    return unicodedata.normalize("NFC", text)


def _fault(text: str, *, multiline: bool) -> str | None:
    if found := (_NO_TEXT_IN_LINES if multiline else _NO_TEXT).search(text):
        ch, place = found[0], found.start()
        if ch in "\r\n\u2028\u2029":
            instead = "an ordinary line break" if multiline else "a space"
            return f"{_named(ch, place)} breaks the line: write {instead}."
        advice = "write a space" if ch == "\t" else "leave it out"
        return f"{_named(ch, place)} is no text: {advice}."
    stray = _stray(text)
    if stray is None:
        return None
    ch, place = text[stray], stray
    if ch in _EMBEDDINGS or ch in _ISOLATES:
        end = "U+202C" if ch in _EMBEDDINGS else "U+2069"
        return f"{_named(ch, place)} is not closed in its line: close it by {end}, or leave it out."
    what = "closes nothing" if ch in (_POP, _POP_ISOLATE) else "turns the text around it"
    return f"{_named(ch, place)} {what}: leave it out; the marks U+200E and U+200F may be used."


def _stray(text: str) -> int | None:
    """Where the first directional control stands that reaches beyond its line, or could. None without one."""
    begins = 0
    for line in text.split("\n") if _DIRECTIONAL.search(text) else ():
        opened: list[int] = []
        for found in _DIRECTIONAL.finditer(line):
            ch = found[0]
            if ch in _EMBEDDINGS or ch in _ISOLATES:
                opened.append(found.start())
            elif ch == _POP and opened and line[opened[-1]] in _EMBEDDINGS:
                opened.pop()
            elif ch == _POP_ISOLATE and any(line[one] in _ISOLATES for one in opened):
                while line[opened.pop()] not in _ISOLATES:  # an isolate closes what was embedded in it
                    pass
            else:
                return begins + found.start()
        if opened:
            return begins + opened[0]
        begins += len(line) + 1
    return None


def _named(ch: str, place: int) -> str:
    name = unicodedata.name(ch, "CONTROL CHARACTER" if unicodedata.category(ch) == "Cc" else "")
    return f"U+{ord(ch):04X} {name}".rstrip() + f" (character {place + 1})"
