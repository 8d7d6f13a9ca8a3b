"""What the hub goes through is not laid at the file's door: accepted uploads wait, with their bytes, and go on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from remixhub.app import create_app
from remixhub.compose import build_parts
from remixhub.config import Settings
from remixhub.domain.states import IngestState, JobState, UploadState
from remixhub.models import Job, Original, Upload, now
from remixhub.storage.s3 import ObjectStore
from tests.faults.disks import SmallDisk, small_disk
from tests.integration.conftest import Hub
from tests.integration.uploads.test_uploads import write_wav

SCRATCH_BYTES = 24 * 1024**2
TRIES = 8
"""More than `job_attempts` at its default."""


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "scratch", SCRATCH_BYTES) as disk:
        yield disk


@pytest.fixture
def hub(settings: Settings, scratch: SmallDisk) -> Iterator[Hub]:
    settings = replace(settings, work_dir=scratch.folder / "work")
    ObjectStore(settings).ensure_bucket([settings.public_url])
    parts = build_parts(settings)
    yield Hub(create_app(settings, parts), parts)
    parts.close()


def try_again(hub: Hub) -> None:
    """As if all pauses were over, more often than a job has attempts."""
    for _ in range(TRIES):
        with hub.parts.database.writing() as session:
            session.execute(sa.update(Job).where(Job.state == JobState.PENDING).values(run_after_at=now()))
        hub.drain()


def test_a_full_disk_while_an_upload_is_checked_costs_nobody_their_upload(
    hub: Hub, scratch: SmallDisk, tmp_path: Path
) -> None:
    artist = hub.account()
    scratch.fill()
    upload_id = artist.send_upload(write_wav(tmp_path / "take.wav", 8))
    try_again(hub)
    shown = artist.get(f"/uploads/{upload_id}").get_json()
    assert (shown["state"], shown["rejection"]) == ("verifying", None)
    assert shown["waiting"]["code"] == "scratch_full"
    assert [job.attempts for job in hub.rows(Job)] == [0]
    scratch.free()
    try_again(hub)
    assert [upload.state for upload in hub.rows(Upload)] == [UploadState.READY]


def test_a_full_disk_while_a_stem_is_made_playable_refuses_no_stem(
    hub: Hub, scratch: SmallDisk, tmp_path: Path
) -> None:
    artist = hub.account()
    upload_id = artist.send_upload(write_wav(tmp_path / "take.wav", 8))
    hub.drain()
    release = artist.post("/releases", {"title": "Full", "licence": "cc-by-4.0"}).get_json()
    assert artist.post(f"/works/{release['id']}/stems", {"upload_id": upload_id}).status_code == 201
    scratch.fill()
    try_again(hub)
    assert [original.ingest_state for original in hub.rows(Original)] == [IngestState.PENDING]
    scratch.free()
    try_again(hub)
    assert [original.ingest_state for original in hub.rows(Original)] == [IngestState.READY]
