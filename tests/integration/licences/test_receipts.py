"""A receipt counts: from the download to the published remix, over HTTP, whatever became of the work in between."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
import urllib3

from remixhub.models import AuditEntry, Receipt, SourceLink
from remixhub.services.accounts.accounts import make_operator
from tests.integration.conftest import Client, Hub
from tests.integration.stems.studio import Desk, write_tone

CLOSED = "all-rights-reserved"


@pytest.fixture
def desk(hub: Hub, tmp_path: Path) -> Desk:
    return Desk(hub, tmp_path)


@pytest.fixture
def artist(hub: Hub) -> Client:
    return hub.account("artist")


@pytest.fixture
def fan(hub: Hub) -> Client:
    return hub.account("fan")


@pytest.fixture
def song(desk: Desk, artist: Client) -> Any:
    return desk.release(artist, ("kick.wav", "bass.wav"))


def relicense(artist: Client, work: Any, licence: str) -> None:
    assert artist.edit(f"/works/{work['id']}", {"licence": licence}).status_code == 200


def archive(hub: Hub, client: Client, work: Any) -> zipfile.ZipFile:
    """The ZIP as the client downloads it."""
    path = f"/stem-packs/{work['stem_pack_id']}/archive"
    client.post(path)
    hub.drain()
    return zipfile.ZipFile(io.BytesIO(urllib3.request("GET", client.get(path).get_json()["url"], retries=False).data))


def receipt_file(client: Client, work: Any) -> str:
    answer = client.get(f"/stem-packs/{work['stem_pack_id']}/receipt")
    assert answer.status_code == 200, answer.text
    return answer.get_data(as_text=True)


def publish(desk: Desk, client: Client, *sources: dict[str, Any], **more: Any) -> Any:
    """The answer to publishing a remix, or to what was refused before."""
    audio = desk.upload(client, write_tone(desk.folder, "remix.wav", hz=110), "remix")
    draft = client.post("/remixes", {"title": "Mine", "sources": list(sources), "upload_id": audio, **more})
    if draft.status_code != 201:
        return draft
    desk.hub.drain()
    return client.post(f"/works/{draft.get_json()['id']}/publish")


def code(answer: Any) -> str:
    return str(answer.get_json()["code"])


def test_a_download_is_enough_to_remix_what_was_closed_since(
    hub: Hub, desk: Desk, artist: Client, fan: Client, song: Any
) -> None:
    archive(hub, fan, song)
    relicense(artist, song, CLOSED)
    cited = {"source_id": song["id"]}
    stranger = hub.account("stranger")
    assert code(publish(desk, stranger, cited)) == "licence_conflict"
    (receipt,) = fan.get("/receipts").get_json()["receipts"]
    asked = fan.post("/licence-checks", {"sources": [song["id"]]}).get_json()
    assert (asked["licence"], asked["conflict"]) == ("cc-by-4.0", None)
    (use,) = asked["grants"]
    assert (use["licence"], use["offered"], use["held_by"]["id"]) == ("cc-by-4.0", CLOSED, receipt["id"])
    assert "is under All rights reserved today; you hold it under CC BY 4.0 by a receipt of" in use["detail"]
    assert stranger.post("/licence-checks", {"sources": [song["id"]]}).get_json()["grants"] == []
    remix = publish(desk, fan, cited).get_json()
    assert (remix["state"], remix["licence"]) == ("published", "cc-by-4.0")
    (source,) = hub.visitor().get(f"/works/{remix['id']}/sources").get_json()["sources"]
    assert (source["licence"], source["licence_sha256"]) == ("cc-by-4.0", receipt["licence_sha256"])
    assert source["held_by"] == {
        "kind": "receipt", "id": receipt["id"], "sha256": receipt["sha256"], "granted_at": receipt["taken_at"],
    }  # fmt: skip
    (link,) = hub.visitor().get(f"/works/{remix['id']}/lineage").get_json()["links"]
    assert link["held_by"] == source["held_by"]
    credits = hub.visitor().get(f"/works/{remix['id']}/credits").get_json()
    assert [one["held_by"] for one in credits["credits"]] == [source["held_by"]]
    assert "by a receipt of" in credits["text"]
    for path in (f"/works/{remix['id']}", f"/works/{remix['id']}/links", f"/works/{remix['id']}/lineage"):
        assert "held by a receipt of" in hub.app.test_client().get(path).text, path
    assert publish(desk, stranger, {"source_id": remix["id"]}).get_json()["licence"] == "cc-by-4.0"


def test_one_that_was_withdrawn_too_and_its_tombstone_says_so(
    hub: Hub, desk: Desk, artist: Client, fan: Client, song: Any
) -> None:
    archive(hub, fan, song)
    artist.post(f"/works/{song['id']}/withdraw")
    assert code(publish(desk, hub.account("stranger"), {"source_id": song["id"]})) == "source_withdrawn"
    stems = [stem["id"] for stem in artist.get(f"/stem-packs/{song['stem_pack_id']}").get_json()["stems"]]
    remix = publish(desk, fan, {"source_id": song["id"], "stems": stems}).get_json()
    assert remix["state"] == "published"
    lineage = hub.visitor().get(f"/works/{remix['id']}/lineage").get_json()
    assert {node["id"]: node["state"] for node in lineage["nodes"]} == {
        song["id"]: "withdrawn",
        remix["id"]: "published",
    }
    page = hub.app.test_client().get(f"/works/{remix['id']}").text
    assert "withdrawn since" in page
    assert fan.get(f"/stem-packs/{song['stem_pack_id']}/archive").status_code == 404, (
        "its stems are not given out again"
    )


def test_but_not_one_that_was_taken_down(hub: Hub, desk: Desk, fan: Client, song: Any) -> None:
    archive(hub, fan, song)
    text = receipt_file(fan, song)
    house = hub.browser("house")
    make_operator(hub.parts, "house")
    taken = house.post("/takedowns", {"work_ids": [song["id"]], "reason": "offensive"})
    assert taken.status_code == 201, taken.text
    assert code(publish(desk, fan, {"source_id": song["id"]})) == "source_taken_down"
    assert code(publish(desk, fan, {"source_id": song["id"], "receipt": text})) == "source_taken_down"
    refused = hub.visitor().post("/licence-checks", {"sources": [song["id"]], "receipts": [text]})
    assert code(refused) == "source_taken_down"


def test_it_is_for_the_version_that_was_received(hub: Hub, desk: Desk, artist: Client, fan: Client, song: Any) -> None:
    archive(hub, fan, song)
    first = {stem["name"]: stem["id"] for stem in desk.pack(artist, song)["stems"]}
    version = artist.post(f"/works/{song['id']}/stem-packs").get_json()
    late = desk.upload(artist, write_tone(desk.folder, "late.wav", hz=300))
    artist.post(f"/works/{song['id']}/stems", {"upload_id": late})
    desk.hub.drain()
    assert artist.post(f"/stem-packs/{version['id']}/publish").status_code == 200
    relicense(artist, song, CLOSED)
    second = {stem["name"]: stem["id"] for stem in desk.pack(artist, song)["stems"]}
    assert set(second) - set(first) == {"late"}
    refused = publish(desk, fan, {"source_id": song["id"], "stems": [second["late"]]})
    assert code(refused) == "licence_conflict"
    assert any("other stems" in remedy for remedy in refused.get_json()["context"]["remedies"])
    kept = publish(desk, fan, {"source_id": song["id"], "stems": [second["kick"], first["bass"]]})
    assert kept.get_json()["state"] == "published"


def test_a_visitor_keeps_a_file_that_counts_for_the_account_that_presents_it(
    hub: Hub, desk: Desk, artist: Client, song: Any
) -> None:
    visitor = hub.visitor()
    inside = archive(hub, visitor, song).read("RECEIPT.json").decode()
    assert inside == receipt_file(visitor, song)
    answer = visitor.get(f"/stem-packs/{song['stem_pack_id']}/receipt")
    assert answer.headers["Content-Disposition"].startswith(
        'attachment; filename="artist - Night Drive (receipt v1).json"'
    )
    relicense(artist, song, CLOSED)
    artist.post(f"/works/{song['id']}/withdraw")
    asked = visitor.post("/licence-checks", {"sources": [song["id"]], "receipts": [inside]}).get_json()
    assert (asked["licence"], asked["grants"][0]["held_by"]["kind"]) == ("cc-by-4.0", "receipt")
    assert hub.rows(Receipt) == [], "asking keeps nothing"
    fan = hub.account("fan")
    cited = {"source_id": song["id"], "receipt": inside}
    remix = publish(desk, fan, cited).get_json()
    assert (remix["state"], remix["licence"]) == ("published", "cc-by-4.0")
    (kept,) = fan.get("/receipts").get_json()["receipts"]
    assert (kept["licence"], kept["stem_id"], kept["work_id"]) == ("cc-by-4.0", None, song["id"])
    (link,) = hub.rows(SourceLink)
    assert (link.grant_id, link.grant_sha256) == (kept["id"], kept["sha256"])
    assert "receipt.presented" in {entry.action for entry in hub.rows(AuditEntry)}
    assert publish(desk, fan, {"source_id": song["id"]}).get_json()["state"] == "published", "it is kept"
    publish(desk, fan, cited)
    assert len(hub.rows(Receipt)) == 1


def test_a_file_that_was_changed_or_is_for_something_else_is_refused_and_nothing_is_kept(
    hub: Hub, desk: Desk, artist: Client, fan: Client, song: Any
) -> None:
    del desk
    text = receipt_file(hub.visitor(), song)
    said = json.loads(text)
    relicense(artist, song, CLOSED)
    closed = json.loads(receipt_file(hub.visitor(), song))
    forged = {
        "receipt_unreadable": ["", "no receipt", "[]", text[:-9], text.replace('"version": 1,', '"version": 9,', 1)],
        "receipt_forged": [
            json.dumps({**closed, "licence": said["licence"]}),
            json.dumps({**said, "work": {**said["work"], "id": "0" * 32}}),
            text.replace(said["signature"], "0" * 64),
            text.replace("cc-by-4.0", "cc0-1.0"),
        ],
        "receipt_of_another_hub": [json.dumps({**said, "hub": "https://else.example", "key": "00000000"})],
        "receipt_key_unknown": [text.replace(said["key"], "00000000")],
    }
    for expected, texts in forged.items():
        for one in filter(None, texts):
            answer = fan.post("/remixes", {"title": "Mine", "sources": [{"source_id": song["id"], "receipt": one}]})
            assert (answer.status_code, code(answer)) == (422, expected), one
            assert answer.get_json()["violations"][0]["pointer"] == "/sources/0/receipt"
            asked = hub.visitor().post("/licence-checks", {"sources": [song["id"]], "receipts": [one]})
            assert (asked.status_code, code(asked)) == (422, expected)
    assert hub.rows(Receipt) == []
    assert hub.rows(SourceLink) == []


def test_a_file_for_another_work_is_refused(hub: Hub, desk: Desk, artist: Client, fan: Client, song: Any) -> None:
    other = desk.release(artist, ("lead.wav",))
    text = receipt_file(hub.visitor(), other)
    for one in (song, other):
        relicense(artist, one, CLOSED)
    answer = fan.post("/remixes", {"title": "Mine", "sources": [{"source_id": song["id"], "receipt": text}]})
    assert (answer.status_code, code(answer)) == (422, "receipt_of_another_work")
    asked = fan.post("/licence-checks", {"sources": [song["id"]], "receipts": [text]})
    assert (asked.status_code, code(asked)) == (422, "receipt_of_another_work")
    both = fan.post("/licence-checks", {"sources": [song["id"], other["id"]], "receipts": [text]}).get_json()
    assert both["conflict"]["sources"][0]["titles"] == ["Night Drive"]


def test_a_file_says_since_when_its_licence_is_offered_and_none_is_there_for_what_is_private(
    hub: Hub, desk: Desk, artist: Client, song: Any
) -> None:
    frozen = desk.pack(artist, song)["frozen_at"]
    assert json.loads(receipt_file(hub.visitor(), song))["offered_since"] == frozen
    relicense(artist, song, "cc-by-sa-4.0")
    later = json.loads(receipt_file(hub.visitor(), song))
    assert (later["licence"]["id"], later["offered_since"] > frozen) == ("cc-by-sa-4.0", True)
    draft = desk.begin(artist)
    path = f"/stem-packs/{draft['stem_pack_id']}/receipt"
    assert hub.visitor().get(path).status_code == 404
    assert code(artist.get(path)) == "stem_pack_not_published"
    artist.post(f"/works/{song['id']}/withdraw")
    assert hub.visitor().get(f"/stem-packs/{song['stem_pack_id']}/receipt").status_code == 404


def test_the_pages_take_a_file_or_its_text_and_say_what_is_held(
    hub: Hub, desk: Desk, artist: Client, song: Any
) -> None:
    text = receipt_file(hub.visitor(), song)
    other = desk.release(artist, ("lead.wav",), title="Other")
    of_other = receipt_file(hub.visitor(), other)
    for one in (song, other):
        relicense(artist, one, CLOSED)
        artist.post(f"/works/{one['id']}/withdraw")
    fan = hub.browser("fan").http
    page = fan.get(f"/works/{song['id']}").text
    assert "I have a receipt as a file" in page
    assert "Upload a remix</button>" not in page
    refused = fan.post(f"/works/{song['id']}/remix", data={"receipt": text.replace("cc-by-4.0", "cc0-1.0")})
    assert refused.status_code == 422
    assert "The receipt was changed" in refused.text
    started = fan.post(f"/works/{song['id']}/remix", data={"receipt_file": (io.BytesIO(text.encode()), "RECEIPT.json")})
    assert started.status_code == 303, started.text
    draft = started.headers["Location"]
    page = fan.get(draft).text
    assert "as you hold it by a receipt of" in page
    assert "“Night Drive” was withdrawn; you hold it under CC BY 4.0 by a receipt of" in page
    assert "Upload a remix</button>" in fan.get(f"/works/{song['id']}").text
    path = draft.removesuffix("/edit") + "/sources"
    bad = fan.post(path, data={"source": other["id"], "receipt": text})
    assert (bad.status_code, "which is not the source it was given for" in bad.text) == (422, True)
    pasted = of_other.replace("\n", "\r\n")
    assert fan.post(path, data={"source": other["id"], "receipt": pasted}).status_code == 303
    assert "“Other” was withdrawn; you hold it" in fan.get(draft).text
    assert fan.post(path, data={"source": other["id"], "receipt": pasted}).status_code == 303, "again is the same"
    stranger = hub.browser("stranger").http
    begun = stranger.post(f"/works/{song['id']}/remix")
    assert begun.status_code == 303
    assert "only who holds a receipt of its stems may use it" in stranger.get(begun.headers["Location"]).text
