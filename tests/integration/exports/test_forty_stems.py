"""Forty stems with Chinese names, mono and stereo, at two rates: each format read by a reader that is not ours."""

from __future__ import annotations

import io
import math
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import mido
import numpy as np
import pytest
import rpp
import soundfile

from tests.dawproject_rules import faults_of_project
from tests.integration.conftest import Client, Hub
from tests.integration.exports.test_exports import RATE_HZ, fetched, ordered, release, sound
from tests.integration.stems.studio import Desk
from tests.stem_rules import faults_of_stem_file, heard_streams, manifest_of

COUNT, BPM = 40, 123.0
FORMATS = ("dawproject", "reaper", "ableton", "audacity", "stems")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is written is the same on PostgreSQL."""
    return sqlite_url


def test_forty_stems_lie_where_they_did_as_long_and_as_loud_in_every_format(hub: Hub, tmp_path: Path) -> None:
    desk, artist = Desk(hub, tmp_path), hub.account()
    work, stems = _released(desk, artist)
    pack = f"/stem-packs/{work['stem_pack_id']}"
    for format in FORMATS:
        ordered(artist, pack, format)
    hub.drain()
    files = {format: fetched(artist, pack, format) for format in FORMATS}
    frames = [round(one["duration_frames"] * RATE_HZ / one["sample_rate_hz"]) for one in stems]
    _check_dawproject(files["dawproject"], stems, frames)
    for format in FORMATS[1:4]:
        _check_folder(files[format], stems, frames)
    _check_reaper(files["reaper"], stems, frames)
    _check_tempo_and_labels(files["ableton"])
    _check_tempo_and_labels(files["audacity"])
    path = tmp_path / "forty.stem.mp4"
    path.write_bytes(files["stems"])
    assert faults_of_stem_file(path, hub.parts.sandbox.programs) == []
    assert len(manifest_of(path)["stems"]) == 4
    assert {len(one) for one in heard_streams(path, hub.parts.sandbox.programs)} == {max(frames)}


def _released(desk: Desk, artist: Client) -> tuple[Any, Any]:
    """Eight sounds, each under five names; the pack's rate is that of most."""
    paths = [
        sound(desk.folder / f"{'鼓' * (number + 1)}.wav", channels=1 + number % 2, level=0.02,
              rate_hz=48_000 if number > 5 else RATE_HZ, frames=22_050 + 101 * number)
        for number in range(8)
    ]  # fmt: skip
    work = desk.begin(artist, tempo_bpm=BPM, key="A minor")
    uploads = [artist.send_upload(paths[number % 8], filename=f"{number:02d} 主旋律.wav") for number in range(COUNT)]
    desk.hub.drain()
    for number, upload_id in enumerate(uploads):
        facts = {"name": f"{number:02d} 主旋律 “吉他”", "gain_db": -0.37 * number, "role": "lead_vocals"}
        answer = artist.post(f"/works/{work['id']}/stems", {"upload_id": upload_id, **facts})
        assert answer.status_code == 201, answer.text
    work = release(desk, artist, [], work=work)
    return work, desk.pack(artist, work)["stems"]


def _decibels(factor: str) -> float:
    return 20 * math.log10(float(factor))


def _gains(stems: Any) -> Any:
    return pytest.approx([one["gain_db"] for one in stems], abs=0.01)


def _check_dawproject(body: bytes, stems: Any, frames: list[int]) -> None:
    with zipfile.ZipFile(io.BytesIO(body)) as opened:
        root = ET.fromstring(opened.read("project.xml"))
        assert faults_of_project(root) == []
        strips = [one for one in root.findall("Structure/Track") if one.get("name") != "Master"]
        assert [one.get("name") for one in strips] == [one["name"] for one in stems]
        assert [_decibels(one.find("Channel/Volume").get("value", "")) for one in strips] == _gains(stems)  # type: ignore[union-attr]
        clips = root.findall("Arrangement/Lanes/Lanes/Clips/Clip")
        assert {float(clip.get("time", "1")) for clip in clips} == {0.0}
        lengths = [float(clip.get("duration", "")) * 60 / BPM * RATE_HZ for clip in clips]
        assert lengths == pytest.approx(frames, abs=1e-2)
        heard = [soundfile.info(io.BytesIO(opened.read(one.get("path", "")))) for one in root.iter("File")]
        assert [(one.frames, one.samplerate, one.channels) for one in heard] == [
            (length, RATE_HZ, stem["channels"]) for length, stem in zip(frames, stems, strict=True)
        ]


def _check_folder(body: bytes, stems: Any, frames: list[int]) -> None:
    """The WAV, each as long as its stem and from the same zero."""
    with zipfile.ZipFile(io.BytesIO(body)) as opened:
        assert len({name.partition("/")[0] for name in opened.namelist()}) == 1
        files = [name for name in opened.namelist() if name.endswith(".wav")]
        assert all(name.partition("/")[2].isascii() for name in files)
        for name, stem, length in zip(files, stems, frames, strict=True):
            heard, rate_hz = soundfile.read(io.BytesIO(opened.read(name)), always_2d=True)
            assert (heard.shape, rate_hz) == ((length, stem["channels"]), RATE_HZ)
            assert np.abs(heard[:200]).max() > 0.005, "from its first frames on"


def _check_reaper(body: bytes, stems: Any, frames: list[int]) -> None:
    with zipfile.ZipFile(io.BytesIO(body)) as opened:
        (name,) = [name for name in opened.namelist() if name.endswith(".rpp")]
        strips = rpp.loads(opened.read(name).decode()).findall("TRACK")
        assert [one.find("NAME")[1] for one in strips] == [one["name"] for one in stems]
        assert [_decibels(one.find("VOLPAN")[1]) for one in strips] == _gains(stems)
        items = [one.find("ITEM") for one in strips]
        assert {float(one.find("POSITION")[1]) for one in items} == {0.0}
        assert [float(one.find("LENGTH")[1]) * RATE_HZ for one in items] == pytest.approx(frames, abs=1e-2)
        there = {name.partition("/")[2] for name in opened.namelist()}
        assert {one.find("SOURCE").find("FILE")[1] for one in items} <= there


def _check_tempo_and_labels(body: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(body)) as opened:
        inside = f"{opened.namelist()[0].partition('/')[0]}/"
        read = mido.MidiFile(file=io.BytesIO(opened.read(f"{inside}Tempo map.mid")), charset="utf-8")
        (tempo,) = [one.tempo for strip in read.tracks for one in strip if one.type == "set_tempo"]
        assert mido.tempo2bpm(tempo) == pytest.approx(BPM, abs=0.001)
        first = opened.read(f"{inside}Labels.txt").decode().splitlines()[0]
        assert first.split("\t") == ["0.000000", "0.000000", "Bar 1"]
