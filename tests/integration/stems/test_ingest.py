"""The ingest of originals: once in effect, refused with a reason, given up with a word."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import soundfile
import sqlalchemy as sa

from remixhub.app import create_app
from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM
from remixhub.domain.job_sizes import SHORT_SOUND_SECONDS
from remixhub.domain.states import IngestState, JobKind, JobState
from remixhub.jobs.lease import claim
from remixhub.jobs.table import add_job
from remixhub.models import Job, Original, Rendition, StemPack
from remixhub.services.stems.ingest import ingest_stem
from remixhub.services.upkeep.background import run_job
from remixhub.services.upkeep.resending import resend
from tests.integration.conftest import Hub
from tests.integration.stems.studio import Desk, write_tone


@pytest.fixture
def desk(hub: Hub, tmp_path: Path) -> Desk:
    return Desk(hub, tmp_path)


def order(hub: Hub, kind: JobKind, subject_id: str) -> str:
    with hub.parts.database.writing() as session:
        return add_job(session, SYSTEM, kind, subject_id, max_attempts=3)


def test_an_original_gets_its_renditions_and_measurements(desk: Desk) -> None:
    artist = desk.hub.account()
    desk.draft(artist, ("kick.wav",))
    (original,) = desk.hub.rows(Original)
    assert (original.ingest_state, original.duration_frames) == (IngestState.READY, 44_100)
    assert original.measurements["pcm_sha256"]
    kinds = sorted(rendition.kind for rendition in desk.hub.rows(Rendition))
    assert kinds == ["mixer", "mixer_index", "peaks", "peaks_coarse", "preview"]
    assert len(desk.hub.objects("renditions/")) == 5
    assert list(desk.hub.parts.settings.work_dir.iterdir()) == []


def test_an_ingest_that_runs_twice_changes_nothing(desk: Desk) -> None:
    artist = desk.hub.account()
    desk.draft(artist, ("kick.wav",))
    (original,) = desk.hub.rows(Original)
    stored, pack = desk.hub.objects(), desk.hub.rows(StemPack)[0].reviewed_digest
    with desk.hub.parts.database.writing() as session:
        session.execute(sa.update(Original).values(ingest_state=IngestState.PENDING))
    for _ in range(2):
        order(desk.hub, JobKind.INGEST_STEM, original.sha256)
        desk.hub.drain()
    assert desk.hub.objects() == stored
    assert len(desk.hub.rows(Rendition)) == 5
    assert desk.hub.rows(StemPack)[0].reviewed_digest == pack
    assert {job.state for job in desk.hub.rows(Job)} == {JobState.DONE}


def test_a_worker_that_lost_its_lease_writes_nothing(desk: Desk) -> None:
    artist = desk.hub.account()
    work = desk.begin(artist)
    stem = desk.add_stem(artist, work)
    (job,) = [job for job in desk.hub.rows(Job) if job.kind is JobKind.INGEST_STEM]
    slow = claim(desk.hub.parts.database, job.id, seconds=0)
    assert slow is not None
    run_job(desk.hub.parts, job.id)
    before = desk.hub.rows(Original)[0].measurements
    with pytest.raises(Exception, match=job.id):
        ingest_stem(desk.hub.parts, slow)
    desk.hub.drain()
    assert desk.hub.rows(Original)[0].measurements == before
    assert len(desk.hub.rows(Rendition)) == 5
    assert desk.pack(artist, work)["stems"][0]["id"] == stem["id"]


def test_equal_files_are_ingested_once_for_all_artists(desk: Desk) -> None:
    artist, other = desk.hub.account("artist"), desk.hub.account("other")
    desk.draft(artist, ("kick.wav",))
    desk.draft(other, ("kick.wav",))
    assert len(desk.hub.rows(Original)) == 1
    assert len([job for job in desk.hub.rows(Job) if job.kind is JobKind.INGEST_STEM]) == 1
    assert [pack.findings is not None for pack in desk.hub.rows(StemPack)] == [True, True]


def test_a_refused_file_says_why_and_keeps_the_pack_from_being_published(desk: Desk) -> None:
    artist = desk.hub.account()
    work = desk.begin(artist)
    whole = write_tone(desk.folder, "lead.flac", seconds=2.0)
    whole.write_bytes(_broken(whole.read_bytes()))
    upload_id = desk.upload(artist, whole)
    stem = artist.post(f"/works/{work['id']}/stems", {"upload_id": upload_id}).get_json()
    desk.hub.drain()
    shown = desk.pack(artist, work)["stems"][0]
    assert shown["state"] == "refused"
    assert shown["refusal"]["code"] in ("damaged", "truncated")
    assert shown["refusal"]["detail"]
    answer = artist.post(f"/works/{work['id']}/publish")
    assert answer.get_json()["code"] == "stems_not_ready"
    assert answer.get_json()["context"]["stems"] == [{"id": stem["id"], "name": "lead", "state": "refused"}]
    assert desk.hub.objects("renditions/") == []
    assert {job.state for job in desk.hub.rows(Job)} == {JobState.DONE}


def test_an_ingest_that_our_side_cannot_do_refuses_nothing_and_goes_on_when_it_is_sent_again(desk: Desk) -> None:
    artist = desk.hub.account()
    work = desk.begin(artist)
    stem = desk.add_stem(artist, work)
    key = desk.hub.key_of(stem["sha256"])
    body = b"".join(desk.hub.parts.store.blocks(key))
    desk.hub.parts.store.delete(key)
    desk.hub.drain(every_attempt=True)
    lost = desk.pack(artist, work)["stems"][0]
    assert (lost["state"], lost["refusal"]) == ("pending", None)
    [dead] = [job for job in desk.hub.rows(Job) if job.kind is JobKind.INGEST_STEM]
    assert (dead.state, dead.error_code) == (JobState.DEAD, "internal")
    [(told, why)] = resend(SYSTEM, desk.hub.parts, [dead.id]).left
    assert (told, "bytes of the original are gone" in why) == (dead.id, True)
    desk.hub.parts.store.put_bytes(key, body, "audio/wav")
    assert resend(SYSTEM, desk.hub.parts, None).count == 1
    desk.hub.drain()
    assert desk.pack(artist, work)["stems"][0]["state"] == "ready"


def test_audio_longer_than_the_hub_takes_is_refused(parts: Parts, tmp_path: Path) -> None:
    strict = dataclasses.replace(parts, settings=dataclasses.replace(parts.settings, duration_limit_seconds=1))
    desk = Desk(Hub(create_app(parts.settings, parts), parts), tmp_path)
    parts.settings.work_dir.mkdir(parents=True, exist_ok=True)
    artist = desk.hub.account()
    work = desk.begin(artist)
    desk.add_stem(artist, work, seconds=1.5)
    strict_hub = Hub(create_app(strict.settings, strict), strict)
    strict_hub.drain()
    stem = desk.pack(artist, work)["stems"][0]
    assert (stem["state"], stem["refusal"]["code"]) == ("refused", "too_long")


def _broken(body: bytes) -> bytes:
    """A FLAC whose second half is noise."""
    half = len(body) // 2
    return body[:half] + bytes(byte ^ 0x5A for byte in body[half:])


@pytest.mark.parametrize("said_frames", [0, 8_000], ids=["unset", "a lie"])
def test_a_header_that_hides_the_length_gets_nobody_a_short_ones_turn(
    desk: Desk, tmp_path: Path, said_frames: int
) -> None:
    artist = desk.hub.account()
    path = tmp_path / "silence.flac"
    soundfile.write(path, np.zeros(8_000 * (SHORT_SOUND_SECONDS + 1), dtype=np.int16), 8_000, "PCM_16")
    raw = bytearray(path.read_bytes())
    raw[21:26] = bytes([raw[21] & 0xF0]) + said_frames.to_bytes(4, "big")
    path.write_bytes(raw)
    work, upload_id = desk.begin(artist), desk.upload(artist, path)
    assert artist.post(f"/works/{work['id']}/stems", {"upload_id": upload_id}).status_code == 201
    desk.hub.drain()
    (original,) = desk.hub.rows(Original)
    assert original.ingest_state is IngestState.READY
    assert original.measurements["duration_frames"] == 8_000 * (SHORT_SOUND_SECONDS + 1)
    (job,) = [job for job in desk.hub.rows(Job) if job.kind is JobKind.INGEST_STEM]
    assert (job.state, job.is_heavy, job.fence, job.attempts) == (JobState.DONE, True, 2, 0)
