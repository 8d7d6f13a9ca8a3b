"""All stems together, on both databases: rendered once by a real render, played by whoever may have the stems."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import sqlalchemy as sa
import urllib3

from remixhub.domain.access import SYSTEM
from remixhub.domain.states import JobKind, JobState, RenditionKind
from remixhub.jobs.lease import Lease, LeaseLost, claim
from remixhub.jobs.table import add_job
from remixhub.models import Job, Mixdown, Rendition, Work
from remixhub.services.mixes import rendering, together
from tests.integration.conftest import Client, Hub
from tests.integration.stems.studio import Desk

LICENCE = {"title": "Autumn", "text": "Remix these stems for the contest alone.", "remixers": "entrants"}


@pytest.fixture
def desk(hub: Hub, tmp_path: Path) -> Desk:
    return Desk(hub, tmp_path)


@pytest.fixture
def artist(hub: Hub) -> Client:
    return hub.account(scopes=("read", "publish", "contest"))


def audio(work: Any) -> tuple[str | None, str, bool, bool]:
    return work["audio_kind"], work["audio_state"], work["preview_url"] is not None, work["peaks_url"] is not None


def page(client: Client, work: Any) -> str:
    return client.http.get(f"/works/{work['id']}").text


def renders(hub: Hub) -> list[Job]:
    return [job for job in hub.rows(Job) if job.kind is JobKind.RENDER_MIXDOWN]


def claimed(hub: Hub) -> Lease:
    (job,) = [job for job in renders(hub) if job.state is JobState.PENDING]
    lease = claim(hub.parts.database, job.id, seconds=60)
    assert lease is not None
    return lease


def test_a_release_without_a_mix_plays_everywhere_as_what_it_is(hub: Hub, desk: Desk, artist: Client) -> None:
    work = desk.release(artist)
    assert audio(work) == (None, "none", False, False)
    assert "All stems together" not in page(hub.visitor(), work)
    hub.drain()
    work = desk.work(hub.visitor(), work)
    assert audio(work) == ("stems_together", "ready", True, True)
    assert work["duration_seconds"] == pytest.approx(1.0)
    assert urllib3.request("GET", work["preview_url"], retries=False).status == 200
    assert [one["audio_kind"] for one in hub.visitor().get("/works").get_json()["works"]] == ["stems_together"]
    assert "All stems together, not a mix by the artist." in page(hub.visitor(), work)
    assert f"/media/works/{work['id']}/preview" in hub.visitor().http.get("/").text
    assert hub.visitor().http.get(f"/media/works/{work['id']}/preview").status_code == 302
    assert hub.visitor().http.get(f"/media/works/{work['id']}/mixdown").status_code == 404


def test_it_is_the_sum_of_the_stems_at_the_suggested_gains(hub: Hub, desk: Desk, artist: Client) -> None:
    work = desk.draft(artist)
    _, bass = desk.pack(artist, work)["stems"]
    assert artist.patch(f"/stems/{bass['id']}", {"gain_db": -20.0}, revision=bass["revision"]).status_code == 200
    hub.drain()
    assert artist.post(f"/works/{work['id']}/publish").status_code == 200
    hub.drain()
    (full,) = [one for one in hub.rows(Rendition) if one.kind is RenditionKind.MIXDOWN]
    answer = urllib3.request("GET", hub.parts.store.presign_get(full.key, media_type=full.media_type), retries=False)
    sound, rate_hz = soundfile.read(io.BytesIO(answer.data))
    assert len(sound) == rate_hz  # a second, so that tones stand at their own numbers
    spectrum = np.abs(np.fft.rfft(sound[:, 0]))
    assert spectrum[120] / spectrum[60] == pytest.approx(0.1, rel=0.01)


def test_the_job_done_twice_and_by_two_changes_nothing(hub: Hub, desk: Desk, artist: Client) -> None:
    work = desk.release(artist)
    slow = claimed(hub)
    with hub.parts.database.writing() as session:  # its lease runs out
        session.execute(
            sa.update(Job).where(Job.id == slow.job_id).values(leased_until_at=None, state=JobState.PENDING)
        )
    hub.drain()
    before = desk.work(artist, work)
    with slow, pytest.raises(LeaseLost):
        rendering.render_mixdown(hub.parts, slow)
    with hub.parts.database.writing() as session:
        add_job(session, SYSTEM, JobKind.RENDER_MIXDOWN, slow.subject_id, max_attempts=5)
    hub.drain()
    together.order_due(hub.parts)
    after = desk.work(artist, work)
    assert (after["revision"], audio(after)) == (before["revision"], ("stems_together", "ready", True, True))
    assert len(hub.rows(Mixdown)) == 1
    assert sorted(one.kind for one in hub.rows(Rendition) if one.subject_digest == slow.subject_id) == [
        "mixdown", "peaks", "peaks_coarse", "preview",
    ]  # fmt: skip


def test_a_next_version_is_mixed_anew_and_a_late_render_of_the_one_before_is_not_taken(
    hub: Hub, desk: Desk, artist: Client
) -> None:
    work = desk.release(artist)
    late = claimed(hub)
    pack = artist.post(f"/works/{work['id']}/stem-packs").get_json()
    kick = pack["stems"][0]
    assert artist.patch(f"/stems/{kick['id']}", {"gain_db": -6.0}, revision=kick["revision"]).status_code == 200
    hub.drain()
    assert artist.post(f"/stem-packs/{pack['id']}/publish").status_code == 200
    with late:
        rendering.render_mixdown(hub.parts, late)
    assert audio(desk.work(artist, work)) == (None, "none", False, False)
    hub.drain()
    assert audio(desk.work(artist, work)) == ("stems_together", "ready", True, True)
    (row,) = hub.rows(Work)
    (newest,) = [one for one in hub.rows(Mixdown) if one.stem_pack_id == pack["id"]]
    assert row.stems_mix_digest == newest.digest != late.subject_id


def test_a_render_that_fails_leaves_the_release_published_and_silent(hub: Hub, desk: Desk, artist: Client) -> None:
    work = desk.release(artist)
    for stored in hub.parts.store.objects("originals/"):
        hub.parts.store.delete(stored.key)
    hub.drain(every_attempt=True)
    assert {job.state for job in renders(hub)} == {JobState.DEAD}
    work = desk.work(hub.visitor(), work)
    assert (work["state"], work["refusal"], *audio(work)) == ("published", None, None, "none", False, False)
    assert "wave-player" in page(hub.visitor(), work)  # of its stems
    together.order_due(hub.parts)
    assert len(renders(hub)) == 1


def test_under_a_contest_licence_it_is_for_those_who_may_have_the_stems(hub: Hub, desk: Desk, artist: Client) -> None:
    licence = artist.post("/contest-licences", LICENCE).get_json()
    work = desk.release(artist, licence=licence["id"])
    hub.drain()
    fan = hub.browser("fan")
    path = f"/media/works/{work['id']}/preview"
    for client in (fan, hub.visitor()):
        assert audio(desk.work(client, work)) == ("stems_together", "ready", False, False)
        assert client.http.get(path).status_code == 403
        assert path not in page(client, work) + client.http.get("/").text
    accepted = fan.post(f"/contest-licences/{licence['id']}/acceptances", {"text_sha256": licence["text_sha256"]})
    assert accepted.status_code == 200, accepted.text
    for client in (fan, artist):
        assert audio(desk.work(client, work)) == ("stems_together", "ready", True, True)
    assert fan.http.get(path).status_code == 302
    assert path in page(fan, work)


def test_works_of_before_get_theirs(hub: Hub, desk: Desk, artist: Client) -> None:
    work = desk.release(artist)
    with hub.parts.database.writing() as session:
        session.execute(sa.delete(Job).where(Job.kind == JobKind.RENDER_MIXDOWN))
        session.execute(sa.delete(Mixdown))
    together.order_due(hub.parts)
    hub.drain()
    assert audio(desk.work(artist, work)) == ("stems_together", "ready", True, True)
