"""The long drill, `make faults`: a hub with all that the demo has is written to, swept and deleted from, while its
backups into three kinds of targets are killed again and again; then it is destroyed, and restored from each of them.
`DRILL_SEED` repeats one.
"""

from __future__ import annotations

import json
import logging
import os
import random
import re
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from werkzeug.serving import make_server

from remixhub.app import create_app
from remixhub.compose import Parts, build_parts
from remixhub.config import Settings
from remixhub.dev.demo_content import fill_demo
from remixhub.dev.ports import free_ports
from remixhub.domain.states import UploadState
from remixhub.models import (
    Account,
    Contest,
    ContestBallot,
    ContestEntry,
    Mixdown,
    Original,
    Receipt,
    SourceLink,
    Stem,
    Upload,
    Work,
)
from remixhub.services.accounts.address_verification import verify_by_operator
from remixhub.services.backups.verifying import verify_hub
from remixhub.services.upkeep.sweeping import enqueue_sweep
from remixhub.storage.s3 import ObjectStore
from tests.faults.crew import Crew
from tests.integration.backups.conftest import destroy_database
from tests.integration.conftest import Hub, unlimited
from tests.integration.uploads.test_uploads import write_wav
from tests.services import RunningStorage

pytestmark = [pytest.mark.storm, pytest.mark.timeout(1800)]
SEED = int(os.environ.get("DRILL_SEED", "7"))
KILLS = 3
WRITERS = 2
_KEPT = (Account, Work, Contest, ContestEntry, ContestBallot, Mixdown, Receipt, SourceLink, Stem)
"""Nobody deletes of these in the drill."""


@dataclass
class Point:
    """What has to be in a backup that began later."""

    rows: dict[str, set[object]]
    uploads: dict[str, str]
    """Acknowledged, kept by their artist; by their id their SHA-256."""


class Life(threading.Thread):
    """An artist who uploads and takes some back."""

    def __init__(self, hub: Hub, number: int, folder: Path) -> None:
        super().__init__(daemon=True)
        self._artist = hub.account(f"drill{number}")
        self._number, self._folder = number, folder
        self.over = threading.Event()
        self.kept: dict[str, str] = {}
        self.faults: list[BaseException] = []

    def run(self) -> None:
        try:
            for step in range(100_000):
                if self.over.wait(0.1):
                    return
                path = write_wav(self._folder / f"{self._number}.wav", 0.2, seed=10_000 * self._number + step)
                upload_id = self._artist.send_upload(path)
                sha256 = self._artist.get(f"/uploads/{upload_id}").get_json()["sha256"] or ""
                if step % 3 == 0:
                    assert self._artist.delete(f"/uploads/{upload_id}").status_code == 204
                else:
                    self.kept[upload_id] = sha256
        except BaseException as exc:  # noqa: BLE001  seen by whoever joins
            self.faults.append(exc)


def test_a_hub_comes_back_from_each_target_however_often_its_backups_were_killed(
    settings: Settings, tmp_path: Path, storage_server: RunningStorage, request: pytest.FixtureRequest
) -> None:
    chance = random.Random(SEED)
    print(f"DRILL_SEED={SEED}")
    port = free_ports(1)[0]
    settings = replace(settings, public_url=f"http://127.0.0.1:{port}", sweep_grace_seconds=30, quota_bytes=10**12)
    settings.work_dir.mkdir(parents=True)
    ObjectStore(settings).ensure_bucket([settings.public_url])
    parts = build_parts(settings)
    hub = Hub(create_app(settings, parts), parts)
    (tmp_path / "rclone.conf").write_text(f"[box]\ntype = alias\nremote = {tmp_path}\n")
    other = replace(settings, s3_bucket=f"copies-{uuid.uuid4().hex[:8]}")
    ObjectStore(other).ensure_bucket([settings.public_url])
    environ = {**os.environ, **settings.to_env(), "RCLONE_CONFIG": str(tmp_path / "rclone.conf")}
    targets = [str(tmp_path / "folder"), f"s3://{other.s3_bucket}/hub", "rclone:box:remote"]
    points, shares = {}, []
    with Crew(settings, tmp_path), _served(hub, port):
        fill_demo(settings.public_url, tmp_path / "accounts.json", partial(verify_by_operator, parts), print)
        unlimited(hub)
        _vote(parts)
        with _swept(parts), _lived(hub, tmp_path) as lives:
            for target in targets:
                for _kill in range(KILLS):
                    _kill_while_copying(_command(environ, "backup", target, "--rate", "20M"), chance)
                points[target] = _point(parts, lives)
                taken = _run(environ, "backup", target, "--json")
                assert taken["faults"] == []
                shares.append(int(str(taken["copied_bytes"])) / int(str(taken["bytes"])))
                print(f"{target}: {taken}")
    assert min(shares) < 1, "no backup went on with what a killed one had copied"
    for target in targets:
        assert _run(environ, "verify", target, "--json")["unusable"] == []
        storage_server.drop_bucket(settings.s3_bucket)
        destroy_database(parts.database, request)
        killed = _command(environ, "restore", target, "--rate", "10M")
        time.sleep(chance.uniform(2, 6))
        killed.kill()
        killed.communicate()
        replace_anyway = ["--replace", f"127.0.0.1:{port}"] if killed.returncode == 0 else []
        restored = _run(environ, "restore", target, "--json", *replace_anyway)
        assert restored["faults"] == []
        _compare(parts, points[target])
        with Crew(settings, tmp_path):
            artist = hub.account(f"after{uuid.uuid4().hex[:6]}")
            fresh = artist.send_upload(write_wav(tmp_path / "fresh.wav", 0.3, seed=chance.randrange(10**6)))
            _until(lambda fresh=fresh: _states(parts).get(fresh) is UploadState.READY)
            _until(lambda: UploadState.VERIFYING not in _states(parts).values())
        states = _states(parts)
        assert {states[upload_id] for upload_id in points[target].uploads} == {UploadState.READY}
        assert verify_hub(parts).ok
    storage_server.drop_bucket(other.s3_bucket)
    parts.close()


def _vote(parts: Parts) -> None:
    """Each account for one entry of another's."""
    with parts.database.writing() as session:
        entries = session.scalars(sa.select(ContestEntry)).all()
        for account in session.scalars(sa.select(Account)).all():
            for entry in [one for one in entries if one.account_id != account.id][:1]:
                facts = {"contest_id": entry.contest_id, "account_id": account.id, "favoured_id": entry.id}
                session.add(ContestBallot(**facts, subject=entry.id, score=4.0))


def _point(parts: Parts, lives: Sequence[Life]) -> Point:
    kept = {upload_id: sha256 for life in lives for upload_id, sha256 in dict(life.kept).items()}
    return Point(_ids(parts), kept)


def _ids(parts: Parts) -> dict[str, set[object]]:
    found: dict[str, set[object]] = {}
    with parts.database.reading() as session:
        for table in _KEPT:
            keys = sa.inspect(table).primary_key
            found[table.__tablename__] = {tuple(row) for row in session.execute(sa.select(*keys))}
    return found


def _compare(parts: Parts, point: Point) -> None:
    there = _ids(parts)
    for table, ids in point.rows.items():
        assert ids, f"the drill has no {table}"
        assert ids <= there[table], table
    assert len(point.uploads) > 3
    with parts.database.reading() as session:
        sums = set(session.scalars(sa.select(Original.sha256)))
        uploads = {row.id: row.state for row in session.execute(sa.select(Upload.id, Upload.state))}
    for upload_id, sha256 in point.uploads.items():
        assert uploads[upload_id] in (UploadState.READY, UploadState.VERIFYING), upload_id
        assert not sha256 or sha256 in sums or uploads[upload_id] is UploadState.VERIFYING


def _states(parts: Parts) -> dict[str, UploadState]:
    with parts.database.reading() as session:
        return {row.id: row.state for row in session.execute(sa.select(Upload.id, Upload.state))}


@contextmanager
def _served(hub: Hub, port: int) -> Iterator[None]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", port, hub.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield
    server.shutdown()
    thread.join()


@contextmanager
def _swept(parts: Parts) -> Iterator[None]:
    over = threading.Event()

    def sweep() -> None:
        while not over.wait(1.5):
            enqueue_sweep(parts)

    thread = threading.Thread(target=sweep, daemon=True)
    thread.start()
    yield
    over.set()
    thread.join()


@contextmanager
def _lived(hub: Hub, folder: Path) -> Iterator[Sequence[Life]]:
    lives = [Life(hub, number, folder) for number in range(WRITERS)]
    for life in lives:
        life.start()
    yield lives
    for life in lives:
        life.over.set()
    for life in lives:
        life.join()
        assert life.faults == []


def _command(environ: dict[str, str], *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "remixhub", *words]
    return subprocess.Popen(command, env=environ, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def _kill_while_copying(running: subprocess.Popen[str], chance: random.Random) -> None:
    assert running.stderr is not None
    for line in running.stderr:
        if re.search(r"objects, [1-9]\d* MB copied", line):
            time.sleep(chance.uniform(0, 3))
            break
    running.kill()
    running.communicate()


def _run(environ: dict[str, str], *words: str) -> dict[str, object]:
    running = _command(environ, *words)
    out, err = running.communicate()
    assert running.returncode == 0, (words, out[-2000:], err[-2000:])
    found: dict[str, object] = json.loads(out)
    return found


def _until(condition: object, seconds: float = 300) -> None:
    """Polls; the limit only keeps a broken build from hanging."""
    assert callable(condition)
    over = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < over, "it did not come about in time"
        time.sleep(0.2)
