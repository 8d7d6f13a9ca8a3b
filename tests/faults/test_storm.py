"""Every accepted upload is processed, once in effect, whatever the hub goes through, with attempts at their default.

`make storm` is the whole of it, on both databases. What runs with all tests has each fault for some seconds.
"""

from __future__ import annotations

import hashlib
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
import urllib3
from werkzeug.test import TestResponse

from remixhub.app import create_app
from remixhub.compose import build_parts
from remixhub.config import Settings
from remixhub.domain.access import SYSTEM
from remixhub.domain.states import IngestState, JobState, UploadState
from remixhub.models import AuditEntry, DatabaseUnavailable, Death, Job, Original, Rendition, Upload
from remixhub.models.migrate import upgrade
from remixhub.services.upkeep.resending import resend
from remixhub.services.upkeep.sweeping import enqueue_sweep
from remixhub.storage.s3 import ObjectStore
from tests.faults.crew import Crew
from tests.faults.disks import SmallDisk, small_disk
from tests.faults.storm import Storm, Weather, processes_writing_to
from tests.integration.conftest import Client, Hub
from tests.integration.uploads.test_uploads import write_wav
from tests.services import ACCESS_KEY, SECRET_KEY, running_postgres, running_storage

SHORT = Weather(uploads=16, kills=8, fault_seconds=3, calm_seconds=1.5, seed=7)
OF_A_STEM = 5
"""Renditions: preview, mixer and its index, two zooms of peaks."""
T = TypeVar("T")
_A_MOMENT = threading.Event()
_DIRECT = urllib3.PoolManager(timeout=urllib3.Timeout(5), retries=False)


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "scratch", 64 * 1024**2) as disk:
        yield disk


@pytest.mark.timeout(180)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_all_uploads_end_ready_in_a_short_storm(settings: Settings, scratch: SmallDisk, tmp_path: Path) -> None:
    _weather_the_storm(SHORT, settings, scratch, tmp_path, hurried=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def own_database_url(request: pytest.FixtureRequest, sqlite_url: str) -> Iterator[str]:
    """Of a server that other tests do not use: it is stopped and crashes."""
    if request.param == "sqlite":
        yield sqlite_url
        return
    with running_postgres() as url:
        upgrade(url)
        yield url


@pytest.mark.storm
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_two_hundred_uploads_end_ready_in_the_whole_storm(
    settings: Settings, own_database_url: str, scratch: SmallDisk, tmp_path: Path
) -> None:
    seed = int(os.environ.get("STORM_SEED") or random.SystemRandom().randrange(10**6))
    whole = Weather(uploads=200, kills=60, fault_seconds=60, calm_seconds=15, seed=seed)
    settings = replace(settings, database_url=own_database_url)
    _weather_the_storm(whole, settings, scratch, tmp_path, hurried=False)


def _weather_the_storm(
    weather: Weather, settings: Settings, scratch: SmallDisk, tmp_path: Path, *, hurried: bool
) -> None:
    """`hurried`: operators send on what waits, once all is well again; else its pauses end by themselves."""
    print(f"seed {weather.seed}")
    began = time.monotonic()
    with running_storage(tmp_path / "storage") as storage:
        settings = replace(
            settings, s3_endpoint_url=storage.url, s3_access_key_id=ACCESS_KEY, s3_secret_access_key=SECRET_KEY,
            work_dir=scratch.folder / "work", job_lease_seconds=10, worker_grace_seconds=2, limit_requests=0,
        )  # fmt: skip
        assert settings.job_attempts == Settings.__dataclass_fields__["job_attempts"].default
        ObjectStore(settings).ensure_bucket([settings.public_url])
        parts = build_parts(settings)
        hub = Hub(create_app(settings, parts), parts)
        artist = hub.account()
        release = artist.post("/releases", {"title": "Storm", "licence": "cc-by-4.0"}).get_json()
        logs = tmp_path / "logs"
        logs.mkdir()
        with Crew(settings, logs) as crew:
            with Storm(weather, parts, crew, scratch, storage.process) as storm:
                sent = 0
                while sent < weather.uploads or not storm.over.is_set():
                    if sent < weather.uploads * min(storm.share, 1):  # all of its length has some under way
                        path = write_wav(tmp_path / f"{sent:03d} take.wav", seed=sent)
                        _send(artist, path)
                        path.unlink()
                        sent += 1
                    _use_what_is_ready(hub, artist, release["id"])
                    _A_MOMENT.wait(0.05)
                storms_seconds = time.monotonic() - began
                storm.struck.wait()
            hurry = (lambda: resend(SYSTEM, parts, None)) if hurried else (lambda: None)
            _until(lambda: _use_what_is_ready(hub, artist, release["id"]) == weather.uploads, hurry)
            _until(lambda: hub.states(Original, "ingest_state") == {IngestState.READY: weather.uploads}, hurry)
            _until(lambda: set(hub.states(Job)) == {JobState.DONE}, hurry)
            assert crew.restarts > 0
            assert storm.hits > 0
            assert storm.told == ["full disk", "hung storage", "no database", "flush of Valkey"]
        _until(lambda: processes_writing_to(logs) == [])
        swept = build_parts(replace(settings, sweep_grace_seconds=0))
        enqueue_sweep(swept)
        Hub(hub.app, swept).drain()
        _nothing_is_lost_twice_or_left(hub, weather, settings)
        waited = time.monotonic() - began - storms_seconds
        print(
            f"{weather.uploads} of {weather.uploads} uploads ready; {', '.join(storm.told)}; "
            f"{storm.kills} kills, {storm.hits} with a job in hand; "
            f"{len(hub.rows(Death))} deaths noted; storm {storms_seconds:.0f} s, then {waited:.0f} s"
        )
        swept.close()
        parts.close()


def _nothing_is_lost_twice_or_left(hub: Hub, weather: Weather, settings: Settings) -> None:
    assert hub.states(Upload) == {UploadState.CLAIMED: weather.uploads}
    done = Counter((entry.action, entry.subject_id) for entry in hub.rows(AuditEntry))
    for action in ("upload.verified", "original.ingested"):
        assert [count for (named, _), count in done.items() if named == action] == [1] * weather.uploads
    kept = Counter(rendition.subject_digest for rendition in hub.rows(Rendition))
    assert (len(kept), set(kept.values())) == (weather.uploads, {OF_A_STEM})
    rows = [one.key for one in (*hub.rows(Rendition), *hub.rows(Original))]
    assert sorted(hub.objects()) == sorted(rows)
    assert list(hub.parts.store.unfinished_transfers("")) == []
    assert [path.name for path in settings.work_dir.iterdir()] in ([], ["beats"])
    assert {job.attempts for job in hub.rows(Job)} == {0}


def _send(artist: Client, path: Path) -> str:
    """As a patient client does: every step again until it is answered."""
    raw = path.read_bytes()
    declared = {
        "filename": path.name, "size_bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest(), "purpose": "stem",
    }  # fmt: skip
    key = {"Idempotency-Key": path.name}
    upload_id = str(_ask(lambda: artist.post("/uploads", declared, headers=key)).get_json()["id"])

    def put() -> None:
        [part] = _ask(lambda: artist.post(f"/uploads/{upload_id}/parts", {"part_numbers": [1]})).get_json()["parts"]
        assert _DIRECT.request("PUT", part["url"], body=raw).status == 200

    _insist(put)
    _ask(lambda: artist.post(f"/uploads/{upload_id}/complete"))
    return upload_id


def _ask(request: Callable[[], TestResponse]) -> TestResponse:
    def answered() -> TestResponse:
        answer = request()
        if answer.status_code == 503 or answer.get_json().get("code") == "key_in_progress":
            raise DatabaseUnavailable(answer.text)
        assert answer.status_code in (200, 201), answer.text
        return answer

    return _insist(answered)


def _insist(act: Callable[[], T], seconds: float = 300) -> T:
    until = time.monotonic() + seconds
    while True:
        try:
            return act()
        except (DatabaseUnavailable, urllib3.exceptions.HTTPError):
            if time.monotonic() > until:
                raise
            _A_MOMENT.wait(0.25)


def _until(condition: Callable[[], bool], hurry: Callable[[], object] = lambda: None, seconds: float = 1500) -> None:
    """Polls; the limit only keeps a broken build from hanging."""
    until = time.monotonic() + seconds
    while not _insist(condition):
        _insist(hurry)
        assert time.monotonic() < until, "it did not come about in time"
        _A_MOMENT.wait(0.25)


def _use_what_is_ready(hub: Hub, artist: Client, release_id: str) -> int:
    """Each as a stem; how many are used by then."""
    states = _insist(lambda: {upload.id: upload.state for upload in hub.rows(Upload)})
    assert UploadState.REJECTED not in states.values()
    for upload_id, state in states.items():
        if state is UploadState.READY:
            _use(artist, release_id, upload_id)
    return [*states.values()].count(UploadState.CLAIMED)


def _use(artist: Client, release_id: str, upload_id: str) -> None:
    key = {"Idempotency-Key": upload_id}
    _ask(lambda: artist.post(f"/works/{release_id}/stems", {"upload_id": upload_id}, headers=key))
