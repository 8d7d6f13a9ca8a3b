"""A DAWproject back into a mix: which stems play when, how loud and where between the speakers.

It reads what `dawproject` writes without loss to the frame, and of what other programs write as much as a mix can say:
devices, sends, notes and changes of tempo are passed over. The XML was parsed by whoever calls, who knows its dangers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from xml.etree.ElementTree import Element

from remixhub.domain.errors import Invalid
from remixhub.domain.exports.curves import amplitude, decibels, rounded, unsloped
from remixhub.domain.exports.session import FIRST_BEAT, LOOP_END, LOOP_OF, UNSTATED_TEMPO_BPM
from remixhub.domain.mix_spec import (
    HIGHEST_GAIN_DB,
    LOWEST_GAIN_DB,
    Clip,
    Grid,
    Lane,
    Loop,
    Loudness,
    Marker,
    MixSpec,
    Point,
    Span,
)

_LOUDNESS = re.compile(r"loudness (-?[\d.]+) LUFS, ceiling (-?[\d.]+) dBTP")
_SILENT = amplitude(2 * LOWEST_GAIN_DB)
_MOST_DEEP = 8
"""Clips within clips."""
_MOST_PLAYED = 100_000
"""Spans of sound in an arrangement."""
_Lanes = Sequence[tuple[Element, str]]
"""Of one strip, with the unit of their times."""
_BEATS, _SECONDS = "beats", "seconds"


class SessionUnreadable(Invalid):
    code = "session_unreadable"
    title = "This is no DAWproject that can be read"


@dataclass(frozen=True)
class Played:
    """A span of a file of sound, and where in the arrangement it begins; in seconds."""

    file: str
    starts_at: float
    from_seconds: float
    to_seconds: float
    file_seconds: float
    fade_in: float = 0.0
    fade_out: float = 0.0


def read_mix(root: Element, stems: Mapping[str, str], sample_rate_hz: int) -> MixSpec:
    """`stems` has the stem of each file of sound by its path; lanes without any of them are left out.

    Raises SessionUnreadable.
    """
    try:
        return _Reading(root, sample_rate_hz).mix(stems)
    except (ValueError, OverflowError, ZeroDivisionError) as exc:
        raise SessionUnreadable("Its numbers make no sense. Export it again, from another program if need be.") from exc


@dataclass(frozen=True)
class Heard:
    """What a lane that is not muted plays, and by which names it is known."""

    names: tuple[str, ...]
    played: Played


def heard_of(root: Element) -> Iterator[Heard]:
    """Lane after lane. Raises SessionUnreadable."""
    try:
        yield from _Reading(root, 1).heard()
    except (ValueError, OverflowError, ZeroDivisionError) as exc:
        raise SessionUnreadable("Its numbers make no sense. Export it again, from another program if need be.") from exc


class _Reading:
    def __init__(self, root: Element, rate_hz: int) -> None:
        arrangement = root.find("Arrangement")
        if root.tag != "Project" or arrangement is None:
            raise SessionUnreadable("It has no arrangement. Export it again, with the arrangement and not with scenes.")
        self._root, self._arrangement, self._rate_hz = root, arrangement, rate_hz
        tempo = root.find("Transport/Tempo")
        self._bpm = UNSTATED_TEMPO_BPM if tempo is None else float(tempo.get("value", UNSTATED_TEMPO_BPM))
        self._lanes: dict[str | None, list[tuple[Element, str]]] = {}
        """What the arrangement has for strips that are still to come."""
        self._left = _MOST_PLAYED
        for top in arrangement.findall("Lanes"):
            unit = top.get("timeUnit", _BEATS)
            for lanes in top.iter("Lanes"):
                if (strip := lanes.get("track")) is not None:
                    self._lanes.setdefault(strip, []).append((lanes, lanes.get("timeUnit", unit)))

    def mix(self, stems: Mapping[str, str]) -> MixSpec:
        lanes, master = [], MixSpec(())
        for strip in self._root.findall("Structure//Track"):
            channel = strip.find("Channel")
            if channel is None:
                continue
            own = self._take_lanes(strip)
            gain_db, pan, muted = _mixer(channel)
            gain_points, pan_points, spans = self._automation(own, channel, gain_db, pan)
            if channel.get("role") == "master":
                master = MixSpec(
                    (), gain_db=gain_db, pan=pan, gain_points=gain_points, pan_points=pan_points,
                    loudness=_loudness(strip.get("comment", "")),
                )  # fmt: skip
                continue
            played = list(self._played(own))
            stem = next((stems[file] for file in [*(one.file for one in played), strip.get("comment", "")]
                         if file in stems), None)  # fmt: skip
            if stem is not None:
                clips = tuple(self._clip(one) for one in played if stems.get(one.file) == stem)
                is_solo = channel.get("solo") == "true"
                lanes.append(Lane(stem, clips, gain_db, pan, gain_points, pan_points, spans, muted, is_solo))
        grid, markers, loop = self._timeline()
        return replace(
            master, lanes=tuple(lanes), sample_rate_hz=self._rate_hz, grid=grid, markers=markers, loop=loop
        )  # fmt: skip

    def _played(self, own: _Lanes) -> Iterator[Played]:
        """Of one strip, in the order of the file."""
        for lanes, unit in own:
            for clips in lanes.findall("Clips"):
                yield from self._within(clips, clips.get("timeUnit", unit), 0.0, _MOST_DEEP)

    def heard(self) -> Iterator[Heard]:
        for strip in self._root.findall("Structure//Track"):
            channel = strip.find("Channel")
            mute = None if channel is None else channel.find("Mute")
            if mute is not None and mute.get("value") == "true":
                continue
            names = tuple(filter(None, (strip.get("name"), strip.get("comment"))))
            for one in self._played(self._take_lanes(strip)):
                yield Heard(names, one)

    def _take_lanes(self, strip: Element) -> _Lanes:
        """Once: ids that come again would have everything walked as often (they are unique by the schema)."""
        return self._lanes.pop(strip.get("id"), ())

    def _within(self, clips: Element, unit: str, offset: float, depth: int) -> Iterator[Played]:
        """`offset` in seconds, of what holds the clips."""
        for clip in clips.findall("Clip"):
            starts_at = offset + self._in_seconds(clip.get("time", "0"), unit)
            own_unit = clip.get("contentTimeUnit", unit)
            from_content = float(clip.get("playStart", "0"))
            lasts = clip.get("duration")
            for nested in clip.findall("Clips") if depth else ():
                back = self._in_seconds(str(from_content), own_unit)
                yield from self._within(nested, nested.get("timeUnit", own_unit), starts_at - back, depth - 1)
            warps = clip.find("Warps")
            audio = clip.find("Audio") if warps is None else warps.find("Audio")
            file = None if audio is None else audio.find("File")
            if audio is None or file is None or clip.get("enable") == "false":
                continue
            file_seconds = float(audio.get("duration", "0"))
            warp_unit = own_unit if warps is None else warps.get("timeUnit", own_unit)
            begins = self._in_sound(warps, self._converted(from_content, own_unit, warp_unit), warp_unit)
            content_lasts = None if lasts is None else self._converted(float(lasts), unit, own_unit)
            ends = file_seconds if content_lasts is None else self._in_sound(
                warps, self._converted(from_content + content_lasts, own_unit, warp_unit), warp_unit
            )  # fmt: skip
            self._left -= 1
            if self._left < 0:
                raise SessionUnreadable(f"It plays more than {_MOST_PLAYED} spans of sound.")
            fade_unit = clip.get("fadeTimeUnit", unit)
            yield Played(
                file.get("path", ""), max(starts_at, 0.0), begins, min(ends, file_seconds), file_seconds,
                self._in_seconds(clip.get("fadeInTime", "0"), fade_unit),
                self._in_seconds(clip.get("fadeOutTime", "0"), fade_unit),
            )  # fmt: skip

    def _in_sound(self, warps: Element | None, at: float, unit: str) -> float:
        """Seconds of the sound at a time of the content around it."""
        points = [] if warps is None else warps.findall("Warp")
        content_unit = _SECONDS if warps is None else warps.get("contentTimeUnit", _SECONDS)
        known = [
            (float(one.get("time", "0")), self._in_seconds(one.get("contentTime", "0"), content_unit)) for one in points
        ]
        if len(known) < 2:
            return self._in_seconds(str(at), unit)
        (start, first), (end, last) = next((pair for pair in pairwise(known) if at <= pair[1][0]), tuple(known[-2:]))
        return first + (at - start) * (last - first) / (end - start)

    def _clip(self, one: Played) -> Clip:
        begins, ends, whole = map(self._frames, (one.from_seconds, one.to_seconds, one.file_seconds))
        return Clip(begins, whole - ends, *map(self._frames, (one.starts_at, one.fade_in, one.fade_out)))

    def _automation(
        self, own: _Lanes, channel: Element, gain_db: float, pan: float
    ) -> tuple[tuple[Point, ...], tuple[Point, ...], tuple[Span, ...]]:
        by_target = {
            target.get("parameter"): (points, points.get("timeUnit", unit))
            for lanes, unit in own
            for points in lanes.findall("Points")
            if (target := points.find("Target")) is not None
        }

        def curve(name: str) -> list[tuple[int, str]]:
            parameter = channel.find(name)
            found = by_target.get(parameter.get("id")) if parameter is not None else None
            if found is None:
                return []
            return [
                (self._frames(self._in_seconds(point.get("time", "0"), found[1])), point.get("value", ""))
                for point in found[0]
                if point.tag in ("RealPoint", "BoolPoint")
            ]

        gains = [Point(at, rounded(_gain_db(float(value), channel) - gain_db)) for at, value in curve("Volume")]
        pans = [Point(at, rounded(_pan(float(value), channel) - pan)) for at, value in curve("Pan")]
        return unsloped(_apart(gains)), tuple(_apart(pans)), tuple(_spans(curve("Mute")))

    def _timeline(self) -> tuple[Grid, tuple[Marker, ...], Loop | None]:
        signature = self._root.find("Transport/TimeSignature")
        grid = Grid(self._bpm, 4 if signature is None else int(signature.get("numerator", "4")))
        markers, starts, ends, times = [], None, None, 1
        for holder in self._arrangement.findall("Markers"):
            for mark in holder.findall("Marker"):
                frame = self._frames(self._in_seconds(mark.get("time", "0"), holder.get("timeUnit", _BEATS)))
                meaning = mark.get("comment", "")
                if meaning == FIRST_BEAT:
                    grid = replace(grid, first_beat_frames=frame)
                elif meaning.startswith(LOOP_OF):
                    starts, times = frame, int(meaning.removeprefix(LOOP_OF))
                elif meaning == LOOP_END:
                    ends = frame
                else:
                    markers.append(Marker(frame, mark.get("name", "")))
        loop = None if starts is None or ends is None or ends <= starts else Loop(starts, ends, times)
        return grid, tuple(markers), loop

    def _frames(self, seconds: float) -> int:
        return max(round(seconds * self._rate_hz), 0)

    def _in_seconds(self, value: str, unit: str) -> float:
        return float(value) * 60 / self._bpm if unit == _BEATS else float(value)

    def _converted(self, value: float, unit: str, other: str) -> float:
        if unit == other:
            return value
        return value * 60 / self._bpm if unit == _BEATS else value * self._bpm / 60


def _mixer(channel: Element) -> tuple[float, float, bool]:
    """Gain, pan, and whether it is muted."""
    volume, pan, mute = (channel.find(name) for name in ("Volume", "Pan", "Mute"))
    gain_db = 0.0 if volume is None else _gain_db(float(volume.get("value", "1")), channel)
    position = 0.0 if pan is None else _pan(float(pan.get("value", "0.5")), channel)
    held_db = min(max(gain_db, LOWEST_GAIN_DB), HIGHEST_GAIN_DB)
    return held_db, min(max(position, -1.0), 1.0), mute is not None and mute.get("value") == "true"


def _gain_db(value: float, channel: Element) -> float:
    volume = channel.find("Volume")
    if volume is not None and volume.get("unit") == "decibel":
        return rounded(value)
    return decibels(max(value, _SILENT))


def _pan(value: float, channel: Element) -> float:
    pan = channel.find("Pan")
    return rounded(2 * value - 1 if pan is not None and pan.get("unit") == "normalized" else value)


def _loudness(comment: str) -> Loudness | None:
    found = _LOUDNESS.search(comment)
    return Loudness(float(found[1]), float(found[2])) if found else None


def _apart(points: Sequence[Point]) -> list[Point]:
    """Of several at one frame the last, as a mix has them."""
    return list({point.at_frames: point for point in sorted(points, key=lambda point: point.at_frames)}.values())


def _spans(switches: Sequence[tuple[int, str]]) -> Iterator[Span]:
    begins = None
    for frame, value in switches:
        if value == "true" and begins is None:
            begins = frame
        elif value != "true" and begins is not None:
            if frame > begins:
                yield Span(begins, frame)
            begins = None
