"""Mixes: equal specs render once, progress is one query, and what cannot be rendered says why."""

from __future__ import annotations

import hashlib
import io
import struct
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import sqlalchemy as sa
import urllib3
from werkzeug.test import TestResponse

from remixhub.domain.states import IngestState, JobKind, JobState, WorkState
from remixhub.jobs.lease import Lease, LeaseLost, claim
from remixhub.models import Job, Mix, Mixdown, Original, Rendition, SourceLink, Work, now
from remixhub.services.mixes import rendering
from tests.integration.conftest import Client, Hub
from tests.integration.lineage.catalogue import Catalogue

RATE_HZ = 44_100


@dataclass(frozen=True)
class Song:
    work_id: str
    pack_id: str
    stems: list[str]

    def spec(self, *lanes: dict[str, Any], **more: Any) -> dict[str, Any]:
        """One lane a stem, changed by `lanes` in order."""
        changes = [*lanes, *({} for _ in self.stems)]
        spelled = [{"stem": stem, **change} for stem, change in zip(self.stems, changes, strict=False)]
        return {"version": 1, "lanes": spelled, **more}


@pytest.fixture
def catalogue(hub: Hub) -> Catalogue:
    return Catalogue(hub.parts)


@pytest.fixture
def song(hub: Hub, catalogue: Catalogue, tmp_path: Path) -> Song:
    """A published release with two tones of two seconds."""
    return published_song(hub, catalogue, [tone(tmp_path / "low.wav", 110), tone(tmp_path / "high.wav", 440)])


@pytest.fixture
def fan(hub: Hub) -> Client:
    return hub.account("fan")


def tone(path: Path, hz: float, seconds: float = 2.0) -> Path:
    wave = 0.2 * np.sin(2 * np.pi * hz * np.arange(round(RATE_HZ * seconds)) / RATE_HZ)
    soundfile.write(path, np.column_stack([wave, wave]), RATE_HZ, subtype="PCM_16")
    return path


def published_song(hub: Hub, catalogue: Catalogue, files: Sequence[Path]) -> Song:
    originals = []
    for path in files:
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        original = catalogue.original(sha256)
        hub.parts.store.put_file(original.key, path, "audio/wav")
        originals.append(original)
    work_id = catalogue.work("Song")
    pack_id, stems = catalogue.pack(work_id, originals)
    return Song(work_id, pack_id, stems)


def ask(client: Client, song: Song, spec: Any, **more: Any) -> TestResponse:
    return client.post("/mixes", {"stem_pack_id": song.pack_id, "spec": spec, **more})


def renders(hub: Hub) -> list[Job]:
    """Without what counts the lineage, which each publication orders."""
    return [job for job in hub.rows(Job) if job.kind is not JobKind.SETTLE_LINEAGE]


def problem(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"]


def fetch(url: str) -> bytes:
    answer = urllib3.request("GET", url, retries=False)
    assert answer.status == 200, answer.data
    return answer.data


def test_a_mix_is_rendered_with_preview_peaks_and_a_full_quality_file(hub: Hub, song: Song, fan: Client) -> None:
    asked = ask(fan, song, song.spec({"gain_db": -6.0}), title="Soft")
    assert asked.status_code == 201, asked.text
    mix = asked.get_json()
    assert (mix["state"], mix["progress"]) == ("pending", {"percent": 0.0, "step": "waiting"})
    assert (mix["preview_url"], mix["work_id"]) == (None, song.work_id)
    hub.drain()
    mix = fan.get(asked.headers["Location"]).get_json()
    assert (mix["state"], mix["progress"]["percent"], mix["refusal"]) == ("ready", 100.0, None), mix
    assert mix["duration_frames"] == 2 * RATE_HZ
    low, high = 0.2 * 10 ** (-6 / 20), 0.2
    rendered, rate_hz = soundfile.read(io.BytesIO(fetch(mix["mixdown_url"])))
    assert (rate_hz, rendered.shape) == (RATE_HZ, (2 * RATE_HZ, 2))
    seconds = np.arange(2 * RATE_HZ) / RATE_HZ
    expected = low * np.sin(2 * np.pi * 110 * seconds) + high * np.sin(2 * np.pi * 440 * seconds)
    assert np.abs(rendered[:, 0] - expected).max() < 2e-4
    assert fetch(mix["preview_url"])[:2] in (b"ID", b"\xff\xfb")
    version, _flags, peaks_rate_hz, frames_per_pixel, pixels, channels = struct.unpack(
        "<iIiiIi", fetch(mix["peaks_url"])[:24]
    )
    assert (version, peaks_rate_hz, channels) == (2, RATE_HZ, 2)
    assert pixels == -(-2 * RATE_HZ // frames_per_pixel)


def test_a_mix_of_version_2_is_arranged(hub: Hub, song: Song, fan: Client) -> None:
    low, high = song.stems
    second = {"trim_end_frames": RATE_HZ}
    lanes = [
        {"stem": low, "clips": [{**second, "offset_frames": 3 * RATE_HZ}, second], "pan": -1},
        {"stem": high, "mute_ranges": [{"start_frames": 0, "end_frames": RATE_HZ}], "solo": False},
    ]
    loop = {"start_frames": 0, "end_frames": RATE_HZ, "times": 2}
    asked = ask(fan, song, {"version": 2, "lanes": lanes, "loop": loop, "grid": {"bpm": 120}})
    assert asked.status_code == 201, asked.text
    hub.drain()
    mix = fan.get(asked.headers["Location"]).get_json()
    assert (mix["state"], mix["duration_frames"]) == ("ready", 5 * RATE_HZ), mix
    assert (mix["spec"]["version"], mix["spec"]["lanes"][0]["clips"][1]["offset_frames"]) == (2, 0)
    rendered = soundfile.read(io.BytesIO(fetch(mix["mixdown_url"])))[0].reshape(5, RATE_HZ, 2)
    sounds = np.abs(rendered[:, 1_000:-1_000]).max(axis=1) > 0.05
    assert sounds.tolist() == [[True, False], [True, False], [True, True], [False, False], [True, False]]


def test_a_mix_that_version_1_can_say_is_the_same_in_version_2(hub: Hub, song: Song, fan: Client) -> None:
    clip = {"offset_frames": 9, "fade_in_frames": 441}
    first = ask(fan, song, song.spec({"gain_db": -3.0, **clip}))
    lanes = [{"stem": song.stems[0], "gain_db": -3, "clips": [clip]}, {"stem": song.stems[1]}]
    beside = {"stems": {song.stems[0]: "Low"}, "markers": [{"at_frames": 7, "name": "Drop"}]}
    second = ask(fan, song, {"version": 2, "lanes": lanes, "pan": 0, "loop": None, **beside})
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.get_json()["id"] == second.get_json()["id"]
    (mixdown,) = hub.rows(Mixdown)
    assert (mixdown.spec["version"], mixdown.spec["lanes"][0]["offset_frames"]) == (1, 9)


def test_a_loudness_target_is_met(hub: Hub, song: Song, fan: Client) -> None:
    loudness = {"target_lufs": -18.0, "ceiling_dbtp": -1.0}
    mix = ask(fan, song, song.spec(loudness=loudness)).get_json()
    hub.drain()
    mix = fan.get(f"/mixes/{mix['id']}").get_json()
    assert mix["integrated_lufs"] == pytest.approx(-18.0, abs=0.1)
    assert mix["true_peak_dbtp"] <= -1.0


def test_equal_specs_over_one_pack_render_once_whoever_asks_and_however_they_are_written(
    hub: Hub, song: Song, fan: Client
) -> None:
    other = hub.account("other")
    first = ask(fan, song, song.spec({"gain_db": -3, "pan": 0}))
    lanes = [dict(reversed(lane.items())) for lane in song.spec({"gain_db": -3.0})["lanes"]]
    second = ask(other, song, {"lanes": lanes, "sample_rate_hz": RATE_HZ, "gain_db": 0.0, "version": 1})
    assert (first.status_code, second.status_code) == (201, 201)
    assert len(hub.rows(Mixdown)) == 1
    assert len(hub.rows(Mix)) == 2
    assert [job.kind for job in renders(hub)] == [JobKind.RENDER_MIXDOWN]
    hub.drain()
    third = ask(other, song, song.spec({"gain_db": -3.0}), title="Again")
    assert (third.status_code, third.get_json()["state"]) == (201, "ready")
    assert len(renders(hub)) == 1


def test_asking_for_the_same_again_gives_the_same_mix(song: Song, fan: Client) -> None:
    first, second = ask(fan, song, song.spec()), ask(fan, song, song.spec())
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.get_json()["id"] == second.get_json()["id"]


def test_a_different_spec_is_another_mixdown(hub: Hub, song: Song, fan: Client) -> None:
    ask(fan, song, song.spec())
    ask(fan, song, song.spec({"muted": True}))
    assert len(hub.rows(Mixdown)) == 2


def test_rendering_twice_is_harmless(hub: Hub, song: Song, fan: Client) -> None:
    mix = ask(fan, song, song.spec()).get_json()
    hub.drain()
    before = {key: hub.parts.store.head(key) for key in hub.objects("renditions/")}
    with hub.parts.database.writing() as session:  # as if the first worker had died just before its commit
        session.execute(sa.update(Job).values(state=JobState.PENDING, attempts=0))
        session.execute(sa.update(Mixdown).values(state=IngestState.PENDING))
        session.execute(sa.delete(Rendition))
    hub.drain()
    assert fan.get(f"/mixes/{mix['id']}").get_json()["state"] == "ready"
    assert {key: stored.size_bytes for key, stored in before.items() if stored} == {
        key: stored.size_bytes for key in hub.objects("renditions/") if (stored := hub.parts.store.head(key))
    }
    assert len(hub.rows(Rendition)) == 4
    with hub.parts.database.writing() as session:
        session.execute(sa.update(Job).values(state=JobState.PENDING, attempts=0))
    hub.drain()
    assert len(hub.rows(Rendition)) == 4
    assert list(hub.parts.settings.work_dir.iterdir()) == []


def test_what_is_rendered_again_is_described_as_it_lies_there_now(hub: Hub, song: Song, fan: Client) -> None:
    """An encoder of another version makes other bytes of an equal spec under the same key."""
    ask(fan, song, song.spec())
    hub.drain()
    with hub.parts.database.writing() as session:
        session.execute(sa.update(Job).values(state=JobState.PENDING, attempts=0))
        session.execute(sa.update(Mixdown).values(state=IngestState.PENDING))
        session.execute(sa.update(Rendition).values(size_bytes=1, media_type="audio/of-old", created_at=now(-1e6)))
        long_ago = session.scalars(sa.select(Rendition.created_at)).first()
    hub.drain()
    for rendition in hub.rows(Rendition):
        stored = hub.parts.store.head(rendition.key)
        assert stored is not None
        assert rendition.size_bytes == stored.size_bytes
        assert rendition.media_type != "audio/of-old"
        assert rendition.created_at > long_ago  # so the sweep leaves it its day


def test_a_render_whose_lease_was_lost_writes_nothing(hub: Hub, song: Song, fan: Client) -> None:
    mix = ask(fan, song, song.spec()).get_json()
    lease = claimed(hub)
    with hub.parts.database.writing() as session:
        session.execute(sa.update(Job).values(fence=Job.fence + 1))
    with pytest.raises(LeaseLost):
        rendering.render_mixdown(hub.parts, lease)
    assert hub.rows(Rendition) == []
    assert fan.get(f"/mixes/{mix['id']}").get_json()["state"] == "pending"
    assert list(hub.parts.settings.work_dir.iterdir()) == []


def test_progress_is_readable_by_one_query_of_the_service(hub: Hub, song: Song, fan: Client) -> None:
    mix = ask(fan, song, song.spec()).get_json()
    lease = claimed(hub)
    lease.progress(42.5, "mixing")
    statements: list[str] = []

    def count(*args: Any) -> None:
        statements.append(args[2])

    sa.event.listen(hub.parts.database.engine, "before_cursor_execute", count)
    answer = fan.get(f"/mixes/{mix['id']}").get_json()
    sa.event.remove(hub.parts.database.engine, "before_cursor_execute", count)
    assert answer["progress"] == {"percent": 42.5, "step": "mixing"}
    assert len([one for one in statements if "FROM mixes" in one]) == 1
    queries = [one for one in statements if one.startswith(("SELECT", "WITH", "UPDATE", "INSERT"))]
    assert len([one for one in queries if "access_tokens" not in one]) == 1


def test_what_cannot_be_rendered_is_refused_with_a_code(hub: Hub, song: Song, fan: Client) -> None:
    trimmed = {"trim_start_frames": 3 * RATE_HZ}
    mix = ask(fan, song, song.spec(trimmed, trimmed)).get_json()
    hub.drain()
    mix = fan.get(f"/mixes/{mix['id']}").get_json()
    assert (mix["state"], mix["refusal"]["code"], mix["preview_url"]) == ("refused", "mix_empty", None)
    remix = {"title": "Remix", "sources": [{"source_id": song.work_id}], "mix_id": mix["id"]}
    assert problem(fan.post("/remixes", remix)) == (409, "mix_refused")
    assert ask(fan, song, song.spec(trimmed, trimmed)).get_json()["state"] == "refused"


def test_a_hostile_stem_is_refused_and_not_retried(hub: Hub, catalogue: Catalogue, fan: Client, tmp_path: Path) -> None:
    playlist = tmp_path / "song.wav"
    playlist.write_bytes(b"#EXTM3U\nfile:///etc/passwd\n")
    song = published_song(hub, catalogue, [playlist])
    mix = ask(fan, song, song.spec()).get_json()
    hub.drain()
    mix = fan.get(f"/mixes/{mix['id']}").get_json()
    assert (mix["state"], mix["refusal"]["code"]) == ("refused", "playlist_refused")
    assert [(job.state, job.attempts) for job in renders(hub)] == [(JobState.DEAD, 0)]


def test_a_render_that_failed_for_unknown_reasons_may_be_asked_for_again(hub: Hub, song: Song, fan: Client) -> None:
    mix = ask(fan, song, song.spec()).get_json()
    lease = claimed(hub)
    lease.bury("internal", "Something broke.", rendering.refuse_mixdown)
    assert fan.get(f"/mixes/{mix['id']}").get_json()["refusal"]["code"] == "internal"
    assert ask(fan, song, song.spec()).get_json()["state"] == "pending"
    hub.drain()
    assert fan.get(f"/mixes/{mix['id']}").get_json()["state"] == "ready"


def test_unknown_stems_are_named_by_pointer(song: Song, fan: Client) -> None:
    spec = song.spec()
    spec["lanes"][1]["stem"] = "bass.wav"
    answer = ask(fan, song, spec)
    assert problem(answer) == (422, "mix_spec_stem_unknown")
    assert answer.get_json()["violations"] == [{"pointer": "/spec/lanes/1/stem", "message": "Not a stem of this pack."}]


def test_a_spec_that_breaks_a_rule_is_refused_with_pointers_into_the_body(song: Song, fan: Client) -> None:
    spec = song.spec({"gain_db": "loud", "pan": 2})
    answer = ask(fan, song, spec)
    assert problem(answer) == (422, "mix_spec_invalid")
    pointers = {violation["pointer"] for violation in answer.get_json()["violations"]}
    assert pointers == {"/spec/lanes/0/gain_db", "/spec/lanes/0/pan"}
    lanes = [{"stem": song.stems[0], "clips": [{}, {"offset_frames": -1}]}]
    answer = ask(fan, song, {"version": 2, "lanes": lanes, "loop": {"start_frames": 1}})
    pointers = {violation["pointer"] for violation in answer.get_json()["violations"]}
    assert pointers == {"/spec/lanes/0/clips/1/offset_frames", "/spec/loop/end_frames"}


def test_a_spec_without_a_rate_takes_that_of_the_pack(hub: Hub, catalogue: Catalogue, song: Song, fan: Client) -> None:
    with hub.parts.database.writing() as session:
        session.execute(sa.update(Original).values(sample_rate_hz=48_000))
    assert ask(fan, song, song.spec()).get_json()["sample_rate_hz"] == 48_000


def test_only_published_packs_of_works_that_may_be_heard_can_be_mixed(
    hub: Hub, catalogue: Catalogue, song: Song, fan: Client
) -> None:
    mine = catalogue.draft("Mine", by="fan")
    draft_pack, _ = catalogue.pack(mine, [catalogue.original()], frozen=False)
    foreign = catalogue.draft("Secret", by="artist")
    foreign_pack, _ = catalogue.pack(foreign, [catalogue.original("b" * 64)], frozen=False)
    assert problem(ask(fan, replace(song, pack_id=draft_pack), song.spec())) == (409, "stem_pack_not_published")
    for pack_id in (foreign_pack, "f" * 32):
        assert problem(ask(fan, replace(song, pack_id=pack_id), song.spec())) == (404, "stem_pack_not_found")
    catalogue.set_state(song.work_id, WorkState.TAKEN_DOWN)
    assert problem(ask(fan, song, song.spec())) == (409, "stem_pack_withdrawn")


def test_mixes_are_their_makers_alone(hub: Hub, song: Song, fan: Client) -> None:
    mix = ask(fan, song, song.spec()).get_json()
    stranger = hub.account("stranger")
    assert problem(stranger.get(f"/mixes/{mix['id']}")) == (404, "not_found")
    assert problem(stranger.delete(f"/mixes/{mix['id']}")) == (404, "not_found")
    assert problem(hub.visitor().get(f"/mixes/{mix['id']}")) == (401, "unauthenticated")
    assert stranger.get("/mixes").get_json() == {"mixes": [], "next": None}
    remix = {"title": "Remix", "sources": [{"source_id": song.work_id}], "mix_id": mix["id"]}
    assert problem(stranger.post("/remixes", remix)) == (404, "not_found")
    assert fan.delete(f"/mixes/{mix['id']}").status_code == 204
    assert problem(fan.get(f"/mixes/{mix['id']}")) == (404, "not_found")


def test_own_mixes_are_listed_newest_first_in_pages(song: Song, fan: Client) -> None:
    made = [ask(fan, song, song.spec({"gain_db": -number})).get_json()["id"] for number in range(5)]
    first = fan.get("/mixes", query_string={"limit": 3}).get_json()
    rest = fan.get("/mixes", query_string={"limit": 3, "cursor": first["next"]}).get_json()
    assert {mix["id"] for mix in first["mixes"] + rest["mixes"]} == set(made)
    times = [mix["created_at"] for mix in first["mixes"] + rest["mixes"]]
    assert times == sorted(times, reverse=True)
    assert (len(first["mixes"]), rest["next"]) == (3, None)


def test_an_account_renders_a_bounded_number_of_mixes_at_a_time(song: Song, fan: Client) -> None:
    answers = [ask(fan, song, song.spec({"gain_db": -number / 2})) for number in range(21)]
    assert [answer.status_code for answer in answers] == [201] * 20 + [429]
    assert answers[-1].get_json()["code"] == "too_many_renders"
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_a_remix_takes_over_a_mixdown_and_cites_the_work_it_was_made_of(
    hub: Hub, catalogue: Catalogue, song: Song, fan: Client
) -> None:
    mix = ask(fan, song, song.spec()).get_json()
    other = catalogue.work("Other")
    body: dict[str, Any] = {"title": "Remix", "sources": [{"source_id": other}], "mix_id": mix["id"]}
    refused = fan.post("/remixes", body)
    assert problem(refused) == (422, "mix_source_missing")
    assert refused.get_json()["context"] == {"source_id": song.work_id}
    body["sources"].append({"source_id": song.work_id, "stems": song.stems})
    remix = fan.post("/remixes", body)
    assert remix.status_code == 201, remix.text
    without = fan.put(f"/works/{remix.get_json()['id']}/sources", {"sources": [{"source_id": other}]}, revision=1)
    assert problem(without) == (422, "mix_source_missing")
    assert fan.delete(f"/mixes/{mix['id']}").status_code == 204
    row = next(row for row in hub.rows(Work) if row.title == "Remix")
    (mixdown,) = hub.rows(Mixdown)
    assert row.mixdown_digest == mixdown.digest
    assert {link.source_id for link in hub.rows(SourceLink)} == {other, song.work_id}


def test_ones_own_job_shows_its_progress_and_nobody_elses(hub: Hub, song: Song, fan: Client) -> None:
    ask(fan, song, song.spec())
    (job,) = renders(hub)
    answer = fan.get(f"/jobs/{job.id}").get_json()
    assert (answer["kind"], answer["state"], answer["error"]) == ("render_mixdown", "pending", None)
    hub.drain()
    answer = fan.get(f"/jobs/{job.id}").get_json()
    assert (answer["state"], answer["progress"]) == ("done", {"percent": 100.0, "step": "done"})
    assert problem(hub.account("stranger").get(f"/jobs/{job.id}")) == (404, "job_not_found")


def claimed(hub: Hub) -> Lease:
    (job,) = renders(hub)
    lease = claim(hub.parts.database, job.id, seconds=60)
    assert lease is not None
    return lease


def test_many_asking_at_once_for_one_mix_order_one_render(hub: Hub, song: Song) -> None:
    fans = [hub.account(f"fan{number}") for number in range(6)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda client: ask(client, song, song.spec()), fans))
    assert [answer.status_code for answer in answers] == [201] * 6
    assert (len(hub.rows(Mixdown)), len(renders(hub)), len(hub.rows(Mix))) == (1, 1, 6)
    hub.drain()
    states = {
        fan.get(answer.headers["Location"]).get_json()["state"] for fan, answer in zip(fans, answers, strict=True)
    }
    assert states == {"ready"}
