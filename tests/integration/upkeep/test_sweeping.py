"""The sweep removes what nobody uses, after its day, and nothing else."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from PIL import Image

from remixhub.app import create_app
from remixhub.compose import Parts, build_parts
from remixhub.config import Settings
from remixhub.domain.access import SYSTEM
from remixhub.domain.states import JobKind
from remixhub.jobs.lease import WorkerStopping
from remixhub.jobs.table import add_job
from remixhub.models import Account, Database, IdempotentAnswer, Job, Original, Rendition, Upload, now
from remixhub.services.upkeep.background import run_job
from remixhub.services.upkeep.sweeping import enqueue_sweep, order_clearing
from remixhub.services.uploads.owed import bring_back
from remixhub.storage.s3 import ObjectStore
from tests.integration.conftest import Hub
from tests.integration.uploads.test_uploads import declared, hub_with, write_wav
from tests.services import running_storage

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


@pytest.mark.parametrize("seconds", [1.0, 70.0], ids=["of one part", "of several parts"])
def test_what_was_rejected_by_our_fault_is_kept_until_its_check_or_its_artist_says_otherwise(
    parts: Parts, tmp_path: Path, seconds: float
) -> None:
    tomorrow = hub_with(parts, sweep_grace_seconds=-60, upload_part_bytes=5 * 1024**2)
    artist = tomorrow.account()
    for number, ending in enumerate(("checked", "given up")):
        path = write_wav(tmp_path / f"{ending}.wav", seconds, seed=number)
        upload_id = artist.send_upload(path)
        with parts.database.writing() as session:
            session.execute(sa.delete(Job))
            session.execute(
                sa.update(Upload)
                .where(Upload.id == upload_id)
                .values(state="rejected", rejection_code="internal", expires_at=now(-60), storable_until_at=now(-60))
            )
        for _ in range(2):
            order_clearing(tomorrow.parts)
            sweep(tomorrow)
        assert [key.rpartition("/")[2] for key in tomorrow.objects()] == [upload_id]
        assert tomorrow.rows(Account)[0].stored_bytes == path.stat().st_size
        if ending == "checked":
            assert bring_back(SYSTEM, parts, upload_id) is None
            with parts.database.writing() as session:
                add_job(session, SYSTEM, JobKind.VERIFY_UPLOAD, upload_id, max_attempts=5)
            tomorrow.drain()
            assert artist.get(f"/uploads/{upload_id}").get_json()["state"] == "ready"
        assert artist.delete(f"/uploads/{upload_id}").status_code == 204
        sweep(tomorrow)
        assert tomorrow.objects() == []
        assert tomorrow.rows(Account)[0].stored_bytes == 0


def unused_original(hub: Hub, path: Path) -> None:
    """Verified and given up, as long ago as the sweep wants."""
    artist = hub.account(f"artist-{path.stem}")
    upload_id = artist.send_upload(write_wav(path))
    hub.drain()
    assert artist.delete(f"/uploads/{upload_id}").status_code == 204


def test_while_the_storage_hangs_a_sweep_keeps_nobody_from_writing(
    settings: Settings, databases: dict[str, Database], tmp_path: Path
) -> None:
    with running_storage(tmp_path / "own") as storage:
        parts = build_parts(replace(settings, s3_endpoint_url=storage.url, sweep_grace_seconds=-60))
        parts = replace(parts, database=databases.setdefault(settings.database_url, parts.database))
        parts.store.ensure_bucket([settings.public_url])
        parts.settings.work_dir.mkdir(parents=True)
        hub = Hub(create_app(parts.settings, parts), parts)
        unused_original(hub, tmp_path / "bass.wav")
        deleting = threading.Event()

        class Hanging(ObjectStore):
            """The storage stops answering at the moment in which an original is to be deleted."""

            def delete(self, key: str) -> None:
                if key.startswith("originals/"):
                    assert storage.process.pid is not None
                    os.kill(storage.process.pid, signal.SIGSTOP)
                    deleting.set()
                super().delete(key)

        hung = Hub(hub.app, replace(parts, store=Hanging(parts.settings)))
        sweeper = threading.Thread(target=sweep, args=(hung,))
        sweeper.start()
        try:
            assert deleting.wait(60)
            for name in ("ada", "bob"):
                with parts.database.writing(patience_ms=2000) as session:
                    session.add(Account(handle=name, display_name=name))
        finally:
            assert storage.process.pid is not None
            os.kill(storage.process.pid, signal.SIGCONT)
            sweeper.join()
        assert (hub.rows(Original), hub.objects()) == ([], [])
        parts.close()


class Interrupted(ObjectStore):
    """Something happens just before an original's bytes go, or just after."""

    def __init__(self, settings: Settings, happens: Callable[[], None], *, after: bool) -> None:
        super().__init__(settings)
        self._happens: Callable[[], None] | None = happens
        self._after = after

    def delete(self, key: str) -> None:
        happens = self._happens
        if not key.startswith(("originals/", "uploads/")) or happens is None:
            super().delete(key)
            return
        self._happens = None
        if self._after:
            super().delete(key)
            happens()
        else:
            happens()
            super().delete(key)


@pytest.mark.parametrize("seconds", [1.0, 70.0], ids=["of one part", "of several parts"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_what_comes_again_in_the_middle_of_its_deletion_is_kept(
    parts: Parts, tmp_path: Path, seconds: float, after: bool
) -> None:
    tomorrow = hub_with(parts, sweep_grace_seconds=-60, upload_part_bytes=5 * 1024**2)
    artist = tomorrow.account()
    path = write_wav(tmp_path / "bass.wav", seconds)
    assert artist.delete(f"/uploads/{artist.send_upload(path)}").status_code == 204
    first = artist.send_upload(path)
    tomorrow.drain()
    assert artist.delete(f"/uploads/{first}").status_code == 204
    again: list[str] = []

    def come_again() -> None:
        again.append(artist.send_upload(path))
        tomorrow.drain()

    store = Interrupted(tomorrow.parts.settings, come_again, after=after)
    sweep(Hub(tomorrow.app, replace(tomorrow.parts, store=store)))
    assert [artist.get(f"/uploads/{one}").get_json()["state"] for one in again] == ["ready"]
    for _ in range(2):
        (original,) = tomorrow.rows(Original)
        assert b"".join(tomorrow.parts.store.blocks(original.key)) == path.read_bytes()
        assert tomorrow.objects() == [original.key]
        sweep(tomorrow)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_sweep_that_dies_at_a_deletion_is_finished_by_the_next(tomorrow: Hub, tmp_path: Path, after: bool) -> None:
    for name in ("bass", "lead"):
        unused_original(tomorrow, tmp_path / f"{name}.wav")

    def die() -> None:
        raise WorkerStopping

    store = Interrupted(tomorrow.parts.settings, die, after=after)
    enqueue_sweep(tomorrow.parts)
    (job,) = [job for job in tomorrow.rows(Job) if job.kind is JobKind.SWEEP]
    run_job(replace(tomorrow.parts, store=store), job.id)
    assert {original.doomed_at is None for original in tomorrow.rows(Original)} == {False}
    sweep(tomorrow)
    assert (tomorrow.rows(Original), tomorrow.objects()) == ([], [])


def test_the_bytes_of_one_artists_upload_stay_while_anothers_work_stands_on_them(parts: Parts, tmp_path: Path) -> None:
    tomorrow = hub_with(parts, sweep_grace_seconds=-60, upload_part_bytes=5 * 1024**2)
    first, second = tomorrow.account("first"), tomorrow.account("second")
    path = write_wav(tmp_path / "bass.wav", 70)
    earlier = first.send_upload(path)
    tomorrow.drain()
    later = second.send_upload(path)
    tomorrow.drain()
    release = second.post("/releases", {"title": "Kept", "licence": "cc-by-4.0"}).get_json()
    assert second.post(f"/works/{release['id']}/stems", {"upload_id": later}).status_code == 201
    assert first.delete(f"/uploads/{earlier}").status_code == 204
    age(tomorrow, Upload, "expires_at")
    for _ in range(2):
        sweep(tomorrow)
        (original,) = tomorrow.rows(Original)
        assert original.key == f"uploads/{earlier}"
        assert b"".join(tomorrow.parts.store.blocks(original.key)) == path.read_bytes()
        assert tomorrow.objects("uploads/") == [original.key]
    assert [upload.id for upload in tomorrow.rows(Upload)] == [later]
