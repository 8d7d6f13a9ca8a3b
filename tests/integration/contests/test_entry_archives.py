"""The ZIP of a contest's entries: every byte as it was entered, for the host alone, when the terms allow it."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile

import urllib3

from tests.integration.contests.conftest import JURY, RUBRIC, ContestStage


def test_the_zip_holds_every_entry_as_it_was_entered(stage: ContestStage) -> None:
    host = stage.person("host")
    contest = stage.opened(JURY)
    path = f"/contests/{contest['id']}/entries-archive"
    bodies = {"fan": b"RIFF one" * 1000, "other": b"RIFF two" * 5000}
    for handle, body in bodies.items():
        work = stage.remix(handle, contest["release_id"], title=f"=Remix: by/{handle}")
        assert stage.enter(handle, contest, work_id=stage.give_audio(work, body=body)).status_code == 201
    assert host.get(path).get_json()["state"] == "absent"
    assert host.post(path).get_json()["state"] == "building"
    page = f"/contests/{contest['id']}/host/entries-archive"
    assert "hx-get" in host.http.get(page, headers=host.headers).text
    stage.hub.drain()
    assert "Download ZIP" in host.http.get(page, headers=host.headers).text
    ready = host.get(path).get_json()
    assert ready["state"] == "ready"
    packed = urllib3.request("GET", ready["url"]).data
    assert len(packed) == ready["size_bytes"]
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.testzip() is None
        rows = json.loads(archive.read("entries.json"))
        table = archive.read("entries.csv").decode()
        audio = [archive.read(name) for name in archive.namelist()[2:]]
        assert all("/" not in name and ":" not in name for name in archive.namelist())
    assert sorted(audio) == sorted(bodies.values())
    assert {row["handle"] for row in rows} == set(bodies)
    assert "'=Remix" in table, "no spreadsheet takes a title for a formula"
    assert stage.person("fan").get(path).status_code == stage.person("fan").post(path).status_code == 403


def test_sealed_entries_are_not_exported_before_their_time(stage: ContestStage) -> None:
    host = stage.person("host")
    contest = stage.opened({"rubric": RUBRIC, "sealing": "sealed"})
    stage.enter("fan", contest)
    path = f"/contests/{contest['id']}/entries-archive"
    refused = host.get(path)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "contest_phase_wrong")
    stage.pass_hours(contest, 3)
    assert host.get(path).get_json()["state"] == "absent"


def test_a_damaged_original_is_named_and_the_zip_is_ordered_anew(stage: ContestStage) -> None:
    host = stage.person("host")
    contest = stage.opened(JURY)
    path = f"/contests/{contest['id']}/entries-archive"
    body = b"RIFF one" * 1000
    work = stage.give_audio(stage.remix("fan", contest["release_id"], title="Rain"), body=body)
    assert stage.enter("fan", contest, work_id=work).status_code == 201
    store, key = stage.hub.parts.store, f"originals/{hashlib.sha256(body).hexdigest()[:2]}/"
    key += hashlib.sha256(body).hexdigest()
    store.put_bytes(key, body[::-1], "audio/wav")
    host.post(path)
    stage.hub.drain()
    failed = host.get(path).get_json()
    assert failed["state"] == "failed"
    assert "Rain" in failed["failure"]
    store.put_bytes(key, body, "audio/wav")
    assert host.get(path).get_json() == failed
    assert host.post(path).get_json()["state"] == "building"
    stage.hub.drain()
    assert host.get(path).get_json()["state"] == "ready"
