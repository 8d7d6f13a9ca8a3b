"""`remixhub push` against a served hub: drafts that follow a folder, and pushes that are killed."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import cast

import pytest

from remixhub.client.generated import schemas
from remixhub.client.memory import remembered
from tests.integration.client.conftest import PART_BYTES, LiveHub
from tests.integration.stems.studio import write_tone

pytestmark = pytest.mark.timeout(240)


def folder_of_stems(place: Path, **stems: float) -> Path:
    folder = place / "Night Drive 124bpm Am"
    folder.mkdir()
    for name, hz in stems.items():
        write_tone(folder, f"{name}.wav", hz=hz)
    return folder


def test_a_folder_becomes_a_draft_and_the_draft_follows_it(live: LiveHub) -> None:
    desk = live.desk("artist")
    folder = folder_of_stems(desk.folder, **{"01 Kick": 60.0, "02 Sub Bass": 110.0})
    (folder / "release.toml").write_text(
        'licence = "cc-by-4.0"\ntags = ["late"]\n[[stems]]\nfile = "02 Sub Bass.wav"\ngain_db = -3.0\n'
    )
    pushed = desk.run("push", folder)
    assert pushed.code == 0, pushed.out + pushed.err
    done = pushed.lines[-1]
    api = desk.api
    work = api.get(f"/works/{done['work_id']}").get_json()
    assert (work["state"], work["title"], work["tempo_bpm"], work["key"], work["tags"]) == (
        "draft",
        "Night Drive",
        124.0,
        "A minor",
        ["late"],
    )
    stems = api.get(f"/stem-packs/{work['stem_pack_id']}").get_json()["stems"]
    assert [(stem["name"], stem["role"], stem["gain_db"]) for stem in stems] == [
        ("Sub Bass", "bass", -3.0),
        ("Kick", "kick", 0.0),
    ]
    again = desk.run("push", folder)
    assert again.code == 0, again.out + again.err
    assert again.lines[-1]["work_id"] == work["id"]
    assert again.lines[-1]["changes"] == []
    # another kick, a new stem, the bass gone
    write_tone(folder, "01 Kick.wav", hz=65.0)
    write_tone(folder, "03 Pad.wav", hz=330.0)
    (folder / "02 Sub Bass.wav").unlink()
    (folder / "release.toml").write_text('licence = "cc-by-4.0"\ntags = ["early"]\n')
    changed = desk.run("push", folder, "--publish")
    assert changed.code == 0, changed.out + changed.err
    work = api.get(f"/works/{work['id']}").get_json()
    assert (work["state"], work["tags"]) == ("published", ["early"])
    stems = api.get(f"/stem-packs/{work['stem_pack_id']}").get_json()["stems"]
    assert [stem["filename"] for stem in stems] == ["01 Kick.wav", "03 Pad.wav"]
    assert len(api.get("/account/works").get_json()["works"]) == 1


def test_a_draft_whose_answer_was_lost_is_found_again(live: LiveHub) -> None:
    """As a push leaves it that was killed between asking for the draft and hearing of it."""
    desk = live.desk("artist")
    folder = folder_of_stems(desk.folder, kick=60.0)
    body = {"title": "Night Drive", "licence": "cc0-1.0", "tempo_bpm": 124.0}
    made = desk.client().api.create_release(cast("schemas.NewRelease", body), idempotency_key="one")
    with remembered(live.url, folder, desk.folder / "config" / "remixhub") as memory:
        memory.opening = {"key": "one", "is_remix": False, "body": body}
        memory.keep()
    pushed = desk.run("push", folder, "--licence", "cc0-1.0", "--title", "Another", "--no-wait")
    assert pushed.code == 0, pushed.out + pushed.err
    assert pushed.lines[-1]["work_id"] == made["id"]
    works = desk.api.get("/account/works").get_json()["works"]
    assert [(work["title"], work["key"]) for work in works] == [("Another", "A minor")]


def test_a_push_that_is_killed_sends_only_what_is_missing_when_it_is_run_again(live: LiveHub) -> None:
    desk = live.desk("artist")
    folder = desk.folder / "Long"
    folder.mkdir()
    write_tone(folder, "drone.wav", seconds=250.0)
    with desk.begin("push", folder, "--licence", "cc0-1.0") as process:
        assert process.stdout is not None
        sent = 0
        for line in process.stdout:
            sent += '"part_sent"' in line
            if sent == 2:
                process.send_signal(signal.SIGKILL)
                break
    upload = desk.api.get("/uploads?state=open").get_json()["uploads"][0]
    arrived = {part["number"] for part in desk.api.get(f"/uploads/{upload['id']}").get_json()["parts"]}
    assert 2 <= len(arrived) < upload["part_count"], "it was killed in the middle"
    again = desk.run("push", folder, "--licence", "cc0-1.0", "--no-wait")
    assert again.code == 0, again.out + again.err
    parts = [line["part"] for line in again.of("part_sent")]
    resumed = again.of("upload_resumed")[0]["arrived_parts"]  # what was on its way may have arrived since
    assert resumed >= len(arrived)
    assert len(parts) == upload["part_count"] - resumed
    assert arrived.isdisjoint(parts)
    assert again.peak_bytes < 200_000_000
    assert os.path.getsize(folder / "drone.wav") > 10 * PART_BYTES  # noqa: PTH202
    works = desk.api.get("/account/works").get_json()["works"]
    assert [work["title"] for work in works] == ["Long"]
