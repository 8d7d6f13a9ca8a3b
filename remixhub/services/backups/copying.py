"""Objects into a target, by their digest: what is there already is not read again."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from remixhub.compose import Parts
from remixhub.domain.backups.faults import Fault, FaultKind
from remixhub.domain.backups.manifests import Kept, object_name
from remixhub.models import new_id
from remixhub.services.backups.objects import Named, stored_objects
from remixhub.services.backups.pacing import Pace
from remixhub.services.backups.targets import Target, sizes
from remixhub.storage.s3 import ObjectMissing, StoredObject

LANES = 4
_NOTED_EVERY, _NOTED_SECONDS = 200, 15.0


@dataclass
class Copied:
    kept: list[Kept] = field(default_factory=list)
    """In the order of their keys."""
    faults: list[Fault] = field(default_factory=list)
    copied_count: int = 0
    copied_bytes: int = 0


@dataclass
class Copying:
    """`note` is given what was copied, now and then: whoever dies leaves the next one what they did."""

    parts: Parts
    target: Target
    scratch: Path
    pace: Pace
    check: Callable[[], None]
    note: Callable[[list[Kept]], None]
    say: Callable[[int, int, int], None]
    """How many of how many are done, and the bytes that were copied."""
    _there: dict[str, int] = field(default_factory=dict)
    _outcome: Copied = field(default_factory=Copied)
    _unnoted: list[Kept] = field(default_factory=list)
    _noted_at: float = field(default_factory=time.monotonic)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def copy(self, named: Mapping[str, Named], known: Mapping[str, Kept]) -> Copied:
        """What was copied before a fault of the target or of the storage is noted, and the fault raised."""
        stored = stored_objects(self.parts.store)
        self._there = sizes(self.target, "objects")
        due = []
        for one in named.values():
            kept = self._kept_already(one, stored.get(one.key), known.get(one.key))
            if kept is not None:
                self._outcome.kept.append(kept)
            elif self._is_there(one, stored.get(one.key)):
                due.append((one, stored[one.key]))
        try:
            self._copy_all(due, len(named))
        finally:
            self._note_copied()
        self._outcome.kept.sort(key=lambda kept: kept.key)
        return self._outcome

    def _kept_already(self, one: Named, stored: StoredObject | None, known: Kept | None) -> Kept | None:
        """An original by its digest, though the storage lost it since; another object when it has not changed."""
        modified_at = "" if stored is None else stored.modified_at.isoformat()
        if one.sha256 is not None:
            if self._there.get(object_name(one.sha256)) != one.size_bytes:
                return None
            self._is_there(one, stored)
            return Kept(one.key, one.size_bytes, one.sha256, modified_at)
        same = known is not None and (known.size_bytes, known.modified_at) == (one.size_bytes, modified_at)
        if known is None or not same or self._there.get(object_name(known.sha256)) != one.size_bytes:
            return None
        return known if self._is_there(one, stored) else None

    def _is_there(self, one: Named, stored: StoredObject | None) -> bool:
        if stored is None and not one.is_required:
            return False
        if stored is None:
            self._outcome.faults.append(Fault(FaultKind.MISSING, one.key))
            return False
        if stored.size_bytes != one.size_bytes:
            self._outcome.faults.append(Fault(FaultKind.CHANGED_SIZE, one.key))
            return False
        return True

    def _copy_all(self, due: list[tuple[Named, StoredObject]], whole: int) -> None:
        done = whole - len(due)
        with ThreadPoolExecutor(LANES, thread_name_prefix="copies") as lanes:
            for found in _in_turn(lanes, (partial(self._copy_one, *one) for one in due)):
                self.check()
                self._settle(found)
                done += 1
                self.say(done, whole, self._outcome.copied_bytes)

    def _copy_one(self, one: Named, stored: StoredObject) -> Kept | Fault:
        path = self.scratch / new_id()
        digest, size = hashlib.sha256(), 0
        try:
            with path.open("wb") as out:
                for block in self.pace.paced(self.parts.store.blocks(one.key)):
                    out.write(block)
                    digest.update(block)
                    size += len(block)
            sha256 = digest.hexdigest()
            if size != one.size_bytes:
                return Fault(FaultKind.CHANGED_SIZE, one.key)
            if one.sha256 not in (None, sha256):
                return Fault(FaultKind.DAMAGED, one.key)
            name = object_name(sha256)
            if self._there.get(name) != size:
                self.target.write(name, path)
                self._there[name] = size
            return Kept(one.key, size, sha256, stored.modified_at.isoformat())
        except ObjectMissing:
            return Fault(FaultKind.MISSING, one.key)
        finally:
            path.unlink(missing_ok=True)

    def _settle(self, found: Kept | Fault) -> None:
        if isinstance(found, Fault):
            self._outcome.faults.append(found)
            return
        self._outcome.kept.append(found)
        self._outcome.copied_count += 1
        self._outcome.copied_bytes += found.size_bytes
        self._unnoted.append(found)
        if len(self._unnoted) >= _NOTED_EVERY or time.monotonic() - self._noted_at > _NOTED_SECONDS:
            self._note_copied()

    def _note_copied(self) -> None:
        if self._unnoted:
            self.note(self._unnoted)
            self._unnoted = []
        self._noted_at = time.monotonic()


def _in_turn(lanes: ThreadPoolExecutor, tasks: Iterable[Callable[[], Kept | Fault]]) -> Iterator[Kept | Fault]:
    """A few at a time; what began is waited for when one fails."""
    running: set[Future[Kept | Fault]] = set()
    try:
        for task in tasks:
            running.add(lanes.submit(task))
            if len(running) >= 2 * LANES:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for one in done:
                    yield one.result()
        for one in running:
            yield one.result()
    finally:
        for one in running:
            one.cancel()
