"""Continuous copies of SQLite: all is killed in the middle of writes, the database deleted; what was acknowledged a few
seconds before is back.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from remixhub.dev.litestream import TEMPLATE, litestream, litestream_environ, litestream_program
from remixhub.models import Account, Database
from tests.services import ACCESS_KEY, SECRET_KEY, RunningStorage

LOST_AT_MOST_SECONDS = 3.0
_WRITES_SECONDS = 6.0


@pytest.fixture(params=["folder", "s3"])
def url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    if request.param == "folder":
        yield f"file://{tmp_path}/copies"
        return
    server: RunningStorage = request.getfixturevalue("storage_server")
    server._s3.create_bucket(Bucket="copies")
    for name, value in {
        "ENDPOINT": server.url, "REGION": "us-east-1", "ACCESS_KEY_ID": ACCESS_KEY, "SECRET_ACCESS_KEY": SECRET_KEY,
    }.items():  # fmt: skip
        monkeypatch.setenv(f"LITESTREAM_{name}", value)
    yield "s3://copies/hub"
    server.drop_bucket("copies")


def test_acknowledged_writes_are_back_after_all_is_killed(url: str, sqlite_template: Path, tmp_path: Path) -> None:
    place, acknowledged = tmp_path / "hub.db", tmp_path / "acknowledged"
    shutil.copy(sqlite_template, place)
    copies = litestream(place, url, tmp_path / "litestream.log")
    copies.start()
    writer = multiprocessing.get_context("spawn").Process(target=write, args=(place, acknowledged))
    writer.start()
    try:
        _until(lambda: acknowledged.exists() and _span(acknowledged) > _WRITES_SECONDS)
    finally:
        copies.kill()
        assert writer.pid is not None
        os.kill(writer.pid, signal.SIGKILL)
        writer.join()
    killed_at = time.time()
    for file in tmp_path.glob("*hub.db*"):
        shutil.rmtree(file) if file.is_dir() else file.unlink()

    environ = {**os.environ, **litestream_environ(place, url)}
    subprocess.run([litestream_program(), "restore", "-config", TEMPLATE, place], env=environ, check=True)

    assert sqlite3.connect(place).execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database = Database.connect(f"sqlite:///{place}")
    with database.reading() as session:
        there = set(session.scalars(sa.select(Account.handle)))
    database.dispose()
    lines = [line.split() for line in acknowledged.read_text().splitlines()]
    due = {handle for at, handle in lines if float(at) < killed_at - LOST_AT_MOST_SECONDS}
    assert len(due) > 20
    assert due <= there


def write(place: Path, acknowledged: Path) -> None:
    """One account after another, by the hub's own engine; whoever reads `acknowledged` knows what was answered."""
    database = Database.connect(f"sqlite:///{place}")
    with acknowledged.open("a", buffering=1) as said:
        for number in range(1_000_000):
            with database.writing() as session:
                session.add(Account(handle=f"a{number}", email=f"a{number}@example.org", display_name="A"))
            said.write(f"{time.time()} a{number}\n")
            time.sleep(0.005)


def _span(acknowledged: Path) -> float:
    times = [float(line.split()[0]) for line in acknowledged.read_text().splitlines() if " " in line]
    return times[-1] - times[0] if times else 0.0


def _until(condition: object) -> None:
    """Polls; the limit only keeps a broken build from hanging."""
    assert callable(condition)
    over = time.monotonic() + 90
    while not condition():
        assert time.monotonic() < over
        time.sleep(0.1)
