"""`backup`, `restore` and `verify` as an operator runs them: words, JSON, exit codes."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
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
    code, out, err = run("backup", place, "--json", "--rate", "50M")
    assert "this is the first" in err
    taken = json.loads(out)
    assert (code, taken["objects"], taken["copied"], taken["faults"]) == (0, 2, 2, [])
    assert [run.snapshot for run in hub.rows(BackupRun)] == [taken["snapshot"]]
    assert check_backups(hub.parts)[1].detail == "0 hours ago"
    code, out, _err = run("backup", place, "--list")
    assert (code, out.split()[0]) == (0, taken["snapshot"])

    code, out, err = run("backup", place, "--keep-daily", "1")
    assert (code, "this is the first" in err) == (0, False)
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
        (("backup", ""), 1, "[backup_target_unclear]"),
        (("backup", "S3://bucket/x"), 1, "[backup_target_unclear]"),
        (("backup", "s3:bucket/x"), 1, "[backup_target_unclear]"),
        (("backup", "me@host.example:/backups"), 1, "[backup_target_unclear]"),
        (("backup", "~/backups"), 1, "[backup_target_unclear]"),
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


def test_the_hubs_own_bucket_is_no_target(hub: Hub, run: object, monkeypatch: pytest.MonkeyPatch) -> None:
    assert callable(run)
    address = hub.parts.settings.s3_endpoint_url
    for spelled in (address, f"{address}/", address.replace("127.0.0.1", "LOCALHOST")):
        monkeypatch.setenv("REMIXHUB_BACKUP_S3_ENDPOINT_URL", spelled)
        code, _out, err = run("backup", f"s3://{hub.parts.settings.s3_bucket}/copy")
        assert (code, "own bucket" in err) == (1, True), err


def test_a_fault_is_one_object_too_where_a_program_reads(run: object) -> None:
    assert callable(run)
    code, out, err = run("verify", "/no/such/folder", "--json")
    assert (code, json.loads(out)["error"]["code"]) == (1, "backup_target_unavailable")
    assert "[backup_target_unavailable]" in err


def test_a_broken_snapshot_does_not_hide_the_others(hub: Hub, tmp_path: Path, run: object) -> None:
    """Nor what a file server puts beside them. Objects that it may need stay, and the fresh snapshot is told of."""
    assert callable(run)
    place = tmp_path / "backups"
    filled(hub, tmp_path, 1)
    names = [json.loads(run("backup", str(place), "--json")[1])["snapshot"] for _ in range(2)]
    (place / "snapshots" / "@eaDir").mkdir()
    (place / "snapshots" / "@eaDir" / "manifest.json").touch()
    os.truncate(place / "snapshots" / names[0] / "manifest.json", 100)
    code, out, _err = run("backup", str(place), "--list")
    assert (code, f"unusable      {names[0]}" in out, f"\n{names[1]}  1 objects" in out) == (1, True, True)
    hub.parts.store.delete(hub.objects()[0])
    code, out, err = run("restore", str(place), "--missing")
    assert (code, out.startswith("1 objects put back.")) == (0, True), err

    yesterday = "20261128T010203.456Z-0a1b2c"
    (place / "snapshots" / names[0]).rename(place / "snapshots" / yesterday)
    code, out, err = run("backup", str(place), "--keep-daily", "2", "--yes", "--json")
    told = json.loads(out)
    assert (code, told["dropped_snapshots"], f"remove snapshots/{yesterday}" in told["not_dropped"]) == (1, 0, True)
    assert "The snapshot is taken" in err


def test_a_hub_that_was_emptied_drops_no_snapshot(
    hub: Hub, tmp_path: Path, run: object, destroy: Callable[[], None]
) -> None:
    """Its nights would drop the last good one, and nobody would be told."""
    assert callable(run)
    place = str(tmp_path / "backups")
    filled(hub, tmp_path, 1)
    good = json.loads(run("backup", place, "--json")[1])["snapshot"]
    destroy()
    assert (run("migrate")[0], run("ensure-bucket")[0]) == (0, 0)
    code, out, _err = run("backup", place, "--keep-daily", "1", "--yes", "--json")
    told = json.loads(out)
    assert (code, told["dropped_snapshots"], f"{good} has 1 accounts" in told["not_dropped"]) == (1, 0, True)


def test_what_is_damaged_in_a_target_is_put_there_anew_once_it_is_moved_away(
    hub: Hub, tmp_path: Path, run: object
) -> None:
    assert callable(run)
    place = tmp_path / "backups"
    filled(hub, tmp_path, 2)
    assert run("backup", str(place))[0] == 0
    (place / "objects/00").mkdir(exist_ok=True)
    (place / "objects/00" / ("0" * 64)).write_bytes(b"of a killed one")
    code, out, _err = run("verify", str(place))
    assert (code, "1 objects that no snapshot needs" in out) == (0, True)
    damaged = next(
        path for path in sorted((place / "objects").rglob("*")) if path.is_file() and path.stat().st_size > 100
    )
    damaged.write_bytes(bytes(damaged.stat().st_size))
    code, out, _err = run("verify", str(place))
    assert (code, "Move what is damaged out of the target" in out) == (1, True)
    damaged.unlink()
    assert run("backup", str(place))[0] == 0
    assert run("verify", str(place))[0] == 0


@pytest.mark.parametrize(
    ("name", "value", "arguments", "said"),
    [
        ("REMIXHUB_DATABASE_URL", "sqlite:////proc/no.db", ("restore", "PLACE"), "[database_unavailable]"),
        ("REMIXHUB_DATABASE_URL", "sqlite:////proc/no.db", ("migrate",), "[database_unavailable]"),
        ("REMIXHUB_WORK_DIR", "/proc/no", ("restore", "PLACE", "--missing"), "[work_folder_unavailable]"),
        ("REMIXHUB_S3_SECRET_ACCESS_KEY", "wrong", ("backup", "PLACE"), "SignatureDoesNotMatch"),
    ],
)
def test_what_the_machine_refuses_is_told_without_a_traceback(
    name: str, value: str, arguments: tuple[str, ...], said: str, hub: Hub, tmp_path: Path, run: object,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    assert callable(run)
    filled(hub, tmp_path, 1)
    assert run("backup", str(tmp_path / "backups"))[0] == 0
    monkeypatch.setenv(name, value)
    code, _out, err = run(*(str(tmp_path / "backups") if word == "PLACE" else word for word in arguments))
    assert (code, said in err) == (1, True), err
