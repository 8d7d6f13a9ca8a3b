"""Taking a snapshot: the database first, then what it names; the manifest last. What has no manifest does not count."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
import structlog

from remixhub import __version__
from remixhub.compose import Parts
from remixhub.domain.backups.faults import Fault
from remixhub.domain.backups.manifests import (
    Kept,
    Manifest,
    Part,
    SnapshotForeign,
    SnapshotUnusable,
    is_snapshot_name,
    object_name,
    read_line,
    read_manifest,
    read_note,
    sealed_note,
    snapshot_name,
    snapshot_time,
)  # fmt: skip
from remixhub.domain.backups.retention import newest, of_the_future
from remixhub.domain.times import rfc3339
from remixhub.models import BackupRun, new_id, now
from remixhub.services.backups import databases
from remixhub.services.backups.copying import Copied, Copying
from remixhub.services.backups.leases import sweep_held, target_locked
from remixhub.services.backups.pacing import Pace
from remixhub.services.backups.scratch import work_folder
from remixhub.services.backups.targets import Absent, FolderTarget, Target, TargetUnavailable, read_small, sizes

log = structlog.get_logger()

SNAPSHOTS = "snapshots"
_RUNS_KEPT_SECONDS = 400 * 24 * 3600
Say = Callable[[str], None]


def nothing_said(_line: str) -> None:
    """For who needs no progress."""


@dataclass(frozen=True)
class Taken:
    manifest: Manifest
    copied_count: int
    copied_bytes: int
    faults: Sequence[Fault]
    seconds: float


def take(parts: Parts, target: Target, *, pace: Pace | None = None, say: Say = nothing_said) -> Taken:
    """Objects at fault are left out and named; the snapshot counts all the same, since the rest is worth having.

    Raises TargetUnavailable, TargetBusy, HoldLost, DumpFailed, SnapshotForeign for the target of another hub. What was
    copied until then is there for the next one.
    """
    began, started_at = time.monotonic(), dt.datetime.now(dt.UTC)
    name = snapshot_name(started_at, secrets.token_hex(3))
    with target_locked(target) as lock, _scratch(parts, target) as scratch:
        known = _known(parts, target)
        with sweep_held(parts) as hold:
            taken_at = dt.datetime.now(dt.UTC)
            say("writing the database to a file")
            dumped = databases.dump(parts, scratch / "database")
            database = _part("database", dumped.path)
            target.write(f"{SNAPSHOTS}/{name}/database", dumped.path)

            def check() -> None:
                lock.check()
                hold.check()

            copied = _copy(parts, target, name, scratch, pace or Pace(), check, say).copy(dumped.named, known)
            check()
        _require_whole(target, copied.kept)
        listed = _write_lines(scratch / "objects.jsonl", copied.kept)
        objects = _part("objects.jsonl", listed)
        target.write(f"{SNAPSHOTS}/{name}/objects.jsonl", listed)
        manifest = Manifest(
            snapshot=name,
            taken_at=rfc3339(taken_at),
            hub=parts.settings.public_url,
            version=__version__,
            schema_revision=dumped.revision,
            dialect=dumped.dialect,
            database=database,
            objects=objects,
            object_count=len(copied.kept),
            object_bytes=sum(kept.size_bytes for kept in copied.kept),
            rows=dumped.rows,
            faults=[(str(fault.kind), fault.key) for fault in copied.faults],
        )
        (scratch / "manifest.json").write_bytes(manifest.to_json(parts.settings.secret_key))
        target.write(f"{SNAPSHOTS}/{name}/manifest.json", scratch / "manifest.json")
        drop_unfinished(target)
    _note_run(parts, target.words, manifest, copied, started_at)
    seconds = time.monotonic() - began
    log.info("backup", snapshot=name, objects=len(copied.kept), copied=copied.copied_count, faults=len(copied.faults))
    return Taken(manifest, copied.copied_count, copied.copied_bytes, copied.faults, seconds)


def _require_whole(target: Target, kept: Sequence[Kept]) -> None:
    """Disks are unmounted and folders tidied up while somebody writes to them."""
    there = sizes(target, "objects")
    gone = sum(there.get(object_name(one.sha256)) != one.size_bytes for one in kept)
    if gone:
        raise TargetUnavailable(
            f"{target.words}: {gone:,} of {len(kept):,} objects that were there are gone. See whether a disk was "
            "unmounted or somebody clears up there, and run the backup again."
        )


def names_of(target: Target) -> tuple[list[str], list[str]]:
    """The finished snapshots, oldest first, and the unfinished ones; what others put there is none of ours."""
    found: dict[str, bool] = {}
    for name, _size in target.names(SNAPSHOTS):
        _, snapshot, file = (*name.split("/"), "", "")[:3]
        if is_snapshot_name(snapshot):
            found[snapshot] = found.get(snapshot, False) or file == "manifest.json"
    finished = sorted(one for one, is_finished in found.items() if is_finished)
    return finished, sorted(found.keys() - set(finished))


def newest_of(finished: Sequence[str]) -> str:
    return newest(times_of(finished), dt.datetime.now(dt.UTC))


def future_ones(finished: Sequence[str]) -> Sequence[str]:
    """By this machine's clock, or that of then."""
    return sorted(of_the_future(times_of(finished), dt.datetime.now(dt.UTC)))


def times_of(names: Sequence[str]) -> dict[str, dt.datetime]:
    return {name: snapshot_time(name) for name in names}


def manifest_of(parts: Parts, target: Target, name: str = "", *, unsealed: bool = False) -> Manifest:
    """The newest without a name. Raises SnapshotUnusable, SnapshotForeign."""
    if name:
        snapshot_time(name)
    else:
        finished, unfinished = names_of(target)
        if not finished:
            left = f" {len(unfinished)} unfinished ones do not count." if unfinished else ""
            raise SnapshotUnusable(f"{target.words} has no finished snapshot.{left}")
        name = newest_of(finished)
    try:
        text = read_small(target, f"{SNAPSHOTS}/{name}/manifest.json", most_bytes=256 * 1024**2)
    except Absent:
        raise SnapshotUnusable(f"{target.words} has no finished snapshot {name}.") from None
    try:
        manifest = read_manifest(text, parts.settings.receipt_secrets, unsealed=unsealed)
    except (SnapshotUnusable, SnapshotForeign) as exc:
        raise type(exc)(f"{name}: {exc.detail}") from exc
    if manifest.snapshot != name:
        raise SnapshotUnusable(f"{name}: its manifest is that of {manifest.snapshot}.")
    return manifest


def lines_of(target: Target, manifest: Manifest) -> Iterator[Kept]:
    """Its objects. Raises SnapshotUnusable, at the end at the latest: so nothing of it counts before the end."""
    digest, rest = hashlib.sha256(), b""
    try:
        for block in target.read(f"{SNAPSHOTS}/{manifest.snapshot}/objects.jsonl"):
            digest.update(block)
            *lines, rest = (rest + block).split(b"\n")
            yield from (read_line(line) for line in lines)
    except Absent:
        raise SnapshotUnusable(f"{manifest.snapshot}: its list of objects is not there.") from None
    if rest or digest.hexdigest() != manifest.objects.sha256:
        raise SnapshotUnusable(f"{manifest.snapshot}: its list of objects is not what was written.")


def all_lines(target: Target, manifest: Manifest) -> list[Kept]:
    return list(lines_of(target, manifest))


def kept_by(parts: Parts, target: Target, name: str) -> list[Kept]:
    return all_lines(target, manifest_of(parts, target, name))


def _known(parts: Parts, target: Target) -> dict[str, Kept]:
    """By key, what earlier snapshots have: the newest finished one, and later ones that were killed.

    A snapshot that cannot be read teaches nothing; one of another hub stops us.
    """
    known: dict[str, Kept] = {}
    finished, unfinished = names_of(target)
    if finished:
        try:
            known.update((kept.key, kept) for kept in kept_by(parts, target, newest_of(finished)))
        except SnapshotForeign as exc:
            other = f"{target.words} holds backups of another hub, or of another key. {exc.detail}"
            raise SnapshotForeign(other) from exc
        except SnapshotUnusable as exc:
            log.warning("backup_unusable", detail=exc.detail)
    for name in unfinished:
        for note in sorted(file for file, _size in target.names(f"{SNAPSHOTS}/{name}")):
            if "/copied-" in note:
                known.update((kept.key, kept) for kept in _noted(parts, target, note))
    return known


def _noted(parts: Parts, target: Target, note: str) -> list[Kept]:
    try:
        return read_note(read_small(target, note), parts.settings.receipt_secrets)
    except Absent:
        return []


def _copy(
    parts: Parts, target: Target, name: str, scratch: Path, pace: Pace, check: Callable[[], None], say: Say
) -> Copying:
    count = 0

    def note(copied: list[Kept]) -> None:
        nonlocal count
        count += 1
        (scratch / "note").write_bytes(sealed_note(copied, parts.settings.secret_key))
        target.write(f"{SNAPSHOTS}/{name}/copied-{count:06}.jsonl", scratch / "note")

    def progress(done: int, whole: int, copied_bytes: int) -> None:
        say(f"{done:,} of {whole:,} objects, {copied_bytes / 1e6:,.0f} MB copied")

    return Copying(parts, target, scratch, pace, check, note, progress)


def drop_unfinished(target: Target) -> None:
    """Once a later snapshot is whole; and the notes of those that are."""
    finished, unfinished = names_of(target)
    for name, _size in list(target.names(SNAPSHOTS)):
        snapshot = name.split("/")[1]
        if snapshot in unfinished or (snapshot in finished and "/copied-" in name):
            target.delete(name)


def _note_run(parts: Parts, words: str, manifest: Manifest, copied: Copied, started_at: dt.datetime) -> None:
    with parts.database.writing() as session:
        session.add(
            BackupRun(
                id=new_id(),
                target=words[:500],
                snapshot=manifest.snapshot,
                started_at=started_at,
                object_count=manifest.object_count,
                object_bytes=manifest.object_bytes,
                copied_count=copied.copied_count,
                copied_bytes=copied.copied_bytes,
                fault_count=len(copied.faults),
            )
        )
        session.execute(sa.delete(BackupRun).where(BackupRun.finished_at < now(-_RUNS_KEPT_SECONDS)))


@contextmanager
def _scratch(parts: Parts, target: Target) -> Iterator[Path]:
    """In a folder's own place, where files need only be renamed; what a killed backup left there goes."""
    if isinstance(target, FolderTarget):
        shutil.rmtree(target.scratch, ignore_errors=True)
        try:
            target.scratch.mkdir(mode=0o700)
        except OSError as exc:
            raise TargetUnavailable(f"{target.words}: {exc.strerror}.") from exc
        try:
            yield target.scratch
        except OSError as exc:  # as a full disk
            raise TargetUnavailable(f"{target.words}: {exc.strerror or exc}.") from exc
        finally:
            shutil.rmtree(target.scratch, ignore_errors=True)
        return
    with work_folder(parts, "backup-") as folder:
        yield folder


def _part(name: str, path: Path) -> Part:
    with path.open("rb") as source:
        return Part(name, os.fstat(source.fileno()).st_size, hashlib.file_digest(source, "sha256").hexdigest())


def _write_lines(path: Path, kept: Iterable[Kept]) -> Path:
    with path.open("w", encoding="utf-8") as out:
        out.writelines(one.line() for one in kept)
    return path
