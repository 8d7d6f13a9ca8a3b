"""A snapshot back into an empty database and bucket: the objects first and the database last, so that nothing
serves half of it.

Whoever is killed in between begins again: objects that are there already stay.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM
from remixhub.domain.backups.faults import Fault, FaultKind
from remixhub.domain.backups.manifests import Kept, Manifest, SnapshotForeign, SnapshotUnusable, object_name
from remixhub.domain.errors import Conflict
from remixhub.domain.states import JobState, UploadState
from remixhub.jobs.beats import presence
from remixhub.models import (
    AccessToken,
    AppGrant,
    Beat,
    BrowserSession,
    Database,
    DeviceRequest,
    Job,
    SweepHold,
    Upload,
    new_id,
    now,
)
from remixhub.models.migrate import current_revision, head_revision, knows_revision
from remixhub.services import journal
from remixhub.services.backups import databases, snapshots
from remixhub.services.backups.copying import LANES
from remixhub.services.backups.objects import named_objects, stored_objects
from remixhub.services.backups.pacing import Pace
from remixhub.services.backups.scratch import work_folder
from remixhub.services.backups.snapshots import SNAPSHOTS, Say, nothing_said
from remixhub.services.backups.targets import Absent, Target
from remixhub.services.backups.verifying import Verified, verify_hub

log = structlog.get_logger()

_MEDIA_TYPE = "application/octet-stream"
"""Whoever is given an address is given the type in it."""


class RestoreRefused(Conflict):
    code = "restore_refused"
    title = "Nothing was restored"


@dataclass(frozen=True)
class Wishes:
    replaces: bool = False
    """What is there may go."""
    unsealed: bool = False
    keeps_sessions: bool = False
    ends_tokens: bool = False


@dataclass(frozen=True)
class Restored:
    manifest: Manifest
    put_count: int
    put_bytes: int
    lost: Sequence[Fault]
    """What the target could not give."""
    verified: Verified


def restore(
    parts: Parts, target: Target, name: str = "", wishes: Wishes | None = None, *, pace: Pace | None = None,
    say: Say = nothing_said,
) -> Restored:  # fmt: skip
    """Raises RestoreRefused, SnapshotUnusable, SnapshotForeign, before anything is changed; TargetUnavailable."""
    wishes, pace = wishes or Wishes(), pace or Pace()
    manifest = snapshots.manifest_of(parts, target, name, unsealed=wishes.unsealed)
    _require_readable(parts, manifest)
    kept = snapshots.all_lines(target, manifest)
    _require_room(parts, manifest, kept, wishes)
    parts.store.ensure_bucket([parts.settings.public_url])
    with work_folder(parts, "restore-") as folder:
        database = folder / "database"
        _fetch(target, f"{SNAPSHOTS}/{manifest.snapshot}/database", database, manifest.database.sha256, pace)
        putting = _Putting(parts, target, folder, pace, say)
        lost = putting.put_absent(kept)
        say("putting the database in place")
        _put_database(parts, database, manifest, wishes)
        say("reading everything again")
        verified = verify_hub(parts, pace=pace, say=say)
        by_key = {one.key: one for one in kept}
        wrong = [by_key[fault.key] for fault in verified.faults if fault.key in by_key and fault.kind.is_of_bytes]
        if wrong and len(wrong) > len(lost):
            lost = putting.put(wrong)
            verified = verify_hub(parts, pace=pace, say=say)
    return Restored(manifest, putting.count, putting.bytes, lost, verified)


def mend(parts: Parts, target: Target, *, pace: Pace | None = None, say: Say = nothing_said) -> tuple[int, Verified]:
    """Puts back what the running hub names and its storage lost or damaged, from whichever snapshot has it.

    How many objects were put, and what is still wrong.
    """
    pace = pace or Pace()
    wrong = {one.key for one in verify_hub(parts, pace=pace, say=say).faults if one.kind.is_of_bytes}
    with parts.database.reading() as session:
        named = named_objects(session.connection())
    found: dict[str, Kept] = {}
    for name in reversed(snapshots.names_of(target)[0] if wrong else []):
        for kept in _lines_of(parts, target, name):
            is_it = kept.key in wrong and kept.key in named and kept.size_bytes == named[kept.key].size_bytes
            if is_it and named[kept.key].sha256 in (None, kept.sha256):
                found.setdefault(kept.key, kept)
    with work_folder(parts, "restore-") as folder:
        putting = _Putting(parts, target, folder, pace, say)
        putting.put(list(found.values()))
    return putting.count, verify_hub(parts, pace=pace, say=say)


def _lines_of(parts: Parts, target: Target, name: str) -> Sequence[Kept]:
    """None of a snapshot that cannot be used: another may have what is sought."""
    try:
        return snapshots.all_lines(target, snapshots.manifest_of(parts, target, name))
    except (SnapshotUnusable, SnapshotForeign) as exc:
        log.warning("backup_unusable", detail=exc.detail)
        return []


class _Putting:
    def __init__(self, parts: Parts, target: Target, folder: Path, pace: Pace, say: Say) -> None:
        self._parts, self._target, self._folder, self._pace, self._say = parts, target, folder, pace, say
        self.count = self.bytes = 0

    def put_absent(self, kept: Sequence[Kept]) -> Sequence[Fault]:
        stored = stored_objects(self._parts.store)
        sizes = {key: one.size_bytes for key, one in stored.items()}
        return self.put([one for one in kept if sizes.get(one.key) != one.size_bytes])

    def put(self, kept: Sequence[Kept]) -> Sequence[Fault]:
        """What the target has not, or not as it was."""
        lost = []
        with ThreadPoolExecutor(LANES, thread_name_prefix="restores") as lanes:
            for one, fault in zip(kept, lanes.map(self._put_one, kept), strict=True):
                if fault is not None:
                    lost.append(fault)
                    continue
                self.count += 1
                self.bytes += one.size_bytes
                self._say(f"{self.count:,} of {len(kept):,} objects, {self.bytes / 1e6:,.0f} MB")
        return lost

    def _put_one(self, kept: Kept) -> Fault | None:
        path = self._folder / new_id()
        try:
            _fetch(self._target, object_name(kept.sha256), path, kept.sha256, self._pace)
            self._parts.store.put_file(kept.key, path, _MEDIA_TYPE)
        except Absent:
            return Fault(FaultKind.MISSING, kept.key)
        except SnapshotUnusable:
            return Fault(FaultKind.DAMAGED, kept.key)
        finally:
            path.unlink(missing_ok=True)
        return None


def _fetch(target: Target, name: str, path: Path, sha256: str, pace: Pace) -> None:
    """Raises SnapshotUnusable when it is not what was written, Absent."""
    digest = hashlib.sha256()
    with path.open("wb") as out:
        for block in pace.paced(target.read(name)):
            out.write(block)
            digest.update(block)
    if digest.hexdigest() != sha256:
        raise SnapshotUnusable(f"{name} is not what was written: its digest is another.")


def _require_readable(parts: Parts, manifest: Manifest) -> None:
    dialect = parts.database.engine.dialect.name
    if manifest.dialect != dialect:
        raise RestoreRefused(f"{manifest.snapshot} is of {manifest.dialect}; REMIXHUB_DATABASE_URL names {dialect}.")
    if not knows_revision(manifest.schema_revision):
        raise RestoreRefused(
            f"{manifest.snapshot} was made by RemixHub {manifest.version} with schema {manifest.schema_revision}; this "
            f"release knows up to {head_revision()}. Install that release, or a newer one, and restore by it."
        )


def _require_room(parts: Parts, manifest: Manifest, kept: Sequence[Kept], wishes: Wishes) -> None:
    if wishes.replaces:
        _require_silence(parts)
        return
    replace = f"--replace {urlsplit(parts.settings.public_url).netloc}"
    begun = databases.restoring(parts.database)
    if not databases.is_empty(parts.database) and begun != manifest.snapshot:
        raise RestoreRefused(f"The database has accounts in it. Name an empty one, or say {replace}.")
    sizes = {one.key: one.size_bytes for one in kept}
    parts.store.ensure_bucket([parts.settings.public_url])
    for key, stored in stored_objects(parts.store).items():
        if sizes.get(key) != stored.size_bytes:
            raise RestoreRefused(
                f"The bucket {parts.store.bucket!r} holds {key!r}, which is not of this snapshot. Name an empty "
                f"one, or say {replace}."
            )


def _require_silence(parts: Parts) -> None:
    """Of the hub whose place it takes."""
    if databases.is_empty(parts.database):
        return
    with parts.database.reading() as session:
        if current_revision(session.connection()) != head_revision():
            return
        there = presence(session, stale_seconds=parts.settings.beat_stale_seconds)
    beating = [str(role) for role, one in there.items() if one.beating]
    if beating:
        raise RestoreRefused(f"The hub still runs ({', '.join(beating)}): stop web, workers and scheduler first.")


def _put_database(parts: Parts, path: Path, manifest: Manifest, wishes: Wishes) -> None:
    settle: Callable[[Session], None] = lambda session: _settle(session, manifest, wishes)  # noqa: E731
    if manifest.dialect == "sqlite":
        url = f"sqlite:///{path}"
        databases.bring_up(url)
        staged = Database.connect(url)
        with staged.writing() as session:
            settle(session)
        staged.dispose()
        databases.load_sqlite(parts, path)
        return
    databases.load_postgresql(parts, path, manifest.snapshot)
    databases.bring_up(parts.settings.database_url)
    with parts.database.writing() as session:
        settle(session)
    databases.unmark(parts.database)


def _settle(session: Session, manifest: Manifest, wishes: Wishes) -> None:
    """What was under way when the snapshot was taken is under way no more."""
    session.execute(
        sa.update(Job)
        .where(Job.state == JobState.LEASED)
        .values(state=JobState.PENDING, run_after_at=now(), leased_until_at=None, worker=None)
    )
    session.execute(  # the storage knows nothing of its transfer; the sweep gives its bytes back
        sa.update(Upload)
        .where(Upload.state == UploadState.OPEN)
        .values(state=UploadState.ABORTED, storable_until_at=now())
    )
    session.execute(sa.delete(Beat))
    session.execute(sa.delete(SweepHold))
    if not wishes.keeps_sessions:  # some were ended since, and would be good again
        session.execute(sa.delete(BrowserSession))
    if wishes.ends_tokens:
        session.execute(sa.delete(AccessToken))
        session.execute(sa.delete(DeviceRequest))
        session.execute(sa.delete(AppGrant))  # and their refresh tokens
    taken = {"taken_at": manifest.taken_at, "version": manifest.version}
    journal.record(session, SYSTEM, "hub.restored", "snapshot", manifest.snapshot, after=taken)
