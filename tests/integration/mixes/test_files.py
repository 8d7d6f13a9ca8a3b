"""A mixdown in the formats that it is offered in: made once on demand, from what was rendered, with its tags."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile
import sqlalchemy as sa
import urllib3

from remixhub.domain.states import IngestState, JobState, RenditionKind, WorkState
from remixhub.jobs.lease import LeaseLost, claim
from remixhub.models import Job, Mixdown, Rendition, Work
from remixhub.services.mixes import encoding
from remixhub.services.mixes.formats import JOBS
from tests.integration.conftest import Client, Hub
from tests.integration.lineage.catalogue import Catalogue
from tests.integration.mixes.test_mixes import Song, ask, fetch, problem, published_song, tone


@pytest.fixture
def song(hub: Hub, tmp_path: Path) -> Song:
    return published_song(hub, Catalogue(hub.parts), [tone(tmp_path / "low.wav", 110)])


@pytest.fixture
def fan(hub: Hub) -> Client:
    return hub.account("fan")


@pytest.fixture
def mix_path(hub: Hub, song: Song, fan: Client) -> str:
    """Rendered, and titled."""
    mix = ask(fan, song, song.spec(), title="Late / night").get_json()
    hub.drain()
    return f"/mixes/{mix['id']}"


def states(client: Client, path: str) -> dict[str, str]:
    return {file["format"]: file["state"] for file in client.get(path).get_json()["files"]}


def encodes(hub: Hub) -> list[Job]:
    return [job for job in hub.rows(Job) if job.kind in JOBS]


def test_every_format_holds_the_mix_with_its_tags_under_its_name(hub: Hub, fan: Client, mix_path: str) -> None:
    assert states(fan, mix_path) == {"wav": "absent", "flac": "ready", "mp3": "absent", "opus": "absent"}
    for name in ("wav", "mp3", "opus"):
        ordered = fan.post(f"{mix_path}/files", {"format": name})
        assert (ordered.status_code, ordered.get_json()["state"]) == (200, "making"), ordered.text
    assert states(fan, mix_path) == {"wav": "making", "flac": "ready", "mp3": "making", "opus": "making"}
    hub.drain()
    files = {file["format"]: file for file in fan.get(mix_path).get_json()["files"]}
    sounds = {}
    for name, file in files.items():
        answer = urllib3.request("GET", file["url"], retries=False)
        assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="Late _ night.{name}"')
        assert len(answer.data) == file["size_bytes"]
        assert b"Song (mix)" in answer.data
        sounds[name], _ = soundfile.read(io.BytesIO(answer.data), dtype="float32")
    assert soundfile.info(io.BytesIO(fetch(files["wav"]["url"]))).subtype == "PCM_24"
    assert np.array_equal(sounds["wav"], sounds["flac"])
    frames = len(sounds["flac"])
    assert abs(len(sounds["mp3"]) - frames) < 2 * 1152
    assert len(sounds["opus"]) == round(frames * 48_000 / 44_100)
    for lossy in ("mp3", "opus"):
        assert float(np.sqrt(np.mean(sounds[lossy] ** 2))) == pytest.approx(0.2 / np.sqrt(2), rel=0.02)


def test_a_file_is_made_once_whoever_asks(hub: Hub, song: Song, fan: Client, mix_path: str) -> None:
    other = hub.account("other")
    theirs = f"/mixes/{ask(other, song, song.spec()).get_json()['id']}"
    for client, path in ((fan, mix_path), (fan, mix_path), (other, theirs)):
        assert client.post(f"{path}/files", {"format": "wav"}).get_json()["state"] == "making"
    assert len(encodes(hub)) == 1
    hub.drain()
    again = other.post(f"{theirs}/files", {"format": "wav"}).get_json()
    assert (again["state"], again["url"] is not None, len(encodes(hub))) == ("ready", True, 1)
    assert fan.post(f"{mix_path}/files", {"format": "flac"}).get_json()["state"] == "ready"


def test_what_is_not_rendered_has_no_files(hub: Hub, song: Song, fan: Client) -> None:
    path = f"/mixes/{ask(fan, song, song.spec()).get_json()['id']}"
    assert set(states(fan, path).values()) == {"absent"}
    assert problem(fan.post(f"{path}/files", {"format": "wav"})) == (409, "mix_not_rendered")
    with hub.parts.database.writing() as session:
        session.execute(sa.update(Mixdown).values(state=IngestState.REFUSED, refusal_code="mix_empty"))
    assert problem(fan.post(f"{path}/files", {"format": "wav"})) == (409, "mix_refused")
    assert problem(fan.post(f"{path}/files", {"format": "aiff"})) == (422, "invalid")


def test_files_are_their_makers_alone_and_nobodys_once_the_work_is_down(hub: Hub, fan: Client, mix_path: str) -> None:
    fan.post(f"{mix_path}/files", {"format": "opus"})
    hub.drain()
    stranger = hub.account("stranger")
    assert problem(stranger.post(f"{mix_path}/files", {"format": "opus"})) == (404, "not_found")
    media = f"/media{mix_path}/mixdown-opus"
    assert stranger.http.get(media, headers=stranger.headers).status_code == 404
    assert fan.http.get(media, headers=fan.headers).status_code == 302
    with hub.parts.database.writing() as session:
        session.execute(sa.update(Work).values(state=WorkState.TAKEN_DOWN))
    assert fan.http.get(media, headers=fan.headers).status_code == 409
    assert problem(fan.post(f"{mix_path}/files", {"format": "mp3"})) == (409, "stem_pack_withdrawn")
    assert set(states(fan, mix_path).values()) == {"absent"}


def test_a_file_that_could_not_be_made_says_so_and_may_be_asked_for_again(hub: Hub, fan: Client, mix_path: str) -> None:
    (rendered,) = [one for one in hub.rows(Rendition) if one.kind is RenditionKind.MIXDOWN]
    whole = fetch(fan.get(mix_path).get_json()["mixdown_url"])
    hub.parts.store.put_bytes(rendered.key, b"fLaC" + bytes(400), "audio/flac")
    fan.post(f"{mix_path}/files", {"format": "wav"})
    hub.drain()
    failed = fan.get(mix_path).get_json()["files"][0]
    assert (failed["state"], failed["url"], bool(failed["failure"])) == ("failed", None, True)
    hub.parts.store.put_bytes(rendered.key, whole, "audio/flac")
    assert fan.post(f"{mix_path}/files", {"format": "wav"}).get_json()["state"] == "making"
    hub.drain()
    assert states(fan, mix_path)["wav"] == "ready"


def test_a_worker_that_lost_its_lease_leaves_nothing_behind(hub: Hub, fan: Client, mix_path: str) -> None:
    fan.post(f"{mix_path}/files", {"format": "mp3"})
    (job,) = encodes(hub)
    lease = claim(hub.parts.database, job.id, seconds=60)
    assert lease is not None
    with hub.parts.database.writing() as session:
        session.execute(sa.update(Job).values(fence=Job.fence + 1))
    with pytest.raises(LeaseLost):
        encoding.encode_mixdown(hub.parts, lease)
    assert RenditionKind.MIXDOWN_MP3 not in {one.kind for one in hub.rows(Rendition)}
    assert list(hub.parts.settings.work_dir.iterdir()) == []
    with hub.parts.database.writing() as session:
        session.execute(sa.update(Job).where(Job.id == job.id).values(state=JobState.PENDING))
    hub.drain()
    assert states(fan, mix_path)["mp3"] == "ready"


def test_the_page_offers_what_is_there_and_makes_the_rest(hub: Hub, song: Song) -> None:
    viewer = hub.browser("viewer")
    mix_path = f"/mixes/{ask(viewer, song, song.spec()).get_json()['id']}"
    hub.drain()
    browser = viewer.http
    shown = browser.get(mix_path).text
    assert f'href="/media{mix_path}/mixdown"' in shown
    assert "WAV · make it" in shown
    plain = browser.post(f"{mix_path}/files", data={"format": "wav"}, headers={"Origin": "http://localhost"})
    assert (plain.status_code, plain.location) == (303, f"{mix_path}#mix-files")
    piece = browser.get(f"{mix_path}/files").text
    assert "WAV · 0 %" in piece
    assert "hx-trigger" in piece
    hub.drain()
    piece = browser.get(f"{mix_path}/files").text
    assert f'href="/media{mix_path}/mixdown-wav"' in piece
    assert "hx-trigger" not in piece
