"""From drafts to publications: once each, and only what is whole."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from remixhub.domain.access import session_actor
from remixhub.models import Account, AuditEntry, Counter, Work
from remixhub.services.remixes.publishing import publish_work
from tests.integration.conftest import Hub
from tests.integration.stems.studio import Desk, write_tone


@pytest.fixture
def desk(hub: Hub, tmp_path: Path) -> Desk:
    return Desk(hub, tmp_path)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each of them returned, when all began at the same moment."""
    gate = threading.Barrier(len(acts))

    def begin(act: Callable[[], Any]) -> Any:
        gate.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(begin, acts))


def test_a_release_is_published_with_its_stems_frozen(desk: Desk) -> None:
    artist = desk.hub.account()
    work = desk.release(artist)
    pack = desk.pack(desk.hub.visitor(), work)
    assert work["state"] == "published"
    assert work["seq"] == 1
    assert work["published_at"].endswith("Z")
    assert pack["state"] == "frozen"
    assert pack["version"] == 1
    assert len(pack["digest"]) == 64
    assert [stem["name"] for stem in pack["stems"]] == ["kick", "bass"]
    assert all(stem["state"] == "ready" and stem["preview_url"] for stem in pack["stems"])
    actions = [entry.action for entry in desk.hub.rows(AuditEntry) if entry.subject_id == work["id"]]
    assert actions == ["release.created", "stem.added", "stem.added", "work.published"]


def test_publishing_at_once_gives_one_publication_and_all_get_it(desk: Desk) -> None:
    artist = desk.hub.account()
    draft = desk.draft(artist, ("kick.wav",))
    answers = at_once(*[lambda: artist.post(f"/works/{draft['id']}/publish")] * 4)
    assert [answer.status_code for answer in answers] == [200] * 4
    said = [{**answer.get_json(), "preview_url": None, "peaks_url": None} for answer in answers]
    assert said == said[:1] * 4
    assert said[0]["seq"] == 1
    published = [entry for entry in desk.hub.rows(AuditEntry) if entry.action == "work.published"]
    assert len(published) == 1
    assert {counter.name: counter.value for counter in desk.hub.rows(Counter)}["work_seq"] == 1


def test_works_published_at_once_are_numbered_without_gaps(desk: Desk) -> None:
    artist = desk.hub.account()
    stem = write_tone(desk.folder, "kick.wav")
    drafts = [desk.begin(artist) for _ in range(4)]
    for draft in drafts:
        artist.post(f"/works/{draft['id']}/stems", {"upload_id": desk.upload(artist, stem)})
    desk.hub.drain()
    account = desk.hub.rows(Account)[0]
    actor = session_actor(account.id, account.handle, is_operator=False)
    outcomes = at_once(*[lambda id=draft["id"]: publish_work(actor, desk.hub.parts, id) for draft in drafts])
    assert sorted(work.seq for work in outcomes) == [1, 2, 3, 4]


def test_a_release_without_stems_is_not_published(desk: Desk) -> None:
    artist = desk.hub.account()
    draft = desk.begin(artist)
    answer = artist.post(f"/works/{draft['id']}/publish")
    assert answer.status_code == 409
    assert answer.get_json()["code"] == "stems_missing"
    assert desk.work(artist, draft)["state"] == "draft"
    assert desk.work(artist, draft)["revision"] == draft["revision"]


def test_stems_that_are_not_ready_are_named(desk: Desk) -> None:
    artist = desk.hub.account()
    draft = desk.begin(artist)
    stem = desk.add_stem(artist, draft)
    answer = artist.post(f"/works/{draft['id']}/publish")
    assert answer.status_code == 409
    assert answer.get_json()["code"] == "stems_not_ready"
    assert answer.get_json()["context"]["stems"] == [{"id": stem["id"], "name": "kick", "state": "pending"}]


def test_a_pack_whose_rates_differ_is_broken(desk: Desk) -> None:
    artist = desk.hub.account()
    draft = desk.begin(artist)
    desk.add_stem(artist, draft, "kick.wav")
    odd = desk.add_stem(artist, draft, "bass.wav", rate_hz=22_050)
    desk.hub.drain()
    findings = desk.pack(artist, draft)["findings"]
    assert [(one["code"], one["severity"], one["stem"]) for one in findings if one["severity"] == "error"] == [
        ("rates_differ", "error", odd["id"])
    ]
    answer = artist.post(f"/works/{draft['id']}/publish")
    assert answer.status_code == 409
    assert answer.get_json()["code"] == "stem_pack_broken"
    artist.delete(f"/stems/{odd['id']}")
    desk.hub.drain()
    assert artist.post(f"/works/{draft['id']}/publish").status_code == 200


def test_a_pack_that_changed_since_its_review_has_to_be_reviewed_again(desk: Desk) -> None:
    artist = desk.hub.account()
    draft = desk.draft(artist, ("kick.wav",))
    stem = desk.pack(artist, draft)["stems"][0]
    artist.patch(f"/stems/{stem['id']}", {"role": "snare"}, revision=stem["revision"])
    assert desk.pack(artist, draft)["findings"] is None
    answer = artist.post(f"/works/{draft['id']}/publish")
    assert answer.get_json()["code"] == "stem_pack_not_reviewed"
    desk.hub.drain()
    assert artist.post(f"/works/{draft['id']}/publish").status_code == 200


def test_drafts_are_private_and_published_works_are_their_artists_to_change(desk: Desk) -> None:
    artist, stranger = desk.hub.account("artist"), desk.hub.account("stranger")
    draft = desk.begin(artist)
    for somebody in (stranger, desk.hub.visitor()):
        assert somebody.get(f"/works/{draft['id']}").status_code == 404
        assert somebody.get(f"/stem-packs/{draft['stem_pack_id']}").status_code == 404
        assert somebody.post(f"/works/{draft['id']}/publish").status_code == 404
        assert somebody.patch(f"/works/{draft['id']}", {"title": "Mine"}, revision=1).status_code == 404
    desk.add_stem(artist, draft)
    desk.hub.drain()
    assert artist.post(f"/works/{draft['id']}/publish").status_code == 200
    assert stranger.get(f"/works/{draft['id']}").status_code == 200
    assert stranger.patch(f"/works/{draft['id']}", {"title": "Mine"}, revision=1).status_code == 403
    assert stranger.post(f"/works/{draft['id']}/withdraw").status_code == 403
    assert desk.hub.visitor().post(f"/works/{draft['id']}/withdraw").status_code == 401


def test_a_withdrawn_work_is_a_tombstone_that_nobody_else_hears(desk: Desk) -> None:
    artist, visitor = desk.hub.account(), desk.hub.visitor()
    work = desk.release(artist, ("kick.wav",), description="About a road.")
    stem = desk.pack(artist, work)["stems"][0]
    for _ in range(2):
        answer = artist.post(f"/works/{work['id']}/withdraw")
        assert answer.status_code == 200
        assert answer.get_json()["state"] == "withdrawn"
    tombstone = visitor.get(f"/works/{work['id']}").get_json()
    assert (tombstone["title"], tombstone["licence"]) == (work["title"], work["licence"])
    assert tombstone["artist"]["handle"] == "artist"
    assert (tombstone["stem_pack_id"], tombstone["description"], tombstone["seq"]) == (None, "", 1)
    assert visitor.get(f"/stem-packs/{work['stem_pack_id']}").status_code == 404
    assert visitor.get(f"/stems/{stem['id']}/original").status_code == 404
    assert visitor.get("/works").get_json()["works"] == []
    assert artist.get(f"/stems/{stem['id']}/original").status_code == 302
    for answer in (
        artist.patch(f"/works/{work['id']}", {"title": "Back"}, revision=tombstone["revision"]),
        artist.post(f"/works/{work['id']}/publish"),
        artist.post(f"/works/{work['id']}/stem-packs"),
        artist.delete(f"/stems/{stem['id']}"),
    ):
        assert answer.status_code == 409
        assert answer.get_json()["code"] == "work_withdrawn"


def test_a_remix_may_have_no_stems_and_keeps_the_licence_under_which_it_was_declared(desk: Desk) -> None:
    artist, fan = desk.hub.account("artist"), desk.hub.account("fan")
    source = desk.release(artist, ("kick.wav",))
    audio = desk.upload(fan, write_tone(desk.folder, "remix.wav", hz=110), "remix")
    draft = fan.post("/remixes", {"title": "Mine", "sources": [{"source_id": source["id"]}], "upload_id": audio})
    remix = draft.get_json()
    desk.hub.drain()
    answer = fan.post(f"/works/{remix['id']}/publish")
    assert answer.status_code == 200, answer.text
    published = answer.get_json()
    assert (published["seq"], published["stem_pack_id"], published["audio_state"]) == (2, None, "ready")
    assert published["preview_url"]
    desk.hub.drain()
    assert desk.work(artist, source)["remix_count"] == 1
    relicensed = artist.patch(f"/works/{source['id']}", {"licence": "cc-by-nd-4.0"}, revision=source["revision"])
    assert relicensed.status_code == 200
    link = fan.get(f"/works/{remix['id']}/sources").get_json()["sources"][0]
    assert link["licence"] == "cc-by-4.0"
    assert desk.work(fan, remix)["state"] == "published"


def test_a_remix_cannot_be_relicensed_against_its_sources(desk: Desk) -> None:
    artist, fan = desk.hub.account("artist"), desk.hub.account("fan")
    source = desk.release(artist, ("kick.wav",), licence="cc-by-nc-4.0")
    remix = fan.post("/remixes", {"title": "Mine", "sources": [{"source_id": source["id"]}]}).get_json()
    answer = fan.patch(f"/works/{remix['id']}", {"licence": "cc-by-4.0"}, revision=remix["revision"])
    assert answer.status_code == 422
    assert answer.get_json()["code"] == "licence_conflict"


def test_a_next_version_copies_the_stems_and_leaves_the_one_before_as_it_was(desk: Desk) -> None:
    artist = desk.hub.account()
    work = desk.release(artist)
    first = desk.pack(artist, work)
    begun = artist.post(f"/works/{work['id']}/stem-packs")
    assert begun.status_code == 201
    second = begun.get_json()
    assert (second["version"], second["state"], len(second["stems"])) == (2, "draft", 2)
    again = artist.post(f"/works/{work['id']}/stem-packs")
    assert (again.status_code, again.get_json()["id"]) == (200, second["id"])
    desk.hub.drain()
    unchanged = artist.post(f"/stem-packs/{second['id']}/publish")
    assert unchanged.get_json()["code"] == "stem_pack_unchanged"
    artist.patch(
        f"/stems/{second['stems'][0]['id']}",
        {"name": "Big Kick", "gain_db": -1.5},
        revision=second["stems"][0]["revision"],
    )
    assert desk.hub.visitor().get(f"/stem-packs/{second['id']}").status_code == 404
    for _ in range(2):
        answer = artist.post(f"/stem-packs/{second['id']}/publish", {"note": "A bigger kick"})
        assert answer.status_code == 200, answer.text
    newest = desk.pack(desk.hub.visitor(), work)
    assert (newest["version"], newest["note"], newest["stems"][0]["name"]) == (2, "A bigger kick", "Big Kick")
    kept = artist.get(f"/stem-packs/{first['id']}").get_json()
    assert (kept["digest"], kept["stems"][0]["name"]) == (first["digest"], "kick")
    listed = artist.get(f"/works/{work['id']}/stem-packs").get_json()["stem_packs"]
    assert [pack["version"] for pack in listed] == [2, 1]


def test_a_next_version_can_be_discarded(desk: Desk) -> None:
    artist = desk.hub.account()
    work = desk.release(artist, ("kick.wav",))
    second = artist.post(f"/works/{work['id']}/stem-packs").get_json()
    assert artist.delete(f"/stem-packs/{second['id']}").status_code == 204
    assert artist.get(f"/stem-packs/{second['id']}").status_code == 404
    frozen = artist.delete(f"/stem-packs/{work['stem_pack_id']}")
    assert (frozen.status_code, frozen.get_json()["code"]) == (409, "stem_pack_frozen")
    desk.hub.drain()
    assert [row.state.value for row in desk.hub.rows(Work)] == ["published"]


def test_frozen_stems_stay_as_they_are(desk: Desk) -> None:
    artist = desk.hub.account()
    work = desk.release(artist, ("kick.wav",))
    stem = desk.pack(artist, work)["stems"][0]
    upload_id = desk.upload(artist, write_tone(desk.folder, "late.wav"))
    for answer in (
        artist.patch(f"/stems/{stem['id']}", {"gain_db": -6}, revision=stem["revision"]),
        artist.delete(f"/stems/{stem['id']}"),
        artist.post(f"/works/{work['id']}/stems", {"upload_id": upload_id}),
    ):
        assert (answer.status_code, answer.get_json()["code"]) == (409, "stem_pack_frozen")
    assert artist.get(f"/uploads/{upload_id}").get_json()["state"] == "ready"
