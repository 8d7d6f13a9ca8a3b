"""DAWproject 1.0: `project.xml` and `metadata.xml` for the container, after the format's Project.xsd and MetaData.xsd.

Everything counts in beats, since programs have misread arrangements in seconds; sound lies in `Warps`, since some read
nothing else. At the session's tempo a beat of sound is a beat of the arrangement, and when the tempo is changed the
sound follows. Gains and pans are written as Bitwig Studio does: linear from 0 to 2, and from 0 to 1 with 0.5 as centre.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from decimal import Decimal
from xml.etree import ElementTree as ET

from remixhub import __version__
from remixhub.domain.exports.curves import amplitude, held, sloped
from remixhub.domain.exports.session import DawSession, Placed, one_line
from remixhub.domain.mix_spec import Lane, Point, Span

VERSION = "1.0"
PROJECT, METADATA = "project.xml", "metadata.xml"
MASTER = "Master"
"""By this name some programs know it."""
_TOP_VOLUME = 2.0


def written(session: DawSession) -> dict[str, bytes]:
    """By name, in the order of the container."""
    return {METADATA: _file(_metadata(session)), PROJECT: _file(_project(session))}


def loudness_words(session: DawSession) -> str:
    loudness = session.spec.loudness
    if loudness is None:
        return ""
    return f"loudness {number(loudness.target_lufs)} LUFS, ceiling {number(loudness.ceiling_dbtp)} dBTP"


def number(value: float) -> str:
    """The shortest that reads as the same double, without an exponent."""
    return str(int(value)) if float(value).is_integer() else format(Decimal(repr(float(value))), "f")


def _file(root: ET.Element) -> bytes:
    ET.indent(root)
    out = io.BytesIO()
    ET.ElementTree(root).write(out, encoding="UTF-8", xml_declaration=True)
    return out.getvalue() + b"\n"


def _metadata(session: DawSession) -> ET.Element:
    """MetaData.xsd has these in this order, each of them optional."""
    root = ET.Element("MetaData")
    own = session.mixed_by
    texts = (
        ("Title", session.title), ("Artist", own or session.artist), ("OriginalArtist", session.artist if own else ""),
        ("Copyright", f"{session.licence}, {session.licence_url}"), ("Website", session.permalink),
        ("Comment", session.credit + (f" Key: {session.key}." if session.key else "")),
    )  # fmt: skip
    for name, text in texts:
        if text:
            _add(root, name).text = one_line(text)
    return root


def _project(session: DawSession) -> ET.Element:
    root = ET.Element("Project", version=VERSION)
    _add(root, "Application", name="RemixHub", version=__version__)
    transport = _add(root, "Transport")
    _real(transport, "Tempo", "tempo", session.tempo_bpm, unit="bpm", lowest=20, highest=666)
    beats = str(session.beats_per_bar)
    _add(transport, "TimeSignature", id="time-signature", numerator=beats, denominator="4")
    structure = _add(root, "Structure")
    for place, lane in enumerate(session.spec.lanes, 1):
        _strip(structure, session, lane, place)
    _master(structure, session)
    arrangement = _add(root, "Arrangement", id="arrangement")
    lanes = _add(arrangement, "Lanes", timeUnit="beats")
    for place, lane in enumerate(session.spec.lanes, 1):
        _lane(lanes, session, lane, place)
    spec = session.spec
    if spec.gain_points or spec.pan_points:
        own = _add(lanes, "Lanes", track="master")
        _curves(own, session, "master", spec.gain_db, spec.pan, spec.gain_points, spec.pan_points)
    _markers(arrangement, session)
    return root


def _strip(structure: ET.Element, session: DawSession, lane: Lane, place: int) -> None:
    """A lane in the mixer; its comment names the sound, also where no clip does."""
    sound = session.sound(lane)
    strip = _add(
        structure, "Track", id=f"lane-{place}", name=one_line(sound.name), color=sound.colour, comment=sound.file,
        contentType="audio", loaded="true",
    )  # fmt: skip
    own = {"role": "regular", "destination": "master-channel", "audioChannels": str(sound.channels)}
    channel = _add(strip, "Channel", id=f"lane-{place}-channel", solo=_flag(lane.solo), **own)
    _channel(channel, f"lane-{place}", lane.gain_db, lane.pan, muted=lane.muted)


def _master(structure: ET.Element, session: DawSession) -> None:
    told = "; ".join(filter(None, (f"key {session.key}" if session.key else "", loudness_words(session))))
    comment = {"comment": told} if told else {}
    strip = _add(
        structure, "Track", id="master", name=MASTER, contentType="audio", loaded="true", **comment
    )  # fmt: skip
    channel = _add(strip, "Channel", id="master-channel", role="master", audioChannels="2", solo="false")
    _channel(channel, "master", session.spec.gain_db, session.spec.pan, muted=False)


def _channel(channel: ET.Element, id: str, gain_db: float, pan: float, *, muted: bool) -> None:
    _add(channel, "Mute", id=f"{id}-mute", name="Mute", value=_flag(muted))
    _real(channel, "Pan", f"{id}-pan", (pan + 1) / 2, unit="normalized", lowest=0, highest=1)
    volume = amplitude(gain_db)
    _real(channel, "Volume", f"{id}-volume", volume, unit="linear", lowest=0, highest=max(_TOP_VOLUME, volume))


def _real(within: ET.Element, name: str, id: str, value: float, *, unit: str, lowest: float, highest: float) -> None:
    bounds = {"max": number(highest), "min": number(lowest)}
    _add(within, name, id=id, name=name, unit=unit, value=number(value), **bounds)


def _lane(lanes: ET.Element, session: DawSession, lane: Lane, place: int) -> None:
    id = f"lane-{place}"
    own = _add(lanes, "Lanes", track=id)
    clips = _add(own, "Clips")
    for clip in session.placed(lane):
        _clip(clips, session, lane, clip)
    _curves(own, session, id, lane.gain_db, lane.pan, lane.gain_points, lane.pan_points)
    if lane.mute_ranges and not lane.muted:  # automation would make a muted lane sound
        _silences(own, session, id, lane.mute_ranges)


def _clip(clips: ET.Element, session: DawSession, lane: Lane, clip: Placed) -> None:
    sound, beats = session.sound(lane), session.beats
    fades = {
        name: number(beats(frames))
        for name, frames in (("fadeInTime", clip.fade_in_frames), ("fadeOutTime", clip.fade_out_frames))
        if frames
    }
    element = _add(
        clips, "Clip", time=number(beats(clip.start_frames)), duration=number(beats(clip.length_frames)),
        contentTimeUnit="beats", playStart=number(beats(clip.from_frames)),
        **({"fadeTimeUnit": "beats"} if fades else {}), **fades, name=one_line(sound.name),
    )  # fmt: skip
    warps = _add(element, "Warps", timeUnit="beats", contentTimeUnit="seconds")
    seconds = number(session.seconds(sound.frames))
    audio = _add(
        warps, "Audio", channels=str(sound.channels), duration=seconds, sampleRate=str(session.rate_hz)
    )  # fmt: skip
    _add(audio, "File", path=sound.file)
    _add(warps, "Warp", time="0", contentTime="0")
    _add(warps, "Warp", time=number(beats(sound.frames)), contentTime=seconds)


def _curves(
    own: ET.Element,
    session: DawSession,
    id: str,
    gain_db: float,
    pan: float,
    gain_points: Sequence[Point],
    pan_points: Sequence[Point],
) -> None:
    """Automation stands for the fader here, where a mix lets it ride on it."""
    if gain_points:
        risen = [
            Point(point.at_frames, amplitude(gain_db + point.value))
            for point in sloped(gain_points, session.most_steps)
        ]
        _points(own, session, f"{id}-volume", "linear", risen)
    if pan_points:
        turned = held([Point(point.at_frames, pan + point.value) for point in pan_points], -1.0, 1.0)
        _points(own, session, f"{id}-pan", "normalized", [Point(one.at_frames, (one.value + 1) / 2) for one in turned])


def _points(own: ET.Element, session: DawSession, parameter: str, unit: str, points: Sequence[Point]) -> None:
    curve = _add(own, "Points", unit=unit)
    _add(curve, "Target", parameter=parameter)
    for point in points:
        time, value = number(session.beats(point.at_frames)), number(point.value)
        _add(curve, "RealPoint", time=time, value=value, interpolation="linear")


def _silences(own: ET.Element, session: DawSession, id: str, spans: Sequence[Span]) -> None:
    curve = _add(own, "Points")
    _add(curve, "Target", parameter=f"{id}-mute")
    for frame, is_mute in muting(spans):
        _add(curve, "BoolPoint", time=number(session.beats(frame)), value=_flag(is_mute))


def muting(spans: Sequence[Span]) -> Iterator[tuple[int, bool]]:
    """From the start on, where silence begins and where it ends."""
    if spans[0].start_frames:
        yield 0, False
    for span in spans:
        yield span.start_frames, True
        yield span.end_frames, False


def _markers(arrangement: ET.Element, session: DawSession) -> None:
    marks = session.marks()
    markers = _add(arrangement, "Markers", timeUnit="beats") if marks else arrangement
    for mark in marks:
        meaning = {"comment": mark.meaning} if mark.meaning else {}
        _add(markers, "Marker", time=number(session.beats(mark.at_frames)), name=mark.name, **meaning)


def _add(within: ET.Element, name: str, /, **attributes: str) -> ET.Element:
    return ET.SubElement(within, name, attributes)


def _flag(value: bool) -> str:
    return "true" if value else "false"
