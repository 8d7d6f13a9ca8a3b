"""The three kinds of targets: what is there is not copied again, what is cut off goes on, what is odd is told."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
import sqlite3
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command

from remixhub.domain.backups.faults import FaultKind
from remixhub.domain.backups.manifests import (
    Kept,
    Part,
    SnapshotForeign,
    SnapshotUnusable,
    read_note,
    sealed_note,
    snapshot_name,
)
from remixhub.domain.backups.retention import Retention
from remixhub.models import Account, Original, SweepHold
from remixhub.models.migrate import alembic_config
from remixhub.services.backups import pruning, snapshots
from remixhub.services.backups.leases import TargetBusy, target_locked
from remixhub.services.backups.restoring import RestoreRefused, Wishes, restore
from remixhub.services.backups.targets import Target, TargetUnavailable, TargetUnclear, open_target
from remixhub.services.backups.verifying import verify_hub, verify_target
from remixhub.storage.s3 import ObjectStore, StorageUnavailable
from tests.faults.disks import small_disk
from tests.integration.backups.test_held_sweep import filled
from tests.integration.conftest import Hub
from tests.integration.uploads.test_uploads import write_wav

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What differs between the databases is in the drill."""


@pytest.fixture(params=["folder", "s3", "rclone"])
def target(
    request: pytest.FixtureRequest, hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Target]:
    settings = hub.parts.settings
    words = str(tmp_path / "target")
    if request.param == "s3":
        other = replace(settings, s3_bucket=f"copies-{uuid.uuid4().hex[:8]}")
        ObjectStore(other).ensure_bucket([settings.public_url])
        request.addfinalizer(lambda: request.getfixturevalue("storage_server").drop_bucket(other.s3_bucket))  # noqa: PT021
        words = f"s3://{other.s3_bucket}/hub"
    elif request.param == "rclone":
        config = tmp_path / "rclone.conf"
        config.write_text(f"[box]\ntype = alias\nremote = {tmp_path}\n")
        monkeypatch.setenv("RCLONE_CONFIG", str(config))
        words = "rclone:box:remote target"
    opened = open_target(words, settings, makes=True)
    yield opened
    opened.close()


def test_snapshots_share_objects_are_pruned_with_what_no_other_needs_and_come_back(
    hub: Hub, target: Target, tmp_path: Path
) -> None:
    artist, _uploads = filled(hub, tmp_path, 3)
    first = snapshots.take(hub.parts, target)
    assert (first.copied_count, first.manifest.object_count, first.faults) == (3, 3, [])
    artist.send_upload(write_wav(tmp_path / "more.wav", 0.2, seed=50))
    hub.drain()
    second = snapshots.take(hub.parts, target)
    assert (second.copied_count, second.manifest.object_count) == (1, 4)
    assert verify_target(hub.parts, target).ok
    assert pruning.prune(hub.parts, target, Retention(daily=1)) == (1, 0)
    assert snapshots.names_of(target) == ([second.manifest.snapshot], [])

    lost, damaged = hub.rows(Original)[:2]
    hub.parts.store.delete(lost.key)
    hub.parts.store.put_bytes(damaged.key, bytes(damaged.size_bytes), "audio/wav")
    assert {fault.kind for fault in verify_hub(hub.parts).faults} == {FaultKind.MISSING, FaultKind.DAMAGED}
    assert [fault.kind for fault in verify_hub(hub.parts, quick=True).faults] == [FaultKind.MISSING]
    third = snapshots.take(hub.parts, target)
    assert ([fault.kind for fault in third.faults], third.manifest.object_count) == ([FaultKind.MISSING], 4)
    with pytest.raises(RestoreRefused, match="accounts in it"):
        restore(hub.parts, target)
    assert restore(hub.parts, target, wishes=Wishes(replaces=True)).verified.ok


def test_a_backup_that_is_cut_off_leaves_what_it_copied_to_the_next(hub: Hub, target: Target, tmp_path: Path) -> None:
    filled(hub, tmp_path, 8)
    cut = CutOff(target, after=6)
    with pytest.raises(TargetUnavailable, match="cut off"):
        snapshots.take(hub.parts, cut)
    assert snapshots.names_of(target)[0] == []
    with pytest.raises(SnapshotUnusable, match="no finished snapshot"):
        restore(hub.parts, target, wishes=Wishes(replaces=True))
    taken = snapshots.take(hub.parts, target)
    assert 0 < taken.copied_count < 8
    assert taken.manifest.object_count == 8
    assert snapshots.names_of(target) == ([taken.manifest.snapshot], [])
    assert verify_target(hub.parts, target).ok


def test_two_at_once_are_refused_and_the_dead_are_not_waited_for(hub: Hub, target: Target, tmp_path: Path) -> None:
    with target_locked(target), pytest.raises(TargetBusy):
        snapshots.take(hub.parts, target)
    dead = subprocess.Popen(["true"])
    dead.wait()
    with target_locked(target):
        name, _size = next(iter(target.names("locks")))
        lock = json.loads(b"".join(target.read(name)))
    lock["pid"] = dead.pid
    (tmp_path / "lock").write_text(json.dumps(lock))
    target.write("locks/of-the-dead", tmp_path / "lock")
    assert snapshots.take(hub.parts, target).faults == []
    assert list(target.names("locks")) == []


def test_a_storage_that_is_away_is_told_and_nothing_stays_held(hub: Hub, tmp_path: Path) -> None:
    target = open_target(str(tmp_path / "target"), hub.parts.settings, makes=True)
    away = replace(hub.parts.settings, s3_endpoint_url="http://127.0.0.1:9")
    with pytest.raises(StorageUnavailable):
        snapshots.take(replace(hub.parts, store=ObjectStore(away)), target)
    assert (hub.rows(SweepHold), list(target.names("locks"))) == ([], [])
    for endpoint, fault in (("http://127.0.0.1:9", TargetUnavailable), ("nowhere", TargetUnclear)):
        with pytest.raises(fault):
            open_target("s3://bucket/x", replace(hub.parts.settings, backup_s3_endpoint_url=endpoint))


def test_a_full_disk_in_the_middle_is_told_and_nothing_is_lost(hub: Hub, tmp_path: Path) -> None:
    filled(hub, tmp_path, 4)
    with small_disk(tmp_path / "disk", 16 * 1024**2) as disk:
        target = open_target(str(disk.folder / "target"), hub.parts.settings, makes=True)
        first = snapshots.take(hub.parts, target)
        disk.fill()
        with pytest.raises(TargetUnavailable, match="No space left"):
            snapshots.take(hub.parts, target)
        disk.free()
        assert snapshots.names_of(target)[0] == [first.manifest.snapshot]
        assert verify_target(hub.parts, target).ok


def test_a_target_that_is_changed_below_a_backup_is_told(hub: Hub, tmp_path: Path) -> None:
    """A disk that was unmounted leaves an empty folder; somebody clears objects away."""
    filled(hub, tmp_path, 2)
    place = tmp_path / "target"
    target = open_target(str(place), hub.parts.settings, makes=True)
    first = snapshots.take(hub.parts, target)
    place.rename(tmp_path / "unmounted")
    place.mkdir()
    with pytest.raises(TargetUnavailable, match="not the folder it was"):
        snapshots.take(hub.parts, target)
    assert list(place.iterdir()) == []
    place.rmdir()
    (tmp_path / "unmounted").rename(place)

    def clear_away(line: str) -> None:
        if line.startswith("writing the database"):
            return
        for path in (place / "objects").rglob("*"):
            if path.is_file():
                path.unlink()

    (tmp_path / "more").mkdir()
    hub.account("other").send_upload(write_wav(tmp_path / "more/1.wav", 0.2, seed=90))
    hub.drain()
    with pytest.raises(TargetUnavailable, match="3 of 3 objects that were there are gone"):
        snapshots.take(hub.parts, target, say=clear_away)
    assert snapshots.names_of(target)[0] == [first.manifest.snapshot]
    assert snapshots.take(hub.parts, target).copied_count == 3
    assert verify_target(hub.parts, target).ok


def test_what_was_changed_in_a_target_is_refused(hub: Hub, tmp_path: Path) -> None:
    """Also by somebody who makes the digests fit: the seal needs the secret key."""
    filled(hub, tmp_path, 2)
    target = open_target(str(tmp_path / "target"), hub.parts.settings, makes=True)
    name = snapshots.take(hub.parts, target).manifest.snapshot
    place = tmp_path / "target/snapshots" / name
    original = place.joinpath("manifest.json").read_text()

    place.joinpath("manifest.json").write_text(original.replace('"object_count": 2', '"object_count": 1'))
    with pytest.raises(SnapshotUnusable, match="digest is another"):
        restore(hub.parts, target, wishes=Wishes(replaces=True))
    place.joinpath("manifest.json").write_text(original[: len(original) // 2])
    with pytest.raises(SnapshotUnusable, match="cut off"):
        restore(hub.parts, target, wishes=Wishes(replaces=True))
    forged = snapshots.read_manifest(original.encode(), hub.parts.settings.receipt_secrets)
    place.joinpath("manifest.json").write_bytes(replace(forged, hub="http://evil.example").to_json("x" * 32))
    with pytest.raises(SnapshotForeign, match=r"evil\.example"):
        restore(hub.parts, target, wishes=Wishes(replaces=True))
    place.joinpath("manifest.json").write_text(original)

    listed = place.joinpath("objects.jsonl").read_text()
    place.joinpath("objects.jsonl").write_text(listed.replace("originals/", "originals/../../", 1))
    with pytest.raises(SnapshotUnusable, match="no key of a hub"):
        restore(hub.parts, target, wishes=Wishes(replaces=True))
    place.joinpath("objects.jsonl").write_text(listed.splitlines(keepends=True)[0])
    with pytest.raises(SnapshotUnusable, match="not what was written"):
        restore(hub.parts, target, wishes=Wishes(replaces=True))
    place.joinpath("objects.jsonl").write_text(listed)

    one = next(path for path in (tmp_path / "target/objects").rglob("*") if path.is_file())
    one.write_bytes(bytes(one.stat().st_size))
    assert [fault.kind for fault in verify_target(hub.parts, target).faults] == [FaultKind.DAMAGED]
    database = place / "database"
    database.write_bytes(database.read_bytes()[:-1] + b"x")
    assert "its database is not what was written" in verify_target(hub.parts, target).unusable[0]


def test_what_a_killed_backup_noted_counts_only_as_it_was_written(hub: Hub, tmp_path: Path) -> None:
    """Else whoever writes into a target could give a rendition other bytes, which the next snapshot would seal."""
    target = open_target(str(tmp_path / "target"), hub.parts.settings, makes=True)
    kept = Kept("renditions/aa/b/1/preview.mp3", 5, "0123456789abcdef" * 4, "2026-11-29T01:02:03+00:00")
    note = tmp_path / "target/snapshots/20261129T010203.456Z-0a1b2c/copied-000001.jsonl"
    note.parent.mkdir(parents=True)
    note.write_bytes(sealed_note([kept], hub.parts.settings.secret_key))
    secrets = hub.parts.settings.receipt_secrets
    assert read_note(note.read_bytes(), secrets) == [kept]
    assert read_note(note.read_bytes(), ["o" * 32]) == []
    assert read_note(note.read_bytes()[:-1], secrets) == []
    assert read_note(note.read_bytes().replace(b"0123", b"ffff", 1), secrets) == []
    assert read_note(b"", secrets) == []
    assert snapshots._known(hub.parts, target) == {kept.key: kept}


def test_another_hubs_target_and_a_newer_schema_are_refused(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(hub, tmp_path, 1)
    target = open_target(str(tmp_path / "target"), hub.parts.settings, makes=True)
    manifest = snapshots.take(hub.parts, target).manifest
    other = replace(hub.parts, settings=replace(hub.parts.settings, secret_key="o" * 64))
    with pytest.raises(SnapshotForeign, match="another hub"):
        snapshots.take(other, target)
    with pytest.raises(SnapshotForeign):
        restore(other, target, wishes=Wishes(replaces=True))
    rotated = replace(hub.parts.settings, secret_key="n" * 64, retired_secret_keys=hub.parts.settings.secret_key)
    assert snapshots.take(replace(hub.parts, settings=rotated), target).copied_count == 0

    later = snapshot_name(dt.datetime.now(dt.UTC), "ffffff")
    newer = replace(manifest, schema_revision="9999", snapshot=later)
    place = tmp_path / "target/snapshots" / later
    shutil.copytree(tmp_path / "target/snapshots" / manifest.snapshot, place)
    (place / "manifest.json").write_bytes(newer.to_json(hub.parts.settings.secret_key))
    with pytest.raises(RestoreRefused, match="newer one"):
        restore(hub.parts, target, wishes=Wishes(replaces=True))
    foreign = replace(newer, schema_revision=manifest.schema_revision, dialect="postgresql")
    (place / "manifest.json").write_bytes(foreign.to_json(hub.parts.settings.secret_key))
    with pytest.raises(RestoreRefused, match="is of postgresql"):
        restore(hub.parts, target, wishes=Wishes(replaces=True))
    assert verify_hub(hub.parts).ok


def test_a_snapshot_of_an_older_schema_is_brought_up(hub: Hub, tmp_path: Path) -> None:
    target = open_target(str(tmp_path / "target"), hub.parts.settings, makes=True)
    manifest = snapshots.take(hub.parts, target).manifest
    older = tmp_path / "older.db"
    command.upgrade(alembic_config(f"sqlite:///{older}"), "0032")
    with sqlite3.connect(older) as connection:
        connection.execute(
            "INSERT INTO accounts (id, handle, display_name, stored_bytes, is_operator, created_at, revision, bio, "
            "links) VALUES ('a', 'mika', 'Mika', 0, 0, 0, 1, '', '[]')"
        )
    connection.close()
    body = older.read_bytes()
    (tmp_path / "target/snapshots" / manifest.snapshot / "database").write_bytes(body)
    database = Part("database", len(body), hashlib.sha256(body).hexdigest())
    (tmp_path / "target/snapshots" / manifest.snapshot / "manifest.json").write_bytes(
        replace(manifest, schema_revision="0032", database=database).to_json(hub.parts.settings.secret_key)
    )
    restored = restore(hub.parts, target)
    assert restored.verified.ok
    assert [account.handle for account in hub.rows(Account)] == ["mika"]


class CutOff:
    """A target that goes away after so many writes."""

    def __init__(self, target: Target, *, after: int) -> None:
        self.words, self._target, self._left = target.words, target, after

    def write(self, name: str, path: Path) -> None:
        self._left -= 1
        if self._left < 0 and not name.startswith("locks/"):
            raise TargetUnavailable("The line was cut off.")
        self._target.write(name, path)

    def __getattr__(self, name: str) -> object:
        return getattr(self._target, name)
