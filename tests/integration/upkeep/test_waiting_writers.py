"""Requests that wait for a lock leave threads for those that only read, and these need no lock."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import pytest
import sqlalchemy as sa
import urllib3

from remixhub.config import Settings
from remixhub.dev.ports import LOOPBACK, free_ports
from remixhub.dev.process import Process
from remixhub.models import Account, Database, Work
from tests.integration.conftest import Hub
from tests.integration.reading_stage import ReadingStage, asks

WRITERS, MAY_WAIT = 16, 4
SOON = 5.0
"""Half of what a lock is waited for. On the machine that was measured it took 10 ms."""


@contextmanager
def gunicorn(settings: Settings, folder: Path) -> Iterator[str]:
    bind = f"{LOOPBACK}:{free_ports(1)[0]}"
    command = [sys.executable, "-m", "gunicorn", "-c", "python:remixhub.serving", "wsgi:app", "--bind", bind]
    root = Path(__file__).parents[3]
    process = Process("web", command, folder / "web.log", settings.to_env(), folder=root)
    process.start()
    try:
        process.wait_until(lambda: is_up(f"http://{bind}/healthz"))
        yield f"http://{bind}"
    finally:
        process.stop()


def is_up(url: str) -> bool:
    try:
        return urllib3.request("GET", url, retries=False, timeout=1).status == 200
    except urllib3.exceptions.HTTPError:
        return False


@contextmanager
def locked(database: Database) -> Iterator[None]:
    """SQLite's one lock is in the hands of somebody else."""
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with database.writing():
            held.set()
            done.wait()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert held.wait(30)
        yield
    finally:
        done.set()
        holder.join()


_THAT_WRITE = {
    "/companion/s3/params",  # notes until when the form works
}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_page_and_no_reading_route_needs_the_write_lock(hub: Hub) -> None:
    stage = ReadingStage(hub, 2)
    asked = {name: ask for name, ask in asks(stage).items() if name.partition(" ")[0] not in _THAT_WRITE}
    browsers = {handle: stage.browser(handle) for handle in sorted({ask.by for ask in asked.values()})}
    for ask in asked.values():
        browsers[ask.by].get(ask.address).close()  # orders what it orders
    with locked(hub.parts.database):
        refused = {
            f"{name}: {answer.status_code}"
            for name, ask in asked.items()
            if (answer := browsers[ask.by].get(ask.address)).status_code >= 400
        }
    assert refused == set()


def test_with_sixteen_writers_behind_a_lock_reading_goes_on(hub: Hub, tmp_path: Path) -> None:
    artist = hub.account()

    def read(path: str) -> int:
        return urllib3.request("GET", url + path, headers=artist.headers, retries=False, timeout=SOON).status

    def write(number: int) -> urllib3.BaseHTTPResponse:
        body = {"title": f"Release {number}", "licence": "cc-by-4.0"}
        return urllib3.request("POST", f"{url}/api/v1/releases", json=body, headers=artist.headers, retries=False)

    with gunicorn(hub.parts.settings, tmp_path) as url, ThreadPoolExecutor(WRITERS) as writers:
        with hub.parts.database.writing() as session:
            # on PostgreSQL whoever writes what belongs to the account waits for its row
            session.execute(sa.select(Account).with_for_update())
            sent = [writers.submit(write, number) for number in range(WRITERS)]
            refused = [one.result() for one in islice(as_completed(sent, timeout=SOON), WRITERS - MAY_WAIT)]
            assert [read(path) for path in ("/healthz", "/", "/api/v1/works", "/api/v1/account/works") * 3] == [
                200
            ] * 12
        answers = [one.result() for one in sent]
    assert {(one.status, one.json()["code"]) for one in refused} == {(503, "database_busy")}
    assert all(int(one.headers["Retry-After"]) > 0 for one in answers if one.status == 503)
    statuses = [one.status for one in answers]
    assert set(statuses) <= {201, 503}
    assert len(hub.rows(Work)) == statuses.count(201) > 0
