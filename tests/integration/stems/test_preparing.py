"""What browsers mix, on both databases and a real storage: at the pack's rate, made once, found by its addresses."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import soxr
import sqlalchemy as sa
import urllib3

from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM
from remixhub.domain.states import JobKind, JobState, RenditionKind
from remixhub.jobs.lease import LeaseLost, claim
from remixhub.jobs.table import add_job
from remixhub.models import Job, Rendition, Stem, StemPack, now
from remixhub.services.stems import preparing
from remixhub.services.upkeep.sweeping import enqueue_sweep
from tests.integration.conftest import Client, Hub
from tests.integration.stems.studio import RATE_HZ, Desk
from tests.integration.uploads.test_uploads import hub_with

OLD_NAME = "mixer.flac"
"""Of files of before, which had no index."""


@pytest.fixture
def desk(hub: Hub, tmp_path: Path) -> Desk:
    return Desk(hub, tmp_path)


@pytest.fixture
def artist(hub: Hub) -> Client:
    return hub.account()


def mixed_rates(desk: Desk, artist: Client) -> Any:
    """Published: two stems of 44.1 kHz and one of 48, as if nobody had minded."""
    work = desk.begin(artist)
    for number, name in enumerate(("kick.wav", "bass.wav", "lead.wav"), 1):
        desk.add_stem(artist, work, name, hz=60.0 * number, rate_hz=48_000 if name == "lead.wav" else RATE_HZ)
    desk.hub.drain()
    with desk.hub.parts.database.writing() as session:
        session.execute(sa.update(StemPack).values(findings=[]))
    answer = artist.post(f"/works/{work['id']}/publish")
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def jobs(hub: Hub) -> list[Job]:
    return [job for job in hub.rows(Job) if job.kind is JobKind.PREPARE_STEM]


def media(client: Client, stem: Any, word: str) -> str:
    """Where it is sent on to, without what the storage signs."""
    answer = client.http.get(f"/media/stems/{stem['id']}/{word}")
    assert answer.status_code == 302, answer.text
    return str(answer.headers["Location"]).partition("?")[0]


def test_a_stem_of_another_rate_is_heard_at_that_of_its_pack(hub: Hub, desk: Desk, artist: Client) -> None:
    work = mixed_rates(desk, artist)
    *_, lead = desk.pack(artist, work)["stems"]
    assert (lead["mixer_url"], lead["mixer_index_url"]) == (None, None)
    assert hub.visitor().http.get(f"/media/stems/{lead['id']}/mixer-index").status_code == 404
    hub.drain()
    kick, _, lead = desk.pack(artist, work)["stems"]
    raw = urllib3.request("GET", lead["mixer_url"], retries=False).data
    heard, rate_hz = soundfile.read(io.BytesIO(raw), dtype="float64")
    source = soundfile.read(desk.folder / "lead.wav", dtype="float32")[0]
    assert (rate_hz, len(heard), len(source)) == (RATE_HZ, RATE_HZ, 48_000)
    assert np.abs(heard - soxr.resample(source, 48_000, RATE_HZ, "HQ")).max() < 1e-6
    for stem in (kick, lead):
        for word, shown in (("mixer", "mixer_url"), ("mixer-index", "mixer_index_url")):
            assert media(hub.visitor(), stem, word) == stem[shown].partition("?")[0]
        assert urllib3.request("GET", stem["mixer_index_url"], retries=False).data[:4] == b"RHFI"
    assert kick["sha256"] in media(hub.visitor(), kick, "mixer")
    assert lead["sha256"] not in media(hub.visitor(), lead, "mixer")
    assert lead["sha256"] in media(hub.visitor(), lead, "preview")
    assert len(jobs(hub)) == 1


def test_the_job_done_twice_and_by_two_changes_nothing(hub: Hub, desk: Desk, artist: Client) -> None:
    mixed_rates(desk, artist)
    (job,) = jobs(hub)
    slow = claim(hub.parts.database, job.id, seconds=0)
    assert slow is not None
    hub.drain(every_attempt=True)
    with hub.parts.database.writing() as session:
        session.execute(sa.update(Job).where(Job.state == JobState.LEASED).values(state=JobState.PENDING))
    hub.drain(every_attempt=True)
    before = (hub.objects(), len(hub.rows(Rendition)))
    with slow, pytest.raises(LeaseLost):
        preparing.prepare_stem(hub.parts, slow)
    with hub.parts.database.writing() as session:
        add_job(session, SYSTEM, JobKind.PREPARE_STEM, slow.subject_id, max_attempts=5)
    hub.drain()
    assert (hub.objects(), len(hub.rows(Rendition))) == before
    assert {one.state for one in jobs(hub)} == {JobState.DONE}
    assert list(hub.parts.settings.work_dir.iterdir()) == []


def test_works_of_before_are_made_anew_and_their_old_files_go(parts: Parts, tmp_path: Path) -> None:
    tomorrow = hub_with(parts, sweep_grace_seconds=-60)
    desk, artist = Desk(tomorrow, tmp_path), tomorrow.account()
    work = mixed_rates(desk, artist)
    tomorrow.drain()
    *_, lead = desk.pack(artist, work)["stems"]
    wanted = {stem.mixer_digest for stem in tomorrow.rows(Stem)}
    made = {key for key in tomorrow.objects() if "/mixer" in key and key.split("/")[2] in wanted}
    as_before(tomorrow)
    kick, *_ = desk.pack(artist, work)["stems"]
    assert (kick["mixer_url"] is None, kick["mixer_index_url"]) == (False, None)
    assert media(artist, kick, "mixer").endswith(OLD_NAME)
    preparing.order_due(tomorrow.parts)
    tomorrow.drain()
    assert not media(artist, kick, "mixer").endswith(OLD_NAME)
    assert all(stem["mixer_index_url"] for stem in desk.pack(artist, work)["stems"])
    assert [key for key in tomorrow.objects() if key.endswith(OLD_NAME)]
    with tomorrow.parts.database.writing() as session:
        session.execute(sa.update(Rendition).values(created_at=now(-2 * 24 * 3600)))
    enqueue_sweep(tomorrow.parts)
    tomorrow.drain()
    kept = {key for key in tomorrow.objects() if "/mixer" in key and lead["sha256"] not in key}
    assert kept == made
    count = len(jobs(tomorrow))
    preparing.order_due(tomorrow.parts)
    assert (len(jobs(tomorrow)), [pack.is_unprepared for pack in tomorrow.rows(StemPack)]) == (count, [False])


def as_before(hub: Hub) -> None:
    """Sixteen bits under a name of their own, no index and nothing at another rate."""
    store, kinds = hub.parts.store, (RenditionKind.MIXER, RenditionKind.MIXER_INDEX)
    resampled = {stem.resampled_digest for stem in hub.rows(Stem)}
    for row in hub.rows(Rendition):
        if row.kind not in kinds:
            continue
        store.delete(row.key)
        is_kept = row.kind is RenditionKind.MIXER and row.subject_digest not in resampled
        old = row.key.rpartition("/")[0] + "/" + OLD_NAME
        same = sa.and_(Rendition.subject_digest == row.subject_digest, Rendition.kind == row.kind)
        if is_kept:
            store.put_bytes(old, b"fLaC", row.media_type)
        with hub.parts.database.writing() as session:
            if is_kept:
                session.execute(sa.update(Rendition).where(same).values(key=old))
            else:
                session.execute(sa.delete(Rendition).where(same))
            session.execute(sa.update(StemPack).values(is_unprepared=True))
