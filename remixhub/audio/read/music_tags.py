"""Tempo and key in a file's tags: where DJ programs and shops put them, in the order in which they are believed."""

from __future__ import annotations

import re
from collections.abc import Mapping

from remixhub.domain.musical_key import MusicalKey, parse_key
from remixhub.domain.tempo import parse_tempo_bpm

_TEMPO_NAMES = ("tbpm", "bpm", "tempo", "tmpo", "fbpm", "tbp", "ibpm", "beatsperminute")
_KEY_NAMES = (
    "tkey", "initialkey", "key", "tke", "musicalkey", "keysignature", "startkey", "camelot", "camelotkey", "openkey",
    "ikey",
)  # fmt: skip
"""Without spaces and marks. `ikey` is RIFF's keywords, which some use for the key."""
_CODE_FIRST = re.compile(r"\s*(?:0?[1-9]|1[0-2])[ABab]\b")


def tagged_tempos(tags: Mapping[str, str]) -> tuple[float, ...]:
    """Each reading once, the most believed first."""
    named = _named(tags)
    return tuple(dict.fromkeys(bpm for name in _TEMPO_NAMES for bpm in parse_tempo_bpm(named.get(name, ""))))


def tagged_keys(tags: Mapping[str, str]) -> tuple[MusicalKey, ...]:
    """Each once, the most believed first. Of comments only those in which Mixed In Key wrote: `8A - Energy 7`."""
    named = _named(tags)
    texts = [named.get(name, "") for name in _KEY_NAMES]
    comment = named.get("comment", "")
    if _CODE_FIRST.match(comment):
        texts.append(comment)
    return tuple(dict.fromkeys(key for text in texts if (key := parse_key(text)) is not None))


def tells_music(name: str) -> bool:
    return _bare(name) in (*_TEMPO_NAMES, *_KEY_NAMES)


def _named(tags: Mapping[str, str]) -> dict[str, str]:
    named: dict[str, str] = {}
    for name, text in tags.items():
        named.setdefault(_bare(name), text)
    return named


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
