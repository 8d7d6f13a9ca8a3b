"""What needs somebody's word, and what happens without it: published works, contests, Ctrl-C; and watched saves."""

from __future__ import annotations

import json
import signal
import threading
from pathlib import Path
from typing import Any

import pytest

from remixhub.client.failures import Undecided
from tests.integration.client.conftest import Desk, LiveHub
from tests.integration.contests.conftest import JURY, ContestStage
from tests.integration.stems.studio import write_tone

pytestmark = pytest.mark.timeout(240)


def folder_of_stems(place: Path, *names: str) -> Path:
    folder = place / "Rain"
    folder.mkdir()
    for number, name in enumerate(names, 1):
        write_tone(folder, name, hz=60.0 * number)
    return folder


def stems_of(desk: Desk, work_id: str) -> tuple[int, list[str]]:
    work = desk.api.get(f"/works/{work_id}").get_json()
    pack = desk.api.get(f"/stem-packs/{work['stem_pack_id']}").get_json()
    return pack["version"], [stem["filename"] for stem in pack["stems"]]


def test_a_published_work_changes_only_when_somebody_says_so(live: LiveHub) -> None:
    desk = live.desk("artist")
    folder = folder_of_stems(desk.folder, "kick.wav", "bass.wav")
    first = desk.client().push(folder, licence="cc-by-4.0", publish=True)
    write_tone(folder, "kick.wav", hz=70.0)
    (folder / "bass.wav").rename(folder / "low.wav")  # its bytes are the same
    refused = desk.run("push", folder, "--publish")
    assert (refused.code, refused.lines[-1]["code"]) == (3, "undecided")
    assert "kick.wav" in refused.lines[-1]["detail"]
    assert stems_of(desk, first.work_id)[0] == 1
    # stopped between the draft of the version and its publication, and run again
    with pytest.raises(Undecided):
        desk.client().push(folder)
    draft = desk.api.post(f"/works/{first.work_id}/stem-packs").get_json()
    assert draft["version"] == 2
    done = desk.run("push", folder, "--new-version", "--note", "A deeper kick")
    assert done.code == 0, done.out + done.err
    assert stems_of(desk, first.work_id) == (2, ["kick.wav", "bass.wav"])
    assert done.lines[-1]["sent_files"] == 1
    unchanged = desk.run("push", folder)
    assert unchanged.code == 0, unchanged.out + unchanged.err
    assert unchanged.of("unchanged")


def test_ctrl_c_says_that_it_can_go_on_and_it_does(live: LiveHub) -> None:
    desk = live.desk("artist")
    folder = folder_of_stems(desk.folder)
    write_tone(folder, "drone.wav", seconds=200.0)
    with desk.begin("push", folder, "--licence", "cc0-1.0") as process:
        assert process.stdout is not None
        for line in process.stdout:
            if '"part_sent"' in line:
                process.send_signal(signal.SIGINT)
                break
        last = json.loads(process.stdout.readlines()[-1])
        assert process.wait() == 130
    assert (last["event"], last["code"]) == ("failure", "interrupted")
    assert "goes on where it was" in last["advice"]
    again = desk.run("push", folder, "--licence", "cc0-1.0", "--no-wait")
    assert again.code == 0, again.out + again.err
    assert again.of("upload_resumed")


def test_a_remix_is_entered_once_its_rules_are_accepted(live: LiveHub) -> None:
    stage = ContestStage(live.hub)
    stage.label()
    contest = stage.opened(JURY)
    desk = live.desk("fan")
    sound = write_tone(desk.folder, "my remix.wav", hz=300.0)
    refused = desk.run("enter", contest["id"], sound)
    assert (refused.code, refused.lines[-1]["code"]) == (3, "undecided")
    assert refused.of("rules")[0]["rules"]
    assert desk.api.get("/account/works").get_json()["works"] == []
    entered = desk.run("enter", f"{live.url}/contests/{contest['id']}", sound, "--accept", "--title", "Mine")
    assert entered.code == 0, entered.out + entered.err
    assert entered.of("entered")[0]["receipt"]["is_counted"]
    again = desk.run("enter", f"{live.url}/contests/{contest['id']}", sound, "--accept")
    assert (again.code, again.lines[-1]["code"]) == (1, "entry_twice")
    other = desk.run("enter", contest["id"], "--accept", write_tone(desk.folder, "another.wav", hz=200.0))
    assert (other.code, other.lines[-1]["code"]) == (1, "entry_limit_reached")
    assert not other.of("file_sent")
    assert len(desk.api.get("/account/works").get_json()["works"]) == 1


def test_saves_are_watched_and_pushed(live: LiveHub) -> None:
    desk = live.desk("artist")
    folder = folder_of_stems(desk.folder, "kick.wav")
    heard: list[dict[str, Any]] = []
    with desk.begin("watch", folder, "--licence", "cc0-1.0", "--settle", "0.5") as process:
        assert process.stdout is not None
        for line in process.stdout:
            heard.append(json.loads(line))
            told = heard[-1]
            if told["event"] == "stem_added" and told["file"] == "kick.wav":
                threading.Timer(1.0, write_tone, (folder, "bass.wav"), {"hz": 90.0}).start()
            if told["event"] == "stem_added" and told["file"] == "bass.wav":
                process.send_signal(signal.SIGINT)
        assert process.wait() == 130
    works = desk.api.get("/account/works").get_json()["works"]
    assert len(works) == 1
    assert works[0]["state"] == "draft"
    assert stems_of(desk, works[0]["id"])[1] == ["bass.wav", "kick.wav"]
