"""What others fetch: packs that are verified, collections, sessions, mixes, and entries of contests."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, ClassVar

import pytest
from PIL import Image

from remixhub.client.downloading import fetch, require_digest
from remixhub.client.telling import Silent
from tests.integration.client.conftest import Desk, LiveHub
from tests.integration.stems.studio import write_tone

pytestmark = pytest.mark.timeout(240)


def published(live: LiveHub, desk: Desk, title: str = "Rain") -> Any:
    folder = desk.folder / title
    folder.mkdir()
    for name, hz in (("kick", 60.0), ("歌", 440.0)):
        write_tone(folder, f"{name}.wav", hz=hz)
    pushed = desk.client().push(folder, licence="cc-by-4.0", publish=True)
    assert pushed.state == "published"
    return desk.api.get(f"/works/{pushed.work_id}").get_json()


def goes_on_by_ranges(fan: Desk, stem: Any) -> None:
    """With the real storage: what had arrived of a file is not fetched again."""

    class Heard(Silent):
        events: ClassVar[list[str]] = []

        def say(self, event: str, text: str, /, **facts: Any) -> None:
            self.events.append(event)

    client = fan.client()
    whole = client.wire.once("GET", client.api.get_stem_original(stem["id"]))
    to = fan.folder / "kick.wav"
    (fan.folder / ".kick.wav.part").write_bytes(whole.body[:1_000])
    (fan.folder / ".kick.wav.tag").write_text(whole.headers["ETag"])
    fetch(client.wire, lambda: client.api.get_stem_original(stem["id"]), to, Heard(), "kick")
    assert Heard.events == ["download_resumed"]
    require_digest(to, stem["sha256"], "kick")


def test_a_work_is_pulled_whole_goes_on_where_it_was_and_is_not_fetched_twice(live: LiveHub) -> None:
    artist, fan = live.desk("artist"), live.desk("fan")
    work = published(live, artist)
    pulled = fan.run("pull", f"{live.url}/works/{work['id']}", "--into", fan.folder)
    assert pulled.code == 0, pulled.out + pulled.err
    folder = Path(pulled.lines[-1]["works"][0]["path"])
    assert folder.parent == fan.folder
    stems = artist.api.get(f"/stem-packs/{work['stem_pack_id']}").get_json()["stems"]
    for file, stem in zip(("01 kick.wav", "02 歌.wav"), stems, strict=True):
        assert hashlib.sha256((folder / file).read_bytes()).hexdigest() == stem["sha256"]
    assert {"LICENSE.txt", "RECEIPT.json", "CREDITS.txt", "README.txt"} <= {path.name for path in folder.iterdir()}
    assert json.loads((folder / "RECEIPT.json").read_text())["work"]["id"] == work["id"]
    assert len(fan.api.get("/receipts").get_json()["receipts"]) == 1
    goes_on_by_ranges(fan, stems[0])
    again = fan.run("pull", work["id"], "--into", fan.folder)
    assert again.of("pulled")[0]["was_there"]
    (folder / "01 kick.wav").write_bytes(b"changed")
    mended = fan.run("pull", work["id"], "--into", fan.folder)
    assert not mended.of("pulled")[0]["was_there"]
    assert hashlib.sha256((folder / "01 kick.wav").read_bytes()).hexdigest() == stems[0]["sha256"]
    session = fan.run("pull", work["id"], "--into", fan.folder, "--format", "dawproject")
    assert session.code == 0, session.out + session.err
    assert Path(session.lines[-1]["works"][0]["path"]).suffix == ".dawproject"
    spec = folder / "mix.json"
    spec.write_text(json.dumps({"version": 1, "lanes": [{"stem": "kick"}, {"stem": "02 歌.wav", "gain_db": -6.0}]}))
    mixed = fan.run("mix", spec, "--format", "flac", "--out", fan.folder / "mine.flac")
    assert mixed.code == 0, mixed.out + mixed.err
    assert (fan.folder / "mine.flac").read_bytes()[:4] == b"fLaC"
    made = fan.api.post("/collections", {"title": "Two: of “them”?", "visibility": "private"}).get_json()
    assert fan.api.post(f"/collections/{made['id']}/works", {"work_id": work["id"]}).status_code == 200
    collected = fan.run("pull", f"{live.url}/collections/{made['id']}", "--into", fan.folder)
    assert collected.code == 0, collected.out + collected.err
    assert [one["work_id"] for one in collected.lines[-1]["works"]] == [work["id"]]


def test_what_was_pulled_becomes_a_remix_of_it(live: LiveHub) -> None:
    artist, fan = live.desk("artist"), live.desk("fan")
    work = published(live, artist)
    [pulled] = fan.client().pull(work["id"], into=fan.folder)
    folder = fan.folder / "Rain again"
    folder.mkdir()
    write_tone(folder, "Rain again (mix).wav", hz=500.0)
    Image.new("RGB", (600, 600), "teal").save(folder / "cover.png")
    (folder / "RECEIPT.json").write_bytes((pulled.path / "RECEIPT.json").read_bytes())
    (folder / "release.toml").write_text(
        f'mix = "Rain again (mix).wav"\n[[sources]]\nwork = "{live.url}/works/{work["id"]}"\nreceipt = "RECEIPT.json"\n'
        '[[sources]]\naddress = "https://elsewhere.example/rain"\ntitle = "Rain"\nartist = "X"\nlicence = "cc0-1.0"\n'
    )
    pushed = fan.run("push", folder, "--publish")
    assert pushed.code == 0, pushed.out + pushed.err
    remix = fan.api.get(f"/works/{pushed.lines[-1]['work_id']}").get_json()
    assert (remix["kind"], remix["state"], remix["licence"]) == ("remix", "published", "cc-by-4.0")
    assert remix["audio_kind"] == "uploaded"
    assert remix["cover_url"]
    sources = fan.api.get(f"/works/{remix['id']}/sources").get_json()["sources"]
    assert [source["source_id"] for source in sources] == [work["id"]]
    again = fan.run("push", folder)
    assert again.of("unchanged"), again.out
