"""Drafts of releases: what they say of themselves, who sees them, editing, listing, deleting."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from remixhub.domain.licences.terms import Licence
from remixhub.models import Account, Stem, StemPack, Upload, Work
from tests.integration.conftest import Client, Hub
from tests.integration.lineage.catalogue import Catalogue
from tests.integration.stems.studio import Desk, write_tone


@pytest.fixture
def desk(hub: Hub, tmp_path: Path) -> Desk:
    return Desk(hub, tmp_path)


def picture(folder: Path, colour: str = "teal") -> Path:
    body = io.BytesIO()
    Image.new("RGB", (64, 64), colour).save(body, "PNG")
    (folder / "cover.png").write_bytes(body.getvalue())
    return folder / "cover.png"


def stored_bytes(hub: Hub) -> int:
    account: Account = hub.rows(Account)[0]
    return account.stored_bytes


def titles(client: Client, path: str) -> list[str]:
    return [work["title"] for work in client.get(path).get_json()["works"]]


def test_a_release_begins_as_a_draft_with_uniform_facts(hub: Hub) -> None:
    artist = hub.account()
    answer = artist.post(
        "/releases",
        {
            "title": "Night Drive",
            "licence": "cc-by-4.0",
            "description": "Two lines\nof text",
            "tempo_bpm": 128,
            "key": "8A",
            "tags": ["#Techno", "techno", "Late Night"],
            "credits": [{"name": "Ada", "role": "bass"}, {"name": "Ada", "role": "bass"}, {"name": "Bo"}],
        },
    )
    work = answer.get_json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v1/works/{work['id']}"
    assert answer.headers["ETag"] == '"1"'
    assert (work["kind"], work["state"], work["seq"], work["audio_state"]) == ("release", "draft", None, "none")
    assert (work["key"], work["tempo_bpm"], work["tags"]) == ("A minor", 128.0, ["techno", "late night"])
    assert work["credits"] == [{"name": "Ada", "role": "bass"}, {"name": "Bo", "role": ""}]
    assert artist.get(f"/stem-packs/{work['stem_pack_id']}").get_json()["stems"] == []


def test_a_release_that_breaks_a_rule_says_where(hub: Hub) -> None:
    artist, good = hub.account(), {"title": "A", "licence": "cc-by-4.0"}
    for change, code, pointer in [
        ({"title": ""}, "invalid", "/title"),
        ({"title": "A\u0007"}, "invalid", "/title"),
        ({"licence": "cc-by-9.9"}, "invalid", "/licence"),
        ({"tempo_bpm": "128"}, "invalid", "/tempo_bpm"),
        ({"tempo_bpm": 1e9}, "invalid", "/tempo_bpm"),
        ({"colour": "red"}, "invalid", "/colour"),
        ({"key": "H minor"}, "key_unknown", "/key"),
        ({"tags": ['say "hi"']}, "tags_invalid", "/tags/0"),
        ({"tags": [f"t{n}" for n in range(21)]}, "tags_invalid", "/tags"),
    ]:
        answer = artist.post("/releases", {**good, **change})
        assert (answer.status_code, answer.get_json()["code"]) == (422, code)
        assert pointer in [violation["pointer"] for violation in answer.get_json()["violations"]]
    assert hub.rows(Work) == []


def test_edits_say_which_revision_they_saw(hub: Hub) -> None:
    artist = hub.account()
    work = artist.post("/releases", {"title": "One", "licence": "cc-by-4.0"}).get_json()
    path = f"/works/{work['id']}"
    assert artist.patch(path, {"title": "Two"}).status_code == 428
    edited = artist.patch(path, {"title": "Two", "key": None}, revision=1)
    assert (edited.status_code, edited.headers["ETag"], edited.get_json()["title"]) == (200, '"2"', "Two")
    outdated = artist.patch(path, {"title": "Three"}, revision=1)
    assert (outdated.status_code, outdated.get_json()["code"]) == (412, "revision_outdated")
    assert artist.get(path).get_json()["title"] == "Two"
    assert artist.revision_of(path) == 2


def test_a_token_without_the_scope_may_read_but_not_edit(hub: Hub) -> None:
    reader = hub.account(scopes=("read",))
    answer = reader.post("/releases", {"title": "One", "licence": "cc-by-4.0"})
    assert (answer.status_code, answer.get_json()["code"]) == (403, "scope_missing")
    assert reader.get("/account/works").status_code == 200
    assert hub.visitor().post("/releases", {"title": "One", "licence": "cc-by-4.0"}).status_code == 401


def test_listings_go_from_the_newest_to_the_oldest_by_pages(hub: Hub) -> None:
    catalogue = Catalogue(hub.parts)
    for number in range(5):
        catalogue.work(f"Work {number}", by="ada" if number % 2 else "bo")
    visitor = hub.visitor()
    first = visitor.get("/works?limit=2").get_json()
    assert [work["title"] for work in first["works"]] == ["Work 4", "Work 3"]
    second = visitor.get(f"/works?limit=2&cursor={first['next']}")
    assert [work["title"] for work in second.get_json()["works"]] == ["Work 2", "Work 1"]
    assert 'rel="next"' in second.headers["Link"]
    last = visitor.get(f"/works?limit=2&cursor={second.get_json()['next']}").get_json()
    assert ([work["title"] for work in last["works"]], last["next"]) == (["Work 0"], None)
    assert titles(visitor, "/works?account=@ADA") == ["Work 3", "Work 1"]
    assert titles(visitor, "/works?account=nobody") == []


def test_a_cursor_that_is_not_ours_is_refused(hub: Hub) -> None:
    Catalogue(hub.parts).work("One")
    for path in ("/works?cursor=nonsense", "/works?limit=0", "/works?limit=1000", "/works?kind=song"):
        assert hub.visitor().get(path).status_code == 422
    assert hub.visitor().get("/works?cursor=nonsense").get_json()["code"] == "cursor_invalid"


def test_listings_can_be_narrowed_to_a_tag_or_a_kind(hub: Hub) -> None:
    catalogue = Catalogue(hub.parts)
    source = catalogue.work("Source")
    catalogue.work("Remix", [source])
    with hub.parts.database.writing() as session:
        session.get_one(Work, source).tags = ["drum & bass", "größe"]
    visitor = hub.visitor()
    assert titles(visitor, "/works?kind=remix") == ["Remix"]
    assert titles(visitor, "/works?kind=release") == ["Source"]
    assert titles(visitor, "/works?tag=Drum+%26+Bass") == ["Source"]
    assert titles(visitor, "/works?tag=gr%C3%B6%C3%9Fe") == ["Source"]
    assert titles(visitor, "/works?tag=drum") == []
    assert titles(visitor, "/works?tag=drum%25") == []


def test_own_works_are_listed_with_drafts_for_their_artist_alone(hub: Hub) -> None:
    artist, other = hub.account("artist"), hub.account("other")
    for title in ("One", "Two", "Three"):
        artist.post("/releases", {"title": title, "licence": "cc0-1.0"})
    page = artist.get("/account/works?limit=2").get_json()
    rest = artist.get(f"/account/works?limit=2&cursor={page['next']}").get_json()
    assert {work["title"] for work in [*page["works"], *rest["works"]]} == {"One", "Two", "Three"}
    assert (len(page["works"]), rest["next"]) == (2, None)
    assert titles(other, "/account/works") == []
    assert hub.visitor().get("/account/works").status_code == 401
    assert titles(hub.visitor(), "/works") == []


def test_a_deleted_draft_gives_its_bytes_back(desk: Desk) -> None:
    artist = desk.hub.account()
    kept, dropped = desk.begin(artist), desk.begin(artist)
    desk.add_stem(artist, kept, "kick.wav")
    before = stored_bytes(desk.hub)
    desk.add_stem(artist, dropped, "bass.wav", hz=90)
    mix = desk.upload(artist, write_tone(desk.folder, "mix.wav", hz=75), "reference_mix")
    revision = desk.work(artist, dropped)["revision"]
    assert artist.put(f"/works/{dropped['id']}/mix", {"upload_id": mix}, revision=revision).status_code == 200
    assert stored_bytes(desk.hub) > before
    assert artist.delete(f"/works/{dropped['id']}").status_code == 428
    assert artist.delete(f"/works/{dropped['id']}", revision=revision + 1).status_code == 204
    assert artist.get(f"/works/{dropped['id']}").status_code == 404
    assert stored_bytes(desk.hub) == before
    assert (len(desk.hub.rows(StemPack)), len(desk.hub.rows(Stem))) == (1, 1)
    assert sorted(upload.state.value for upload in desk.hub.rows(Upload)) == ["aborted", "aborted", "claimed"]
    desk.hub.drain()


def test_a_published_work_cannot_be_deleted(hub: Hub) -> None:
    artist = hub.account()
    work_id = Catalogue(hub.parts).work("One")
    answer = artist.delete(f"/works/{work_id}", revision=hub.rows(Work)[0].revision)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "work_published")


def test_a_reference_mix_is_set_replaced_and_removed(desk: Desk) -> None:
    artist = desk.hub.account()
    work = desk.begin(artist)
    path = f"/works/{work['id']}/mix"
    first = desk.upload(artist, write_tone(desk.folder, "mix.wav"), "reference_mix")
    assert artist.put(path, {"upload_id": first}).status_code == 428
    assert artist.put(path, {}, revision=1).get_json()["code"] == "one_audio_needed"
    assert artist.put(path, {"mix_id": "none"}, revision=1).get_json()["code"] == "release_mix_is_uploaded"
    pending = artist.put(path, {"upload_id": first}, revision=1).get_json()
    assert (pending["audio_state"], pending["preview_url"]) == ("pending", None)
    desk.hub.drain()
    ready = desk.work(artist, work)
    assert (ready["audio_state"], round(ready["duration_seconds"], 3)) == ("ready", 1.0)
    assert ready["preview_url"]
    once_more = artist.put(path, {"upload_id": first}, revision=ready["revision"])
    assert (once_more.status_code, once_more.get_json()["code"]) == (409, "upload_not_ready")
    before = stored_bytes(desk.hub)
    removed = artist.delete(path, revision=ready["revision"]).get_json()
    assert removed["audio_state"] == "none"
    assert stored_bytes(desk.hub) < before


def test_a_cover_is_shown_until_it_is_removed(desk: Desk) -> None:
    artist = desk.hub.account()
    work = desk.begin(artist)
    upload_id = desk.upload(artist, picture(desk.folder), "cover")
    stem = desk.upload(artist, write_tone(desk.folder, "kick.wav"))
    wrong = artist.put(f"/works/{work['id']}/cover", {"upload_id": stem}, revision=1)
    assert (wrong.status_code, wrong.get_json()["code"]) == (409, "upload_purpose_wrong")
    answer = artist.put(f"/works/{work['id']}/cover", {"upload_id": upload_id}, revision=1)
    assert answer.get_json()["cover_url"]
    assert artist.delete(f"/works/{work['id']}/cover", revision=2).get_json()["cover_url"] is None


def test_somebody_elses_upload_cannot_be_used(desk: Desk) -> None:
    artist, thief = desk.hub.account("artist"), desk.hub.account("thief")
    upload_id = desk.upload(artist, write_tone(desk.folder, "kick.wav"))
    work = desk.begin(thief)
    answer = thief.post(f"/works/{work['id']}/stems", {"upload_id": upload_id})
    assert (answer.status_code, answer.get_json()["code"]) == (404, "upload_not_found")
    assert artist.get(f"/uploads/{upload_id}").get_json()["state"] == "ready"


def test_every_licence_is_accepted_for_a_release(hub: Hub) -> None:
    artist = hub.account()
    for licence in Licence:
        answer = artist.post("/releases", {"title": "One", "licence": licence.value})
        assert answer.get_json()["licence"] == licence.value
