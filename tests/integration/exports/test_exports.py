"""Stem packs and mixes as sessions: made once by a worker, sound and all, under the rules of the pack's ZIP."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import rpp
import soundfile
import sqlalchemy as sa
import urllib3

from remixhub.cli import main
from remixhub.domain.exports.dawproject_reading import read_mix
from remixhub.domain.exports.formats import FORMS, ExportFormat, Folder
from remixhub.domain.exports.session import DawSession
from remixhub.domain.mix_spec import parse_mix_spec
from remixhub.domain.states import JobKind, RenditionKind
from remixhub.models import Job, Receipt, Rendition, StemPack
from tests.dawproject_rules import faults_of_metadata, faults_of_project
from tests.integration.conftest import Client, Hub
from tests.integration.stems.studio import Desk
from tests.stem_rules import faults_of_stem_file, heard_streams

RATE_HZ = 44_100


@pytest.fixture
def desk(hub: Hub, tmp_path: Path) -> Desk:
    return Desk(hub, tmp_path)


def sound(path: Path, *, channels: int = 2, rate_hz: int = RATE_HZ, frames: int = RATE_HZ, level: float = 0.5,
          subtype: str = "PCM_24") -> Path:  # fmt: skip
    time = np.arange(frames) / rate_hz
    one = level * np.sin(2 * np.pi * 110 * (1 + len(path.stem)) * time)
    soundfile.write(path, np.stack([one, one / 2][:channels], axis=1), rate_hz, subtype=subtype)
    return path


def release(desk: Desk, artist: Client, paths: list[Path], work: Any = None, **facts: Any) -> Any:
    work = work or desk.begin(artist, **facts)
    for path in paths:
        answer = artist.post(f"/works/{work['id']}/stems", {"upload_id": desk.upload(artist, path)})
        assert answer.status_code == 201, answer.text
    desk.hub.drain()
    with desk.hub.parts.database.writing() as session:  # as if nobody had minded mixed rates
        session.execute(sa.update(StemPack).values(findings=[]))
    answer = artist.post(f"/works/{work['id']}/publish")
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def exported(client: Client, path: str, format: str) -> Any:
    answer = client.get(f"{path}/exports/{format}")
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def ordered(client: Client, path: str, format: str) -> Any:
    answer = client.post(f"{path}/exports/{format}")
    assert answer.status_code in (200, 202), answer.text
    return answer.get_json()


def fetched(client: Client, path: str, format: str) -> bytes:
    answer = exported(client, path, format)
    assert answer["state"] == "ready", answer
    return bytes(urllib3.request("GET", answer["url"], retries=False).data)


def made(desk: Desk, client: Client, path: str, format: str) -> zipfile.ZipFile:
    assert ordered(client, path, format)["state"] == "building"
    desk.hub.drain()
    opened = zipfile.ZipFile(io.BytesIO(fetched(client, path, format)))
    assert opened.testzip() is None
    return opened


def stem_file(desk: Desk, client: Client, path: str, format: str) -> bytes:
    assert ordered(client, path, format)["state"] == "building"
    desk.hub.drain()
    return fetched(client, path, format)


def jobs(desk: Desk) -> list[Job]:
    return [job for job in desk.hub.rows(Job) if job.kind is JobKind.EXPORT_SESSION]


def test_a_pack_opens_with_the_sound_as_it_was(desk: Desk) -> None:
    """Mono and stereo, three rates, names in Chinese: each stem to the frame, those of the pack's rate to the bit."""
    artist, visitor = desk.hub.account(), desk.hub.visitor()
    paths = [
        sound(desk.folder / "kick.wav", channels=1, frames=44_109),
        sound(desk.folder / "主旋律 吉他.wav", frames=44_109),
        sound(desk.folder / "pad.wav", rate_hz=48_000, frames=48_010),
        sound(desk.folder / "loud.wav", level=1.6, subtype="FLOAT", frames=44_109),
        sound(desk.folder / "vox.wav", rate_hz=96_000, channels=1, frames=96_020),
        sound(desk.folder / "bass.wav", frames=44_109),
    ]  # fmt: skip
    work = release(desk, artist, paths, tempo_bpm=124.0, key="A minor", credits=[{"name": "Ada", "role": "bass"}])
    stems = desk.pack(artist, work)["stems"]
    pack = f"/stem-packs/{work['stem_pack_id']}"
    with made(desk, visitor, pack, "dawproject") as opened:
        names = opened.namelist()
        assert names[:6] == ["metadata.xml", "project.xml", "README.txt", "LICENSE.txt", "CREDITS.txt", "RECEIPT.json"]
        root = ET.fromstring(opened.read("project.xml"))
        assert faults_of_project(root) == []
        assert faults_of_metadata(ET.fromstring(opened.read("metadata.xml"))) == []
        assert [one.get("path") for one in root.iter("File")] == names[6:]
        audio = {one.find("File").get("path"): one for one in root.iter("Audio")}  # type: ignore[union-attr]
        for name, stem, path in zip(names[6:], stems, paths, strict=True):
            heard, rate_hz = soundfile.read(io.BytesIO(opened.read(name)), dtype="float32", always_2d=True)
            sent, own_rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
            assert rate_hz == RATE_HZ
            assert len(heard) == round(stem["duration_frames"] * RATE_HZ / own_rate_hz)
            assert float(audio[name].get("duration", "")) * RATE_HZ == pytest.approx(len(heard), abs=1e-3)
            assert heard.shape[1] == sent.shape[1] == int(audio[name].get("channels", ""))
            if own_rate_hz == RATE_HZ:
                assert np.array_equal(heard, sent)
        depths = [soundfile.info(io.BytesIO(opened.read(name))).subtype for name in names[6:]]
        assert depths == ["PCM_24", "PCM_24", "PCM_24", "FLOAT", "PCM_24", "PCM_24"]
        assert stems[1]["id"].encode() in opened.read(names[7])  # by which it is known again


def test_it_is_made_once_and_equal_packs_give_equal_bytes(desk: Desk) -> None:
    artist, visitor = desk.hub.account(), desk.hub.visitor()
    work = release(desk, artist, [sound(desk.folder / "kick.wav")])
    pack = f"/stem-packs/{work['stem_pack_id']}"
    assert exported(visitor, pack, "reaper")["state"] == "absent"
    assert jobs(desk) == [], "who looks orders nothing"
    assert ordered(visitor, pack, "reaper")["state"] == ordered(artist, pack, "reaper")["state"] == "building"
    assert len(jobs(desk)) == 1
    desk.hub.drain()
    first = fetched(artist, pack, "reaper")
    assert exported(artist, pack, "reaper")["size_bytes"] == len(first)
    (key,) = [key for key in desk.hub.objects() if key.endswith(".zip")]
    desk.hub.parts.store.delete(key)
    with desk.hub.parts.database.writing() as session:
        session.execute(sa.delete(Rendition).where(Rendition.kind == RenditionKind.ARCHIVE))
    assert ordered(artist, pack, "reaper")["state"] == "building"
    desk.hub.drain()
    assert fetched(artist, pack, "reaper") == first
    url = exported(artist, pack, "reaper")["url"]
    rest = urllib3.request("GET", url, headers={"Range": f"bytes={len(first) // 2}-"}, retries=False)
    assert (rest.status, rest.data) == (206, first[len(first) // 2 :])


@pytest.mark.parametrize("format", [format for format, form in FORMS.items() if isinstance(form.made, Folder)])
def test_every_format_holds_the_sound_the_licence_and_the_receipt(desk: Desk, format: ExportFormat) -> None:
    artist = desk.hub.account()
    work = release(desk, artist, [sound(desk.folder / "kick.wav")])
    pack = f"/stem-packs/{work['stem_pack_id']}"
    offered = {one["format"]: one for one in artist.get(f"{pack}/exports").get_json()["exports"]}
    assert list(offered) == list(ExportFormat)
    with made(desk, artist, pack, format) as opened:
        inside = "" if format is ExportFormat.DAWPROJECT else "artist - Night Drive/"
        assert all(name.startswith(inside) for name in opened.namelist())
        held = {"LICENSE.txt", "CREDITS.txt", "RECEIPT.json", "audio/01-kick.wav"}
        assert held <= {name.removeprefix(inside) for name in opened.namelist()}
        receipt = opened.read(f"{inside}RECEIPT.json").decode()
        assert receipt == artist.get(f"{pack}/receipt").text
        project = [name for name in opened.namelist() if name.endswith(".rpp")]
        if format is ExportFormat.REAPER:
            item = rpp.loads(opened.read(project[0]).decode()).find("TRACK").find("ITEM")
            assert item.find("SOURCE").find("FILE")[1] == "audio/01-kick.wav"
    size_bytes = exported(artist, pack, format)["size_bytes"]
    assert offered[format]["expected_bytes"] == pytest.approx(size_bytes, abs=20_000)


def test_whoever_takes_a_session_holds_a_receipt(desk: Desk) -> None:
    artist, fan = desk.hub.account(), desk.hub.account("fan")
    work = release(desk, artist, [sound(desk.folder / "kick.wav")])
    for client in (artist, fan):
        ordered(client, f"/stem-packs/{work['stem_pack_id']}", "audacity")
    assert desk.hub.rows(Receipt) == []
    desk.hub.drain()
    for client in (artist, fan, fan):
        fetched(client, f"/stem-packs/{work['stem_pack_id']}", "audacity")
    (receipt,) = desk.hub.rows(Receipt)
    assert (receipt.stem_pack_id, receipt.licence) == (work["stem_pack_id"], "cc-by-4.0")


def test_a_mix_goes_through_a_session_and_comes_back_the_same(desk: Desk) -> None:
    artist, fan = desk.hub.account(), desk.hub.account("fan")
    work = release(desk, artist, [sound(desk.folder / "kick.wav", channels=1), sound(desk.folder / "bass.wav")])
    kick, bass = (stem["id"] for stem in desk.pack(artist, work)["stems"])
    spec = {
        "version": 2, "sample_rate_hz": 48_000,
        "lanes": [
            {"stem": bass, "gain_db": -4.5, "pan": -0.3, "clips": [
                {"offset_frames": 101, "fade_in_frames": 99}, {"trim_start_frames": 24_001, "offset_frames": 60_007}],
             "gain_points": [{"at_frames": 0, "gain_db": -20.0}, {"at_frames": 48_000, "gain_db": 0.5}],
             "mute_ranges": [{"start_frames": 1_000, "end_frames": 9_000}]},
            {"stem": kick, "muted": True},
        ],
        "gain_db": -2.0, "loudness": {"target_lufs": -16.0, "ceiling_dbtp": -1.0},
        "loop": {"start_frames": 0, "end_frames": 48_000, "times": 2}, "grid": {"bpm": 96.5},
        "markers": [{"at_frames": 30_003, "name": "Drop"}],
    }  # fmt: skip
    mix = fan.post("/mixes", {"stem_pack_id": work["stem_pack_id"], "spec": spec, "title": "Bent"}).get_json()
    desk.hub.drain()
    assert artist.get(f"/mixes/{mix['id']}/exports/dawproject").status_code == 404
    refused = fan.get(f"/mixes/{mix['id']}/exports/ableton")
    assert (refused.status_code, refused.get_json()["code"]) == (404, "export_format_unknown")
    offered = fan.get(f"/mixes/{mix['id']}/exports").get_json()["exports"]
    assert [one["format"] for one in offered] == ["dawproject", "reaper", "stems", "stems_alac"]
    with made(desk, fan, f"/mixes/{mix['id']}", "dawproject") as opened:
        root = ET.fromstring(opened.read("project.xml"))
        assert faults_of_project(root) == []
        told = {one.tag: one.text for one in ET.fromstring(opened.read("metadata.xml"))}
        for name in ("audio/01-kick.wav", "audio/02-bass.wav"):
            assert (soundfile.info(io.BytesIO(opened.read(name))).frames) == 48_000
    assert (told["Title"], told["Artist"], told["OriginalArtist"]) == ("Bent", "fan", "artist")
    assert read_mix(root, {"audio/01-kick.wav": kick, "audio/02-bass.wav": bass}, 48_000) == parse_mix_spec(spec)


def test_drafts_withdrawn_works_and_unknown_formats_have_none(desk: Desk) -> None:
    artist, fan, visitor = desk.hub.account(), desk.hub.account("fan"), desk.hub.visitor()
    draft = desk.begin(artist)
    path = f"/stem-packs/{draft['stem_pack_id']}/exports"
    assert visitor.get(path).status_code == visitor.get(f"{path}/dawproject").status_code == 404
    assert artist.get(f"{path}/dawproject").get_json()["code"] == "stem_pack_not_published"
    work = release(desk, artist, [sound(desk.folder / "kick.wav")])
    pack = f"/stem-packs/{work['stem_pack_id']}"
    assert visitor.get(f"{pack}/exports/logic").get_json()["code"] == "export_format_unknown"
    lane = {"stem": desk.pack(artist, work)["stems"][0]["id"]}
    mix = fan.post("/mixes", {"stem_pack_id": work["stem_pack_id"], "spec": {"version": 2, "lanes": [lane]}}).get_json()
    desk.hub.drain()
    artist.post(f"/works/{work['id']}/withdraw")
    assert visitor.get(f"{pack}/exports/dawproject").status_code == 404
    assert fan.get(f"/mixes/{mix['id']}").status_code == 200
    assert fan.get(f"/mixes/{mix['id']}/exports/dawproject").status_code == 404
    assert ordered(artist, pack, "dawproject")["state"] == "building"


def test_a_session_of_damaged_originals_is_not_made(desk: Desk) -> None:
    artist = desk.hub.account()
    work = release(desk, artist, [sound(desk.folder / "kick.wav")])
    stem = desk.pack(artist, work)["stems"][0]
    desk.hub.parts.store.put_bytes(desk.hub.key_of(stem["sha256"]), b"RIFF", "audio/wav")
    pack = f"/stem-packs/{work['stem_pack_id']}"
    ordered(artist, pack, "dawproject")
    desk.hub.drain()
    failed = exported(artist, pack, "dawproject")
    assert (failed["state"], failed["url"]) == ("failed", None)
    assert "kick" in failed["failure"]
    assert [key for key in desk.hub.objects() if key.endswith(".zip")] == []
    assert list(desk.hub.parts.store.unfinished_transfers("renditions/")) == []
    assert exported(artist, pack, "dawproject") == failed
    page = desk.hub.visitor().http
    assert "Try again" in page.get(f"/works/{work['id']}/exports/dawproject").text
    page.post(f"/works/{work['id']}/exports", data={"format": "dawproject"})
    assert exported(artist, pack, "dawproject")["state"] == "building"


def test_an_operator_writes_the_same_bytes_at_the_command_line(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    artist = desk.hub.account()
    work = release(desk, artist, [sound(desk.folder / "kick.wav"), sound(desk.folder / "bass.wav")])
    pack = f"/stem-packs/{work['stem_pack_id']}"
    ordered(artist, pack, "dawproject")
    desk.hub.drain()
    out = desk.folder / "out.dawproject"
    for name, value in desk.hub.parts.settings.to_env().items():
        monkeypatch.setenv(name, value)
    assert main(["export", f"http://localhost/works/{work['id']}", "--format", "dawproject", "-o", str(out)]) == 0
    assert capsys.readouterr().out.startswith(str(out))
    body = out.read_bytes()
    assert hashlib.sha256(body).digest() == hashlib.sha256(fetched(artist, pack, "dawproject")).digest()
    spec = {"version": 2, "lanes": [{"stem": artist.get(pack).get_json()["stems"][0]["id"], "gain_db": -6.0}]}
    mix = artist.post("/mixes", {"stem_pack_id": work["stem_pack_id"], "spec": spec, "title": "Bent"}).get_json()
    desk.hub.drain()
    ordered(artist, f"/mixes/{mix['id']}", "reaper")
    desk.hub.drain()
    assert main(["export", f"mixes/{mix['id']}", "--format", "reaper", "-o", str(out)]) == 0
    assert (
        hashlib.sha256(out.read_bytes()).digest()
        == hashlib.sha256(fetched(artist, f"/mixes/{mix['id']}", "reaper")).digest()
    )
    for gone in ("0" * 32, f"mixes/{'0' * 32}"):
        assert main(["export", gone, "--format", "reaper", "-o", str(desk.folder / "none.zip")]) == 1
    assert main(["export", f"mixes/{mix['id']}", "--format", "ableton", "-o", str(desk.folder / "none.zip")]) == 1
    assert not list(desk.folder.glob("none*"))
    with pytest.raises(SystemExit):
        main(["export", "0" * 32, "--format", "garageband"])
    assert "choose from dawproject, reaper" in capsys.readouterr().err.replace("'", "")


def test_names_as_long_as_a_file_system_takes_are_written(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    work = release(desk, desk.hub.account(), [sound(desk.folder / "kick.wav")], title="深夜" * 60)
    for name, value in desk.hub.parts.settings.to_env().items():
        monkeypatch.setenv(name, value)
    out = desk.folder / "out"
    out.mkdir()
    monkeypatch.chdir(out)
    assert main(["export", work["id"], "--format", "reaper"]) == 0
    (written,) = out.iterdir()
    assert len(written.name.encode()) > 250
    assert zipfile.ZipFile(written).testzip() is None


def test_asking_how_far_a_session_is_writes_none_of_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may hold a thousand curves, and pages ask each second."""
    artist = desk.hub.account()
    pack = f"/stem-packs/{release(desk, artist, [sound(desk.folder / 'kick.wav')])['stem_pack_id']}"

    def write(_session: DawSession) -> Mapping[str, bytes]:
        raise AssertionError("Only workers write.")

    with monkeypatch.context() as patch:
        patch.setitem(FORMS, ExportFormat.REAPER, replace(FORMS[ExportFormat.REAPER], made=Folder(write, lambda _: ())))  # type: ignore[call-overload]
        assert ordered(artist, pack, "reaper")["state"] == "building"
        assert exported(artist, pack, "reaper")["state"] == "building"
    desk.hub.drain()
    assert exported(artist, pack, "reaper")["state"] == "ready"


def test_a_pack_is_one_file_of_a_mix_and_four_stems_as_its_artist_groups_them(desk: Desk) -> None:
    artist, fan = desk.hub.account(), desk.hub.account("fan")
    paths = [
        sound(desk.folder / "kick.wav", channels=1, level=0.25),
        sound(desk.folder / "bass.wav", level=0.25),
        sound(desk.folder / "pad.wav", level=0.25),
    ]
    work = release(desk, artist, paths, tempo_bpm=124.0)
    pack = f"/stem-packs/{work['stem_pack_id']}"
    before = artist.get(pack).get_json()
    kick, bass, pad = (stem["id"] for stem in before["stems"])
    assert before["families"] == {kick: "rhythm", bass: "low", pad: "tone"}
    body = stem_file(desk, fan, pack, "stems")
    edit = {"families": {pad: "voice", bass: "rhythm", kick: None}}
    assert fan.patch(pack, edit, revision=before["revision"]).status_code == 403
    assert artist.patch(pack, edit).status_code == 428
    edited = artist.patch(pack, edit, revision=before["revision"])
    assert (edited.status_code, edited.get_json()["families"]) == (200, {kick: "rhythm", bass: "rhythm", pad: "voice"})
    assert artist.patch(pack, edit, revision=before["revision"]).status_code == 412
    strange = artist.patch(pack, {"families": {"x": "low"}}, revision=before["revision"] + 1)
    assert (strange.status_code, strange.get_json()["violations"][0]["pointer"]) == (422, "/families/x")
    assert stem_file(desk, fan, pack, "stems") != body
    path = desk.folder / "lossless.stem.mp4"
    path.write_bytes(stem_file(desk, fan, pack, "stems_alac"))
    programs = desk.hub.parts.sandbox.programs
    assert faults_of_stem_file(path, programs) == []
    mix, rhythm, low, tone, voice = heard_streams(path, programs)
    assert {len(mix), len(rhythm)} == {RATE_HZ}
    assert not low.any()
    assert not tone.any()
    assert np.abs(mix - rhythm - voice).max() < 4e-7
    own = soundfile.read(paths[2], dtype="float32")[0]
    assert np.abs(voice - own).max() < 2e-7
    assert len(desk.hub.rows(Receipt)) == 1
    page = desk.hub.visitor().http.get(f"/works/{work['id']}/exports/stems").text
    assert "Choose which stems go together" not in page
    again = artist.post(f"/works/{work['id']}/stem-packs").get_json()
    assert list(again["families"].values()) == ["rhythm", "rhythm", "voice"], "the next version begins with the same"


def test_the_mix_of_the_file_is_that_of_the_release_and_of_a_mix_its_own(desk: Desk) -> None:
    artist, fan = desk.hub.account(), desk.hub.account("fan")
    work = desk.begin(artist)
    paths = [sound(desk.folder / "kick.wav"), sound(desk.folder / "bass.wav")]
    for path in paths:
        artist.post(f"/works/{work['id']}/stems", {"upload_id": desk.upload(artist, path)})
    whole = sound(desk.folder / "whole.wav", level=0.9, rate_hz=48_000, frames=24_000)
    mix = desk.upload(artist, whole, "reference_mix")
    revision = desk.work(artist, work)["revision"]
    assert artist.put(f"/works/{work['id']}/mix", {"upload_id": mix}, revision=revision).status_code == 200
    desk.hub.drain()
    work = artist.post(f"/works/{work['id']}/publish").get_json()
    path, programs = desk.folder / "one.stem.mp4", desk.hub.parts.sandbox.programs
    path.write_bytes(stem_file(desk, fan, f"/stem-packs/{work['stem_pack_id']}", "stems_alac"))
    first, *stems = heard_streams(path, programs)
    assert len(first) == len(stems[0]) == RATE_HZ
    assert np.abs(first[:20_000]).max() == pytest.approx(0.9, abs=0.01)
    assert not first[22_100:].any(), "half a second of it, and silence after that"
    lanes = [{"stem": stem["id"], "gain_db": -6.0} for stem in desk.pack(artist, work)["stems"]]
    asked = {"stem_pack_id": work["stem_pack_id"], "spec": {"version": 2, "lanes": lanes}}
    mix = fan.post("/mixes", asked).get_json()
    desk.hub.drain()
    path.write_bytes(stem_file(desk, fan, f"/mixes/{mix['id']}", "stems_alac"))
    assert faults_of_stem_file(path, programs) == []
    first, *stems = heard_streams(path, programs)
    assert np.abs(first - sum(stems)).max() < 4e-7
    assert 0.2 < np.abs(first).max() < 0.6
