"""File names as clients give them, made fit to be shown and downloaded; they never become part of a key."""

from __future__ import annotations

import re
import unicodedata

from remixhub.domain.errors import Invalid

LONGEST = 255
_UNSAFE = re.compile(r'[<>:"|?*\\/]')


class FilenameInvalid(Invalid):
    code = "filename_invalid"
    title = "This file name cannot be used"


def clean_filename(text: str) -> str:
    """The last path step without control characters, in NFC, at most 255 characters with its ending kept.

    Raises FilenameInvalid when nothing is left.
    """
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", text))[-1]
    shown = "".join(ch for ch in last if ch.isprintable()).strip(" .")
    if not shown:
        raise FilenameInvalid(
            "Give the file a name such as `bass.wav`.", violations={"/filename": ["Nothing is left of this name."]}
        )
    if len(shown) <= LONGEST:
        return shown
    stem, dot, ending = shown.rpartition(".")
    if not dot or len(ending) > 10:
        return shown[:LONGEST].rstrip(" .")
    return stem[: LONGEST - len(ending) - 1] + "." + ending


def archive_name(position: int, name: str, ending: str) -> str:
    """A name inside a ZIP, safe on every system: `01 Kick.wav`."""
    safe = _UNSAFE.sub("_", "".join(ch for ch in name if ch.isprintable())).strip(" .")[:100] or "stem"
    return f"{position:02d} {safe}{ending}"
