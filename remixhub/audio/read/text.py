"""Text of tags from before Unicode: UTF-8 where it is that, else what the file's code page or its home system says."""

from __future__ import annotations

import codecs

from remixhub.audio.tags import clean_tag

_UNKNOWN_TO_WINDOWS = b"\x81\x8d\x8f\x90\x9d"
_CODE_PAGES = {10000: "mac_roman", 10007: "mac_cyrillic", 10029: "mac_latin2", 20866: "koi8-r", 65001: "utf-8"}
_LATIN_LETTERS_FROM = 0xE0
"""Small letters with accents in Latin-1, and mostly capitals in MacRoman, whose small ones lie below 0xA0."""


def tag_text(raw: bytes, *, code_page: int | None = None, from_mac: bool = False) -> str:
    """Up to the first NUL, cleaned. `code_page` as Windows counts them; `from_mac` is for AIFF."""
    raw = raw.split(b"\0")[0]
    try:
        return clean_tag(raw.decode("utf-8"))
    except UnicodeDecodeError:
        return clean_tag(raw.decode(_codec(code_page) or _likely(raw, from_mac), "replace"))


def _codec(code_page: int | None) -> str | None:
    if not code_page:
        return None
    name = {10000: "mac_roman", 10007: "mac_cyrillic", 10029: "mac_latin2", 20866: "koi8-r", 65001: "utf-8"}.get(
        code_page
    )
    if name is None and 28591 <= code_page <= 28606:
        name = f"iso8859-{code_page - 28590}"
    try:
        return codecs.lookup(name or f"cp{code_page}").name
    except LookupError:
        return None


def _likely(raw: bytes, from_mac: bool) -> str:
    high = [letter for letter in raw if letter >= 0x80]
    if from_mac:
        return "latin-1" if min(high) >= _LATIN_LETTERS_FROM else "mac_roman"
    return "mac_roman" if any(letter in _UNKNOWN_TO_WINDOWS for letter in high) else "cp1252"
