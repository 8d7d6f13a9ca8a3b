"""The web as gunicorn serves it: imported once, and nothing shared by its processes that must not be."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from remixhub.compose import Parts, build_parts
from remixhub.config import Settings
from remixhub.dev.ports import LOOPBACK, free_ports
from remixhub.dev.process import Process
from tests.faults.crew import children_of

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")


class Web:
    def __init__(self, settings: Settings, folder: Path) -> None:
        self.address = f"http://{LOOPBACK}:{free_ports(1)[0]}"
        (folder / "metrics").mkdir()
        (folder / "metrics" / "counter_99999999.db").write_bytes(b"of a process that is gone")
        self.metrics = folder / "metrics"
        command = [sys.executable, "-X", "importtime", "-m", "gunicorn", "-c", "python:remixhub.serving", "wsgi:app"]
        command += ["--bind", self.address.removeprefix("http://")]
        environ = {**settings.to_env(), "PROMETHEUS_MULTIPROC_DIR": str(self.metrics)}
        self.process = Process("web", command, folder / "web.log", environ, folder=ROOT)

    def answers(self, path: str = "/healthz") -> bool:
        try:
            return urllib3.request("GET", self.address + path, retries=False, timeout=5).status == 200
        except urllib3.exceptions.HTTPError:
            return False

    @property
    def master(self) -> int:
        assert self.process.pid is not None
        return self.process.pid


@pytest.fixture
def web(settings: Settings, parts: Parts, tmp_path: Path) -> Iterator[Web]:
    started = Web(settings, tmp_path)
    started.process.start()
    try:
        started.process.wait_until(started.answers)
        yield started
    finally:
        started.process.stop()


def opened(pid: int) -> list[str]:
    """What the process holds open beside its log and the folders' own."""
    found = [str(path.readlink()) for path in Path(f"/proc/{pid}/fd").iterdir()]
    return [one for one in found if one.startswith("socket:") or one.endswith((".db", "-wal", "-shm"))]


def test_what_is_forked_shares_no_thread_and_no_connection(web: Web) -> None:
    assert len(list(Path(f"/proc/{web.master}/task").iterdir())) == 1
    assert not (web.metrics / "counter_99999999.db").exists()
    for path in ("/readyz", "/", "/api/v1/works") * 4:  # database, storage and Redis are asked by both
        assert web.answers(path)
    listens, *more = opened(web.master)
    assert more == [], "the master has the port and nothing else"
    workers = children_of(web.master)
    assert len(workers) == 2
    own = [set(opened(pid)) - {listens} for pid in workers]
    sockets = [{one for one in names if one.startswith("socket:")} for names in own]
    assert sockets[0].isdisjoint(sockets[1])
    assert any(names for names in own)


def test_the_application_is_imported_once(web: Web) -> None:
    log = web.process.log.read_text(encoding="utf-8", errors="replace")
    assert sum(line.rstrip().endswith(" remixhub.app") for line in log.splitlines()) == 1


def test_a_fork_lets_go_of_its_parents_connections_without_ending_them(settings: Settings, parts: Parts) -> None:
    warm = build_parts(settings)
    with warm.database.reading() as session:
        of_the_parent = session.connection().connection.dbapi_connection
    warm.carrier.waiting()
    pool = warm.carrier.connection.connection_pool
    rings = pool.get_connection()
    pool.release(rings)
    warm.after_fork()
    with warm.database.reading() as session:
        assert session.connection().connection.dbapi_connection is not of_the_parent
    assert of_the_parent is not None
    assert of_the_parent.cursor().execute("SELECT 1")
    warm.carrier.waiting()
    anew = pool.get_connection()
    assert anew is not rings
    pool.release(anew)
    rings.disconnect()
    of_the_parent.close()
    warm.close()
