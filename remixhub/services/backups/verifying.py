"""Whether what rows name is stored with the bytes that it had, and what is stored is named; of a hub or of a target.

Only what the rows ask for now counts as missing: doomed originals, ended uploads and renditions that ran out have no
row, or one that says so.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from remixhub.compose import Parts
from remixhub.domain.backups.faults import Fault, FaultKind
from remixhub.domain.backups.manifests import Kept, SnapshotForeign, SnapshotUnusable, object_name
from remixhub.domain.states import RenditionKind
from remixhub.services.backups import snapshots
from remixhub.services.backups.objects import Named, named_objects, other_keys, stored_objects
from remixhub.services.backups.pacing import Pace
from remixhub.services.backups.snapshots import SNAPSHOTS, Say, nothing_said
from remixhub.services.backups.targets import Absent, Target, sizes
from remixhub.storage.s3 import ObjectMissing


@dataclass(frozen=True)
class Verified:
    count: int
    bytes: int
    faults: Sequence[Fault]
    unusable: Sequence[str] = ()
    """Snapshots of a target that cannot be restored, and why."""
    unneeded_count: int = 0
    """Objects of a target that no snapshot needs, as killed backups leave them: no fault."""

    @property
    def ok(self) -> bool:
        return not self.faults and not self.unusable


def verify_hub(parts: Parts, *, pace: Pace | None = None, quick: bool = False, say: Say = nothing_said) -> Verified:
    """`quick` compares sizes only. Renditions have no digest in the rows: of them it is seen that they can be read."""
    named, may_be = _rows(parts)
    stored = stored_objects(parts.store)
    old = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=parts.settings.sweep_grace_seconds)
    unnamed = (key for key, one in stored.items() if key not in named and key not in may_be and one.modified_at < old)
    faults = [Fault(FaultKind.STRAY, key) for key in unnamed]
    read_bytes = 0
    for number, one in enumerate(named.values(), 1):
        there = stored.get(one.key)
        if there is None and not one.is_required:
            continue
        if there is None or there.size_bytes != one.size_bytes:
            faults.append(Fault(FaultKind.MISSING if there is None else FaultKind.CHANGED_SIZE, one.key))
        elif not quick:
            read_bytes += one.size_bytes
            kind = read_again(parts, one, pace or Pace())
            if kind is not None:
                faults.append(Fault(kind, one.key))
            say(f"{number:,} of {len(named):,} objects, {read_bytes / 1e6:,.0f} MB read")
    return Verified(len(named), read_bytes, _still_wrong(parts, faults))


def read_again(parts: Parts, one: Named, pace: Pace) -> FaultKind | None:
    """None for what is as it was."""
    digest, size = hashlib.sha256(), 0
    try:
        for block in pace.paced(parts.store.blocks(one.key)):
            digest.update(block)
            size += len(block)
    except ObjectMissing:
        return FaultKind.MISSING
    if size != one.size_bytes:
        return FaultKind.CHANGED_SIZE
    return FaultKind.DAMAGED if one.sha256 not in (None, digest.hexdigest()) else None


def verify_target(
    parts: Parts, target: Target, *, pace: Pace | None = None, quick: bool = False, unsealed: bool = False,
    say: Say = nothing_said,
) -> Verified:  # fmt: skip
    """Every finished snapshot, each object once."""
    needed: dict[str, Kept] = {}
    unusable = []
    finished, _ = snapshots.names_of(target)
    if not finished:
        snapshots.manifest_of(parts, target)  # says that there is none
    for name in finished:
        try:
            manifest = snapshots.manifest_of(parts, target, name, unsealed=unsealed)
            database = "" if quick else _digest(target, f"{SNAPSHOTS}/{name}/database", pace or Pace())
            if not quick and database != manifest.database.sha256:
                raise SnapshotUnusable(f"{name}: its database is not what was written.")
            needed.update((object_name(kept.sha256), kept) for kept in snapshots.lines_of(target, manifest))
        except (SnapshotUnusable, SnapshotForeign) as exc:
            unusable.append(exc.detail)
    there = sizes(target, "objects")
    faults, read_bytes = [], 0
    for number, (name, kept) in enumerate(needed.items(), 1):
        size = there.get(name)
        if size != kept.size_bytes:
            faults.append(Fault(FaultKind.MISSING if size is None else FaultKind.CHANGED_SIZE, f"{name} ({kept.key})"))
        elif not quick:
            if _digest(target, name, pace or Pace()) != kept.sha256:
                faults.append(Fault(FaultKind.DAMAGED, f"{name} ({kept.key})"))
            read_bytes += kept.size_bytes
            say(f"{number:,} of {len(needed):,} objects, {read_bytes / 1e6:,.0f} MB read")
    return Verified(len(needed), read_bytes, faults, unusable, len(there.keys() - needed.keys()))


def _digest(target: Target, name: str, pace: Pace) -> str:
    """Empty for what is not there."""
    digest = hashlib.sha256()
    try:
        for block in pace.paced(target.read(name)):
            digest.update(block)
    except Absent:
        return ""
    return digest.hexdigest()


def _rows(parts: Parts) -> tuple[Mapping[str, Named], set[str]]:
    with parts.database.reading() as session:
        return named_objects(session.connection()), other_keys(session.connection())


def _still_wrong(parts: Parts, faults: Iterable[Fault]) -> Sequence[Fault]:
    """By what the rows ask for now: reading takes hours, in which some things rightly come and others go."""
    named, may_be = _rows(parts)
    known = named.keys() | may_be
    standing = [one for one in faults if (one.key not in known if one.kind is FaultKind.STRAY else one.key in named)]
    lost = {named[one.key].sha256 for one in standing if one.key in named and named[one.key].kind is None}
    return [Fault(one.kind, one.key, _is_repairable(named.get(one.key), lost)) for one in standing]


def _is_repairable(one: Named | None, lost: set[str | None]) -> bool:
    """A rendition, unless its original is at fault as well. Of a cover nothing else is kept."""
    if one is None or one.kind in (None, RenditionKind.COVER):
        return False
    return not any(sha256 is not None and sha256 in one.key for sha256 in lost)
