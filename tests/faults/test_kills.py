"""Workers, work-horses and Redis die at random, and what was accepted goes on; uploads in `test_storm.py`."""

from __future__ import annotations

import random
import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa

from remixhub.app import create_app
from remixhub.compose import Parts, build_parts
from remixhub.config import Settings
from remixhub.domain.states import IngestState, JobState, RenditionKind, UploadState, WholeKind
from remixhub.models import Job, Mixdown, Rendition, Upload, Work
from remixhub.services.mixes.formats import RENDITIONS
from remixhub.services.upkeep.sweeping import enqueue_sweep
from remixhub.storage.s3 import ObjectStore
from tests.faults.crew import Crew
from tests.integration.conftest import Hub
from tests.integration.lineage.catalogue import Catalogue
from tests.integration.mixes.test_mixes import ask, published_song
from tests.integration.mixes.test_opening import indexed_song
from tests.integration.uploads.test_uploads import write_wav

STRIKES = 25
SEED = 7


def test_mixes_end_ready_with_their_files_while_workers_are_killed(settings: Settings, tmp_path: Path) -> None:
    """Long enough to have openings. What a dead worker had stored and nobody knows of goes with the next sweep."""
    settings = replace(settings, job_lease_seconds=4, worker_grace_seconds=2, sweep_grace_seconds=0)
    settings.work_dir.mkdir(parents=True)
    ObjectStore(settings).ensure_bucket([settings.public_url])
    parts = build_parts(settings)
    hub = Hub(create_app(settings, parts), parts)
    fan = hub.account("fan")
    song = indexed_song(hub, tmp_path)
    over = threading.Event()
    with Crew(replace(settings, sweep_grace_seconds=24 * 3600), tmp_path) as crew:
        nemesis = threading.Thread(target=_storm, args=(parts, crew, over))
        nemesis.start()
        try:
            mixes = [ask(fan, song, song.spec({"gain_db": -number})).get_json()["id"] for number in range(6)]
            _wait_until(lambda: hub.states(Mixdown) == {IngestState.READY: len(mixes)})
            for mix_id in mixes:
                for name in ("wav", "mp3", "opus"):
                    assert fan.post(f"/mixes/{mix_id}/files", {"format": name}).status_code == 200
            _wait_until(lambda: set(hub.states(Job)) == {JobState.DONE})
        finally:
            over.set()
            nemesis.join()
    assert crew.restarts > 0
    for mix_id in mixes:
        assert {file["state"] for file in fan.get(f"/mixes/{mix_id}").get_json()["files"]} == {"ready"}
    kinds = Counter(rendition.kind for rendition in hub.rows(Rendition))
    assert {kinds[kind] for kind in (*RENDITIONS.values(), RenditionKind.OPENING)} == {len(mixes)}
    enqueue_sweep(parts)
    hub.drain()
    assert RenditionKind.OPENING not in {one.kind for one in hub.rows(Rendition)}
    assert set(hub.objects("renditions/")) == {one.key for one in hub.rows(Rendition)}
    parts.close()


def test_work_accepted_without_redis_goes_on_when_it_is_back(settings: Settings, tmp_path: Path) -> None:
    from remixhub.dev.ports import free_ports
    from tests.services import running_valkey

    port = free_ports(1)[0]
    with running_valkey(tmp_path / "first", port) as valkey:
        settings = replace(settings, redis_url=valkey.url)
    settings.work_dir.mkdir(parents=True)
    ObjectStore(settings).ensure_bucket([settings.public_url])
    parts = build_parts(settings)
    hub = Hub(create_app(settings, parts), parts)
    artist = hub.account()
    upload_id = artist.send_upload(write_wav(tmp_path / "take.wav", seed=1))
    assert hub.visitor().http.get("/readyz").get_json()["degraded"] is True
    assert artist.get(f"/uploads/{upload_id}").get_json()["state"] == "verifying"
    with Crew(settings, tmp_path), running_valkey(tmp_path / "second", port):
        _wait_until(lambda: hub.states(Upload) == {UploadState.READY: 1})
    parts.close()


def test_works_of_before_are_heard_once_scheduler_and_worker_run(settings: Settings, tmp_path: Path) -> None:
    settings.work_dir.mkdir(parents=True)
    ObjectStore(settings).ensure_bucket([settings.public_url])
    parts = build_parts(settings)
    hub = Hub(create_app(settings, parts), parts)
    takes = [write_wav(tmp_path / f"{seed}.wav", seed=seed) for seed in range(6)]
    works = [published_song(hub, Catalogue(parts), [take]) for take in takes]
    with parts.database.writing() as session:
        session.execute(sa.update(Work).values(is_unheard=True))
    with Crew(settings, tmp_path, workers=1):
        _wait_until(lambda: hub.states(Work, "whole_kind") == {WholeKind.STEMS_TOGETHER: len(works)})
    assert hub.states(Work, "is_unheard") == {False: len(works)}
    assert len(hub.rows(Mixdown)) == len(works)
    for song in works:
        assert hub.visitor().http.get(f"/media/works/{song.work_id}/preview").status_code == 302
    parts.close()


def _storm(parts: Parts, crew: Crew, over: threading.Event) -> None:
    """Every other moment a worker, its work-horse or both; once everything that Redis holds."""
    chance = random.Random(SEED)
    for strike in range(STRIKES):
        if over.wait(chance.uniform(0.5, 1.5)):
            return
        if strike == 5:
            parts.carrier.connection.flushall()
        crew.strike(chance, chance.choice(["worker", "both", "horse"]))


def _wait_until(condition: object, seconds: int = 150) -> None:
    """Polls; the limit only keeps a broken build from hanging."""
    assert callable(condition)
    ticks = threading.Event()
    for _ in range(seconds * 4):
        if condition():
            return
        ticks.wait(0.25)
    raise AssertionError("it did not come about in time")
