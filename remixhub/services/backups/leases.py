"""What a backup holds while it lives: the target, so that no other writes or prunes there, and the hub's sweep."""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
import structlog

from remixhub.compose import Parts
from remixhub.domain.errors import Conflict, RemixHubError
from remixhub.models import SweepHold, new_id, now
from remixhub.models.changes import changed
from remixhub.services.backups.targets import Absent, Target, read_small

log = structlog.get_logger()

LEASE_SECONDS = 180.0
_LOCKS = "locks"
_BOOT = Path("/proc/sys/kernel/random/boot_id")


class TargetBusy(Conflict):
    code = "backup_target_busy"
    title = "Another backup works on the target"


class HoldLost(Conflict):
    code = "backup_hold_lost"
    title = "The backup stopped, since it lost what it held"


class Renewed:
    """`renew` every so often in a thread; `check` raises HoldLost once that failed for as long as the lease is."""

    def __init__(self, what: str, renew: Callable[[], None]) -> None:
        self._what, self._renew = what, renew
        self._good_until = time.monotonic() + LEASE_SECONDS
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep, name=f"renews-{what}", daemon=True)
        self._thread.start()

    def check(self) -> None:
        if time.monotonic() > self._good_until:
            raise HoldLost(f"{self._what} could not be renewed for {LEASE_SECONDS:.0f} s; run the backup again.")

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _keep(self) -> None:
        while not self._over.wait(LEASE_SECONDS / 6):
            asked_at = time.monotonic()
            try:
                self._renew()
            except (RemixHubError, OSError) as exc:  # as a full disk for temporary files
                log.warning("backup_hold_not_renewed", what=self._what, detail=str(exc))
            else:
                self._good_until = asked_at + LEASE_SECONDS


@contextmanager
def target_locked(target: Target) -> Iterator[Renewed]:
    """Each writes a lock of its own, then looks for others: of two at once at most one goes on. Raises TargetBusy."""
    name = f"{_LOCKS}/{new_id()}"
    _write_lock(target, name)
    try:
        for other, _size in list(target.names(_LOCKS)):
            if other != name and _is_alive(target, other):
                raise TargetBusy(
                    f"{target.words}: {other} is held; wait until that backup ends. One that was killed holds it for "
                    f"{LEASE_SECONDS / 60:.0f} minutes at most; if it stays, a clock was wrong: when no backup runs "
                    "anywhere, remove that file."
                )
            if other != name:
                target.delete(other)
        renewed = Renewed("the lock of the target", lambda: _write_lock(target, name))
        try:
            yield renewed
        finally:
            renewed.stop()
    finally:
        target.delete(name)


@contextmanager
def sweep_held(parts: Parts) -> Iterator[Renewed]:
    """Nothing is deleted from the storage meanwhile that was not decided upon before."""
    hold_id = new_id()
    with parts.database.writing() as session:
        session.execute(sa.delete(SweepHold).where(SweepHold.until_at < now()))
        session.add(SweepHold(id=hold_id, until_at=now(LEASE_SECONDS)))
    renewed = Renewed("the hold on the sweep", lambda: _renew_hold(parts, hold_id))
    try:
        yield renewed
    finally:
        renewed.stop()
        with parts.database.writing() as session:
            session.execute(sa.delete(SweepHold).where(SweepHold.id == hold_id))


def _renew_hold(parts: Parts, hold_id: str) -> None:
    """Only while it lasts: once it ran out, the sweep may have gone on."""
    mine = sa.and_(SweepHold.id == hold_id, SweepHold.until_at > now())
    with parts.database.writing() as session:
        if changed(session, sa.update(SweepHold).where(mine).values(until_at=now(LEASE_SECONDS))) == 0:
            raise HoldLost("The hold on the sweep ran out.")


def _write_lock(target: Target, name: str) -> None:
    until = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=LEASE_SECONDS)
    lock = {"machine": _machine(), "pid": os.getpid(), "until": until.isoformat()}
    handle, path = tempfile.mkstemp(prefix=f"remixhub-lock-{secrets.token_hex(4)}-")
    try:
        with os.fdopen(handle, "w") as out:
            json.dump(lock, out)
        target.write(name, Path(path))
    finally:
        Path(path).unlink(missing_ok=True)


def _is_alive(target: Target, name: str) -> bool:
    """Of a process of this machine one knows; others live until their time is over."""
    try:
        lock = json.loads(read_small(target, name))
        until = dt.datetime.fromisoformat(lock["until"])
        if lock["machine"] == _machine() and not Path(f"/proc/{int(lock['pid'])}").exists():
            return False
    except Absent:
        return False
    except (ValueError, KeyError, TypeError):
        return False
    return until > dt.datetime.now(dt.UTC)


def _machine() -> str:
    booted = _BOOT.read_text().strip() if _BOOT.exists() else ""
    return f"{socket.gethostname()}/{booted}"
