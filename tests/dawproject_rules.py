"""What Project.xsd and MetaData.xsd of DAWproject 1.0 demand of the elements that are written here.

Written from the tables of the format (bitwig/dawproject, Project.xsd); it knows more elements than are used, and none
that the format has not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

_NAMED = {"name": "text", "color": "text", "comment": "text"}
_REFERRED = {**_NAMED, "id": "id"}
_TIMELINE = {**_REFERRED, "timeUnit": "beats|seconds", "track": "idref"}
_TIMELINES = "Lanes|Notes|Clips|ClipSlot|markers|Warps|Audio|Video|Points"
_UNIT = "linear|normalized|percent|decibel|hertz|semitones|seconds|beats|bpm"
_REAL = {**_REFERRED, "parameterID": "int", "max": "real", "min": "real", "unit": _UNIT, "value": "real"}


@dataclass(frozen=True)
class _Rule:
    """`children` is a regular expression over the children's names, each followed by a space."""

    children: str
    attributes: dict[str, str]
    required: tuple[str, ...] = ()


def _one_of(names: str, times: str = "") -> str:
    return f"(?:(?:{names}) ){times}"


_RULES = {
    "Project": _Rule(
        "Application (Transport )?(Structure )?(Arrangement )?(Scenes )?", {"version": "text"}, ("version",)
    ),
    "Application": _Rule("", {"name": "text", "version": "text"}, ("name", "version")),
    "Transport": _Rule("(Tempo )?(TimeSignature )?", {}),
    "Tempo": _Rule("", _REAL, ("unit",)),
    "TimeSignature": _Rule(
        "", {**_REFERRED, "numerator": "int", "denominator": "int"}, ("numerator", "denominator")
    ),
    "Structure": _Rule(_one_of("Track|Channel", "*"), {}),
    "Track": _Rule(
        "(Channel )?(Track )*",
        {**_REFERRED, "contentType": "audio|automation|notes|video|markers|tracks", "loaded": "bool"},
    ),
    "Channel": _Rule(
        "(Devices )?(Mute )?(Pan )?(Sends )?(Volume )?",
        {
            **_REFERRED, "audioChannels": "int", "destination": "idref", "solo": "bool",
            "role": "regular|master|effect|submix|vca",
        },
    ),
    "Mute": _Rule("", {**_REFERRED, "value": "bool"}),
    "Pan": _Rule("", _REAL, ("unit",)),
    "Volume": _Rule("", _REAL, ("unit",)),
    "Arrangement": _Rule("(Lanes )?(Markers )?(TempoAutomation )?(TimeSignatureAutomation )?", _REFERRED),
    "Lanes": _Rule(_one_of(_TIMELINES, "*"), _TIMELINE),
    "Clips": _Rule("(Clip )*", _TIMELINE),
    "Clip": _Rule(
        _one_of(_TIMELINES, "?"),
        {
            **_NAMED, "time": "real", "duration": "real", "contentTimeUnit": "beats|seconds", "playStart": "real",
            "playStop": "real", "loopStart": "real", "loopEnd": "real", "fadeTimeUnit": "beats|seconds",
            "fadeInTime": "real", "fadeOutTime": "real", "enable": "bool", "reference": "idref",
        },
        ("time",),
    ),
    "Warps": _Rule(
        _one_of(_TIMELINES) + "(Warp )+", {**_TIMELINE, "contentTimeUnit": "beats|seconds"}, ("contentTimeUnit",)
    ),
    "Warp": _Rule("", {"time": "real", "contentTime": "real"}, ("time", "contentTime")),
    "Audio": _Rule(
        "File ",
        {**_TIMELINE, "duration": "real", "algorithm": "text", "channels": "int", "sampleRate": "int"},
        ("duration", "channels", "sampleRate"),
    ),
    "File": _Rule("", {"path": "text", "external": "bool"}, ("path",)),
    "Points": _Rule(
        "Target " + _one_of("RealPoint|EnumPoint|BoolPoint|IntegerPoint|TimeSignaturePoint", "*"),
        {**_TIMELINE, "unit": _UNIT},
    ),
    "Target": _Rule(
        "", {"parameter": "idref", "expression": "text", "channel": "int", "key": "int", "controller": "int"}
    ),
    "RealPoint": _Rule("", {"time": "real", "value": "real", "interpolation": "hold|linear"}, ("time", "value")),
    "BoolPoint": _Rule("", {"time": "real", "value": "bool"}, ("time", "value")),
    "Markers": _Rule("(Marker )+", _TIMELINE),
    "Marker": _Rule("", {**_NAMED, "time": "real"}, ("time",)),
}  # fmt: skip
_METADATA = (
    "Title", "Artist", "Album", "OriginalArtist", "Composer", "Songwriter", "Producer", "Arranger", "Year", "Genre",
    "Copyright", "Website", "Comment",
)  # fmt: skip
_PLAIN: dict[str, Callable[[str], object]] = {
    "text": str,
    "id": re.compile(r"[A-Za-z_][\w.-]*").fullmatch,
    "idref": re.compile(r"[A-Za-z_][\w.-]*").fullmatch,
    "int": re.compile(r"[+-]?\d+").fullmatch,
    "bool": re.compile("true|false|1|0").fullmatch,
    "real": re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|-?inf|-?INF").fullmatch,
}


def faults_of_project(root: Element) -> list[str]:
    ids: list[str] = [element.get("id", "") for element in root.iter() if element.get("id")]
    found = [f"the id {id!r} twice" for id in set(ids) if ids.count(id) > 1]
    if root.tag != "Project":
        return [f"the root is {root.tag}"]
    return found + list(_faults(root, set(ids)))


def faults_of_metadata(root: Element) -> list[str]:
    names = [element.tag for element in root]
    found = [f"the root is {root.tag}"] if root.tag != "MetaData" else []
    found += [f"{name} is none of its elements" for name in names if name not in _METADATA]
    in_order = sorted(names, key=lambda name: _METADATA.index(name) if name in _METADATA else -1)
    return found + (["out of order"] if names != in_order or len(set(names)) < len(names) else [])


def _faults(element: Element, ids: set[str]) -> Iterator[str]:
    rule = _RULES.get(element.tag)
    if rule is None:
        yield f"{element.tag} is no element of DAWproject"
        return
    children = "".join(f"{one.tag} " for one in element)
    if not re.fullmatch(rule.children, children):
        yield f"{element.tag} holds {children!r}"
    yield from (f"{element.tag} lacks {name}" for name in rule.required if name not in element.attrib)
    for name, value in element.attrib.items():
        kind = rule.attributes.get(name)
        if kind is None:
            yield f"{element.tag} has no attribute {name}"
        elif kind in _PLAIN:
            if not _PLAIN[kind](value) and kind != "text":
                yield f"{element.tag}/{name} is no {kind}: {value!r}"
            if kind == "idref" and value not in ids:
                yield f"{element.tag}/{name} refers to nothing: {value!r}"
        elif any(word not in kind.split("|") for word in value.split()):
            yield f"{element.tag}/{name} is not one of {kind}: {value!r}"
    for one in element:
        yield from _faults(one, ids)
