"""Sessions that come back with a remix: what they propose, what stays as somebody said it, and who is told of what."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import soundfile
import sqlalchemy as sa
import urllib3

from remixhub.models import Account, Upload, Work
from remixhub.services.remixes import handing_back
from remixhub.services.upkeep.sweeping import enqueue_sweep
from tests.integration.conftest import Client, Hub
from tests.integration.stems.studio import Desk, write_tone

Files = dict[str, bytes]
NAMES = ("kick.wav", "bass.wav", "vox.wav")


@pytest.fixture
def desk(hub: Hub, tmp_path: Path) -> Desk:
    return Desk(hub, tmp_path)


@pytest.fixture
def fan(desk: Desk) -> Client:
    return desk.hub.account("fan")


def released(desk: Desk, client: Client, *, title: str = "Night Drive", level: float = 0.3) -> Any:
    """Three stems of four seconds at 120 BPM: a beat is half a second."""
    work = desk.begin(client, title=title, tempo_bpm=120.0)
    for number, name in enumerate(NAMES, 1):
        desk.add_stem(client, work, name, hz=70.0 * number, seconds=4.0, level=level)
    desk.hub.drain()
    answer = client.post(f"/works/{work['id']}/publish")
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def stems_of(desk: Desk, client: Client, work: Any) -> list[str]:
    return [stem["id"] for stem in desk.pack(client, work)["stems"]]


def exported(desk: Desk, client: Client, work: Any) -> Files:
    path = f"/stem-packs/{work['stem_pack_id']}/exports/dawproject"
    client.post(path)
    desk.hub.drain()
    body = urllib3.request("GET", client.get(path).get_json()["url"], retries=False).data
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def edited(files: Files, edit: Callable[[ET.Element], None]) -> Files:
    root = ET.fromstring(files["project.xml"])
    edit(root)
    return {**files, "project.xml": ET.tostring(root)}


def begun(client: Client, source: Any) -> str:
    answer = client.post("/remixes", {"title": "Mine", "sources": [{"source_id": source["id"]}]})
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()["id"])


def sent(desk: Desk, client: Client, files: Files, name: str = "Mine.dawproject") -> str:
    path = desk.folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, body in files.items():
            archive.writestr(entry, body)
    return desk.upload(client, path, "session")


def handed(desk: Desk, client: Client, draft: str, files: Files) -> Any:
    answer = client.post(f"/works/{draft}/handback", {"upload_id": sent(desk, client, files)})
    assert answer.status_code == 200, answer.text
    assert client.get(f"/works/{draft}/handback").get_json() == answer.get_json()
    return answer.get_json()


def sources(client: Client, draft: str) -> dict[str, Any]:
    listed = client.get(f"/works/{draft}/sources").get_json()["sources"]
    return {one["source"]["id"] if "source" in one else one["source_id"]: one for one in listed}


def bent(root: ET.Element) -> None:
    """Without the bass; the voice from its second 1 to 2.5, at second 6; the kick in a file of another name."""
    structure = root.find("Structure")
    assert structure is not None
    structure.remove(structure.findall("Track")[1])
    lanes = root.find("Arrangement/Lanes")
    assert lanes is not None
    lanes.remove(lanes.findall("Lanes")[1])
    kick, voice = (lane.find("Clips/Clip") for lane in lanes.findall("Lanes")[:2])
    assert kick is not None
    assert voice is not None
    voice.attrib |= {"time": "12", "duration": "3", "playStart": "2"}
    kick.attrib |= {"duration": "2"}
    file = kick.find("Warps/Audio/File")
    assert file is not None
    file.set("path", "Bounces/Boom 7.wav")


def test_an_export_comes_back_bent_and_names_what_was_used_of_it(desk: Desk, fan: Client) -> None:
    artist = desk.hub.account()
    other, work = desk.release(artist, ("pad.wav",), title="Other"), released(desk, artist)
    kick, _bass, vox = stems_of(desk, artist, work)
    files = edited(exported(desk, fan, work), bent)
    files["Bounces/Boom 7.wav"] = files.pop("audio/01-kick.wav")
    draft = begun(fan, other)
    before = desk.hub.rows(Account)
    told = handed(desk, fan, draft, files)
    assert (told["filename"], told["sound_count"], told["known_count"]) == ("Mine.dawproject", 2, 2)
    (one,) = told["proposals"]
    assert (one["source_id"], one["title"], one["stems"]) == (work["id"], "Night Drive", [kick, vox])
    assert (one["starts_seconds"], one["ends_seconds"]) == (0.0, 2.5)
    assert one["uses"] == [
        {"stem": kick, "how": "id", "at_seconds": 0.0, "from_seconds": 0.0, "to_seconds": 1.0},
        {"stem": vox, "how": "id", "at_seconds": 6.0, "from_seconds": 1.0, "to_seconds": 2.5},
    ]
    assert list(sources(fan, draft)) == [other["id"]], "nothing is cited until somebody says so"
    taken = fan.post(f"/works/{draft}/handback/{work['id']}/take").get_json()
    assert (taken["proposals"], taken["refusal"]) == ([], None)
    cited = sources(fan, draft)[work["id"]]
    assert (cited["stems"], cited["starts_seconds"], cited["ends_seconds"]) == ([kick, vox], 0.0, 2.5)
    again = fan.post(f"/works/{draft}/handback/{work['id']}/take")
    assert (again.status_code, again.get_json()["code"]) == (404, "proposal_not_found")
    enqueue_sweep(desk.hub.parts)
    desk.hub.drain()
    stored = {account.handle: account.stored_bytes for account in before}
    assert {account.handle: account.stored_bytes for account in desk.hub.rows(Account)} == stored, "it is not kept"
    assert [one.session_reading for one in desk.hub.rows(Upload) if one.purpose == "session"] in ([], [None])


def test_sounds_are_known_by_bytes_and_by_names_where_their_comment_is_gone(desk: Desk, fan: Client) -> None:
    artist = desk.hub.account()
    other, work = desk.release(artist, ("pad.wav",), title="Other"), released(desk, artist)
    kick, bass, vox = stems_of(desk, artist, work)
    files = exported(desk, fan, work)
    for name in ("audio/01-kick.wav", "audio/03-vox.wav"):
        heard, rate_hz = soundfile.read(io.BytesIO(files[name]), dtype="float32")
        raw = io.BytesIO()
        soundfile.write(raw, heard, rate_hz, format="WAV", subtype="PCM_16")
        files[name] = raw.getvalue()
    files["audio/02-bass.wav"] = (desk.folder / "bass.wav").read_bytes()
    files["audio/03-vox-1.wav"] = files.pop("audio/03-vox.wav")
    files["project.xml"] = files["project.xml"].replace(b"audio/03-vox.wav", b"audio/03-vox-1.wav")
    draft = begun(fan, other)
    (one,) = handed(desk, fan, draft, files)["proposals"]
    assert {use["stem"]: use["how"] for use in one["uses"]} == {kick: "name", bass: "bytes", vox: "name"}
    assert (one["starts_seconds"], one["ends_seconds"]) == (None, None), "the whole of it"
    stranger = {**files, "metadata.xml": b"<MetaData/>", "audio/02-bass.wav": files["audio/01-kick.wav"]}
    nothing = handed(desk, fan, begun(fan, other), stranger)
    assert (nothing["known_count"], nothing["proposals"]) == (0, [])
    assert nothing["unrecognised"] == ["01-kick.wav", "02-bass.wav", "03-vox-1.wav"]


def test_what_a_person_said_stays_and_what_was_refused_stays_refused(desk: Desk, fan: Client) -> None:
    artist = desk.hub.account()
    work = released(desk, artist)
    kick, bass, vox = stems_of(desk, artist, work)
    files = edited(exported(desk, fan, work), bent)
    files["Bounces/Boom 7.wav"] = files.pop("audio/01-kick.wav")
    said = {"source_id": work["id"], "kind": "sample", "stems": [bass], "note": "By ear."}
    draft = str(fan.post("/remixes", {"title": "Mine", "sources": [said]}).get_json()["id"])
    (one,) = handed(desk, fan, draft, files)["proposals"]
    fan.post(f"/works/{draft}/handback/{work['id']}/take")
    cited = sources(fan, draft)[work["id"]]
    assert (cited["kind"], cited["stems"], cited["note"]) == ("sample", [bass], "By ear.")
    assert (cited["starts_seconds"], cited["ends_seconds"]) == (one["starts_seconds"], one["ends_seconds"])
    assert handed(desk, fan, draft, files)["proposals"] == [], "it says all by now"
    whole = str(
        fan.post("/remixes", {"title": "New", "sources": [{"source_id": work["id"], "stems": [vox]}]}).get_json()["id"]
    )
    assert len(handed(desk, fan, whole, files)["proposals"]) == 1
    assert fan.post(f"/works/{whole}/handback/{work['id']}/refuse").get_json()["proposals"] == []
    assert handed(desk, fan, whole, files)["proposals"] == []
    assert sources(fan, whole)[work["id"]]["stems"] == [vox]
    assert kick not in sources(fan, whole)[work["id"]]["stems"]


def test_only_what_the_remixer_may_see_is_named_and_only_remixes_take_sessions(desk: Desk, fan: Client) -> None:
    artist = desk.hub.account()
    other, work = desk.release(artist, ("pad.wav",), title="Other"), released(desk, artist)
    files = exported(desk, fan, work)
    draft = begun(fan, other)
    upload_id = sent(desk, fan, files)
    release = desk.begin(fan)
    refused = fan.post(f"/works/{release['id']}/handback", {"upload_id": upload_id})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "session_is_for_remixes")
    assert artist.post(f"/works/{draft}/handback", {"upload_id": upload_id}).status_code == 404
    wrong = desk.upload(fan, write_tone(desk.folder, "tone.wav"))
    assert fan.post(f"/works/{draft}/handback", {"upload_id": wrong}).get_json()["code"] == "upload_purpose_wrong"
    artist.post(f"/works/{work['id']}/withdraw")
    answer = fan.post(f"/works/{draft}/handback", {"upload_id": upload_id}).get_json()
    assert "known_count" in answer, answer
    assert (answer["known_count"], answer["proposals"]) == (0, [])
    assert work["id"] not in str(answer)
    assert fan.post(f"/works/{draft}/handback", {"upload_id": upload_id}).get_json()["code"] == "upload_not_ready"


def test_what_was_proposed_is_shown_while_it_may_be_had(desk: Desk) -> None:
    artist, fan = desk.hub.account(), desk.hub.browser("fan")
    other, work = desk.release(artist, ("pad.wav",), title="Other"), released(desk, artist)
    draft = begun(fan, other)
    assert len(handed(desk, fan, draft, exported(desk, fan, work))["proposals"]) == 1
    artist.post(f"/works/{work['id']}/withdraw")
    told = fan.get(f"/works/{draft}/handback")
    assert told.get_json()["proposals"] == []
    assert work["id"] not in told.text
    assert "Night Drive" not in fan.http.get(f"/works/{draft}/edit").text
    taken = fan.post(f"/works/{draft}/handback/{work['id']}/take")
    assert (taken.status_code, taken.get_json()["code"]) == (404, "proposal_not_found")


def test_what_the_sounds_are_is_found_before_anything_is_locked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    artist, fan = desk.hub.account(), desk.hub.account("fan")
    other, work = desk.release(artist, ("pad.wav",), title="Other"), released(desk, artist)
    draft, files = begun(fan, other), exported(desk, fan, work)
    known, looked = handing_back._known, []

    def watched(session: Any, *args: Any) -> Any:
        """Somebody else may write meanwhile."""
        with desk.hub.parts.database.writing() as other_session:
            other_session.execute(sa.update(Work).where(Work.id == draft).values(title="Elsewhere"))
        looked.append(True)
        return known(session, *args)

    monkeypatch.setattr(handing_back, "_known", watched)
    monkeypatch.setattr(handing_back, "SOURCES_LIMIT", 0)
    assert handed(desk, fan, draft, files)["proposals"] == []
    assert looked


@pytest.mark.parametrize("body", [b"PK\3\4" + bytes(100), b"RIFF", b"<Project/>"])
def test_what_is_no_session_is_rejected_in_words_and_its_bytes_go(desk: Desk, fan: Client, body: bytes) -> None:
    path = desk.folder / "bad.dawproject"
    path.write_bytes(body)
    upload_id = desk.upload(fan, path, "session")
    told = fan.get(f"/uploads/{upload_id}").get_json()
    assert (told["state"], told["rejection"]["code"]) == ("rejected", "session_unreadable")
    assert desk.hub.objects() == []
    enqueue_sweep(desk.hub.parts)
    desk.hub.drain()
    with desk.hub.parts.database.reading() as session:
        assert session.scalar(sa.select(Account.stored_bytes).where(Account.handle == "fan")) == 0


def test_the_page_of_the_draft_shows_what_a_session_proposes(desk: Desk) -> None:
    artist, fan = desk.hub.account(), desk.hub.browser("fan")
    other, work = desk.release(artist, ("pad.wav",), title="Other"), released(desk, artist)
    draft = begun(fan, other)
    address = f"/works/{draft}"
    page = fan.http.get(f"{address}/edit").text
    assert "From the session in which you made it" in page
    assert 'purpose="session"' in page
    upload_id = sent(desk, fan, exported(desk, fan, work))
    piece = fan.http.post(f"{address}/claims/session", data={"upload_id": upload_id})
    assert piece.status_code == 201
    for words in ("Night Drive", "3 stems", "kick", "3 of 3 sounds", "all of its length"):
        assert words in piece.text
    took = fan.http.post(f"{address}/handback/{work['id']}/take")
    assert (took.status_code, took.headers["Location"]) == (303, f"{address}/edit#source-{work['id']}")
    page = fan.http.get(f"{address}/edit").text
    assert f'id="source-{work["id"]}"' in page
    assert "was answered" in page
