"""An upload that is over counts for as long as anything of it lies in the storage, or may still come to lie there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import urllib3

from remixhub.app import create_app
from remixhub.compose import Parts, build_parts
from remixhub.domain.states import JobKind
from remixhub.models import Account, Job, Upload, now
from remixhub.services.upkeep.sweeping import enqueue_sweep, order_clearing
from tests.integration.conftest import Client, Hub
from tests.integration.uploads.test_uploads import declared, hub_with, write_wav

Form = dict[str, Any]
FORM_BYTES = 1000


def sign_form(artist: Client, upload_id: str) -> Form:
    form: Form = artist.get(f"/companion/s3/params?metadata[upload_id]={upload_id}").get_json()
    return form


def send_form(form: Form, content: bytes) -> int:
    fields = {**form["fields"], "file": ("bass.wav", content, "audio/wav")}
    return urllib3.request("POST", form["url"], fields=fields, retries=False).status


def open_with_form(artist: Client) -> tuple[str, Form]:
    upload_id = artist.post("/uploads", declared(FORM_BYTES)).get_json()["id"]
    return upload_id, sign_form(artist, upload_id)


def counted_bytes(hub: Hub) -> int:
    (account,) = hub.rows(Account)
    return int(account.stored_bytes)


def sweep(hub: Hub) -> None:
    enqueue_sweep(hub.parts)
    hub.drain()


def let_forms_run_out(hub: Hub) -> None:
    with hub.parts.database.writing() as session:
        session.execute(sa.update(Upload).where(Upload.storable_until_at > now()).values(storable_until_at=now(-1)))


def test_forms_sent_after_their_uploads_were_aborted_count_until_they_are_swept(parts: Parts) -> None:
    hub = hub_with(parts, quota_bytes=6 * FORM_BYTES)
    artist = hub.account()
    opened = [open_with_form(artist) for _ in range(6)]
    for upload_id, _ in opened:
        assert artist.delete(f"/uploads/{upload_id}").status_code == 204
    assert [send_form(form, b"x" * FORM_BYTES) for _, form in opened] == [204] * 6
    assert len(hub.objects()) == 6
    assert counted_bytes(hub) == 6 * FORM_BYTES
    assert artist.post("/uploads", declared(1)).get_json()["code"] == "quota_exceeded"
    sweep(hub)
    assert hub.objects() == []
    assert counted_bytes(hub) == 6 * FORM_BYTES  # the forms still work
    assert send_form(opened[0][1], b"x" * FORM_BYTES) == 204
    let_forms_run_out(hub)
    sweep(hub)
    assert hub.objects() == []
    assert counted_bytes(hub) == 0
    assert artist.post("/uploads", declared(1)).status_code == 201


def test_parts_sent_after_their_uploads_were_aborted_are_refused_and_nothing_of_them_counts(
    parts: Parts, tmp_path: Path
) -> None:
    hub = hub_with(parts, upload_part_bytes=5 * 1024**2)
    artist = hub.account()
    path = write_wav(tmp_path / "long.wav", 70)
    presigned = []
    for _ in range(6):
        upload = artist.post("/uploads", declared(path.stat().st_size)).get_json()
        artist.put_parts(upload, path, [1])
        body = {"part_numbers": [1, 2]}
        presigned += artist.post(f"/uploads/{upload['id']}/parts", body).get_json()["parts"]
        assert artist.delete(f"/uploads/{upload['id']}").status_code == 204
    assert counted_bytes(hub) == 0
    puts = [urllib3.request("PUT", part["url"], body=bytes(part["size_bytes"]), retries=False) for part in presigned]
    assert [put.status for put in puts] == [404] * 12
    assert hub.objects() == []
    assert list(hub.parts.store.unfinished_transfers("")) == []


def test_who_aborts_an_upload_whose_form_has_run_out_has_its_bytes_back_at_once(hub: Hub) -> None:
    artist = hub.account()
    upload_id, _ = open_with_form(artist)
    let_forms_run_out(hub)
    assert artist.delete(f"/uploads/{upload_id}").status_code == 204
    assert counted_bytes(hub) == 0


def test_an_aborted_upload_signs_no_more_forms(hub: Hub) -> None:
    artist = hub.account()
    upload_id, _ = open_with_form(artist)
    artist.delete(f"/uploads/{upload_id}")
    assert sign_form(artist, upload_id)["code"] == "upload_closed"


def test_a_form_sent_again_after_its_file_was_rejected_counts_until_it_is_swept(hub: Hub) -> None:
    artist = hub.account()
    upload_id, form = open_with_form(artist)
    send_form(form, b"x" * FORM_BYTES)
    artist.post(f"/uploads/{upload_id}/complete")
    hub.drain()
    assert artist.get(f"/uploads/{upload_id}").get_json()["state"] == "rejected"
    assert send_form(form, b"x" * FORM_BYTES) == 204
    assert counted_bytes(hub) == FORM_BYTES
    let_forms_run_out(hub)
    sweep(hub)
    assert hub.objects() == []
    assert counted_bytes(hub) == 0
    assert artist.get(f"/uploads/{upload_id}").get_json()["rejection"]["code"] == "not_audio"


def test_a_form_sent_again_after_its_stem_was_removed_counts_until_it_is_swept(hub: Hub, tmp_path: Path) -> None:
    artist = hub.account()
    path = write_wav(tmp_path / "bass.wav")
    upload_id = artist.post("/uploads", declared(path.stat().st_size)).get_json()["id"]
    form = sign_form(artist, upload_id)
    send_form(form, path.read_bytes())
    artist.post(f"/uploads/{upload_id}/complete")
    hub.drain()
    release = artist.post("/releases", {"title": "Short", "licence": "cc-by-4.0"}).get_json()
    stem = artist.post(f"/works/{release['id']}/stems", {"upload_id": upload_id}).get_json()
    assert send_form(form, path.read_bytes()) == 204
    revision = artist.get(f"/works/{release['id']}").get_json()["revision"]
    assert artist.delete(f"/stems/{stem['id']}", revision=revision).status_code == 204
    assert counted_bytes(hub) == path.stat().st_size
    sweep(hub)
    assert hub.objects("incoming/") == []
    let_forms_run_out(hub)
    sweep(hub)
    assert counted_bytes(hub) == 0


def test_a_form_of_an_upload_that_expired_counts_until_it_is_swept(hub: Hub) -> None:
    artist = hub.account()
    _, form = open_with_form(artist)
    with hub.parts.database.writing() as session:
        session.execute(sa.update(Upload).values(expires_at=now(-1)))
    sweep(hub)
    assert send_form(form, b"x" * FORM_BYTES) == 204
    assert counted_bytes(hub) == FORM_BYTES
    let_forms_run_out(hub)
    sweep(hub)
    assert (hub.objects(), hub.rows(Upload), counted_bytes(hub)) == ([], [], 0)


def test_what_a_storage_that_was_away_did_not_delete_counts_until_it_is_swept(hub: Hub, tmp_path: Path) -> None:
    artist = hub.account()
    path = write_wav(tmp_path / "bass.wav")
    upload = artist.post("/uploads", declared(path.stat().st_size)).get_json()
    artist.put_parts(upload, path)
    away = build_parts(replace(hub.parts.settings, s3_endpoint_url="http://127.0.0.1:9"))
    client = create_app(away.settings, away).test_client(use_cookies=False)
    answer = client.delete(f"/api/v1/uploads/{upload['id']}", headers=artist.headers)
    away.close()
    assert (answer.status_code, answer.get_json()["code"]) == (503, "storage_unavailable")
    assert counted_bytes(hub) == path.stat().st_size
    sweep(hub)
    assert list(hub.parts.store.unfinished_transfers("")) == []
    assert counted_bytes(hub) == 0


def test_bytes_are_given_back_soon_after_the_forms_have_run_out_and_not_by_the_hour(hub: Hub) -> None:
    artist = hub.account()
    upload_id, form = open_with_form(artist)
    artist.delete(f"/uploads/{upload_id}")
    send_form(form, b"x" * FORM_BYTES)
    order_clearing(hub.parts)
    assert hub.rows(Job) == []  # nothing can be cleared for good yet
    let_forms_run_out(hub)
    order_clearing(hub.parts)
    order_clearing(hub.parts)
    assert [job.kind for job in hub.rows(Job)] == [JobKind.SWEEP]
    hub.drain()
    assert (hub.objects(), counted_bytes(hub)) == ([], 0)
