"""DAWproject: by the rules of its schema, to the frame and the hundredth of a decibel, and back into the mix it was."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from random import Random
from xml.etree import ElementTree as ET

import pytest

from remixhub.domain.exports import dawproject
from remixhub.domain.exports.dawproject_reading import SessionUnreadable, read_mix
from remixhub.domain.exports.session import DawSession
from remixhub.domain.mix_spec import MixSpec, digest, parse_mix_spec
from remixhub.domain.stems.archive import ArchivedStem
from tests.dawproject_rules import faults_of_metadata, faults_of_project
from tests.mix_specs import random_spec
from tests.unit.domain.exports.sample import RATE_HZ, THREE_PACKS, mix_session, pack_session, stem

STEMS = [stem("kick", role="kick", channels=1), stem("bass", role="bass"), stem("vox", role="lead_vocals")]
FRAMES = {one.id: 441_000 for one in STEMS}


def project(session: DawSession) -> ET.Element:
    return ET.fromstring(dawproject.written(session)["project.xml"])


def back(session: DawSession) -> MixSpec:
    stems = {sound.file: sound.stem for sound in session.sounds}
    return read_mix(project(session), stems, session.rate_hz)


@pytest.mark.parametrize("stems", THREE_PACKS.values(), ids=THREE_PACKS)
def test_a_pack_is_written_to_the_frame_and_the_hundredth_of_a_decibel(stems: list[ArchivedStem]) -> None:
    session = pack_session(stems)
    root = project(session)
    assert faults_of_project(root) == []
    clips = root.findall("Arrangement/Lanes/Lanes/Clips/Clip")
    assert len(clips) == len(stems)
    files = [file.get("path", "") for file in root.iter("File")]
    assert len({file.lower() for file in files}) == len(stems)
    assert all(file.isascii() and file.startswith("audio/") for file in files)
    names = [strip.get("name") for strip in root.findall("Structure/Track")]
    assert names == [*(one.name for one in stems), "Master"]
    bpm, rate_hz = 124.0, session.rate_hz
    for clip, sound, one in zip(clips, session.sounds, stems, strict=True):
        assert float(clip.get("time", "")) == 0
        assert float(clip.get("duration", "")) * 60 / bpm * rate_hz == pytest.approx(sound.frames, abs=1e-3)
        assert sound.frames == round(one.duration_frames * rate_hz / one.sample_rate_hz)
        warps = [(float(warp.get("time", "")), float(warp.get("contentTime", ""))) for warp in clip.iter("Warp")]
        assert warps[0] == (0, 0)
        assert warps[1][0] * 60 / bpm == pytest.approx(warps[1][1], abs=1e-9)
    volumes = [float(one.get("value", "")) for one in root.findall("Structure/Track/Channel/Volume")]
    for volume, one in zip(volumes, stems, strict=False):
        assert 20 * math.log10(volume) == pytest.approx(one.gain_db, abs=0.005)


def test_metadata_names_title_artist_licence_credit_and_address() -> None:
    root = ET.fromstring(dawproject.written(pack_session(STEMS))["metadata.xml"])
    assert faults_of_metadata(root) == []
    told = {element.tag: element.text or "" for element in root}
    assert (told["Title"], told["Artist"]) == ("Night “Drive” & <Dawn>", "Ada")
    assert "creativecommons.org/licenses/by/4.0/" in told["Copyright"]
    assert told["Website"] == "https://hub.example/works/w"
    assert "“Night “Drive” & <Dawn>” by Ada – https://hub.example/works/w" in told["Comment"]
    assert "Key: A minor" in told["Comment"]


def test_a_mix_comes_back_as_it_was() -> None:
    spec = {
        "version": 2,
        "sample_rate_hz": RATE_HZ,
        "lanes": [
            {
                "stem": "id-of-bass", "gain_db": -3.1, "pan": 0.25, "solo": True,
                "clips": [
                    {"trim_end_frames": 264_601, "offset_frames": 22_051, "fade_in_frames": 441},
                    {"trim_start_frames": 88_201, "offset_frames": 352_807, "fade_out_frames": 4_409},
                ],
                "gain_points": [{"at_frames": 0, "gain_db": -12}, {"at_frames": 88_201, "gain_db": 0.7}],
                "pan_points": [{"at_frames": 5, "pan": -0.5}, {"at_frames": 99, "pan": 0.5}],
                "mute_ranges": [
                    {"start_frames": 176_401, "end_frames": 198_451}, {"start_frames": 198_451, "end_frames": 198_500},
                ],
            },
            {"stem": "id-of-kick", "muted": True, "gain_db": 20.5},
            {"stem": "id-of-bass", "clips": []},
        ],
        "gain_db": -1.0, "pan": -0.1, "gain_points": [{"at_frames": 10, "gain_db": -2}],
        "loop": {"start_frames": 1_001, "end_frames": 352_801, "times": 4},
        "loudness": {"target_lufs": -14.0, "ceiling_dbtp": -1.0},
        "grid": {"bpm": 123.456, "beats_per_bar": 3, "first_beat_frames": 1_234},
        "markers": [{"at_frames": 176_401, "name": "Drop “now” & <then>"}, {"at_frames": 200_000, "name": "落"}],
    }  # fmt: skip
    session = mix_session(spec, STEMS)
    assert faults_of_project(project(session)) == []
    assert back(session) == parse_mix_spec(spec)


@pytest.mark.parametrize("seed", range(60))
def test_random_mixes_come_back_as_the_same_mix(seed: int) -> None:
    """Their digest says so. What programs cannot say is taken out before: see `_sayable`."""
    spec = _sayable(parse_mix_spec(random_spec(Random(seed), FRAMES, RATE_HZ, 2)))
    session = mix_session(spec.as_json(), STEMS)
    assert faults_of_project(project(session)) == []
    assert digest(_rounded(back(session))) == digest(_rounded(spec))


def _sayable(spec: MixSpec) -> MixSpec:
    """Without clips of which nothing remains and fades beyond their clip, silences on muted lanes, pans beyond a side,
    and points right on a slope.
    """
    lanes = []
    for lane in spec.lanes:
        clips = []
        for clip in lane.clips:
            left = 441_000 - clip.trim_start_frames - clip.trim_end_frames
            if left > 0:
                fades = (min(clip.fade_in_frames, left), min(clip.fade_out_frames, left))
                clips.append(replace(clip, fade_in_frames=fades[0], fade_out_frames=fades[1]))
        pans = () if any(abs(lane.pan + point.value) > 1 for point in lane.pan_points) else lane.pan_points
        lanes.append(
            replace(lane, clips=tuple(clips), pan_points=pans, mute_ranges=() if lane.muted else lane.mute_ranges)
        )
    beyond = any(abs(spec.pan + point.value) > 1 for point in spec.pan_points)
    return replace(spec, lanes=tuple(lanes), pan_points=() if beyond else spec.pan_points)


def _rounded(spec: MixSpec) -> MixSpec:
    """A ten-millionth of a decibel is no other mix."""

    def held(value: object) -> object:
        if isinstance(value, float):
            return round(value, 7) + 0.0
        if isinstance(value, dict):
            return {name: held(one) for name, one in value.items()}
        return [held(one) for one in value] if isinstance(value, list) else value

    return parse_mix_spec(held(spec.as_json()))


def test_automation_is_as_loud_between_its_points_as_in_the_mix() -> None:
    """Programs go straight in amplitude, the mix in decibels: they part by less than a twentieth of a decibel."""
    spec = {
        "version": 2, "lanes": [{"stem": "id-of-bass", "gain_db": -6, "gain_points": [
            {"at_frames": 0, "gain_db": -40}, {"at_frames": 44_100, "gain_db": 6}]}],
    }  # fmt: skip
    root = project(mix_session(spec, STEMS))
    points = [
        (float(point.get("time", "")) * 60 / 124 * RATE_HZ, float(point.get("value", "")))
        for point in root.iter("RealPoint")
    ]
    for frame in range(0, 44_100, 441):
        (start, first), (end, last) = next(pair for pair in pairwise(points) if pair[1][0] >= frame)
        heard_db = 20 * math.log10(first + (last - first) * (frame - start) / (end - start))
        assert heard_db == pytest.approx(-6 - 40 + 46 * frame / 44_100, abs=0.05)


def test_however_much_automation_a_mix_has_its_session_stays_small() -> None:
    points = [{"at_frames": 44_100 * at, "gain_db": -60 if at % 2 else 20} for at in range(100)]
    root = project(mix_session({"version": 2, "lanes": [{"stem": "id-of-bass", "gain_points": points}] * 20}, STEMS))
    assert sum(1 for _ in root.iter("RealPoint")) <= 50_000


def test_what_a_pan_adds_beyond_a_side_stays_at_it() -> None:
    spec = {
        "version": 2, "lanes": [{"stem": "id-of-bass", "pan": 0.5, "pan_points": [
            {"at_frames": 0, "pan": -1.5}, {"at_frames": 100, "pan": 1.5}]}],
    }  # fmt: skip
    values = [(round(float(one.get("time", "")) * 60 / 124 * RATE_HZ), float(one.get("value", "")))
              for one in project(mix_session(spec, STEMS)).iter("RealPoint")]  # fmt: skip
    assert values == [(0, 0.0), (67, pytest.approx(1.0, abs=0.01)), (100, 1.0)]


def test_other_programs_sessions_are_read_too() -> None:
    """Clips in clips, seconds, decibels, pan from left to right, a strip in a folder, a stretched sound."""
    text = """<Project version="1.0"><Application name="Other" version="5"/>
      <Transport><Tempo unit="bpm" value="120"/></Transport>
      <Structure><Track id="g" contentType="tracks"><Track id="t" contentType="audio"><Channel role="regular">
        <Pan unit="linear" value="-0.5" min="-1" max="1"/><Volume unit="decibel" value="-6.5"/></Channel></Track>
        </Track>
        <Track id="u"><Channel role="regular"/></Track></Structure>
      <Arrangement><Lanes timeUnit="seconds"><Lanes track="t"><Clips>
        <Clip time="2" duration="4" contentTimeUnit="beats" playStart="2"><Clips>
          <Clip time="0" duration="16" contentTimeUnit="beats" playStart="0">
            <Warps timeUnit="beats" contentTimeUnit="seconds"><Audio duration="4" channels="2" sampleRate="48000">
              <File path="samples/bass.wav"/></Audio>
              <Warp time="0" contentTime="0"/><Warp time="16" contentTime="4"/></Warps></Clip></Clips></Clip>
        </Clips></Lanes></Lanes></Arrangement></Project>"""
    spec = read_mix(ET.fromstring(text), {"samples/bass.wav": "b"}, 48_000)
    (lane,) = spec.lanes
    assert (lane.stem, lane.gain_db, lane.pan) == ("b", -6.5, -0.5)
    assert spec.grid is not None
    assert spec.grid.bpm == 120
    (clip,) = lane.clips
    assert clip.offset_frames == 48_000


_MARKED = "<Arrangement><Markers><Marker time='{at}'/></Markers></Arrangement>"
_TEMPO = "<Transport><Tempo value='{bpm}'/></Transport>"


@pytest.mark.parametrize(
    "text",
    [
        "<Song/>",
        "<Project version='1.0'/>",
        f"<Project>{_TEMPO.format(bpm='fast')}<Arrangement/></Project>",
        f"<Project>{_TEMPO.format(bpm='nan')}{_MARKED.format(at=1)}</Project>",
        f"<Project>{_TEMPO.format(bpm='0')}{_MARKED.format(at=1)}</Project>",
        f"<Project>{_MARKED.format(at='inf')}</Project>",
    ],
)
def test_what_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(SessionUnreadable):
        read_mix(ET.fromstring(text), {}, 48_000)


def test_the_rules_find_what_breaks_them() -> None:
    root = project(pack_session(STEMS))
    channel = next(root.iter("Channel"))
    channel.append(channel[0])
    channel.set("destination", "nowhere")
    del next(root.iter("Audio")).attrib["channels"]
    next(root.iter("Volume")).set("unit", "loud")
    found = " ".join(faults_of_project(root))
    for fault in ("Channel holds", "refers to nothing: 'nowhere'", "Audio lacks channels", "Volume/unit", "twice"):
        assert fault in found
