"""Stems of a draft pack, what is shown of them, and the review of the pack."""

from __future__ import annotations

import dataclasses
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import urllib3

from remixhub.app import create_app
from remixhub.compose import Parts
from remixhub.models import Account, Job, Stem, StemPack
from tests.integration.conftest import Hub
from tests.integration.stems.studio import Desk, write_tone


@pytest.fixture
def desk(hub: Hub, tmp_path: Path) -> Desk:
    return Desk(hub, tmp_path)


def test_name_role_and_place_of_a_stem_come_from_its_file(desk: Desk) -> None:
    artist = desk.hub.account()
    work = desk.begin(artist)
    stem = desk.add_stem(artist, work, "01_Sub Bass_128bpm_Am.wav")
    assert (stem["name"], stem["role"], stem["position"]) == ("01_Sub Bass_128bpm_Am", "bass", 1)
    assert (stem["suggested_name"], stem["is_role_guessed"]) == ("Sub Bass", True)
    assert stem["filename"] == "01_Sub Bass_128bpm_Am.wav"
    assert (stem["state"], stem["gain_db"], stem["preview_url"]) == ("pending", 0.0, None)
    upload_id = desk.upload(artist, write_tone(desk.folder, "b.wav", hz=300))
    given = {"upload_id": upload_id, "name": "Lead", "role": "lead", "gain_db": -3, "position": 1}
    answer = artist.post(f"/works/{work['id']}/stems", given)
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v1/stem-packs/{work['stem_pack_id']}"
    assert (answer.get_json()["role"], answer.get_json()["gain_db"]) == ("lead", -3.0)
    assert [(one["position"], one["name"]) for one in desk.pack(artist, work)["stems"]] == [
        (1, "Lead"),
        (2, "01_Sub Bass_128bpm_Am"),
    ]


def test_roles_are_guessed_over_the_pack_until_somebody_chooses(desk: Desk) -> None:
    artist = desk.hub.account()
    work = desk.begin(artist, title="Bass Faces")
    titled = desk.add_stem(artist, work, "Verse_BassFaces.wav", hz=60)
    assert (titled["role"], titled["suggested_name"]) == ("other", "Verse")
    work = desk.begin(artist)
    bass = desk.add_stem(artist, work, "Drone_Bass_Face.wav", hz=70)
    chosen = desk.add_stem(artist, work, "Bass_Face.wav", hz=80)
    assert [(one["role"], one["is_role_guessed"]) for one in (bass, chosen)] == [("bass", True), ("other", True)]
    artist.patch(f"/stems/{chosen['id']}", {"role": "bass"}, revision=1)
    third = desk.add_stem(artist, work, "Snare_Bass_Face.wav", hz=100)
    shown = [(one["role"], one["is_role_guessed"], one["revision"]) for one in desk.pack(artist, work)["stems"]]
    assert shown == [("pad", True, 1), ("bass", False, 2), ("snare", True, 1)]
    assert third["suggested_name"] == "Snare"


def test_a_suggested_name_is_taken_by_nobody_but_the_artist(desk: Desk) -> None:
    artist = desk.hub.account()
    work = desk.begin(artist, title="Pier Lights")
    stem = desk.add_stem(artist, work, "Pier Lights - 01 Kick 124bpm.wav", hz=60)
    other = desk.add_stem(artist, work, "Pier Lights - 02 Mic 1A.wav", hz=90)
    assert [(one["name"], one["suggested_name"]) for one in desk.pack(artist, work)["stems"]] == [
        ("Pier Lights - 01 Kick 124bpm", "Kick"),
        ("Pier Lights - 02 Mic 1A", "Mic 1A"),
    ]
    answer = artist.patch(f"/stems/{stem['id']}", {"gain_db": -1}, revision=1).get_json()
    assert (answer["name"], answer["suggested_name"]) == ("Pier Lights - 01 Kick 124bpm", "Kick")
    taken = artist.patch(f"/stems/{stem['id']}", {"name": "Kick"}, revision=2).get_json()
    refused = artist.patch(f"/stems/{other['id']}", {"name": "My mic, 02"}, revision=1).get_json()
    assert [(one["name"], one["suggested_name"]) for one in (taken, refused)] == [("Kick", None), ("My mic, 02", None)]


def test_a_ready_stem_is_shown_with_its_measurements_and_can_be_played(desk: Desk) -> None:
    artist = desk.hub.account()
    work = desk.draft(artist, ("kick.wav",))
    stem = desk.pack(artist, work)["stems"][0]
    assert (stem["state"], stem["sample_rate_hz"], stem["channels"], stem["bit_depth"]) == ("ready", 44_100, 2, 24)
    assert stem["duration_frames"] == 44_100
    assert stem["integrated_lufs"] == pytest.approx(-17, abs=4)
    assert stem["true_peak_dbtp"] == pytest.approx(-10.5, abs=1)
    assert (stem["clipping_runs"], stem["silence_share"]) == (0, 0.0)
    assert stem["progress"] == {"percent": 100.0, "step": "ready"}
    for name in ("preview_url", "mixer_url", "mixer_index_url", "peaks_url", "peaks_coarse_url"):
        assert urllib3.request("GET", stem[name], retries=False).status == 200


def test_what_is_odd_about_a_file_is_said_beside_its_stem(desk: Desk) -> None:
    artist = desk.hub.browser()
    work = desk.begin(artist)
    odd = write_tone(desk.folder, "kick.flac", hz=60)
    odd.write_bytes(odd.read_bytes() + b"TAG" + bytes(125))
    upload_id = desk.upload(artist, odd)
    artist.post(f"/works/{work['id']}/stems", {"upload_id": upload_id})
    desk.hub.drain()
    (stem,) = desk.pack(artist, work)["stems"]
    assert [one["code"] for one in stem["warnings"]] == ["trailing_bytes"]
    assert stem["warnings"][0]["detail"] in artist.http.get(f"/works/{work['id']}/edit").text


def test_stems_are_named_weighed_and_ordered(desk: Desk) -> None:
    artist = desk.hub.account()
    work = desk.begin(artist)
    kick, bass, lead = (desk.add_stem(artist, work, f"{name}.wav", hz=hz) for name, hz in
                        (("kick", 60), ("bass", 90), ("lead", 300)))  # fmt: skip
    moved = artist.patch(
        f"/stems/{lead['id']}", {"position": 1, "name": "Solo", "gain_db": 2.5}, revision=lead["revision"]
    )
    assert (moved.status_code, moved.get_json()["name"], moved.get_json()["gain_db"]) == (200, "Solo", 2.5)
    assert [one["id"] for one in desk.pack(artist, work)["stems"]] == [lead["id"], kick["id"], bass["id"]]
    artist.patch(f"/stems/{lead['id']}", {"position": 99}, revision=2)
    assert artist.delete(f"/stems/{bass['id']}").status_code == 204
    left = desk.pack(artist, work)["stems"]
    assert [(one["id"], one["position"]) for one in left] == [(kick["id"], 1), (lead["id"], 2)]
    assert artist.delete(f"/stems/{bass['id']}").status_code == 404


def test_a_change_that_breaks_a_rule_is_refused(desk: Desk) -> None:
    artist = desk.hub.account()
    stem = desk.add_stem(artist, desk.begin(artist))
    for change in ({"gain_db": 25}, {"gain_db": "1"}, {"role": "singer"}, {"position": 0}, {"name": ""}, {"mood": 1}):
        assert artist.patch(f"/stems/{stem['id']}", change, revision=stem["revision"]).status_code == 422


def test_an_upload_makes_one_stem_only(desk: Desk) -> None:
    artist = desk.hub.account()
    work = desk.begin(artist)
    upload_id = desk.upload(artist, write_tone(desk.folder, "kick.wav"))
    first, second = (artist.post(f"/works/{work['id']}/stems", {"upload_id": upload_id}) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 409)
    assert second.get_json()["code"] == "upload_not_ready"
    assert len(desk.hub.rows(Stem)) == 1


def test_a_full_pack_takes_no_more_stems_even_when_they_come_at_once(parts: Parts, tmp_path: Path) -> None:
    limited = dataclasses.replace(parts, settings=dataclasses.replace(parts.settings, stems_limit=2))
    hub = Hub(create_app(limited.settings, limited), limited)
    limited.settings.work_dir.mkdir(parents=True, exist_ok=True)
    desk = Desk(hub, tmp_path)
    artist = hub.account()
    work = desk.begin(artist)
    uploads = [desk.upload(artist, write_tone(tmp_path, f"{hz}.wav", hz=hz)) for hz in (60, 70, 80, 90)]
    gate = threading.Barrier(len(uploads))

    def add(upload_id: str) -> int:
        gate.wait()
        return artist.post(f"/works/{work['id']}/stems", {"upload_id": upload_id}).status_code

    with ThreadPoolExecutor(len(uploads)) as pool:
        assert sorted(pool.map(add, uploads)) == [201, 201, 409, 409]
    assert sorted(stem.position for stem in hub.rows(Stem)) == [1, 2]
    states = [artist.get(f"/uploads/{upload_id}").get_json()["state"] for upload_id in uploads]
    assert sorted(states) == ["claimed", "claimed", "ready", "ready"]


def test_a_removed_stem_gives_its_bytes_back_unless_another_uses_the_same_file(desk: Desk) -> None:
    artist = desk.hub.account()
    work = desk.begin(artist)
    twins = [desk.add_stem(artist, work, "kick.wav", hz=60) for _ in range(2)]
    assert twins[0]["sha256"] == twins[1]["sha256"]
    size_bytes = desk.hub.rows(Account)[0].stored_bytes
    artist.delete(f"/stems/{twins[0]['id']}")
    assert desk.hub.rows(Account)[0].stored_bytes == size_bytes
    artist.delete(f"/stems/{twins[1]['id']}")
    assert desk.hub.rows(Account)[0].stored_bytes == 0


def test_the_review_names_what_is_odd_and_goes_stale_with_the_stems(desk: Desk) -> None:
    artist = desk.hub.account()
    work = desk.begin(artist)
    desk.add_stem(artist, work, "kick.wav", hz=60)
    twin = desk.add_stem(artist, work, "copy of kick.wav", hz=60)
    short = desk.add_stem(artist, work, "bass.wav", hz=90, seconds=0.8)
    assert desk.pack(artist, work)["findings"] is None
    desk.hub.drain()
    findings = desk.pack(artist, work)["findings"]
    found = {(one["code"], one["stem"], one["file"]) for one in findings}
    assert ("duplicate", twin["id"], "copy of kick.wav") in found
    assert ("lengths_differ", short["id"], "bass.wav") in found
    assert all(one["advice"] for one in findings)
    artist.patch(f"/stems/{twin['id']}", {"name": "Renamed"}, revision=twin["revision"])
    assert desk.pack(artist, work)["findings"] == findings
    artist.delete(f"/stems/{twin['id']}")
    assert desk.pack(artist, work)["findings"] is None
    desk.hub.drain()
    assert "duplicate" not in [one["code"] for one in desk.pack(artist, work)["findings"]]


def test_the_review_compares_the_stems_with_the_reference_mix(desk: Desk) -> None:
    artist = desk.hub.account()
    work = desk.draft(artist, ("kick.wav",))
    mix = desk.upload(artist, write_tone(desk.folder, "mix.wav", hz=60, seconds=1.2), "reference_mix")
    revision = desk.work(artist, work)["revision"]
    artist.put(f"/works/{work['id']}/mix", {"upload_id": mix}, revision=revision)
    assert desk.pack(artist, work)["findings"] is None
    desk.hub.drain()
    assert "mix_length_differs" in [one["code"] for one in desk.pack(artist, work)["findings"]]


def test_no_tick_says_that_stems_fit_beside_a_warning_that_they_do_not(desk: Desk) -> None:
    artist = desk.hub.browser()
    work = desk.draft(artist, ("kick.wav",))
    assert '<li class="done">The stems fit together' in artist.http.get(f"/works/{work['id']}/edit").text
    desk.add_stem(artist, work, "bass.wav", hz=120, seconds=1.3)
    desk.hub.drain()
    shown = artist.http.get(f"/works/{work['id']}/edit").text
    assert "longer than the rest" in shown or "shorter than the rest" in shown
    assert "The stems fit together" not in shown
    assert '<li class="done">The stems were checked; they may not fit together' in shown


def test_tempo_and_key_come_from_the_names_first(desk: Desk) -> None:
    artist = desk.hub.account()
    work = desk.draft(artist, ("kick 127bpm.wav", "bass 127bpm F#m.wav"))
    pack = desk.pack(artist, work)
    assert (pack["tempo_bpm"], pack["key"]) == (127.0, "F# minor")
    assert desk.work(artist, work)["tempo_bpm"] == 127.0
    artist.patch(f"/works/{work['id']}", {"tempo_bpm": 63.5}, revision=work["revision"])
    assert desk.work(artist, work)["tempo_bpm"] == 63.5


def test_a_review_that_never_succeeds_does_not_keep_a_release_back(desk: Desk) -> None:
    artist = desk.hub.account()
    work = desk.begin(artist)
    stem = desk.add_stem(artist, work)
    desk.hub.drain()
    desk.hub.parts.store.delete(desk.hub.key_of(stem["sha256"]))
    artist.patch(f"/stems/{stem['id']}", {"role": "snare"}, revision=stem["revision"])
    desk.hub.drain(every_attempt=True)
    assert [one["code"] for one in desk.pack(artist, work)["findings"]] == ["review_failed"]
    assert artist.post(f"/works/{work['id']}/publish").status_code == 200


def test_two_first_stems_at_once_share_the_pack_of_a_remix(desk: Desk) -> None:
    artist = desk.hub.account()
    source = desk.release(artist, ("kick.wav",))
    remix = artist.post("/remixes", {"title": "Mine", "sources": [{"source_id": source["id"]}]}).get_json()
    uploads = [desk.upload(artist, write_tone(desk.folder, f"{hz}.wav", hz=hz)) for hz in (70, 80)]
    gate = threading.Barrier(2)

    def add(upload_id: str) -> str:
        gate.wait()
        answer = artist.post(f"/works/{remix['id']}/stems", {"upload_id": upload_id})
        return str(answer.get_json()["stem_pack_id"])

    with ThreadPoolExecutor(2) as pool:
        packs = set(pool.map(add, uploads))
    assert len(packs) == 1
    assert len([pack for pack in desk.hub.rows(StemPack) if pack.work_id == remix["id"]]) == 1
    desk.hub.drain()
    assert len(desk.pack(artist, remix)["stems"]) == 2
    assert {job.state.value for job in desk.hub.rows(Job)} == {"done"}


def test_stems_that_come_and_change_while_workers_work_are_all_reviewed(desk: Desk) -> None:
    artist = desk.hub.account()
    work = desk.begin(artist)
    uploads = [
        artist.send_upload(write_tone(desk.folder, f"{hz}.wav", hz=hz, seconds=0.5)) for hz in range(60, 120, 10)
    ]
    desk.hub.drain()
    is_over = threading.Event()

    def labour() -> None:
        while not is_over.is_set():
            desk.hub.drain()

    def add(upload_id: str) -> None:
        stem = artist.post(f"/works/{work['id']}/stems", {"upload_id": upload_id}).get_json()
        for revision, role in enumerate(("snare", "bass"), stem["revision"]):
            moved = artist.patch(f"/stems/{stem['id']}", {"role": role, "position": 1}, revision=revision)
            assert moved.status_code == 200

    with ThreadPoolExecutor(5) as pool:
        workers = [pool.submit(labour) for _ in range(2)]
        for added in [pool.submit(add, upload_id) for upload_id in uploads]:
            added.result()
        is_over.set()
        for worker in workers:
            worker.result()
    desk.hub.drain()
    pack = desk.pack(artist, work)
    assert [stem["position"] for stem in pack["stems"]] == list(range(1, 7))
    assert pack["findings"] is not None
    assert {(job.state.value, job.error_code) for job in desk.hub.rows(Job)} == {("done", None)}


def test_a_pack_is_read_in_few_queries_whatever_its_size(desk: Desk) -> None:
    import sqlalchemy as sa

    artist = desk.hub.account()
    work = desk.draft(artist, ("kick.wav", "bass.wav", "lead.wav"))
    statements: list[str] = []
    engine, listener = desk.hub.parts.database.engine, lambda *args: statements.append(args[2])
    sa.event.listen(engine, "before_cursor_execute", listener)
    assert artist.get(f"/stem-packs/{work['stem_pack_id']}").status_code == 200
    selects = [text for text in statements if text.startswith("SELECT") and "access_tokens" not in text]
    assert len(selects) <= 4
    statements.clear()
    assert artist.get(f"/works/{work['id']}").status_code == 200
    selects = [text for text in statements if text.startswith("SELECT") and "access_tokens" not in text]
    sa.event.remove(engine, "before_cursor_execute", listener)
    assert len(selects) <= 4
