"""Trivial jobs by two workers beside bare RQ in one run, and how soon one starts after the commit that added it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

import redis
import sqlalchemy as sa
from rq import Queue
from sqlalchemy.orm import Session

from bench.runs import Figure
from remixhub.compose import Parts, build_parts
from remixhub.config import Environment, Settings
from remixhub.dev.ports import free_ports
from remixhub.dev.valkey import is_valkey_ready, valkey, valkey_url
from remixhub.domain.access import SYSTEM
from remixhub.domain.states import JobKind, JobState
from remixhub.jobs.table import add_job
from remixhub.models import Job, new_id
from remixhub.models.migrate import upgrade
from tests.services import running_postgres

JOBS, BARE_JOBS, STARTS, ROUNDS = 300, 100, 60, 3
_ROOT = Path(__file__).parents[1]


def figures() -> Iterator[Figure]:
    with TemporaryDirectory(prefix="remixhub-bench-") as name, _valkey(Path(name)) as redis_url:
        folder = Path(name)
        bare = {how: median(_bare_rates(redis_url, how)) for how in ("fork", "fork with our imports", "no fork")}
        beside = ", ".join(f"{how} {rate:.1f}/s" for how, rate in bare.items())
        yield from _ours(folder, redis_url, f"sqlite:///{folder / 'jobs.db'}", "", bare["fork"], beside)
        with running_postgres() as url:
            yield from _ours(folder, redis_url, url, "_postgresql", bare["fork"], beside)


def _ours(folder: Path, redis_url: str, url: str, suffix: str, fork: float, beside: str) -> Iterator[Figure]:
    upgrade(url)
    settings = _settings(folder, redis_url, url)
    parts = build_parts(settings)
    command = [sys.executable, "-m", "workers.worker"]
    with _processes([command, command, [sys.executable, "-m", "workers.scheduler"]], settings.to_env()):
        _rate(parts, 20)
        rate = median(_rate(parts, JOBS) for _ in range(ROUNDS))
        starts = _starts(parts)
    parts.close()
    yield Figure(f"jobs_per_s_2_workers{suffix}", rate, "1/s", f"bare RQ with 2 workers: {beside}", rate / fork)
    yield Figure(f"job_start_p50_ms{suffix}", median(starts), "ms", "from the commit to the claim, two idle workers")
    yield Figure(f"job_start_p99_ms{suffix}", quantiles(starts, n=100)[98], "ms")


def _rate(parts: Parts, count: int) -> float:
    began = time.monotonic()
    with parts.database.writing() as session:
        for _ in range(count):
            _add(session)
    parts.carrier.ring_soon()
    _wait_until_done(parts)
    return count / (time.monotonic() - began)


def _starts(parts: Parts) -> list[float]:
    """One job at a time to workers that wait for one."""
    found = []
    for _ in range(STARTS):
        with parts.database.writing() as session:
            job_id = _add(session)
        committed = time.time()
        parts.carrier.ring_soon()
        _wait_until_done(parts)
        with parts.database.reading() as session:
            leased_until_at = session.get_one(Job, job_id).leased_until_at
        assert leased_until_at is not None
        claimed = leased_until_at.timestamp() - parts.settings.job_lease_seconds
        found.append(max(0.0, claimed - committed) * 1000)
    return found


def _add(session: Session) -> str:
    """The cover of a work that nobody knows: claimed, looked up, committed."""
    return add_job(session, SYSTEM, JobKind.PRINT_COVER, new_id(), max_attempts=5)


def _wait_until_done(parts: Parts) -> None:
    """But for the scheduler's own, which have no storage here."""
    active = Job.state.in_((JobState.PENDING, JobState.LEASED))
    left = sa.select(Job.id).where(active, Job.kind == JobKind.PRINT_COVER).limit(1)
    while True:
        with parts.database.reading() as session:
            if session.scalar(left) is None:
                return
        time.sleep(0.01)


def _bare_rates(redis_url: str, how: str) -> Iterator[float]:
    """RQ's own worker, and as many calls of a function that does nothing."""
    connection = redis.Redis.from_url(redis_url)
    queue = Queue(f"bare-{how.replace(' ', '-')}", connection=connection)
    with _processes([[sys.executable, "-m", "bench.jobs_variants", how, redis_url, queue.name]] * 2, {}):
        _bare_rate(queue, 20)
        for _ in range(ROUNDS):
            yield _bare_rate(queue, BARE_JOBS)
    connection.close()


def _bare_rate(queue: Queue, count: int) -> float:
    began = time.monotonic()
    done = queue.connection.incrby("bench:done", 0) + count
    for _ in range(count):
        queue.enqueue("bench.jobs_variants.nothing", result_ttl=0)
    while int(queue.connection.get("bench:done") or 0) < done:
        time.sleep(0.01)
    return count / (time.monotonic() - began)


def _settings(folder: Path, redis_url: str, database_url: str) -> Settings:
    return Settings(
        environment=Environment.DEVELOPMENT,
        database_url=database_url,
        redis_url=redis_url,
        s3_endpoint_url="http://localhost:1",
        s3_access_key_id="none",
        s3_secret_access_key=new_id(),
        secret_key=new_id(),
        public_url="http://localhost",
        queue_name=f"bench-{new_id()[:8]}",
        work_dir=folder / "work",
        log_level="WARNING",
    )


@contextmanager
def _valkey(folder: Path) -> Iterator[str]:
    (port,) = free_ports(1)
    server = valkey(folder / "valkey", port, "bench", folder / "valkey.log")
    server.start()
    try:
        url = valkey_url(port, "bench")
        server.wait_until(lambda: is_valkey_ready(url))
        yield url
    finally:
        server.stop()


@contextmanager
def _processes(commands: Sequence[Sequence[str]], environ: Mapping[str, str]) -> Iterator[None]:
    running = [subprocess.Popen(command, cwd=_ROOT, env={**os.environ, **environ}) for command in commands]  # noqa: S603
    try:
        yield
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(60)
