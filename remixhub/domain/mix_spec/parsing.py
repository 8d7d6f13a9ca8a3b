"""Decoded JSON into a mix spec, strictly: what is wrong is told all at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields as fields_of
from itertools import pairwise

from remixhub.domain.media import HIGHEST_RATE_HZ, LOWEST_RATE_HZ
from remixhub.domain.mix_spec import bounds
from remixhub.domain.mix_spec.reader import Faults, Fields, escaped
from remixhub.domain.mix_spec.refusals import InvalidMixSpec
from remixhub.domain.mix_spec.values import Clip, Grid, Lane, Loop, Loudness, Marker, MixSpec, Point, Span


def _names(value: type) -> set[str]:
    return {field.name for field in fields_of(value)}


_CLIP, _LANE, _SPAN = _names(Clip), _names(Lane), _names(Span)
_PLAIN_LANE = {"stem", "gain_db", "pan", "muted", "solo"}
"""What lanes have in both versions."""
_PLAIN_SPEC = {"version", "sample_rate_hz", "lanes", "gain_db", "loudness"}


def parse_mix_spec(mapping: object, *, default_rate_hz: int = bounds.DEFAULT_RATE_HZ) -> MixSpec:
    """`mapping` is decoded JSON; `default_rate_hz` serves specs that name no rate, such as the rate of the pack.

    Strict: unknown fields, numbers as strings, booleans as numbers, NaN and values out of bounds are refused together.
    Raises InvalidMixSpec, whose `violations` are keyed by JSON pointer.
    """
    faults = Faults()
    spec = _spec(faults, mapping, default_rate_hz)
    if spec is None or faults.violations:
        pointer, messages = next(iter(faults.violations.items()))
        more = len(faults.violations) - 1
        detail = f"The mix spec is wrong at {pointer or 'its root'}: {messages[0]}" + f" (and {more} more)" * bool(more)
        raise InvalidMixSpec(detail, violations=faults.violations)
    return spec


def _spec(faults: Faults, mapping: object, default_rate_hz: int) -> MixSpec | None:
    """None where it cannot be told what the fields should be."""
    version = mapping.get("version") if isinstance(mapping, Mapping) else 2
    if type(version) is not int or version not in (1, 2):
        faults.tell("/version", "must be 1 or 2")
        return None
    is_plain = version == 1
    fields = faults.fields(mapping, "", _PLAIN_SPEC if is_plain else {"version", *_names(MixSpec)})
    if fields is None:
        return None
    known, read = (_PLAIN_LANE | _CLIP, _plain_lane) if is_plain else (_LANE, _lane)
    lanes = fields.each("lanes", known, bounds.MOST_LANES, read, least=1)
    rate_hz = fields.whole("sample_rate_hz", default_rate_hz, LOWEST_RATE_HZ, HIGHEST_RATE_HZ)
    gain_db, loudness = _gain_db(fields), _loudness(fields)
    if is_plain:
        return MixSpec(lanes, rate_hz, gain_db, loudness)
    clips = sum(len(lane.clips) for lane in lanes)
    if clips > bounds.MOST_CLIPS_IN_ALL:
        fields.tell("lanes", f"must hold at most {bounds.MOST_CLIPS_IN_ALL} clips in all, has {clips}")
    return MixSpec(
        lanes, rate_hz, gain_db, loudness,
        pan=_pan(fields), gain_points=_gain_points(fields), pan_points=_pan_points(fields),
        loop=_loop(fields), grid=_grid(fields), markers=_markers(fields), stems=_stems(fields),
    )  # fmt: skip


def _plain_lane(fields: Fields) -> Lane:
    return Lane(
        fields.text("stem"), (_clip(fields),), _gain_db(fields), _pan(fields),
        muted=fields.flag("muted"), solo=fields.flag("solo"),
    )  # fmt: skip


def _lane(fields: Fields) -> Lane:
    return Lane(
        stem=fields.text("stem"),
        clips=fields.each("clips", _CLIP, bounds.MOST_CLIPS, _clip) if "clips" in fields.values else (Clip(),),
        gain_db=_gain_db(fields),
        pan=_pan(fields),
        gain_points=_gain_points(fields),
        pan_points=_pan_points(fields),
        mute_ranges=_mute_ranges(fields),
        muted=fields.flag("muted"),
        solo=fields.flag("solo"),
    )


def _clip(fields: Fields) -> Clip:
    return Clip(
        trim_start_frames=fields.frames("trim_start_frames"),
        trim_end_frames=fields.frames("trim_end_frames"),
        offset_frames=fields.frames("offset_frames"),
        fade_in_frames=fields.frames("fade_in_frames"),
        fade_out_frames=fields.frames("fade_out_frames"),
    )


def _gain_db(fields: Fields, default: float | None = 0.0) -> float:
    return fields.number("gain_db", default, bounds.LOWEST_GAIN_DB, bounds.HIGHEST_GAIN_DB)


def _pan(fields: Fields) -> float:
    return fields.number("pan", 0.0, -bounds.FARTHEST_PAN, bounds.FARTHEST_PAN)


def _gain_points(fields: Fields) -> tuple[Point, ...]:
    return _points(fields, "gain_points", "gain_db", bounds.LOWEST_GAIN_DB, bounds.HIGHEST_GAIN_DB)


def _pan_points(fields: Fields) -> tuple[Point, ...]:
    return _points(fields, "pan_points", "pan", -bounds.FARTHEST_PAN_POINT, bounds.FARTHEST_PAN_POINT)


def _points(fields: Fields, name: str, value: str, lowest: float, highest: float) -> tuple[Point, ...]:
    def point(one: Fields) -> Point:
        return Point(one.frames("at_frames", None), one.number(value, None, lowest, highest))

    points = fields.each(name, {"at_frames", value}, bounds.MOST_POINTS, point)
    for place, (before, after) in enumerate(pairwise(points), start=1):
        if after.at_frames <= before.at_frames and not fields.is_wrong(at := f"{name}/{place}/at_frames"):
            fields.tell(at, "must be greater than that of the point before")
    return points


def _mute_ranges(fields: Fields) -> tuple[Span, ...]:
    spans = fields.each("mute_ranges", _SPAN, bounds.MOST_MUTE_RANGES, _span)
    for place, (before, after) in enumerate(pairwise(spans), start=1):
        if after.start_frames < before.end_frames and not fields.is_wrong(at := f"mute_ranges/{place}/start_frames"):
            fields.tell(at, "must not lie before the end of the range before")
    return spans


def _span(fields: Fields) -> Span:
    start, end = fields.frames("start_frames", None), fields.frames("end_frames", None)
    if start >= end and not (fields.is_wrong("start_frames") or fields.is_wrong("end_frames")):
        fields.tell("end_frames", "must be greater than start_frames")
    return Span(start, end)


def _loop(fields: Fields) -> Loop | None:
    own = fields.section("loop", _names(Loop))
    if own is None:
        return None
    span = _span(own)
    return Loop(span.start_frames, span.end_frames, own.whole("times", 1, 1, bounds.MOST_TIMES))


def _loudness(fields: Fields) -> Loudness | None:
    own = fields.section("loudness", _names(Loudness))
    if own is None:
        return None
    return Loudness(
        target_lufs=own.number("target_lufs", None, bounds.LOWEST_TARGET_LUFS, 0.0),
        ceiling_dbtp=own.number("ceiling_dbtp", -1.0, bounds.LOWEST_CEILING_DBTP, 0.0),
    )


def _grid(fields: Fields) -> Grid | None:
    own = fields.section("grid", _names(Grid))
    if own is None:
        return None
    return Grid(
        bpm=own.number("bpm", None, bounds.SLOWEST_BPM, bounds.FASTEST_BPM),
        beats_per_bar=own.whole("beats_per_bar", 4, 1, bounds.MOST_BEATS_PER_BAR),
        first_beat_frames=own.frames("first_beat_frames"),
    )


def _markers(fields: Fields) -> tuple[Marker, ...]:
    def marker(one: Fields) -> Marker:
        return Marker(one.frames("at_frames", None), one.text("name", bounds.LONGEST_MARKER_NAME))

    return fields.each("markers", _names(Marker), bounds.MOST_MARKERS, marker)


def _stems(fields: Fields) -> dict[str, str]:
    value = fields.values.get("stems", {})
    if not isinstance(value, Mapping):
        fields.tell("stems", "must be an object")
        return {}
    if len(value) > bounds.MOST_LANES:
        fields.tell("stems", f"must hold at most {bounds.MOST_LANES} names, has {len(value)}")
        return {}
    named = {}
    for stem, name in value.items():
        at = f"/stems/{escaped(stem)}"
        named[fields.faults.text(stem, at, bounds.LONGEST_STEM_NAME)] = fields.faults.text(
            name, at, bounds.LONGEST_STEM_NAME
        )
    return named
