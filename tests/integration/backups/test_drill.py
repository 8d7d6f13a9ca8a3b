"""The drill: writes go on, backup, all is destroyed, restored; what was acknowledged before is there, to the byte."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from remixhub.domain.states import JobKind, JobState, UploadState
from remixhub.models import Account, BackupRun, BrowserSession, Job, Upload
from remixhub.services.backups import databases, snapshots
from remixhub.services.backups.restoring import RestoreRefused, Wishes, restore
from remixhub.services.backups.targets import open_target
from remixhub.services.backups.verifying import verify_hub, verify_target
from tests.integration.conftest import Hub, unlimited
from tests.integration.uploads.test_uploads import declared, write_wav

ARTISTS = 3


class Writer(threading.Thread):
    """An artist who sends one file after another, and writes down what was acknowledged and when."""

    def __init__(self, hub: Hub, number: int, folder: Path) -> None:
        super().__init__(name=f"writer-{number}", daemon=True)
        self._client = hub.account(f"writer{number}")
        self._hub, self._number, self._folder = hub, number, folder
        self.over = threading.Event()
        self.acknowledged: list[tuple[float, str, str, str]] = []
        """When, the upload, its SHA-256, the work."""
        self.fault: BaseException | None = None

    def run(self) -> None:
        try:
            for step in range(10_000):
                if self.over.is_set():
                    return
                self._send(step)
        except BaseException as exc:  # noqa: BLE001  seen by whoever joins
            self.fault = exc

    def _send(self, step: int) -> None:
        path = write_wav(self._folder / f"{self._number}-{step}.wav", 0.2, seed=1000 * self._number + step)
        upload_id = self._client.send_upload(path)
        work = self._client.post("/releases", {"title": f"Song {step}", "licence": "cc-by-4.0"})
        assert work.status_code == 201, work.text
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        self.acknowledged.append((time.monotonic(), upload_id, sha256, work.get_json()["id"]))


def test_what_was_acknowledged_before_the_backup_is_back_and_goes_on(
    hub: Hub, tmp_path: Path, destroy: Callable[[], None]
) -> None:
    unlimited(hub)
    writers = [Writer(hub, number, tmp_path) for number in range(ARTISTS)]
    ready = writers[0]._client.send_upload(write_wav(tmp_path / "ready.wav", seed=77))
    hub.drain()
    opened = writers[0]._client.post("/uploads", declared(1000)).get_json()["id"]
    hub.browser("guest")
    _leased(hub)
    target = open_target(str(tmp_path / "target"), hub.parts.settings, makes=True)
    for writer in writers:
        writer.start()
    _until(lambda: min(len(writer.acknowledged) for writer in writers) >= 3)
    point = time.monotonic()
    taken = snapshots.take(hub.parts, target)
    _until(lambda: max(writer.acknowledged[-1][0] for writer in writers) > time.monotonic() - 0.5)
    for writer in writers:
        writer.over.set()
    for writer in writers:
        writer.join()
        assert writer.fault is None
    assert taken.faults == []
    assert [run.snapshot for run in hub.rows(BackupRun)] == [taken.manifest.snapshot]
    destroy()

    restored = restore(hub.parts, target)

    assert restored.verified.ok
    assert restored.put_count == taken.manifest.object_count
    before = [one for writer in writers for one in writer.acknowledged if one[0] <= point]
    uploads = {upload.id: upload for upload in hub.rows(Upload)}
    assert len(before) >= 3 * ARTISTS
    for _at, upload_id, _sha256, work_id in before:
        assert uploads[upload_id].state is UploadState.VERIFYING
        assert hub.visitor().get(f"/works/{work_id}").status_code in (200, 404)
    hub.drain()
    uploads = {upload.id: upload for upload in hub.rows(Upload)}
    for _at, upload_id, sha256, _work_id in before:
        assert (uploads[upload_id].state, uploads[upload_id].original_sha256) == (UploadState.READY, sha256)
    assert uploads[ready].state is UploadState.READY
    assert uploads[opened].state is UploadState.ABORTED
    assert JobState.LEASED not in hub.states(Job)
    assert hub.rows(BrowserSession) == []
    artist = writers[0]._client
    after = artist.send_upload(write_wav(tmp_path / "after.wav", seed=99))
    hub.drain()
    assert artist.get(f"/uploads/{after}").get_json()["state"] == "ready"
    again = snapshots.take(hub.parts, target)
    assert again.faults == []
    assert (verify_hub(hub.parts).ok, verify_target(hub.parts, target).ok) == (True, True)
    with pytest.raises(RestoreRefused, match="accounts in it"):
        restore(hub.parts, target)
    replaced = restore(hub.parts, target, taken.manifest.snapshot, Wishes(replaces=True))
    assert replaced.verified.ok
    assert after not in {upload.id for upload in hub.rows(Upload)}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_restore_that_died_between_the_database_and_its_end_goes_on(
    hub: Hub, tmp_path: Path, destroy: Callable[[], None]
) -> None:
    """Under SQLite the database comes by one transaction."""
    hub.account("mika")
    target = open_target(str(tmp_path / "target"), hub.parts.settings, makes=True)
    name = snapshots.take(hub.parts, target).manifest.snapshot
    destroy()
    databases.load_postgresql(hub.parts, tmp_path / "target/snapshots" / name / "database", name)
    assert not databases.is_empty(hub.parts.database)
    assert restore(hub.parts, target).verified.ok
    assert [account.handle for account in hub.rows(Account)] == ["mika"]
    with pytest.raises(RestoreRefused):
        restore(hub.parts, target)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_pg_dump_older_than_the_server_is_told_of_before_it_is_tried(hub: Hub, tmp_path: Path) -> None:
    old = tmp_path / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n")
    old.chmod(0o755)
    with (
        hub.parts.database.engine.connect() as connection,
        pytest.raises(databases.DumpFailed, match=r"of PostgreSQL 9, the server of .*install postgresql-client-"),
    ):
        databases.require_as_new(str(old), connection)


def _leased(hub: Hub) -> None:
    """A job in the hands of a worker that burns with the rest."""
    from remixhub.domain.access import SYSTEM
    from remixhub.jobs.lease import claim
    from remixhub.jobs.table import add_job

    with hub.parts.database.writing() as session:
        job_id = add_job(session, SYSTEM, JobKind.SWEEP, "hub", max_attempts=5)
    assert claim(hub.parts.database, job_id, seconds=3600) is not None


def _until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Polls; the limit only keeps a broken build from hanging."""
    over = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < over, "it did not come about in time"
        time.sleep(0.01)
