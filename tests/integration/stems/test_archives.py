"""A pack as one ZIP, and originals as downloads."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import soundfile
import urllib3

from remixhub.domain.access import SYSTEM
from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import JobKind, RenditionKind
from remixhub.jobs.table import add_job
from remixhub.models import Job, Rendition, SourceLink, Work
from tests import mp4_files
from tests.integration.conftest import Client, Hub
from tests.integration.lineage.catalogue import Catalogue
from tests.integration.stems.studio import Desk
from tests.signals import lag_frames, music


@pytest.fixture
def desk(hub: Hub, tmp_path: Path) -> Desk:
    return Desk(hub, tmp_path)


def archive(client: Client, work: Any) -> Any:
    answer = client.get(f"/stem-packs/{work['stem_pack_id']}/archive")
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def jobs(desk: Desk) -> list[Job]:
    return [job for job in desk.hub.rows(Job) if job.kind is JobKind.BUILD_ARCHIVE]


def ordered(client: Client, work: Any) -> Any:
    answer = client.post(f"/stem-packs/{work['stem_pack_id']}/archive")
    assert answer.status_code in (200, 202), answer.text
    return answer.get_json()


def test_a_pack_is_built_once_and_holds_the_originals_byte_for_byte(desk: Desk) -> None:
    artist, visitor = desk.hub.account(), desk.hub.visitor()
    work = desk.release(artist, ("kick.wav", "bass 128bpm Am.flac"), credits=[{"name": "Ada", "role": "bass"}])
    assert archive(visitor, work)["state"] == "absent"
    assert jobs(desk) == [], "who looks orders nothing"
    first = ordered(visitor, work)
    assert (first["state"], first["url"], first["progress"]) == ("building", None, {"percent": 0.0, "step": "waiting"})
    assert archive(visitor, work) == ordered(artist, work) == first
    desk.hub.drain()
    ready = archive(visitor, work)
    assert ready["state"] == "ready"
    assert ordered(visitor, work)["size_bytes"] == ready["size_bytes"]
    assert len(jobs(desk)) == 1
    answer = urllib3.request("GET", ready["url"], retries=False)
    assert answer.headers["Content-Disposition"].startswith(
        'attachment; filename="artist - Night Drive (stems v1).zip"'
    )
    assert len(answer.data) == ready["size_bytes"]
    with zipfile.ZipFile(io.BytesIO(answer.data)) as opened:
        assert opened.testzip() is None
        beside = ["README.txt", "LICENSE.txt", "RECEIPT.json", "manifest.json"]
        names = [*beside, "01 kick.wav", "02 bass 128bpm Am.flac"]
        assert opened.namelist() == names
        manifest = json.loads(opened.read("manifest.json"))
        stems = desk.pack(visitor, work)["stems"]
        assert [stem["file"] for stem in manifest["stems"]] == names[4:]
        for described, stem in zip(manifest["stems"], stems, strict=True):
            assert hashlib.sha256(opened.read(described["file"])).hexdigest() == described["sha256"] == stem["sha256"]
            assert described["duration_frames"] == stem["duration_frames"]
        readme = opened.read("README.txt").decode()
    assert "128 BPM" in readme
    assert "A minor" in readme
    assert f"http://localhost/works/{work['id']}" in readme
    assert "Ada, bass" in readme


def test_equal_packs_give_equal_bytes(desk: Desk) -> None:
    artist = desk.hub.account()
    work = desk.release(artist, ("kick.wav",))
    ordered(artist, work)
    desk.hub.drain()
    first = urllib3.request("GET", archive(artist, work)["url"], retries=False).data
    with desk.hub.parts.database.writing() as session:
        add_job(session, SYSTEM, JobKind.BUILD_ARCHIVE, work["stem_pack_id"], max_attempts=3)
    desk.hub.drain()
    assert urllib3.request("GET", archive(artist, work)["url"], retries=False).data == first
    assert len([one for one in desk.hub.rows(Rendition) if one.kind is RenditionKind.ARCHIVE]) == 1


def test_a_new_licence_makes_a_new_archive(desk: Desk) -> None:
    artist = desk.hub.account()
    work = desk.release(artist, ("kick.wav",))
    ordered(artist, work)
    desk.hub.drain()
    artist.patch(f"/works/{work['id']}", {"licence": "cc0-1.0"}, revision=work["revision"])
    assert archive(artist, work)["state"] == "absent"
    ordered(artist, work)
    desk.hub.drain()
    body = urllib3.request("GET", archive(artist, work)["url"], retries=False).data
    with zipfile.ZipFile(io.BytesIO(body)) as opened:
        assert b"CC0" in opened.read("LICENSE.txt")


def test_the_readme_credits_the_whole_lineage_nearest_first(desk: Desk) -> None:
    catalogue, artist = Catalogue(desk.hub.parts), desk.hub.account()
    far = [catalogue.work(f"Far {number}", by="other") for number in range(201)]
    near = catalogue.work("Near", far, by="other")
    work = desk.release(artist, ("kick.wav",))
    with desk.hub.parts.database.writing() as session:
        seq = session.get_one(Work, near).seq
        session.add(
            SourceLink(
                derivative_id=work["id"], derivative_seq=session.get_one(Work, work["id"]).seq,
                source_id=near, source_seq=seq, position=0, licence=Licence.BY,
            )
        )  # fmt: skip
    ordered(artist, work)
    desk.hub.drain()
    body = urllib3.request("GET", archive(artist, work)["url"], retries=False).data
    with zipfile.ZipFile(io.BytesIO(body)) as opened:
        credited = re.findall("^“(Far|Near)", opened.read("README.txt").decode(), re.MULTILINE)
    assert credited == ["Near", *["Far"] * 201]


def test_a_download_can_be_resumed(desk: Desk) -> None:
    artist = desk.hub.account()
    work = desk.release(artist, ("kick.wav",))
    ordered(artist, work)
    desk.hub.drain()
    url = archive(artist, work)["url"]
    whole = urllib3.request("GET", url, retries=False).data
    rest = urllib3.request("GET", url, headers={"Range": f"bytes={len(whole) // 2}-"}, retries=False)
    assert (rest.status, rest.data) == (206, whole[len(whole) // 2 :])


def test_an_archive_of_damaged_originals_is_not_made(desk: Desk) -> None:
    artist = desk.hub.account()
    work = desk.release(artist, ("kick.wav",))
    stem = desk.pack(artist, work)["stems"][0]
    desk.hub.parts.store.put_bytes(desk.hub.key_of(stem["sha256"]), b"RIFF", "audio/wav")
    ordered(artist, work)
    desk.hub.drain()
    failed = archive(artist, work)
    assert (failed["state"], failed["url"]) == ("failed", None)
    assert "kick" in failed["failure"]
    assert [one for one in desk.hub.rows(Rendition) if one.kind is RenditionKind.ARCHIVE] == []
    assert [key for key in desk.hub.objects() if key.endswith(".zip")] == []
    assert archive(artist, work) == failed
    assert ordered(artist, work)["state"] == "building", "it is tried anew by who orders it, and by nobody else"


def test_a_stranger_has_a_few_at_once_and_whoever_joins_an_order_has_no_more(desk: Desk) -> None:
    parts = desk.hub.parts
    desk.hub.app.extensions["remixhub"] = replace(parts, settings=replace(parts.settings, orders_at_once=2))
    artist, visitor = desk.hub.account(), desk.hub.visitor()
    works = [desk.release(artist, ("kick.wav",)) for _ in range(3)]
    for work in works[:2]:
        ordered(visitor, work)
    refused = visitor.post(f"/stem-packs/{works[2]['stem_pack_id']}/archive")
    assert (refused.status_code, refused.get_json()["code"]) == (429, "too_many_orders")
    assert int(refused.headers["Retry-After"]) > 0
    assert visitor.http.post(f"/works/{works[2]['id']}/archive").status_code == 429
    assert "192." not in "".join(job.payer for job in jobs(desk))
    elsewhere = visitor.post(
        f"/stem-packs/{works[2]['stem_pack_id']}/archive", environ_overrides={"REMOTE_ADDR": "192.0.2.7"}
    )
    assert elsewhere.status_code == 202
    assert ordered(visitor, works[2])["state"] == "building", "it is in hand for somebody else"
    desk.hub.drain()
    other = desk.release(artist, ("bass.wav",))
    assert ordered(visitor, other)["state"] == "building"


def test_drafts_and_withdrawn_works_have_no_archive(desk: Desk) -> None:
    artist, visitor = desk.hub.account(), desk.hub.visitor()
    draft = desk.begin(artist)
    path = f"/stem-packs/{draft['stem_pack_id']}/archive"
    assert visitor.get(path).status_code == 404
    assert artist.get(path).get_json()["code"] == "stem_pack_not_published"
    work = desk.release(artist, ("kick.wav",))
    artist.post(f"/works/{work['id']}/withdraw")
    assert visitor.get(f"/stem-packs/{work['stem_pack_id']}/archive").status_code == 404
    assert artist.get(f"/stem-packs/{work['stem_pack_id']}/archive").status_code == 200


@pytest.mark.parametrize(("codec", "ending"), [("alac", "flac"), ("aac", "wav")])
def test_what_was_trimmed_away_is_given_to_nobody_but_its_artist(codec: str, ending: str, desk: Desk) -> None:
    """Half a second of two is heard; the file holds the rest as an editor leaves it."""
    artist, visitor = desk.hub.account(), desk.hub.visitor()
    sound = music(2, 44_100)
    raw = mp4_files.written(desk.folder, sound, codec, 44_100, "-b:a", "256k")
    path = desk.folder / "take.m4a"
    path.write_bytes(mp4_files.edited(raw, [(500, 22_050 + mp4_files.PRIMING[codec])]))
    work = desk.begin(artist)
    artist.post(f"/works/{work['id']}/stems", {"upload_id": desk.upload(artist, path)})
    desk.hub.drain()
    artist.post(f"/works/{work['id']}/publish")
    stem = desk.pack(visitor, work)["stems"][0]
    assert stem["duration_frames"] == 22_050

    ordered(visitor, desk.work(visitor, work))
    desk.hub.drain()
    body = urllib3.request("GET", archive(visitor, desk.work(visitor, work))["url"], retries=False).data
    with zipfile.ZipFile(io.BytesIO(body)) as opened:
        described = json.loads(opened.read("manifest.json"))["stems"][0]
        packed = opened.read(f"01 take.{ending}")
    assert described["file"] == f"01 take.{ending}"
    assert (hashlib.sha256(packed).hexdigest(), len(packed)) == (described["sha256"], described["size_bytes"])
    given = urllib3.request("GET", visitor.get(f"/stems/{stem['id']}/original").headers["Location"], retries=False)
    assert given.data == packed
    assert f'filename="take.{ending}"' in given.headers["Content-Disposition"]
    heard, _ = soundfile.read(io.BytesIO(given.data), dtype="float32")
    assert lag_frames(sound[22_050:44_100], heard) == 0
    assert heard.shape == (22_050, 2)

    own = urllib3.request("GET", artist.get(f"/stems/{stem['id']}/original").headers["Location"], retries=False)
    assert own.data == path.read_bytes()


def test_an_original_is_downloaded_under_the_name_the_artist_gave_it(desk: Desk) -> None:
    artist, visitor = desk.hub.account(), desk.hub.visitor()
    work = desk.release(artist, ("größe kick.wav",))
    stem = desk.pack(visitor, work)["stems"][0]
    answer = visitor.get(f"/stems/{stem['id']}/original")
    assert answer.status_code == 302
    got = urllib3.request("GET", answer.headers["Location"], retries=False)
    assert hashlib.sha256(got.data).hexdigest() == stem["sha256"]
    assert got.headers["Content-Disposition"] == (
        "attachment; filename=\"gr__e kick.wav\"; filename*=UTF-8''gr%C3%B6%C3%9Fe%20kick.wav"
    )
    assert visitor.get("/stems/unknown/original").status_code == 404
