"""Stems that sound alike, from real files: measured by the ingest or by a job, and found by whoever listens."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from remixhub.domain.states import JobKind, JobState
from remixhub.models import Job, Original
from remixhub.services.stems import sounds
from tests.integration.conftest import Client, Hub
from tests.integration.stems.studio import Desk


@pytest.fixture
def desk(hub: Hub, tmp_path: Path) -> Desk:
    return Desk(hub, tmp_path)


def published(desk: Desk, artist: Client, title: str, hz: float) -> str:
    """The id of the one stem of a release."""
    work = desk.begin(artist, title=title)
    desk.add_stem(artist, work, f"{title}.wav", hz=hz)
    desk.hub.drain()
    answer = artist.post(f"/works/{work['id']}/publish")
    assert answer.status_code == 200, answer.text
    pack = artist.get(f"/stem-packs/{answer.get_json()['stem_pack_id']}").get_json()
    return str(pack["stems"][0]["id"])


def test_stems_are_found_by_their_sound_as_the_ingest_or_a_job_heard_it(hub: Hub, desk: Desk) -> None:
    artist, visitor = hub.account(), hub.visitor()
    low, lower, high = (published(desk, artist, title, hz) for title, hz in (("A", 80.0), ("B", 70.0), ("C", 3_000.0)))
    found = visitor.get(f"/stems/{low}/similar").get_json()
    assert [one["id"] for one in found["stems"]] == [lower, high]
    assert found["is_measured"]
    near, far = found["stems"]
    assert 0 <= near["distance"] < far["distance"] <= 1
    assert (near["work"]["title"], near["work"]["handle"]) == ("B", "artist")
    assert "preview" in near["preview_url"]

    measured = {row.sha256: row.sound for row in hub.rows(Original)}
    with hub.parts.database.writing() as session:
        session.execute(sa.update(Original).values(sound=None, sound_recipe=0))
    assert visitor.get(f"/stems/{low}/similar").get_json() == {"stems": [], "is_measured": False}
    sounds.order_due(hub.parts)
    hub.drain()
    jobs = [job for job in hub.rows(Job) if job.kind is JobKind.MEASURE_SOUND]
    assert [job.state for job in jobs] == [JobState.DONE] * 3
    assert {row.sha256: row.sound for row in hub.rows(Original)} == measured
    sounds.order_due(hub.parts)
    assert len([job for job in hub.rows(Job) if job.kind is JobKind.MEASURE_SOUND]) == 3
    assert visitor.get(f"/stems/{low}/similar?limit=0").status_code == 422
