"""Uploads through the API against the real object storage."""

from __future__ import annotations

import math
import threading
import wave
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import urllib3

from remixhub.app import create_app
from remixhub.compose import Parts, build_parts
from remixhub.models import Account, Job, Original, Upload
from tests.integration.conftest import Hub


def write_wav(path: Path, seconds: float = 1.0, *, seed: int = 1) -> Path:
    noise = np.random.default_rng(seed).integers(-8000, 8000, int(44100 * seconds), dtype=np.int16)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(44100)
        out.writeframes(noise.tobytes())
    return path


def hub_with(parts: Parts, **settings: Any) -> Hub:
    """A hub with some settings of its own."""
    changed = replace(parts, settings=replace(parts.settings, **settings))
    changed.settings.work_dir.mkdir(parents=True, exist_ok=True)
    return Hub(create_app(changed.settings, changed), changed)


def declared(size_bytes: int, **changes: object) -> dict[str, object]:
    return {"filename": "bass.wav", "size_bytes": size_bytes, "purpose": "stem", **changes}


def test_a_verified_upload_is_ready_and_its_bytes_lie_where_no_form_reaches(hub: Hub, tmp_path: Path) -> None:
    artist = hub.account()
    upload_id = artist.send_upload(write_wav(tmp_path / "bass.wav"))
    assert artist.get(f"/uploads/{upload_id}").get_json()["state"] == "verifying"
    hub.drain()
    upload = artist.get(f"/uploads/{upload_id}").get_json()
    assert upload["state"] == "ready"
    assert hub.objects() == [f"originals/{upload['sha256'][:2]}/{upload['sha256']}/{upload_id}"]


def test_equal_content_is_stored_once(hub: Hub, tmp_path: Path) -> None:
    artist, other = hub.account("artist"), hub.account("other")
    path = write_wav(tmp_path / "bass.wav")
    artist.send_upload(path)
    other.send_upload(path, filename="same.wav")
    hub.drain()
    assert len(hub.rows(Original)) == 1
    assert len(hub.objects()) == 1
    assert [upload.state for upload in hub.rows(Upload)] == ["ready", "ready"]


def test_parts_may_arrive_out_of_order_and_be_taken_up_later(parts: Parts, tmp_path: Path) -> None:
    hub = hub_with(parts, upload_part_bytes=5 * 1024**2)
    artist = hub.account()
    path = write_wav(tmp_path / "long.wav", 140)
    upload = artist.post("/uploads", declared(path.stat().st_size)).get_json()
    assert upload["part_count"] == math.ceil(path.stat().st_size / upload["part_size_bytes"]) == 3
    artist.put_parts(upload, path, [3, 1])
    early = artist.post(f"/uploads/{upload['id']}/complete")
    assert (early.status_code, early.get_json()["code"]) == (409, "size_mismatch")
    assert early.get_json()["context"] == {
        "declared_bytes": path.stat().st_size,
        "arrived_bytes": path.stat().st_size - upload["part_size_bytes"],
        "missing_parts": [2],
    }
    assert [part["number"] for part in artist.get(f"/uploads/{upload['id']}").get_json()["parts"]] == [1, 3]
    artist.put_parts(upload, path, [2])
    assert artist.post(f"/uploads/{upload['id']}/complete").status_code == 200
    hub.drain()
    assert artist.get(f"/uploads/{upload['id']}").get_json()["state"] == "ready"


def test_a_part_of_the_wrong_length_is_refused_by_its_signature(hub: Hub) -> None:
    artist = hub.account()
    upload = artist.post("/uploads", declared(1000)).get_json()
    (part,) = artist.post(f"/uploads/{upload['id']}/parts", {"part_numbers": [1]}).get_json()["parts"]
    assert urllib3.request("PUT", part["url"], body=b"x" * 999, retries=False).status == 403


def test_completing_twice_and_at_once_orders_one_check(hub: Hub, tmp_path: Path) -> None:
    artist = hub.account()
    path = write_wav(tmp_path / "bass.wav")
    upload = artist.post("/uploads", declared(path.stat().st_size)).get_json()
    artist.put_parts(upload, path)
    statuses: list[int] = []

    def complete() -> None:
        client = hub.app.test_client(use_cookies=False)
        answer = client.post(f"/api/v1/uploads/{upload['id']}/complete", json={}, headers=artist.headers)
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=complete) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 4
    assert artist.post(f"/uploads/{upload['id']}/complete").status_code == 200
    assert len(hub.rows(Job)) == 1


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"size_bytes": 0}, 422, "empty_file"),
        ({"size_bytes": -5}, 422, "empty_file"),
        ({"size_bytes": 3 * 1024**3}, 413, "upload_too_large"),
        ({"size_bytes": "1000"}, 422, "invalid"),
        ({"size_bytes": 10.5}, 422, "invalid"),
        ({"purpose": "virus"}, 422, "invalid"),
        ({"sha256": "abc"}, 422, "invalid"),
        ({"filename": ""}, 422, "invalid"),
        ({"filename": "\n\r"}, 422, "filename_invalid"),
        ({"filename": "../../"}, 422, "filename_invalid"),
        ({"filename": "a" * 5000}, 422, "invalid"),
        ({"filename": "a\0.wav"}, 400, "text_unusable"),
        ({"extra": 1}, 422, "invalid"),
    ],
)
def test_a_wrong_declaration_is_refused_before_a_byte_is_sent(
    hub: Hub, changes: dict[str, object], status: int, code: str
) -> None:
    answer = hub.account().post("/uploads", {**declared(1000), **changes})
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    assert hub.rows(Upload) == []
    assert list(hub.parts.store.unfinished_transfers("")) == []
    assert hub.rows(Account)[0].stored_bytes == 0


@pytest.mark.parametrize(
    ("given", "shown"),
    [("../../etc/passwd.wav", "passwd.wav"), ("a\nb\x1b.wav", "ab.wav"), ("x" * 300 + ".wav", "x" * 251 + ".wav")],
)
def test_a_hostile_file_name_is_cleaned_and_never_part_of_a_key(hub: Hub, given: str, shown: str) -> None:
    answer = hub.account().post("/uploads", declared(1000, filename=given))
    assert answer.get_json()["filename"] == shown
    (upload,) = hub.rows(Upload)
    assert upload.key == f"incoming/{upload.id}"


def test_the_quota_counts_what_is_under_way_and_is_given_back(hub: Hub) -> None:
    artist = hub.account()
    quota = hub.parts.settings.quota_bytes
    half = [artist.post("/uploads", declared(2 * 1024**3)) for _ in range(quota // (2 * 1024**3))]
    assert all(answer.status_code == 201 for answer in half)
    full = artist.post("/uploads", declared(1))
    assert (full.status_code, full.get_json()["code"]) == (409, "quota_exceeded")
    assert artist.delete(f"/uploads/{half[0].get_json()['id']}").status_code == 204
    assert artist.post("/uploads", declared(1)).status_code == 201


def test_an_aborted_upload_leaves_nothing_in_the_storage(hub: Hub, tmp_path: Path) -> None:
    artist = hub.account()
    path = write_wav(tmp_path / "bass.wav")
    upload = artist.post("/uploads", declared(path.stat().st_size)).get_json()
    artist.put_parts(upload, path)
    assert artist.delete(f"/uploads/{upload['id']}").status_code == 204
    assert artist.delete(f"/uploads/{upload['id']}").status_code == 204
    assert hub.objects() == []
    assert list(hub.parts.store.unfinished_transfers("")) == []
    assert artist.post(f"/uploads/{upload['id']}/complete").get_json()["code"] == "upload_closed"
    assert hub.rows(Account)[0].stored_bytes == 0


def test_uploads_are_private(hub: Hub) -> None:
    upload = hub.account("artist").post("/uploads", declared(1000)).get_json()
    stranger = hub.account("stranger")
    for answer in (
        stranger.get(f"/uploads/{upload['id']}"),
        stranger.post(f"/uploads/{upload['id']}/parts", {"part_numbers": [1]}),
        stranger.post(f"/uploads/{upload['id']}/complete"),
        stranger.delete(f"/uploads/{upload['id']}"),
    ):
        assert (answer.status_code, answer.get_json()["code"]) == (404, "upload_not_found")
    assert hub.visitor().get(f"/uploads/{upload['id']}").status_code == 401


def test_unknown_parts_are_refused(hub: Hub) -> None:
    artist = hub.account()
    upload = artist.post("/uploads", declared(1000)).get_json()
    answer = artist.post(f"/uploads/{upload['id']}/parts", {"part_numbers": [0, 2]})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "part_number_invalid")


def test_listing_goes_page_by_page(hub: Hub) -> None:
    artist = hub.account()
    ids = [artist.post("/uploads", declared(1000 + n)).get_json()["id"] for n in range(5)]
    seen, path = [], "/uploads?limit=2"
    while path:
        page = artist.get(path).get_json()
        seen += [upload["id"] for upload in page["uploads"]]
        path = f"/uploads?limit=2&cursor={page['next']}" if page["next"] else ""
    assert sorted(seen) == sorted(ids)
    assert artist.get("/uploads?cursor=made-up").get_json()["code"] == "cursor_invalid"


def test_without_the_storage_the_answer_is_503_and_nothing_is_kept(hub: Hub) -> None:
    artist = hub.account()
    away = build_parts(replace(hub.parts.settings, s3_endpoint_url="http://127.0.0.1:9"))
    client = create_app(away.settings, away).test_client(use_cookies=False)
    answer = client.post("/api/v1/uploads", json=declared(1000), headers=artist.headers)
    away.close()
    assert (answer.status_code, answer.get_json()["code"]) == (503, "storage_unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    assert hub.rows(Upload) == []
    assert hub.rows(Account)[0].stored_bytes == 0


def test_without_the_storage_completing_waits_and_harms_nothing(hub: Hub, tmp_path: Path) -> None:
    artist = hub.account()
    path = write_wav(tmp_path / "bass.wav")
    upload = artist.post("/uploads", declared(path.stat().st_size)).get_json()
    artist.put_parts(upload, path)
    away = build_parts(replace(hub.parts.settings, s3_endpoint_url="http://127.0.0.1:9"))
    client = create_app(away.settings, away).test_client(use_cookies=False)
    answer = client.post(f"/api/v1/uploads/{upload['id']}/complete", json={}, headers=artist.headers)
    away.close()
    assert (answer.status_code, answer.get_json()["code"]) == (503, "storage_unavailable")
    assert [row.state for row in hub.rows(Upload)] == ["open"]
    assert hub.rows(Job) == []
    assert artist.post(f"/uploads/{upload['id']}/complete").status_code == 200
    hub.drain()
    assert artist.get(f"/uploads/{upload['id']}").get_json()["state"] == "ready"


def test_a_full_quota_leaves_no_transfer_behind_and_holds_against_racing_requests(parts: Parts) -> None:
    hub = hub_with(parts, quota_bytes=2500)
    artist = hub.account()
    statuses: list[int] = []

    def open_upload() -> None:
        client = hub.app.test_client(use_cookies=False)
        statuses.append(client.post("/api/v1/uploads", json=declared(1000), headers=artist.headers).status_code)

    threads = [threading.Thread(target=open_upload) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [201, 201, 409, 409, 409]
    assert len(hub.rows(Upload)) == len(list(hub.parts.store.unfinished_transfers(""))) == 2
    assert hub.rows(Account)[0].stored_bytes == 2000


def test_completing_after_the_check_moved_the_bytes_gives_the_same_answer(hub: Hub, tmp_path: Path) -> None:
    artist = hub.account()
    upload_id = artist.send_upload(write_wav(tmp_path / "bass.wav"))
    hub.drain()
    again = artist.post(f"/uploads/{upload_id}/complete")
    assert (again.status_code, again.get_json()["state"]) == (200, "ready")
