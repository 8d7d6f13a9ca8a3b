"""A whole contest through the API: thirty entries, three judges, sixty voters; and an export that verifies.

The same again on PostgreSQL, but small: what that database could do otherwise does not hang on the number.
"""

from __future__ import annotations

import io
import json
import random
import zipfile
from pathlib import Path
from typing import Any

import pytest

from remixhub.cli import main
from remixhub.domain.contests.verification import faults
from tests import second_verifier
from tests.integration.conftest import Client
from tests.integration.contests.conftest import BOTH, ContestStage

DUELS_EACH = 3


def quality(entry: dict[str, Any]) -> int:
    return int(entry["title"].rpartition(" ")[2])


@pytest.mark.parametrize(
    ("database_url", "n_entries", "n_voters"),
    [("sqlite", 30, 60), ("postgresql", 10, 20)],
    indirect=["database_url"],
    ids=["sqlite", "postgresql"],
)
def test_a_contest_from_brief_to_verified_result(
    stage: ContestStage, n_entries: int, n_voters: int, tmp_path: Path
) -> None:
    host = stage.person("host")
    judges = [stage.judge(f"judge-{number}") for number in range(3)]
    contest = stage.opened(BOTH)
    path = f"/contests/{contest['id']}"
    for judge in judges:
        assert host.post(f"{path}/judges", {"handle": judge.handle}).status_code == 204
    for number in range(n_entries):
        handle = f"fan-{number}"
        work_id = stage.remix(handle, contest["release_id"], title=f"Remix {number}")
        assert stage.enter(handle, contest, work_id=work_id).get_json()["verdict"] == "counted"
    entries = {one["id"]: quality(one) for one in stage.hub.visitor().get(f"{path}/entries").get_json()["entries"]}
    assert len(entries) == n_entries
    stage.pass_hours(contest, 1)
    drawn = random.Random(5)
    cast = sum(vote(stage, contest, f"voter-{number}", entries, drawn) for number in range(n_voters))
    assert cast == n_voters * DUELS_EACH
    for judge in judges:
        judge_all(judge, path, entries, drawn)
    progress = host.get(f"{path}/judging-progress").get_json()["judges"]
    assert [(one["due"], one["scored"]) for one in progress] == [(n_entries, n_entries)] * 3
    stage.pass_hours(contest, 2)
    assert host.get(path).get_json()["phase"] == "counting"
    stage.hub.drain(every_attempt=True)
    screened = host.get(f"{path}/flags").get_json()
    assert (screened["ballots_since"], screened["is_underway"]) == (0, False), "by itself, soon after the ballots"
    flags = screened["flags"]
    assert len(flags) <= cast * 0.01
    decided = host.post(f"{path}/decision")
    assert decided.status_code == 200, decided.text
    assert host.post(f"{path}/decision").get_json()["code"] == "contest_phase_wrong"
    check_result(stage, path, entries, cast)
    check_export(stage, path, tmp_path, n_ballots=cast + 3 * n_entries)


def vote(stage: ContestStage, contest: Any, handle: str, entries: dict[str, int], drawn: random.Random) -> int:
    voter, path = stage.person(handle), f"/contests/{contest['id']}"
    for _ in range(DUELS_EACH):
        duel = voter.get(f"{path}/duel").get_json()
        pair = [duel["left"]["id"], duel["right"]["id"]]
        assert duel["left"]["gain_db"] == -8.0
        if handle == "voter-0":
            stage.hear(voter, contest, *pair)
        else:
            stage.note_heard(stage.catalogue.account(handle), contest, *pair)
        pair.sort(key=lambda id: entries[id] + drawn.gauss(0, 4))
        answered = voter.post(f"{path}/duels", {"favoured": pair[1], "against": pair[0]})
        assert answered.status_code == 201, answered.text
    return DUELS_EACH


def judge_all(judge: Client, path: str, entries: dict[str, int], drawn: random.Random) -> None:
    desk = judge.get(f"{path}/desk").get_json()
    assert [one["number"] for one in desk["entries"]] == list(range(1, len(entries) + 1))
    assert "title" not in desk["entries"][0]
    for one in desk["entries"]:
        liking = entries[one["id"]] / len(entries)
        scores = {
            "craft": round(min(10, max(0, 10 * liking + drawn.gauss(0, 1))) * 2) / 2,
            "idea": round(min(5, max(0, 5 * liking + drawn.gauss(0, 0.5))) * 2) / 2,
        }
        given = judge.put(f"{path}/scores/{one['id']}", {"scores": scores, "note": "Heard it."})
        assert given.status_code == 200, given.text


def check_result(stage: ContestStage, path: str, entries: dict[str, int], cast: int) -> None:
    published = stage.hub.visitor().get(f"{path}/result").get_json()
    result = published["result"]
    standings = [entries[line["entry_id"]] for line in result["standings"]]
    assert len(standings) == len(entries)
    assert set(standings[:3]) <= set(range(len(entries) - 6, len(entries))), "the best remixes are ahead"
    assert result["ballots_cast"] == result["ballots_counted"] == cast
    assert result["missing_scores"] == []
    assert len(published["score_sheets"]) == 3 * len(entries)
    assert {sheet["judge"] for sheet in published["score_sheets"]} == {"Judge-0", "Judge-1", "Judge-2"}
    assert published["log_head"] == stage.hub.visitor().get(path).get_json()["log_head"]


def check_export(stage: ContestStage, path: str, tmp_path: Path, *, n_ballots: int) -> None:
    exported = stage.hub.visitor().get(f"{path}/export")
    packed = tmp_path / "contest.zip"
    packed.write_bytes(exported.data)
    head = stage.hub.visitor().get(f"{path}/result").get_json()["log_head"]
    assert main(["verify-contest", str(packed), "--head", head]) == 0
    with zipfile.ZipFile(io.BytesIO(exported.data)) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    second_verifier.verify(files)
    assert stage.hub.parts.settings.secret_key not in "".join(files.values())
    lines = files["log.jsonl"].split("\n")
    ballots = [number for number, line in enumerate(lines) if '"kind":"ballot"' in line or '"kind":"scores"' in line]
    assert len(ballots) == n_ballots
    for number in ballots[:: len(ballots) // 20]:
        where = lines[number].index('"entry":"' if '"entry":"' in lines[number] else '"favoured":"') + 20
        flipped = lines[number][:where] + chr(ord(lines[number][where]) ^ 1) + lines[number][where + 1 :]
        tampered = {**files, "log.jsonl": "\n".join([*lines[:number], flipped, *lines[number + 1 :]])}
        assert list(faults(tampered)) == [f"Line {number + 1} of the log is not what its hash says."]
    result = json.loads(files["result.json"])
    first, second = result["standings"][:2]
    first["entry_id"], second["entry_id"] = second["entry_id"], first["entry_id"]
    assert any("standings, 1, entry_id" in fault for fault in faults({**files, "result.json": json.dumps(result)}))
    cut = {**files, "log.jsonl": "\n".join(lines[:-2]) + "\n"}
    assert "The log does not end with the head that was published." in list(faults(cut))
