"""The editor of a draft over HTTP: nothing typed is lost, whichever key is pressed; the order and guesses of stems."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.integration.conftest import Client, Hub
from tests.integration.test_pages import about, add_stems, hidden, row, start_draft, stem_ids, tone

JSON = {"Accept": "application/json, application/problem+json"}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """The rules are tested on both databases where they are."""
    return sqlite_url


@pytest.fixture
def artist(hub: Hub) -> Client:
    return hub.browser("mara-velt")


@pytest.fixture
def work_id(hub: Hub, artist: Client, tmp_path: Path) -> str:
    work_id = start_draft(artist.http, "Harbour Lights")
    add_stems(hub, artist, work_id, tmp_path)
    return work_id


def editor(artist: Client, work_id: str) -> str:
    return artist.http.get(f"/works/{work_id}/edit").text


def test_every_key_brings_along_what_was_typed(hub: Hub, artist: Client, work_id: str) -> None:
    bass, lead = stem_ids(artist, work_id)
    for path, words in (
        (f"stems/{bass}/move/down", "Moved."),
        ("cover/remove", "Without a cover."),
        ("mix/remove", "Without a mix."),
        (f"stems/{bass}/remove", "Without a bass."),
        ("suggestions", "With a guess."),
    ):
        page = editor(artist, work_id)
        typed = about(page) | {"description": words, "take": f"name:{lead}"} | row(page, lead, name=f"Lead {words}")
        assert artist.http.post(f"/works/{work_id}/{path}", data=typed).status_code == 303, path
        page = editor(artist, work_id)
        assert f">{words}</textarea>" in page, path
        assert f'value="Lead {words}"' in page, path
    hub.drain()
    typed = about(page) | {"description": "Printed."}
    assert artist.http.post(f"/works/{work_id}/publish", data=typed).status_code == 303
    assert "Printed." in artist.http.get(f"/works/{work_id}").text


def test_a_key_does_its_work_also_where_something_cannot_be_kept(artist: Client, work_id: str) -> None:
    bass, lead = stem_ids(artist, work_id)
    page = editor(artist, work_id)
    typed = about(page) | {"description": "Kept.", "tempo_bpm": "fast", "key": "H flat"} | row(page, lead, name="")
    answer = artist.http.post(f"/works/{work_id}/stems/{bass}/move/down", data=typed)
    assert answer.status_code == 422
    for fault in ("tempo_bpm-fault", "key-fault", f"name-{lead}-fault"):
        assert f'id="{fault}"' in answer.text, "all that is wrong is told at once"
    assert 'value="fast"' in answer.text
    assert stem_ids(artist, work_id) == [lead, bass]
    assert ">Kept.</textarea>" in editor(artist, work_id)
    assert artist.http.post(f"/works/{work_id}/publish", data=typed).status_code == 422
    assert artist.http.get(f"/works/{work_id}").status_code == 303, "publishing waits for it"


def test_a_script_keeps_what_is_typed_and_hears_what_is_wrong(artist: Client, work_id: str) -> None:
    page = editor(artist, work_id)
    first = about(page) | {"description": "First", "tempo_bpm": "fast"}
    told = artist.http.post(f"/works/{work_id}/edit", data=first, headers=JSON).get_json()
    assert (told["outdated"], told["is_news"], set(told["faults"])) == ([], True, {"tempo_bpm"})
    assert re.fullmatch(r"20\d\d-.*Z", told["kept_at"])
    elsewhere = first | {"description": "Elsewhere", "tempo_bpm": "124", "seen": told["stamps"]["seen"]}
    assert artist.http.post(f"/works/{work_id}/edit", data=elsewhere, headers=JSON).get_json()["faults"] == {}
    late = artist.http.post(f"/works/{work_id}/edit", data=first | {"seen": told["stamps"]["seen"]}, headers=JSON)
    assert late.get_json()["outdated"] == ["seen"]
    page = editor(artist, work_id)
    assert ">Elsewhere</textarea>" in page
    assert 'value="124"' in page
    again = first | {"seen": late.get_json()["stamps"]["seen"], "tempo_bpm": "124"}
    artist.http.post(f"/works/{work_id}/edit", data=again, headers=JSON)
    assert ">First</textarea>" in editor(artist, work_id), "once one was told, mine is kept on purpose"


def test_what_a_stem_is_called_elsewhere_is_told(artist: Client, work_id: str) -> None:
    bass, _ = stem_ids(artist, work_id)
    page = editor(artist, work_id)
    for name in ("Sub", "Low"):
        told = artist.http.post(f"/works/{work_id}/edit", data=row(page, bass, name=name), headers=JSON).get_json()
    assert told["outdated"] == [f"seen-{bass}"]
    assert 'value="Sub"' in editor(artist, work_id)


def test_the_order_is_given_as_a_whole(hub: Hub, artist: Client, work_id: str, tmp_path: Path) -> None:
    bass, lead = stem_ids(artist, work_id)
    order, seen = f"{lead},{bass}", f"{bass},{lead}"
    path = f"/works/{work_id}/stems/order"
    assert artist.http.post(path, data={"order": order, "seen": seen}).get_json() == {"order": [lead, bass]}
    assert stem_ids(artist, work_id) == [lead, bass]
    late = artist.http.post(path, data={"order": order, "seen": seen}, headers=JSON)
    assert (late.status_code, late.get_json()["code"]) == (412, "revision_outdated")
    wrong = artist.http.post(path, data={"order": bass, "seen": seen}, headers=JSON)
    assert (wrong.status_code, wrong.get_json()["code"]) == (422, "stem_order_invalid")
    assert hub.browser("other").http.post(path, data={"order": order, "seen": seen}).status_code == 404


def test_stems_lie_as_they_were_chosen_whichever_arrives_first(hub: Hub, artist: Client, tmp_path: Path) -> None:
    work_id = start_draft(artist.http, "Harbour Lights")
    names = ("Kick.wav", "Bass.wav", "Pad.wav")
    uploads = [artist.send_upload(tone(tmp_path / name, 110.0 * n)) for n, name in enumerate(names, 1)]
    hub.drain()
    for upload in reversed(uploads):
        claimed = artist.http.post(f"/works/{work_id}/claims/stem", data={"upload_id": upload})
        assert claimed.status_code == 201
    assert re.findall(r'data-filename="(\w+)\.wav"', editor(artist, work_id)) == ["Kick", "Bass", "Pad"]
    assert 'data-after=""' in claimed.text


def test_a_guess_fills_what_is_empty_and_never_what_was_typed(hub: Hub, artist: Client, tmp_path: Path) -> None:
    work_id = start_draft(artist.http, "Pier Lights")
    for name in ("Pier Lights - Kick 124bpm Am.wav", "Pier Lights - Bass 124bpm Am.wav"):
        upload = artist.send_upload(tone(tmp_path / name, 110.0))
        hub.drain()
        artist.http.post(f"/works/{work_id}/claims/stem", data={"upload_id": upload})
    page = editor(artist, work_id)
    for words in ("tempo 124 BPM", "A minor · 8A", "stands in every name: take it off?"):
        assert words in page
    path = f"/works/{work_id}/suggestions"
    assert artist.http.post(path, data={"take": "tempo_bpm:62"}).status_code == 303
    assert artist.http.post(path, data={"take": "tempo_bpm:124"}).status_code == 303
    assert 'value="62"' in editor(artist, work_id), "what stands there stays"
    assert artist.http.post(path, data={"take": "key:C major"}).status_code == 422
    assert artist.http.post(path, data={"take": "key:A minor"}).status_code == 303
    kick, _ = stem_ids(artist, work_id)
    page = editor(artist, work_id)
    artist.http.post(path, data={"take": "names"} | row(page, kick, name="Boom"))
    page = editor(artist, work_id)
    assert [hidden(page, f"name-{stem}") for stem in stem_ids(artist, work_id)] == ["Boom", "Bass"]
    assert artist.http.post(path, data={"take": "cover"}).status_code == 422


def test_credits_are_typed_as_rows_or_as_lines(artist: Client, work_id: str) -> None:
    rows = {
        "credit_name": ["Earth, Wind & Fire", "", "Jon"],
        "credit_role": ["horns", "", ""],
        "credit_share": ["20 %", "", ""],
    }
    page = editor(artist, work_id)
    told = artist.http.post(f"/works/{work_id}/edit", data=about(page) | rows, headers=JSON).get_json()
    assert told["faults"] == {}
    page = editor(artist, work_id)
    assert 'data-name="Earth, Wind &amp; Fire" data-role-name="horns" data-share="20"' in page
    assert (
        artist.http.post(
            f"/works/{work_id}/edit", data=about(page) | {"credits": "Earth, Wind & Fire, horns, 20 %\nJon"}
        ).status_code
        == 303
    )
    assert "Earth, Wind &amp; Fire" in editor(artist, work_id), "the lines say the same"
    wrong = rows | {"credit_share": ["much", "", ""]}
    told = artist.http.post(f"/works/{work_id}/edit", data=about(page) | wrong, headers=JSON).get_json()
    assert "in percent" in told["faults"]["credits"]


def test_a_finding_stands_beside_its_stem_with_a_key_at_the_spot(hub: Hub, artist: Client, tmp_path: Path) -> None:
    work_id = start_draft(artist.http, "Harbour Lights")
    for name, seconds in (("Bass.wav", 2.0), ("Drone.wav", 2.0), ("Lead.wav", 3.0)):
        upload = artist.send_upload(tone(tmp_path / name, 110.0, seconds))
        hub.drain()
        artist.http.post(f"/works/{work_id}/claims/stem", data={"upload_id": upload})
    hub.drain()
    *_, lead = stem_ids(artist, work_id)
    page = editor(artist, work_id)
    beside = page[page.index(f'id="findings-{lead}"') :]
    assert f'<play-spot at="2.0" of="status-{lead}">' in beside
    assert "Longer than the rest at 0:02." in beside


def test_uploads_that_nothing_uses_yet_are_listed(hub: Hub, artist: Client, tmp_path: Path) -> None:
    assert "Nothing is on its way" in artist.http.get("/my/uploads").text
    opened = artist.post("/uploads", {"filename": "Late.wav", "size_bytes": 12_000_000, "purpose": "stem"}).get_json()
    assert opened["part_size_bytes"] == 5 * 1024**2
    artist.send_upload(tone(tmp_path / "Checked.wav", 110.0))
    hub.drain()
    page = artist.http.get("/my/uploads").text
    for words in ("Late.wav", "12 MB", "Checked.wav", "Stem"):
        assert words in page
    assert hub.browser("other").http.post(f"/my/uploads/{opened['id']}/discard").status_code == 404
    assert artist.http.post(f"/my/uploads/{opened['id']}/discard").status_code == 303
    assert "Late.wav" not in artist.http.get("/my/uploads").text
