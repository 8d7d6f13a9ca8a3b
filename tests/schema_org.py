"""schema.org's vocabulary as far as this hub speaks it: which property a type has, and what is expected of its value.

From https://schema.org/version/latest, with the properties that MusicRecording, MusicGroup and Event take over from
CreativeWork, Organization and Thing. `faults` gives what is wrong, in words.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

_THING = {"name": "Text", "url": "URL", "description": "Text", "image": "URL", "sameAs": "URL"}
_TYPES: dict[str, dict[str, str]] = {
    "MusicRecording": {
        **_THING, "byArtist": "MusicGroup", "duration": "Duration", "recordingOf": "MusicComposition",
        "license": "URL", "datePublished": "DateTime", "keywords": "Text", "contributor": "Person",
        "isBasedOn": "MusicRecording", "audio": "AudioObject", "creditText": "Text", "isAccessibleForFree": "Boolean",
    },
    "MusicComposition": {**_THING, "musicalKey": "Text"},
    "AudioObject": {**_THING, "contentUrl": "URL", "encodingFormat": "Text", "duration": "Duration"},
    "MusicGroup": _THING,
    "Organization": _THING,
    "Person": _THING,
    "Event": {
        **_THING, "startDate": "DateTime", "endDate": "DateTime", "eventStatus": "URL", "eventAttendanceMode": "URL",
        "location": "VirtualLocation", "organizer": "Organization", "about": "MusicRecording",
        "isAccessibleForFree": "Boolean",
    },
    "VirtualLocation": _THING,
}  # fmt: skip
_WANTED = {
    "MusicRecording": {"name", "url", "byArtist"},
    "Event": {"name", "startDate", "endDate", "location", "eventStatus", "eventAttendanceMode", "organizer"},
}
_DURATION = re.compile(r"PT(?=\d)(\d+H)?(\d+M)?(\d+S)?")


def said_by(page: str) -> dict[str, Any]:
    """By a page, once, and valid."""
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    facts: dict[str, Any] = json.loads(found)
    assert faults(facts) == []
    return facts


def faults(said: dict[str, Any]) -> list[str]:
    found = [] if said.get("@context") == "https://schema.org" else [f"The context is {said.get('@context')}."]
    return [*found, *_faults({name: value for name, value in said.items() if name != "@context"})]


def _faults(node: dict[str, Any]) -> Iterator[str]:
    known = _TYPES.get(node.get("@type", ""))
    if known is None:
        yield f"There is no type {node.get('@type')}."
        return
    yield from (f"A {node['@type']} without {name}." for name in _WANTED.get(node["@type"], set()) - node.keys())
    for name, value in node.items():
        if name == "@id":
            yield from () if _is(value, "URL") else [f"The id is {value}."]
        elif name != "@type" and name not in known:
            yield f"A {node['@type']} has no {name}."
        elif name != "@type":
            for one in value if isinstance(value, list) else [value]:
                yield from _value_faults(name, one, known[name])


def _value_faults(name: str, value: Any, expected: str) -> Iterator[str]:
    if isinstance(value, dict):
        if value.get("@type") != expected:
            yield f"{name} is a {value.get('@type')}, not a {expected}."
        yield from _faults(value)
    elif not _is(value, expected):
        yield f"{name} is {value!r}, no {expected}."


def _is(value: Any, expected: str) -> bool:
    if expected == "Boolean":
        return isinstance(value, bool)
    if not isinstance(value, str) or not value:
        return False
    if expected == "URL":
        return urlsplit(value).scheme in ("http", "https") and bool(urlsplit(value).netloc)
    if expected == "Duration":
        return _DURATION.fullmatch(value) is not None
    if expected == "DateTime":
        return dt.datetime.fromisoformat(value).tzinfo is not None
    return expected == "Text"
