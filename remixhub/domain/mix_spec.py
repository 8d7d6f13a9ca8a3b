"""The mix spec, version 1: the recipe of a mix. `docs/mix-spec.md` is the specification.

Equal specs have one canonical form (RFC 8785 with every field spelled out) and so one digest, whatever the order of
their fields and whichever defaults were left out.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from remixhub.domain.errors import Invalid
from remixhub.domain.media import HIGHEST_RATE_HZ, LONGEST_SECONDS, LOWEST_RATE_HZ

VERSION = 1
DEFAULT_RATE_HZ = 44_100
MOST_LANES = 200
MOST_FRAMES = LONGEST_SECONDS * HIGHEST_RATE_HZ
LONGEST_STEM_NAME = 255
LOWEST_GAIN_DB, HIGHEST_GAIN_DB = -60.0, 24.0
LOWEST_TARGET_LUFS, LOWEST_CEILING_DBTP = -60.0, -60.0


class InvalidMixSpec(Invalid):
    code = "mix_spec_invalid"
    title = "The mix spec breaks a rule"


class MixStemMissing(Invalid):
    code = "mix_stem_missing"
    title = "The mix names a stem that is not there"


class MixEmpty(Invalid):
    code = "mix_empty"
    title = "Nothing is left to mix"


class MixTooLong(Invalid):
    code = "mix_too_long"
    title = "The mix is too long"


@dataclass(frozen=True)
class Lane:
    """One stem in the mix. Frames count at the spec's rate; the audio engine applies the fields in this order."""

    stem: str
    """A stem's id, or on the command line a file name."""
    trim_start_frames: int = 0
    trim_end_frames: int = 0
    fade_in_frames: int = 0
    fade_out_frames: int = 0
    gain_db: float = 0.0
    pan: float = 0.0
    offset_frames: int = 0
    muted: bool = False
    solo: bool = False


@dataclass(frozen=True)
class Loudness:
    target_lufs: float
    ceiling_dbtp: float = -1.0


@dataclass(frozen=True)
class MixSpec:
    lanes: tuple[Lane, ...]
    sample_rate_hz: int = DEFAULT_RATE_HZ
    gain_db: float = 0.0
    loudness: Loudness | None = None

    def sounding(self) -> tuple[Lane, ...]:
        """A muted lane is silent even when soloed; if any lane is soloed, only soloed lanes sound."""
        soloed = any(lane.solo for lane in self.lanes)
        return tuple(lane for lane in self.lanes if not lane.muted and (lane.solo or not soloed))

    def as_json(self) -> dict[str, object]:
        """Plain values with every field spelled out; `parse_mix_spec` gives the equal spec back."""
        return {"version": VERSION, **dataclasses.asdict(self), "lanes": [dataclasses.asdict(x) for x in self.lanes]}


TOGETHER_LOUDNESS = Loudness(target_lufs=-14.0)


def stems_together(gains_db: Mapping[str, float], sample_rate_hz: int) -> MixSpec:
    """All stems at the gains that their artist suggests, by stem in the order of the pack, and nothing else done."""
    lanes = tuple(Lane(stem, gain_db=gain_db + 0.0) for stem, gain_db in gains_db.items())
    return MixSpec(lanes, sample_rate_hz, loudness=TOGETHER_LOUDNESS)


def parse_mix_spec(mapping: object, *, default_rate_hz: int = DEFAULT_RATE_HZ) -> MixSpec:
    """`mapping` is decoded JSON; `default_rate_hz` serves specs that name no rate, such as the rate of the pack.

    Strict: unknown fields, numbers as strings, booleans as numbers, NaN and values out of bounds are refused together.
    Raises InvalidMixSpec, whose `violations` are keyed by JSON pointer.
    """
    reader = _Reader({})
    fields = reader.fields("", mapping, {"version", "sample_rate_hz", "lanes", "gain_db", "loudness"})
    if fields is not None and (type(fields.get("version")) is not int or fields["version"] != VERSION):
        reader.complain("/version", f"must be {VERSION}")
    fields = fields or {}
    spec = MixSpec(
        lanes=_lanes(reader, fields.get("lanes")),
        sample_rate_hz=reader.whole(
            fields, "", "sample_rate_hz", default_rate_hz, lowest=LOWEST_RATE_HZ, highest=HIGHEST_RATE_HZ
        ),
        gain_db=reader.number(fields, "", "gain_db", 0.0, LOWEST_GAIN_DB, HIGHEST_GAIN_DB),
        loudness=_loudness(reader, fields.get("loudness")),
    )
    if reader.violations:
        pointer, messages = next(iter(reader.violations.items()))
        more = len(reader.violations) - 1
        detail = f"The mix spec is wrong at {pointer or 'its root'}: {messages[0]}" + (
            f" (and {more} more)" * bool(more)
        )
        raise InvalidMixSpec(detail, violations=reader.violations)
    return spec


def canonical_json(spec: MixSpec) -> str:
    """RFC 8785 (JSON Canonicalization Scheme) of the spec with every field spelled out."""
    return _canonical(spec.as_json())


def digest(spec: MixSpec) -> str:
    """SHA-256 of the canonical form in UTF-8, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical_json(spec).encode("utf-8")).hexdigest()


@dataclass(frozen=True)
class _Reader:
    """Reads fields and collects what is wrong; a wrong field reads as its default."""

    violations: dict[str, list[str]]

    def complain(self, pointer: str, message: str) -> None:
        self.violations.setdefault(pointer, []).append(message)

    def fields(self, pointer: str, value: object, known: set[str]) -> Mapping[str, object] | None:
        if not isinstance(value, Mapping):
            self.complain(pointer, "must be an object")
            return None
        for name in value:
            if name not in known:
                escaped = str(name).replace("~", "~0").replace("/", "~1")
                self.complain(f"{pointer}/{escaped}", "is not a field of the mix spec")
        return value

    def whole(
        self,
        fields: Mapping[str, object],
        at: str,
        name: str,
        default: int,
        *,
        lowest: int = 0,
        highest: int = MOST_FRAMES,
    ) -> int:
        value = fields.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int):
            self.complain(f"{at}/{name}", "must be a whole number")
        elif not lowest <= value <= highest:
            self.complain(f"{at}/{name}", f"must be from {lowest} to {highest}")
        else:
            return value
        return default

    def number(
        self, fields: Mapping[str, object], at: str, name: str, default: float, lowest: float, highest: float
    ) -> float:
        value = fields.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
            self.complain(f"{at}/{name}", "must be a number")
        elif not lowest <= value <= highest:
            self.complain(f"{at}/{name}", f"must be from {lowest:g} to {highest:g}")
        else:
            return float(value) + 0.0  # -0.0 becomes 0.0, so that both have one canonical form
        return default

    def flag(self, fields: Mapping[str, object], at: str, name: str) -> bool:
        value = fields.get(name, False)
        if not isinstance(value, bool):
            self.complain(f"{at}/{name}", "must be true or false")
            return False
        return value


def _lanes(reader: _Reader, value: object) -> tuple[Lane, ...]:
    if not isinstance(value, list | tuple):
        reader.complain("/lanes", "must be a list of lanes")
        return ()
    if not 1 <= len(value) <= MOST_LANES:
        reader.complain("/lanes", f"must hold from 1 to {MOST_LANES} lanes, has {len(value)}")
        return ()
    return tuple(_lane(reader, f"/lanes/{position}", lane) for position, lane in enumerate(value))


def _lane(reader: _Reader, at: str, value: object) -> Lane:
    fields = reader.fields(at, value, {field.name for field in dataclasses.fields(Lane)})
    if fields is None:
        return Lane("")
    return Lane(
        stem=_stem(reader, at, fields.get("stem")),
        trim_start_frames=reader.whole(fields, at, "trim_start_frames", 0),
        trim_end_frames=reader.whole(fields, at, "trim_end_frames", 0),
        fade_in_frames=reader.whole(fields, at, "fade_in_frames", 0),
        fade_out_frames=reader.whole(fields, at, "fade_out_frames", 0),
        gain_db=reader.number(fields, at, "gain_db", 0.0, LOWEST_GAIN_DB, HIGHEST_GAIN_DB),
        pan=reader.number(fields, at, "pan", 0.0, -1.0, 1.0),
        offset_frames=reader.whole(fields, at, "offset_frames", 0),
        muted=reader.flag(fields, at, "muted"),
        solo=reader.flag(fields, at, "solo"),
    )


def _stem(reader: _Reader, at: str, value: object) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= LONGEST_STEM_NAME:
        reader.complain(f"{at}/stem", f"must be a string of 1 to {LONGEST_STEM_NAME} characters")
        return ""
    if any("\ud800" <= letter <= "\udfff" or letter == "\0" for letter in value):
        reader.complain(f"{at}/stem", "must be Unicode text without NUL")
        return ""
    return value


def _loudness(reader: _Reader, value: object) -> Loudness | None:
    if value is None:
        return None
    fields = reader.fields("/loudness", value, {"target_lufs", "ceiling_dbtp"})
    if fields is None:
        return None
    if "target_lufs" not in fields:
        reader.complain("/loudness/target_lufs", "is missing")
    return Loudness(
        target_lufs=reader.number(fields, "/loudness", "target_lufs", -14.0, LOWEST_TARGET_LUFS, 0.0),
        ceiling_dbtp=reader.number(fields, "/loudness", "ceiling_dbtp", -1.0, LOWEST_CEILING_DBTP, 0.0),
    )


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
