"""What artists are told while the hub fails: that it is our fault and what happens next, and nothing of our insides."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from remixhub.domain.access import SYSTEM
from remixhub.domain.states import IngestState, JobKind, JobState, UploadState
from remixhub.domain.troubles import BY_US
from remixhub.models import Job, Mixdown, Original, Upload, now
from remixhub.services.upkeep import jobs
from remixhub.services.upkeep.resending import resend
from remixhub.services.upkeep.sweeping import enqueue_sweep, order_clearing
from tests.integration.conftest import Client, Hub
from tests.integration.stems.studio import Desk, write_tone

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
INSIDES = re.compile(r"Traceback|Errno|Exception|\b\w+Error\b|/tmp/|/home/|/dev/shm|postgresql|sqlite|boto|rowcount")


@pytest.fixture
def desk(hub: Hub, tmp_path: Path) -> Desk:
    return Desk(hub, tmp_path)


@pytest.fixture
def artist(desk: Desk) -> Client:
    return desk.hub.browser()


@pytest.fixture
def failing(desk: Desk, artist: Client) -> Iterator[dict[str, Any]]:
    """An upload, a draft's stem, a mix, a mix's file and an archive that our side fails on."""
    hub, work_dir = desk.hub, desk.hub.parts.settings.work_dir
    work = desk.release(artist)
    draft = desk.begin(artist)
    stem = desk.add_stem(artist, draft, "new.wav", hz=300)
    pack = desk.pack(artist, work)
    lanes = [{"stem": one["id"], "gain_db": -3} for one in pack["stems"]]
    asked = {"stem_pack_id": pack["id"], "spec": {"version": 1, "lanes": lanes}}
    mix = artist.post("/mixes", asked)
    assert mix.status_code in (201, 202), mix.text
    upload_id = artist.send_upload(write_tone(desk.folder, "sent.wav", hz=500))
    artist.post(f"/stem-packs/{pack['id']}/archive")
    shutil.rmtree(work_dir)
    work_dir.write_text("a file where the scratch folder should be")
    hub.parts.store.put_bytes(hub.rows(Original)[0].key, b"rot", "audio/wav")
    for _ in range(hub.parts.settings.job_attempts + 1):
        with hub.parts.database.writing() as session:
            session.execute(sa.update(Job).where(Job.state == JobState.PENDING).values(run_after_at=now()))
        hub.drain()
    yield {"work": work, "draft": draft, "stem": stem, "mix": mix.get_json(), "upload": upload_id, "pack": pack}
    work_dir.unlink()


def test_nothing_that_an_artist_reads_names_an_exception_or_a_path(
    desk: Desk, artist: Client, failing: dict[str, Any]
) -> None:
    broken = [job for job in desk.hub.rows(Job) if job.error_code]
    assert {job.kind for job in broken} >= {JobKind.VERIFY_UPLOAD, JobKind.INGEST_STEM, JobKind.RENDER_MIXDOWN}
    assert any("Error" in (job.error_detail or "") for job in broken), "operators read what was raised"
    work_id, draft_id, mix_id = (failing[name]["id"] for name in ("work", "draft", "mix"))
    told = [
        *(f"/api/v1/jobs/{job.id}" for job in broken if job.account_id), "/api/v1/uploads",
        f"/api/v1/uploads/{failing['upload']}", f"/api/v1/works/{draft_id}",
        f"/api/v1/stem-packs/{failing['draft']['stem_pack_id']}", f"/api/v1/stem-packs/{failing['pack']['id']}/archive",
        f"/api/v1/mixes/{mix_id}", "/my/uploads", "/notices", f"/works/{draft_id}/edit",
        f"/works/{draft_id}/edit/pulse?waiting={failing['stem']['id']}", f"/works/{work_id}/archive",
        f"/works/{work_id}/archive/progress", f"/mixes/{mix_id}", f"/mixes/{mix_id}/progress", "/mixes",
    ]  # fmt: skip
    for path in told:
        answer = artist.http.get(path)
        assert answer.status_code in (200, 202), (path, answer.status_code)
        assert not (found := INSIDES.search(answer.text)), (path, found, answer.text)
    for path in ("/my/uploads", f"/works/{draft_id}/edit", f"/mixes/{mix_id}"):
        page = artist.http.get(path).text
        assert "Delayed by us." in page, path
        assert "Your file is safe" in page, path
    waiting = artist.get(f"/uploads/{failing['upload']}").get_json()["waiting"]
    assert waiting["code"] in BY_US
    assert {one.code for one in jobs.measure_delays(desk.hub.parts)} <= BY_US


def test_one_command_brings_all_of_it_back(desk: Desk, artist: Client, failing: dict[str, Any]) -> None:
    """But for what lies damaged in the storage."""
    hub, work_dir = desk.hub, desk.hub.parts.settings.work_dir
    work_dir.unlink()
    sent = resend(SYSTEM, hub.parts, None)
    assert (sent.count, sent.left) == (3, []), "upload, original and mix"
    hub.drain()
    assert artist.get(f"/uploads/{failing['upload']}").get_json()["state"] == "ready"
    assert desk.pack(artist, failing["draft"])["stems"][0]["state"] == "ready"
    work_dir.joinpath("x").parent.mkdir(exist_ok=True)
    shutil.rmtree(work_dir)
    work_dir.write_text("")


def test_uploads_that_an_earlier_version_rejected_by_its_own_fault_are_kept_and_come_back(
    desk: Desk, artist: Client
) -> None:
    hub = desk.hub
    upload_id, lost_id, guilty_id = (
        artist.send_upload(write_tone(desk.folder, f"{name}.wav", hz=hz))
        for name, hz in (("a", 90), ("b", 80), ("c", 70))
    )
    with hub.parts.database.writing() as session:
        for one, code in ((upload_id, "worker_died"), (lost_id, "internal"), (guilty_id, "damaged")):
            rejected = {"state": UploadState.REJECTED, "rejection_code": code, "rejection_detail": "It failed."}
            session.execute(
                sa.update(Upload)
                .where(Upload.id == one)
                .values(**rejected, storable_until_at=now(-90), expires_at=now(-90))
            )
            session.execute(
                sa.update(Job)
                .where(Job.subject_id == one)
                .values(state=JobState.DEAD, error_code=code, finished_at=now())
            )
    order_clearing(hub.parts)
    enqueue_sweep(hub.parts)
    hub.drain()
    keys = {upload.id: upload.key for upload in hub.rows(Upload)}
    assert set(keys) == {upload_id, lost_id}, "what was the file's fault is forgotten, what was ours is not"
    hub.parts.store.delete(keys[lost_id])
    sent = resend(SYSTEM, hub.parts, None)
    assert (sent.count, [why for _, why in sent.left]) == (
        1, ["The bytes of the upload are gone; ask its artist to send the file again."],
    )  # fmt: skip
    hub.drain()
    assert artist.get(f"/uploads/{upload_id}").get_json()["state"] == "ready"
    assert artist.get(f"/uploads/{lost_id}").get_json()["state"] == "rejected"


def test_a_mixdown_that_an_earlier_version_refused_by_its_own_fault_comes_back(desk: Desk, artist: Client) -> None:
    desk.release(artist)
    desk.hub.drain()
    with desk.hub.parts.database.writing() as session:
        refused = {"state": IngestState.REFUSED, "refusal_code": "internal", "refusal_detail": "OSError: full"}
        session.execute(sa.update(Mixdown).values(**refused))
        renders = sa.update(Job).where(Job.kind == JobKind.RENDER_MIXDOWN)
        session.execute(renders.values(state=JobState.DEAD, error_code="internal"))
    assert resend(SYSTEM, desk.hub.parts, None).count == 1
    desk.hub.drain()
    assert [mixdown.state for mixdown in desk.hub.rows(Mixdown)] == [IngestState.READY]
