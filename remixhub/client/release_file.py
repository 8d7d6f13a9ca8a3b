"""`release.toml`: what a folder of stems says of itself. Unknown keys are refused, with their place.

title = "Night Drive"
licence = "cc-by-4.0"
tempo_bpm = 124
key = "A minor"
tags = ["house", "late"]
description = "Six stems, recorded in one night."
cover = "cover.jpg"
mix = "Night Drive (mix).wav"      # false: none of the files is one
ignore = ["old/*"]

[[credits]]
name = "Ana"
role = "vocals"

[[stems]]                          # in this order, before those that are not named
file = "kick.wav"
name = "Kick"
role = "kick"
gain_db = -3.0

[[sources]]                        # with one of them the work is a remix
work = "https://hub.example/works/…"
receipt = "RECEIPT.json"           # that lay with its stems
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from remixhub.client.failures import FileInvalid
from remixhub.domain.musical_key import parse_key
from remixhub.domain.stems.roles import StemRole

NAME = "release.toml"
_LONGEST_BYTES = 1_000_000
_Check = Callable[[Any], str | None]
"""What is wrong with a value; None where nothing is."""


@dataclass(frozen=True)
class StemWords:
    """What is said of one file; None where nothing is."""

    file: str
    name: str | None = None
    role: str | None = None
    gain_db: float | None = None


@dataclass(frozen=True)
class ReleaseFile:
    facts: Mapping[str, Any] = field(default_factory=dict)
    """As the API takes them: `title`, `description`, `licence`, `tempo_bpm`, `key`, `tags`, `credits`,
    `inherited_shares`."""
    cover: str | None = None
    mix: str | bool | None = None
    ignore: Sequence[str] = ()
    stems: Sequence[StemWords] = ()
    sources: Sequence[Mapping[str, Any]] = ()
    elsewhere_sources: Sequence[Mapping[str, Any]] = ()


def read_release_file(path: Path) -> ReleaseFile:
    """An empty one where there is none. Raises FileInvalid."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return ReleaseFile()
    except OSError as exc:
        raise FileInvalid(path.name, f"cannot be read: {exc.strerror}.") from exc
    try:
        if len(raw) > _LONGEST_BYTES:
            raise ValueError("it is longer than 1 MB")
        read = tomllib.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as exc:
        raise FileInvalid(path.name, "is not UTF-8.", "Save it as UTF-8.") from exc
    except ValueError as exc:
        raise FileInvalid(path.name, f"is no TOML: {exc}.", "docs/client.md shows one.") from exc
    return parsed(read, path.name)


def parsed(read: Mapping[str, Any], where: str) -> ReleaseFile:
    """Raises FileInvalid for the first fault."""
    _checked(read, _KEYS, where)
    stems = [
        StemWords(**_checked(one, _STEM_KEYS, f"{where}: [[stems]] number {number}", needs=("file",)))
        for number, one in enumerate(read.get("stems", ()), 1)
    ]
    twice = [one.file for number, one in enumerate(stems) if one.file in {other.file for other in stems[:number]}]
    if twice:
        raise FileInvalid(f"{where}: [[stems]]", f"{twice[0]!r} is named twice.", "Leave one of them out.")
    credits = [
        _checked(one, _CREDIT_KEYS, f"{where}: [[credits]] number {number}", needs=("name",))
        for number, one in enumerate(read.get("credits", ()), 1)
    ]
    here, elsewhere = list[Mapping[str, Any]](), list[Mapping[str, Any]]()
    for number, one in enumerate(read.get("sources", ()), 1):
        place = f"{where}: [[sources]] number {number}"
        if "work" in one:
            here.append(_checked(one, _SOURCE_KEYS, place, needs=("work",)))
        else:
            needs = ("address", "title", "artist", "licence")
            said = _checked(one, _ELSEWHERE_KEYS, place, needs=needs)
            seen_on = said.get("seen_on")
            elsewhere.append({**said, **({"seen_on": seen_on.isoformat()} if seen_on else {})})
    facts = {name: read[name] for name in _FACTS if name in read}
    if "credits" in read:
        facts["credits"] = credits
    return ReleaseFile(
        facts=facts,
        cover=read.get("cover"),
        mix=read.get("mix"),
        ignore=tuple(read.get("ignore", ())),
        stems=tuple(stems),
        sources=tuple(here),
        elsewhere_sources=tuple(elsewhere),
    )


def _checked(read: Any, keys: Mapping[str, _Check], where: str, *, needs: Sequence[str] = ()) -> dict[str, Any]:
    if not isinstance(read, dict):
        raise FileInvalid(where, "has to be a table.", "docs/client.md shows one.")
    for name, value in read.items():
        if name not in keys:
            raise FileInvalid(where, f"there is no key {name!r}.", f"Use one of {', '.join(keys)}.")
        fault = keys[name](value)
        if fault is not None:
            raise FileInvalid(f"{where}: {name}", fault)
    for name in needs:
        if name not in read:
            raise FileInvalid(where, f"{name!r} is missing.")
    return dict(read)


def _text(shortest: int, longest: int) -> _Check:
    def check(value: Any) -> str | None:
        if isinstance(value, str) and shortest <= len(value) <= longest:
            return None
        return f"has to be a text of {shortest} to {longest} characters."

    return check


def _number(lowest: float, highest: float) -> _Check:
    def check(value: Any) -> str | None:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return None if is_number and lowest <= value <= highest else f"has to be a number from {lowest} to {highest}."

    return check


def _list_of(each: _Check, most: int) -> _Check:
    def check(value: Any) -> str | None:
        if not isinstance(value, list) or len(value) > most:
            return f"has to be a list of {most} at most."
        return next((f"number {number} {fault}" for number, one in enumerate(value, 1) if (fault := each(one))), None)

    return check


def _one_of(*values: str) -> _Check:
    return lambda value: None if value in values else f"has to be one of {', '.join(values)}."


def _file(value: Any) -> str | None:
    """Within the folder, with slashes."""
    if not isinstance(value, str) or not value or "\\" in value:
        return "has to be the name of a file, with / between folders."
    return "has to lie in this folder." if value.startswith("/") or ".." in value.split("/") else None


def _key(value: Any) -> str | None:
    known = isinstance(value, str) and parse_key(value) is not None
    return None if known else "is no key; write it as A minor, Am, F# major or 8A."


def _tables(value: Any) -> str | None:
    return None if isinstance(value, list) else "has to be given as [[…]]."


_KINDS = _one_of("remix", "sample", "mashup", "cover", "edit", "translation")
_SECONDS = _number(0, 86_400)
_KEYS: Mapping[str, _Check] = {
    "title": _text(1, 200),
    "description": _text(0, 10_000),
    "licence": _text(1, 200),
    "tempo_bpm": _number(20, 400),
    "key": _key,
    "tags": _list_of(_text(1, 41), 200),
    "inherited_shares": _list_of(_number(0, 100), 10),
    "cover": _file,
    "mix": lambda value: None if value is False else _file(value),
    "ignore": _list_of(_text(1, 200), 100),
    "credits": _tables,
    "stems": _tables,
    "sources": _tables,
}
_FACTS = ("title", "description", "licence", "tempo_bpm", "key", "tags", "inherited_shares")
_STEM_KEYS: Mapping[str, _Check] = {
    "file": _file,
    "name": _text(1, 120),
    "role": _one_of(*(role.value for role in StemRole)),
    "gain_db": _number(-60, 24),
}
_CREDIT_KEYS: Mapping[str, _Check] = {
    "name": _text(1, 80),
    "role": _text(0, 80),
    "share_percent": _number(0, 100),
}
_OF_A_SOURCE: Mapping[str, _Check] = {
    "kind": _KINDS,
    "note": _text(0, 1_000),
    "starts_seconds": _SECONDS,
    "ends_seconds": _SECONDS,
}
_SOURCE_KEYS: Mapping[str, _Check] = {
    "work": _text(1, 500),
    "stems": _list_of(_text(1, 64), 200),
    "receipt": _file,
    **_OF_A_SOURCE,
}
_ELSEWHERE_KEYS: Mapping[str, _Check] = {
    "address": _text(1, 1_000),
    "title": _text(1, 200),
    "artist": _text(1, 200),
    "licence": _text(1, 200),
    "seen_on": lambda value: None if type(value) is dt.date else "has to be a date such as 2026-11-30.",
    **_OF_A_SOURCE,
}
