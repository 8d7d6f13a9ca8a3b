"""Heartbeats of the scheduler and the workers: a row that `/readyz` and `doctor` read, and a file for container checks.

A beat is given by the process's main loop and by nothing else, so what stops it is that loop: the process died, was
stopped, or hangs in a call that does not return. A job that hangs in its work-horse goes on beating by its worker's
loop; it is seen by the age of its kind in the metrics.

The file says that the loop turns, the row that it reaches the database as well: while the database is away the file is
touched all the same, and no container is restarted for it.
"""

from __future__ import annotations

import os
import shutil
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from remixhub import __version__
from remixhub.config import Settings
from remixhub.domain.states import ProcessRole
from remixhub.models import Beat, Database, DatabaseUnavailable, now
from remixhub.models.upsert import insert

log = structlog.get_logger()

EVERY_SECONDS = 10.0
"""At least; oftener where the stale time is set short."""
FORGOTTEN_AFTER_SECONDS = 3600
"""A row of a process that died stays for so long, and the last one of its role for ever."""
_PATIENCE_MS = 1000
_DOING_LENGTH = 60


def beat(
    database: Database, name: str, role: ProcessRole, doing: str = "", *, scratch_free_bytes: int | None = None
) -> bool:
    """One small transaction; False when the database is away or busy. It never raises for that."""
    values = {
        "beat_at": now(), "doing": doing[:_DOING_LENGTH], "pid": os.getpid(), "version": __version__,
        "scratch_free_bytes": scratch_free_bytes,
    }  # fmt: skip
    try:
        with database.writing(patience_ms=_PATIENCE_MS) as session:
            row = insert(session, Beat).values(
                name=name, role=role, host=socket.gethostname(), started_at=now(), **values
            )
            session.execute(row.on_conflict_do_update(index_elements=[Beat.name], set_=values))
            forgotten = Beat.beat_at < now(-FORGOTTEN_AFTER_SECONDS)
            session.execute(sa.delete(Beat).where(Beat.role == role, forgotten))
    except DatabaseUnavailable:
        return False
    return True


def name_of_this_process() -> str:
    """New for each process, also where each is number 1 of its container."""
    return f"{socket.gethostname()}-{os.getpid()}-{os.urandom(4).hex()}"


class Pulse:
    """The beats of this process, for its main loop to call in each round.

    `forks`: a process that forks work-horses hands no open connection down to them; one is made for each beat.
    """

    def __init__(
        self, settings: Settings, database: Database, name: str, role: ProcessRole, *, forks: bool = False
    ) -> None:
        self._database, self._name, self._role, self._forks = database, name, role, forks
        self._file = settings.work_dir / "beats" / name
        self._every_seconds = min(EVERY_SECONDS, settings.beat_stale_seconds / 6)
        self._due = 0.0
        self._is_troubled = False

    def beat(self, doing: str = "") -> None:
        """Beats when it is time; otherwise it costs a look at the clock. Never raises for a part that is away."""
        if time.monotonic() < self._due:
            return
        self._touch()
        free = _free_bytes(self._file.parent)
        has_beaten = beat(self._database, self._name, self._role, doing, scratch_free_bytes=free)
        if self._forks:
            self._database.dispose()
        self._due = time.monotonic() + (self._every_seconds if has_beaten else min(self._every_seconds, 2.0))
        if not has_beaten and not self._is_troubled:
            log.warning("beat_delayed", name=self._name)
        self._is_troubled = not has_beaten

    def stop(self) -> None:
        """On an orderly end: nobody misses this process."""
        try:
            self._file.unlink(missing_ok=True)
            with self._database.writing(patience_ms=_PATIENCE_MS) as session:
                session.execute(sa.delete(Beat).where(Beat.name == self._name))
        except (OSError, DatabaseUnavailable):
            return  # what is left is forgotten in time

    def _touch(self) -> None:
        try:
            if not self._file.exists():
                self._file.parent.mkdir(parents=True, exist_ok=True)
                self._forget_files()
            self._file.touch()
        except OSError as exc:
            log.warning("beat_file_not_written", error=str(exc))

    def _forget_files(self) -> None:
        """Those of processes that were killed; a file name is used once."""
        for path in self._file.parent.iterdir():
            if time.time() - path.stat().st_mtime > FORGOTTEN_AFTER_SECONDS:
                path.unlink(missing_ok=True)


def _free_bytes(folder: Path) -> int | None:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


@dataclass(frozen=True)
class Presence:
    """What is known of the processes of one role."""

    beating: int
    last_seconds: float
    """Ago, of the latest beat of any of them."""
    silent: Sequence[str]
    """Names of those that beat once and have stopped, and were not told to."""
    scratch_free_bytes: int | None
    """Of whichever of them that beat has the least."""


def presence(session: Session, *, stale_seconds: float) -> Mapping[ProcessRole, Presence]:
    """Of the roles that have ever beaten."""
    ago_ms = sa.type_coerce(now(), sa.BigInteger) - sa.type_coerce(Beat.beat_at, sa.BigInteger)
    asked = sa.select(Beat.role, Beat.name, ago_ms.label("ago_ms"), Beat.scratch_free_bytes)
    rows = session.execute(asked.order_by(Beat.name)).all()
    found = {}
    for role in {row.role for row in rows}:
        ages = {row.name: max(0.0, row.ago_ms / 1000) for row in rows if row.role is role}
        silent = [name for name, age in ages.items() if age > stale_seconds]
        free = [row.scratch_free_bytes for row in rows
                if row.role is role and row.name not in silent and row.scratch_free_bytes is not None]  # fmt: skip
        found[role] = Presence(len(ages) - len(silent), min(ages.values()), silent, min(free, default=None))
    return found
