"""`backup`, `restore` and `verify` as an operator runs them: words, JSON, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import structlog

from remixhub.cli import main
from remixhub.domain.states import RenditionKind
from remixhub.models import BackupRun, Rendition
from remixhub.services.upkeep.health import check_backups
from tests.integration.backups.test_held_sweep import filled
from tests.integration.conftest import Hub

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def run(hub: Hub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> object:
    for name, value in hub.parts.settings.to_env().items():
        monkeypatch.setenv(name, value)

    def ran(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        structlog.reset_defaults()  # as in a process of its own
        code = main(arguments)
        hub.parts.database.dispose()
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return ran


def test_an_operators_night_and_day(hub: Hub, tmp_path: Path, run: object) -> None:
    assert callable(run)
    place = str(tmp_path / "backups")
    artist, uploads = filled(hub, tmp_path, 2)
    assert check_backups(hub.parts)[1].detail == "never"
    assert run("restore", place)[0] == 1, "there is no such folder"
    code, out, _err = run("backup", place, "--json", "--rate", "50M")
    taken = json.loads(out)
    assert (code, taken["objects"], taken["copied"], taken["faults"]) == (0, 2, 2, [])
    assert [run.snapshot for run in hub.rows(BackupRun)] == [taken["snapshot"]]
    assert check_backups(hub.parts)[1].detail == "0 hours ago"
    code, out, _err = run("backup", place, "--list")
    assert (code, out.split()[0]) == (0, taken["snapshot"])

    code, out, err = run("backup", place, "--keep-daily", "1")
    assert code == 0
    assert "0 new ones" in out
    assert "nobody can be asked; say --yes" in err
    code, out, err = run("backup", place, "--keep-daily", "1", "--yes")
    assert (code, "Dropped 2 snapshots and 0 objects" in out) == (0, True)

    code, out, _err = run("verify", place)
    assert (code, out) == (0, "2 objects, 0.0 MB read: all is right.\n")
    code, out, err = run("restore", place)
    assert (code, "--replace" in err, "[restore_refused]" in err) == (1, True, True)
    code, _out, err = run("restore", place, "--replace", "another.example")
    assert (code, "say --replace localhost" in err) == (2, True)
    key = hub.objects()[0]
    hub.parts.store.delete(key)
    code, out, _err = run("verify", "--quick")
    assert (code, f"missing       {key}" in out, "restore TARGET --missing" in out) == (1, True, True)
    code, out, _err = run("restore", place, "--missing")
    assert (code, out) == (0, "1 objects put back. 2 objects, 0.0 MB read: all is right.\n")
    code, out, _err = run("restore", place, "--replace", "localhost", "--json")
    assert (code, json.loads(out)["faults"]) == (0, [])
    assert artist.get(f"/uploads/{uploads[0]}").get_json()["state"] == "ready"


def test_renditions_that_are_lost_are_made_anew(hub: Hub, tmp_path: Path, run: object) -> None:
    assert callable(run)
    artist, uploads = filled(hub, tmp_path, 1)
    work_id = artist.post("/releases", {"title": "Song", "licence": "cc-by-4.0"}).get_json()["id"]
    assert artist.post(f"/works/{work_id}/stems", {"upload_id": uploads[0]}).status_code == 201
    hub.drain()
    kinds = {rendition.kind for rendition in hub.rows(Rendition)}
    lost = next(one for one in hub.rows(Rendition) if one.kind is RenditionKind.PREVIEW)
    hub.parts.store.delete(lost.key)
    code, out, err = run("verify", "--remake")
    assert (code, "(repairable)" in out, "1 renditions are made anew" in err) == (1, True, True)
    hub.drain()
    assert {rendition.kind for rendition in hub.rows(Rendition)} == kinds
    assert run("verify")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("backup", "ftp://x/y"), 1, "no target"),
        (("backup", "s3://"), 1, "wants a bucket"),
        (("backup", "rclone:nothing"), 1, "listremotes"),
        (("backup", "/proc/no/such"), 1, "[backup_target_unavailable]"),
        (("verify", "/no/such/folder"), 1, "No such file"),
        (("restore", "/tmp", "--snapshot", "../x"), 1, "no snapshot's name"),
    ],
)
def test_odd_targets_are_told(arguments: tuple[str, ...], code: int, said: str, run: object) -> None:
    assert callable(run)
    found, _out, err = run(*arguments)
    assert (found, said in err) == (code, True), err


def test_the_hubs_own_bucket_is_no_target(hub: Hub, run: object) -> None:
    assert callable(run)
    code, _out, err = run("backup", f"s3://{hub.parts.settings.s3_bucket}/copy")
    assert (code, "own bucket" in err) == (1, True)
