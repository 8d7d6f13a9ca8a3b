"""The six routes that Uppy calls, over the same uploads."""

from __future__ import annotations

from pathlib import Path

import urllib3

from tests.integration.conftest import Hub
from tests.integration.uploads.test_uploads import write_wav

S3 = "/companion/s3"


def test_a_transfer_by_uppy_s_routes_ends_verified(hub: Hub, tmp_path: Path) -> None:
    browser = hub.browser()
    path = write_wav(tmp_path / "bass.wav")
    metadata = {"purpose": "stem", "size_bytes": str(path.stat().st_size)}
    opened = browser.post(f"{S3}/multipart", {"filename": "bass.wav", "type": "audio/wav", "metadata": metadata})
    upload_id = opened.get_json()["uploadId"]
    assert opened.get_json()["key"] == upload_id
    answer = browser.get(f"{S3}/multipart/{upload_id}/1?key={upload_id}")
    assert answer.headers["Cache-Control"] == "no-store"
    signed = answer.get_json()
    assert urllib3.request("PUT", signed["url"], body=path.read_bytes(), retries=False).status == 200
    (part,) = browser.get(f"{S3}/multipart/{upload_id}?key={upload_id}").get_json()
    assert (part["PartNumber"], part["Size"]) == (1, path.stat().st_size)
    done = browser.post(f"{S3}/multipart/{upload_id}/complete", {"parts": [{"PartNumber": 1, "ETag": "made up"}]})
    assert done.get_json()["location"] == f"/api/v1/uploads/{upload_id}"
    hub.drain()
    assert browser.get(f"/uploads/{upload_id}").get_json()["state"] == "ready"


def test_a_small_file_may_come_by_one_form(hub: Hub, tmp_path: Path) -> None:
    browser = hub.browser()
    path = write_wav(tmp_path / "bass.wav")
    declared = {"filename": "bass.wav", "size_bytes": path.stat().st_size, "purpose": "stem"}
    upload = browser.post("/uploads", declared).get_json()
    answer = browser.get(f"{S3}/params?filename=bass.wav&type=audio/wav&metadata[upload_id]={upload['id']}")
    assert answer.headers["Cache-Control"] == "no-store"
    form = answer.get_json()
    too_long = {**form["fields"], "file": ("bass.wav", path.read_bytes() + b"x", "audio/wav")}
    assert urllib3.request("POST", form["url"], fields=too_long, retries=False).status >= 400
    right = {**form["fields"], "file": ("bass.wav", path.read_bytes(), "audio/wav")}
    assert urllib3.request("POST", form["url"], fields=right, retries=False).status in (200, 204)
    assert browser.post(f"/uploads/{upload['id']}/complete").status_code == 200
    hub.drain()
    assert browser.get(f"/uploads/{upload['id']}").get_json()["state"] == "ready"
    assert list(hub.parts.store.unfinished_transfers("")) == []


def test_a_form_takes_one_part_at_most(hub: Hub) -> None:
    browser = hub.browser()
    declared = {"filename": "bass.wav", "size_bytes": 40 * 1024**2, "purpose": "stem"}
    upload = browser.post("/uploads", declared).get_json()
    answer = browser.get(f"{S3}/params?filename=bass.wav&metadata[upload_id]={upload['id']}")
    assert (answer.status_code, answer.get_json()["code"]) == (413, "upload_too_large")
    assert browser.get(f"{S3}/params?filename=bass.wav").get_json()["code"] == "upload_metadata_invalid"


def test_an_upload_opened_by_uppy_has_the_parts_that_uppy_cuts(hub: Hub) -> None:
    browser = hub.browser()
    metadata = {"purpose": "stem", "size_bytes": 12 * 1024**2}
    opened = browser.post(f"{S3}/multipart", {"filename": "bass.wav", "metadata": metadata}).get_json()
    upload = browser.get(f"/uploads/{opened['uploadId']}").get_json()
    assert (upload["part_size_bytes"], upload["part_count"]) == (5 * 1024**2, 3)
    last = browser.get(f"{S3}/multipart/{upload['id']}/3").get_json()
    assert urllib3.request("PUT", last["url"], body=bytes(2 * 1024**2), retries=False).status == 200
    assert browser.get(f"{S3}/multipart/{upload['id']}/4").get_json()["code"] == "part_number_invalid"


def test_uppy_s_routes_are_bound_to_the_account_and_the_same_limits(hub: Hub) -> None:
    browser, stranger = hub.browser(), hub.browser("stranger")
    metadata = {"purpose": "stem", "size_bytes": 1000}
    opened = browser.post(f"{S3}/multipart", {"filename": "a.wav", "metadata": metadata}).get_json()
    upload_id = opened["uploadId"]
    assert stranger.get(f"{S3}/multipart/{upload_id}/1").status_code == 404
    assert stranger.delete(f"{S3}/multipart/{upload_id}").status_code == 404
    assert hub.visitor().post(f"{S3}/multipart", {"filename": "a.wav", "metadata": metadata}).status_code == 401
    huge = {"purpose": "stem", "size_bytes": 3 * 1024**3}
    answer = browser.post(f"{S3}/multipart", {"filename": "a.wav", "metadata": huge})
    assert answer.get_json()["code"] == "upload_too_large"
    for bad in ({}, {"purpose": "stem"}, {"purpose": "x", "size_bytes": 5}, {"purpose": "stem", "size_bytes": "x"}):
        answer = browser.post(f"{S3}/multipart", {"filename": "a.wav", "metadata": bad})
        assert (answer.status_code, answer.get_json()["code"]) == (422, "upload_metadata_invalid")
    again = browser.post(f"{S3}/multipart", {"filename": "a.wav", "metadata": {"upload_id": upload_id}})
    assert again.get_json()["uploadId"] == upload_id
    assert browser.delete(f"{S3}/multipart/{upload_id}").status_code == 200
    foreign = browser.http.post(f"{S3}/multipart", json={}, headers={"Origin": "https://evil.example"})
    assert foreign.get_json()["code"] == "foreign_origin"
