"""Older snapshots go, and objects that none of the others needs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from remixhub.compose import Parts
from remixhub.domain.backups.manifests import Kept, SnapshotForeign, SnapshotUnusable, object_name
from remixhub.domain.backups.retention import Retention, superfluous
from remixhub.domain.errors import Conflict
from remixhub.services.backups import snapshots
from remixhub.services.backups.leases import target_locked
from remixhub.services.backups.snapshots import SNAPSHOTS, Say, nothing_said
from remixhub.services.backups.targets import Target


class HubShrank(Conflict):
    code = "hub_shrank"
    title = "No snapshot was dropped"


@dataclass(frozen=True)
class Pruning:
    snapshots: Sequence[str]
    """To go; oldest first."""
    kept: Sequence[str]


def what_to_prune(target: Target, retention: Retention) -> Pruning:
    finished, _ = snapshots.names_of(target)
    going = superfluous(snapshots.times_of(finished), retention, dt.datetime.now(dt.UTC)) if retention else []
    return Pruning(list(going), [name for name in finished if name not in going])


def prune(parts: Parts, target: Target, retention: Retention, *, say: Say = nothing_said) -> tuple[int, int]:
    """How many snapshots went, and how many objects that none of the others needs.

    No object goes while a manifest that stays cannot be read, and nothing when the hub was emptied. Raises TargetBusy,
    SnapshotUnusable, SnapshotForeign, HubShrank.
    """
    with target_locked(target) as lock:
        pruning = what_to_prune(target, retention)
        needed = {object_name(kept.sha256) for name in pruning.kept for kept in _needed_by(parts, target, name)}
        _require_no_loss(parts, target, pruning)
        for name in pruning.snapshots:
            lock.check()
            say(f"dropping {name}")
            target.delete(f"{SNAPSHOTS}/{name}/manifest.json")
        snapshots.drop_unfinished(target)
        unneeded = [name for name, _size in target.names("objects") if name not in needed]
        for name in unneeded:
            lock.check()
            target.delete(name)
    return len(pruning.snapshots), len(unneeded)


def _require_no_loss(parts: Parts, target: Target, pruning: Pruning) -> None:
    """Rows of accounts never go: after a loss that nobody noticed, a week of nights would drop the last good one."""
    if not pruning.snapshots:
        return
    accounts = snapshots.manifest_of(parts, target, snapshots.newest_of(pruning.kept)).rows.get("accounts", 0)
    for name in pruning.snapshots:
        try:
            before = snapshots.manifest_of(parts, target, name).rows.get("accounts", 0)
        except (SnapshotUnusable, SnapshotForeign):
            continue
        if 2 * accounts < before:
            raise HubShrank(
                f"{name} has {before:,} accounts, the newest snapshot {accounts:,}: has the hub lost its database? "
                f"If it is meant to be so, name another target, or remove {SNAPSHOTS}/{name} from {target.words} by "
                "hand."
            )


def _needed_by(parts: Parts, target: Target, name: str) -> list[Kept]:
    try:
        return snapshots.kept_by(parts, target, name)
    except (SnapshotUnusable, SnapshotForeign) as exc:
        raise type(exc)(
            f"{exc.detail} So nobody knows which objects it needs, and nothing was dropped. If it is past help, remove "
            f"{SNAPSHOTS}/{name} from {target.words} by hand."
        ) from exc
