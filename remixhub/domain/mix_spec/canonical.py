"""What of a mix spec is heard, in one form: equal mixes are rendered once."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from remixhub.domain.mix_spec.values import Lane, MixSpec


def sounding_json(spec: MixSpec) -> dict[str, Any]:
    """Without what changes no sample, in version 1 where that can say it: as mixdowns keep it. It parses again."""
    said = spec.as_json()
    for name in ("grid", "markers", "stems"):
        del said[name]
    if spec.loop is None or spec.loop.times == 1:
        del said["loop"]
    if "loop" in said or spec.pan or spec.gain_points or spec.pan_points or not all(map(_is_plain, spec.lanes)):
        return said
    for name in ("pan", "gain_points", "pan_points"):
        del said[name]
    return {**said, "version": 1, "lanes": [_plain(lane) for lane in spec.lanes]}


def canonical_json(spec: MixSpec) -> str:
    """RFC 8785 (JSON Canonicalization Scheme) of what is heard, every field spelled out."""
    return _canonical(sounding_json(spec))


def digest(spec: MixSpec) -> str:
    """SHA-256 of the canonical form in UTF-8, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical_json(spec).encode("utf-8")).hexdigest()


def _is_plain(lane: Lane) -> bool:
    return len(lane.clips) == 1 and not (lane.gain_points or lane.pan_points or lane.mute_ranges)


def _plain(lane: Lane) -> dict[str, Any]:
    """As version 1 has it: the clip in the lane itself."""
    own = {name: getattr(lane, name) for name in ("stem", "gain_db", "pan", "muted", "solo")}
    return {**own, **asdict(lane.clips[0])}


def _canonical(value: object) -> str:
    if isinstance(value, float):
        return _canonical_number(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{_canonical(name)}:{_canonical(value[name])}" for name in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_canonical, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _canonical_number(value: float) -> str:
    """As ECMAScript writes it: the shortest digits, no exponent from 1e-6 up. Our bounds stay far below 1e21."""
    if value.is_integer():
        return str(int(value))
    if abs(value) >= 1e-6:
        return format(Decimal(repr(value)), "f")
    mantissa, exponent = repr(value).split("e")
    return f"{mantissa}e{int(exponent)}"
