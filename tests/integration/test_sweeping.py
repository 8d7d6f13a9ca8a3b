"""The sweep removes what nobody uses, after its day, and nothing else."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from remixhub.models import Account, Original, Upload, now
from remixhub.services.sweeping import enqueue_sweep
from tests.integration.conftest import Hub
from tests.integration.test_uploads import declared, write_wav

DAY = 24 * 3600


def sweep(hub: Hub) -> None:
    enqueue_sweep(hub.parts)
    hub.drain()


def age(hub: Hub, table: type, column: str) -> None:
    with hub.parts.database.writing() as session:
        session.execute(sa.update(table).values({column: now(-DAY - 60)}))


def test_a_young_hub_is_left_alone(hub: Hub, tmp_path: Path) -> None:
    artist = hub.account()
    artist.post("/uploads", declared(1000))
    artist.send_upload(write_wav(tmp_path / "bass.wav"))
    hub.drain()
    before = (hub.objects(), [upload.id for upload in hub.rows(Upload)])
    sweep(hub)
    assert (hub.objects(), [upload.id for upload in hub.rows(Upload)]) == before


def test_an_abandoned_transfer_goes_after_a_day(hub: Hub, tmp_path: Path) -> None:
    artist = hub.account()
    path = write_wav(tmp_path / "bass.wav")
    upload = artist.post("/uploads", declared(path.stat().st_size)).get_json()
    artist.put_parts(upload, path)
    age(hub, Upload, "expires_at")
    sweep(hub)
    assert hub.rows(Upload) == []
    assert list(hub.parts.store.unfinished_transfers("")) == []
    assert hub.rows(Account)[0].stored_bytes == 0
    assert artist.get(f"/uploads/{upload['id']}").status_code == 404


def test_a_verified_upload_that_nothing_claimed_goes_with_its_bytes(hub: Hub, tmp_path: Path) -> None:
    artist = hub.account()
    artist.send_upload(write_wav(tmp_path / "bass.wav"))
    hub.drain()
    age(hub, Upload, "expires_at")
    age(hub, Original, "created_at")
    sweep(hub)
    sweep(hub)
    assert (hub.rows(Upload), hub.rows(Original), hub.objects()) == ([], [], [])
    assert hub.rows(Account)[0].stored_bytes == 0


def test_what_a_draft_uses_stays(hub: Hub, tmp_path: Path) -> None:
    artist = hub.account()
    upload_id = artist.send_upload(write_wav(tmp_path / "bass.wav"))
    hub.drain()
    release = artist.post("/releases", {"title": "Kept", "licence": "cc-by-4.0"}).get_json()
    assert artist.post(f"/works/{release['id']}/stems", {"upload_id": upload_id}).status_code == 201
    hub.drain()
    before = hub.objects()
    age(hub, Upload, "expires_at")
    age(hub, Original, "created_at")
    sweep(hub)
    assert hub.objects() == before
    assert len(hub.rows(Original)) == 1
