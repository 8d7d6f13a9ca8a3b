"""A REAPER project: plain text, times in seconds, gains linear. Missing fields take REAPER's defaults.

Envelopes ride on the fader as a mix's points do: that is REAPER's automation mode 0, trim/read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from remixhub.domain.exports.curves import amplitude, held, sloped
from remixhub.domain.exports.dawproject import muting, number
from remixhub.domain.exports.session import DawSession, Placed, one_line
from remixhub.domain.filenames import download_name
from remixhub.domain.mix_spec import Lane, Point

_WRITTEN_AS = "6.33/win64"
"""The version whose form this is; newer ones read it."""
_LINEAR, _SQUARE = 0, 1
_CUSTOM_COLOUR = 0x1000000


def written(session: DawSession) -> dict[str, bytes]:
    return {download_name(session.heading, ".rpp"): ("\n".join(_lines(session)) + "\n").encode()}


def _lines(session: DawSession) -> Iterator[str]:
    spec = session.spec
    yield f'<REAPER_PROJECT 0.1 "{_WRITTEN_AS}"'
    yield f"  TITLE {quoted(session.title)}"
    yield f"  AUTHOR {quoted(session.mixed_by or session.artist)}"
    yield "  <NOTES 0 2"
    for line in (session.credit, f"{session.licence}, {session.licence_url}", f"Key: {session.key or 'not stated'}"):
        yield f"    |{one_line(line)}"
    yield "  >"
    yield f"  SAMPLERATE {session.rate_hz} 1 0"
    yield f"  TEMPO {number(session.tempo_bpm)} {session.beats_per_bar} 4"
    yield f"  MASTER_VOLUME {_gain(spec.gain_db)} {number(spec.pan)} -1 -1 1"
    yield from _curve("MASTERVOLENV2", session, _gains(session, spec.gain_points))
    yield from _curve("MASTERPANENV2", session, _pans(spec.pan, spec.pan_points))
    yield from _markers(session)
    for lane in spec.lanes:
        yield from _strip(session, lane)
    yield ">"


def _markers(session: DawSession) -> Iterator[str]:
    loop = session.spec.loop
    marks = [mark for mark in session.marks() if not mark.meaning.startswith("loop")]
    for place, mark in enumerate(marks, 1):
        yield f"  MARKER {place} {_seconds(session, mark.at_frames)} {quoted(mark.name)} 0"
    if loop is not None:  # a region
        name = next(mark.name for mark in session.marks() if mark.meaning.startswith("loop of"))
        yield f"  MARKER 1 {_seconds(session, loop.start_frames)} {quoted(name)} 1"
        yield f'  MARKER 1 {_seconds(session, loop.end_frames)} "" 1'


def _strip(session: DawSession, lane: Lane) -> Iterator[str]:
    sound = session.sound(lane)
    yield "  <TRACK"
    yield f"    NAME {quoted(sound.name)}"
    yield f"    PEAKCOL {_colour(sound.colour)}"
    yield "    AUTOMODE 0"
    yield f"    VOLPAN {_gain(lane.gain_db)} {number(lane.pan)} -1 -1 1"
    yield f"    MUTESOLO {int(lane.muted)} {int(lane.solo)} 0"
    yield "    NCHAN 2"
    yield from _curve("VOLENV2", session, _gains(session, lane.gain_points), indent="    ")
    yield from _curve("PANENV2", session, _pans(lane.pan, lane.pan_points), indent="    ")
    if lane.mute_ranges:
        silences = [Point(frame, 0.0 if is_mute else 1.0) for frame, is_mute in muting(lane.mute_ranges)]
        yield from _curve("MUTEENV", session, silences, indent="    ", shape=_SQUARE)
    for clip in session.placed(lane):
        yield from _piece(session, lane, clip)
    yield "  >"


def _piece(session: DawSession, lane: Lane, clip: Placed) -> Iterator[str]:
    sound = session.sound(lane)
    yield "    <ITEM"
    yield f"      POSITION {_seconds(session, clip.start_frames)}"
    yield f"      LENGTH {_seconds(session, clip.length_frames)}"
    yield "      LOOP 0"
    yield f"      FADEIN {_LINEAR} {_seconds(session, clip.fade_in_frames)} 0"
    yield f"      FADEOUT {_LINEAR} {_seconds(session, clip.fade_out_frames)} 0"
    yield f"      NAME {quoted(sound.name)}"
    yield f"      SOFFS {_seconds(session, clip.from_frames)}"
    yield "      PLAYRATE 1 1 0 -1"
    yield "      <SOURCE WAVE"
    yield f'        FILE "{sound.file}"'
    yield "      >"
    yield "    >"


def _gains(session: DawSession, points: Sequence[Point]) -> Sequence[Point]:
    return [Point(point.at_frames, amplitude(point.value)) for point in sloped(points, session.most_steps)]


def _pans(pan: float, points: Sequence[Point]) -> Sequence[Point]:
    """What is added to the pan, held where the two together end. In envelopes left is positive."""
    together = held([Point(point.at_frames, pan + point.value) for point in points], -1.0, 1.0)
    return [Point(point.at_frames, pan - point.value) for point in together]


def _curve(
    name: str, session: DawSession, points: Sequence[Point], *, indent: str = "  ", shape: int = _LINEAR
) -> Iterator[str]:
    if not points:
        return
    yield f"{indent}<{name}"
    yield f"{indent}  ACT 1 -1"
    yield f"{indent}  VIS 1 1 1"
    yield f"{indent}  ARM 0"
    for point in points:
        yield f"{indent}  PT {_seconds(session, point.at_frames)} {number(point.value)} {shape}"
    yield f"{indent}>"


def _seconds(session: DawSession, frames: int) -> str:
    return f"{session.seconds(frames):.9f}"


def _gain(gain_db: float) -> str:
    return number(amplitude(gain_db))


def _colour(colour: str) -> int:
    """Red in the lowest byte, and a bit that says that there is one."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return _CUSTOM_COLOUR | blue << 16 | green << 8 | red


def quoted(text: str) -> str:
    """By that of REAPER's three marks which the text does not hold."""
    line = one_line(text)
    mark = next((mark for mark in "\"'`" if mark not in line), "`")
    return f"{mark}{line.replace(mark, chr(39))}{mark}"
