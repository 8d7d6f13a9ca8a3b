"""Two real workers, an account with long files and many short ones, and somebody else's stem in between."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import soundfile
import sqlalchemy as sa

from remixhub.app import create_app
from remixhub.compose import build_parts
from remixhub.config import Settings
from remixhub.domain.states import JobKind, JobState
from remixhub.models import Job
from remixhub.storage.s3 import ObjectStore
from tests.faults.crew import Crew
from tests.integration.conftest import Client, Hub

RATE_HZ, LOW_RATE_HZ = 44_100, 8_000
LONG_SECONDS = 600
"""As long as makes an ingest heavy, and not longer."""


def test_a_strangers_stem_is_heard_before_one_accounts_long_files_are_done(settings: Settings, tmp_path: Path) -> None:
    settings.work_dir.mkdir(parents=True)
    ObjectStore(settings).ensure_bucket([settings.public_url])
    parts = build_parts(settings)
    hub = Hub(create_app(settings, parts), parts)
    crowd, stranger = hub.account("crowd"), hub.account("stranger")
    work = crowd.post("/releases", {"title": "Long", "licence": "cc-by-4.0"}).get_json()
    long_files = [crowd.send_upload(silence(tmp_path / f"long{n}.flac", LONG_SECONDS, n)) for n in range(2)]
    short = stranger.send_upload(_noise(tmp_path / "short.wav", 10))
    hub.drain()
    for upload_id in long_files:
        add_stem(crowd, work["id"], upload_id)
    for number in range(8):
        crowd.send_upload(_noise(tmp_path / f"{number}.wav", 1, seed=number))
    song = stranger.post("/releases", {"title": "Short", "licence": "cc-by-4.0"}).get_json()
    add_stem(stranger, song["id"], short)
    assert [job.is_heavy for job in hub.rows(Job) if job.kind is JobKind.INGEST_STEM].count(True) == 2
    most = 0
    with Crew(settings, tmp_path):
        ticks = threading.Event()
        for _ in range(1200):
            with parts.database.reading() as session:
                leased = session.scalar(sa.select(sa.func.count()).where(Job.state == JobState.LEASED, Job.is_heavy))
                waiting = session.scalar(sa.select(sa.func.count()).where(Job.state != JobState.DONE))
            most = max(most, leased or 0)
            if not waiting:
                break
            ticks.wait(0.1)
    ingests = [job for job in hub.rows(Job) if job.kind is JobKind.INGEST_STEM]
    assert {job.state for job in hub.rows(Job)} == {JobState.DONE}
    ends = {job.is_heavy: [one.finished_at for one in ingests if one.is_heavy is job.is_heavy] for job in ingests}
    assert max(ends[False]) < max(ends[True]), "the stranger waited for both long files"
    assert most == 1, "a worker stays for what is short"
    parts.close()


def add_stem(client: Client, work_id: str, upload_id: str) -> None:
    added = client.post(f"/works/{work_id}/stems", {"upload_id": upload_id})
    assert added.status_code == 201, added.text


def _noise(path: Path, seconds: int, seed: int = 100) -> Path:
    sound = np.random.default_rng(seed).integers(-8000, 8000, (seconds * RATE_HZ, 2), dtype=np.int16)
    soundfile.write(path, sound, RATE_HZ, "PCM_16")
    return path


def silence(path: Path, seconds: int, seed: int) -> Path:
    sound = np.zeros((seconds * LOW_RATE_HZ, 1), dtype=np.int16)
    sound[0] = 1000 + seed
    soundfile.write(path, sound, LOW_RATE_HZ, "PCM_16")
    return path
