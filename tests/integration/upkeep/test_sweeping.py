"""The sweep removes what nobody uses, after its day, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from PIL import Image

from remixhub.compose import Parts
from remixhub.models import Account, IdempotentAnswer, Original, Rendition, Upload, now
from remixhub.services.upkeep.sweeping import enqueue_sweep
from tests.integration.conftest import Hub
from tests.integration.uploads.test_uploads import declared, hub_with, write_wav

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


def test_a_kept_answer_goes_after_its_day_though_its_account_sends_no_keys_any_more(hub: Hub) -> None:
    artist = hub.account()
    for key in ("old", "young"):
        artist.post("/uploads", declared(1000), headers={"Idempotency-Key": key})
    with hub.parts.database.writing() as session:
        session.execute(
            sa.update(IdempotentAnswer).where(IdempotentAnswer.key == "old").values(created_at=now(-DAY - 60))
        )
    sweep(hub)
    assert [answer.key for answer in hub.rows(IdempotentAnswer)] == ["young"]


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


def test_a_rejected_upload_is_told_for_a_day(hub: Hub, tmp_path: Path) -> None:
    artist = hub.account()
    (tmp_path / "letter.wav").write_text("not a song " * 100)
    upload_id = artist.send_upload(tmp_path / "letter.wav")
    hub.drain()
    sweep(hub)
    assert artist.get(f"/uploads/{upload_id}").get_json()["rejection"]["code"] == "not_audio"
    age(hub, Upload, "expires_at")
    sweep(hub)
    assert hub.rows(Upload) == []
    assert hub.rows(Account)[0].stored_bytes == 0


def test_a_cover_that_no_work_shows_goes(hub: Hub, tmp_path: Path) -> None:
    Image.effect_noise((300, 300), 60).save(tmp_path / "cover.png")
    hub.account().send_upload(tmp_path / "cover.png", "cover")
    hub.drain()
    age(hub, Upload, "expires_at")
    age(hub, Rendition, "created_at")
    sweep(hub)
    assert hub.rows(Rendition) == []


@pytest.fixture
def tomorrow(parts: Parts) -> Hub:
    """A hub for which every object is older than the grace."""
    return hub_with(parts, sweep_grace_seconds=-60)


def test_objects_and_transfers_that_no_row_knows_go(tomorrow: Hub) -> None:
    store = tomorrow.parts.store
    digest = "ab" * 32
    for key in ("incoming/gone", f"originals/ab/{digest}", f"renditions/ab/{digest}/1/preview.mp3"):
        store.put_bytes(key, b"left by a job that died", "application/octet-stream")
    store.create_transfer("incoming/never-written")
    sweep(tomorrow)
    assert tomorrow.objects() == []
    assert list(store.unfinished_transfers("")) == []


def test_a_second_sweep_finds_nothing_more_and_spares_what_is_used(tomorrow: Hub, tmp_path: Path) -> None:
    artist = tomorrow.account()
    used = artist.send_upload(write_wav(tmp_path / "used.wav"))
    tomorrow.drain()
    release = artist.post("/releases", {"title": "Kept", "licence": "cc-by-4.0"}).get_json()
    assert artist.post(f"/works/{release['id']}/stems", {"upload_id": used}).status_code == 201
    tomorrow.drain()
    kept = tomorrow.objects()
    path = write_wav(tmp_path / "open.wav", seed=2)
    under_way = artist.post("/uploads", declared(path.stat().st_size)).get_json()
    artist.put_parts(under_way, path)
    waiting = artist.send_upload(write_wav(tmp_path / "waiting.wav", seed=3))
    tomorrow.drain()
    sweep(tomorrow)
    sweep(tomorrow)
    assert set(kept) < set(tomorrow.objects())
    assert len(list(tomorrow.parts.store.unfinished_transfers(""))) == 1
    assert artist.post(f"/uploads/{under_way['id']}/complete").status_code == 200
    tomorrow.drain()
    states = [artist.get(f"/uploads/{id}").get_json()["state"] for id in (under_way["id"], waiting, used)]
    assert states == ["ready", "ready", "claimed"]


def test_what_comes_again_while_it_is_swept_is_kept(tomorrow: Hub, tmp_path: Path) -> None:
    """The original's row is gone with its object; the next equal upload stores both anew."""
    artist = tomorrow.account()
    path = write_wav(tmp_path / "bass.wav")
    first = artist.send_upload(path)
    tomorrow.drain()
    assert artist.delete(f"/uploads/{first}").status_code == 204
    sweep(tomorrow)
    assert (tomorrow.rows(Original), tomorrow.objects()) == ([], [])
    artist.send_upload(path)
    tomorrow.drain()
    (original,) = tomorrow.rows(Original)
    assert b"".join(tomorrow.parts.store.blocks(original.key)) == path.read_bytes()
