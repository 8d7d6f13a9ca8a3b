"""Names of files: as clients give them, and as every file system takes them; they never become part of a key."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from remixhub.domain.errors import Invalid
from remixhub.domain.text import composed, kept_of

LONGEST = 255
LONGEST_BYTES = 255
"""Of one step of a path, in UTF-8: ext4, XFS, APFS, NTFS and exFAT take as many."""
_LONGEST_IN_ARCHIVE = 100
"""Characters of a name without its number and ending: Windows counts the folders around it too, up to 260."""
_UNSAFE = re.compile(r'[<>:"|?*\\/]')
RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$|clock\$)[\s.]*(\..*)?", re.I | re.S)
"""Devices of Windows, with any ending too."""
_ENDING = re.compile(r"\.\w{1,10}")
_JOINER = "\u200d"


class FilenameInvalid(Invalid):
    code = "filename_invalid"
    title = "This file name cannot be used"


def clean_filename(text: str) -> str:
    """The last path step without what is no text, at most 255 characters with its ending kept.

    Raises FilenameInvalid when nothing is left.
    """
    shown = _trimmed(kept_of(re.split(r"[\\/]", text)[-1]))
    if not shown:
        raise FilenameInvalid(
            "Give the file a name such as `bass.wav`.", violations={"/filename": ["Nothing is left of this name."]}
        )
    if len(shown) <= LONGEST:
        return shown
    stem, ending = _parted(shown)
    return _trimmed(kept_of(_cut(stem, LONGEST - len(ending)))) + ending


def archive_name(
    position: int, name: str, ending: str, *, longest: int = _LONGEST_IN_ARCHIVE, nameless: str = "stem"
) -> str:
    """A name inside a ZIP, safe on every system: `01 Kick.wav`. Its number tells it from all others, however alike
    their letters are to file systems that ignore case or composition. `longest`: characters of `name`.
    """
    number = f"{position:02d} "
    return number + _safe_stem(_cut(composed(name), longest), number, ending, nameless) + ending


def download_name(name: str, ending: str | None = None) -> str:
    """A whole file's name, safe on every system; `ending` is kept, as is what follows the last dot without it."""
    stem, ending = (name, ending) if ending is not None else _parted(name)
    safe = _safe_stem(stem, "", ending, "file") + ending
    return f"_{safe}" if RESERVED.fullmatch(safe) else safe


def attachment(filename: str) -> str:
    """The value of a `Content-Disposition` that keeps a file under its `download_name` (RFC 6266, RFC 8187)."""
    name = download_name(filename)
    plain = "".join(ch if ch.isascii() and ch not in ";%" else "_" for ch in name)
    extended = "" if plain == name else f"; filename*=UTF-8''{quote(name, safe='')}"
    return f'attachment; filename="{plain}"{extended}'


def _safe_stem(name: str, before: str, ending: str, nameless: str) -> str:
    """In NFC, without what Windows refuses, and short enough to stand between the others."""
    room = LONGEST_BYTES - len((before + ending).encode()) - 1  # and an underscore before a reserved name
    # what is taken out may have stood between a letter and its accent
    shown = _trimmed(composed(_UNSAFE.sub("_", kept_of(name))))
    return _trimmed(composed(kept_of(_cut(shown, room, in_bytes=True)))) or nameless


def _parted(name: str) -> tuple[str, str]:
    """The stem and the ending with its dot; there is none where the last dot is followed by more than ten letters."""
    stem, dot, ending = name.rpartition(".")
    return (stem, dot + ending) if stem and _ENDING.fullmatch(dot + ending) else (name, "")


def _trimmed(name: str) -> str:
    """Without spaces at its ends, dots that hide it, and dots that Windows drops."""
    before = ""
    while name != before:
        before, name = name, name.strip().strip(".")
    return name


def _cut(text: str, room: int, *, in_bytes: bool = False) -> str:
    """As many characters as fit, as people see them: accents, flags and joined emoji stay whole."""
    return _fitting(_characters(text), room, in_bytes) or _fitting(text, room, in_bytes)


def _fitting(pieces: Iterable[str], room: int, in_bytes: bool) -> str:
    kept = ""
    for piece in pieces:
        room -= len(piece.encode()) if in_bytes else len(piece)
        if room < 0:
            break
        kept += piece
    return kept


def _characters(text: str) -> Iterator[str]:
    """Roughly the grapheme clusters of UAX #29."""
    begins = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or not _joins(text[begins:place], text[place]):
            yield text[begins:place]
            begins = place


def _joins(before: str, ch: str) -> bool:
    if _is_regional(ch):
        return len(before) == 1 and _is_regional(before)
    return (
        ch == _JOINER
        or before[-1] == _JOINER
        or unicodedata.category(ch).startswith("M")
        or "\U0001f3fb" <= ch <= "\U0001f3ff"  # skin tones
        or "\U000e0020" <= ch <= "\U000e007f"  # tags, as in the flag of Scotland
    )


def _is_regional(ch: str) -> bool:
    return "\U0001f1e6" <= ch <= "\U0001f1ff"
