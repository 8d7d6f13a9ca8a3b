"""The lineage at a million works, on both databases: how long its questions take, against ten thousand works."""

from __future__ import annotations

import multiprocessing
import os
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Any
from unittest.mock import patch

import numpy as np
import sqlalchemy as sa

from bench.graph import ACCOUNTS, Graph, grow, load, work_id
from bench.runs import Figure, peak_anonymous_mb
from remixhub.compose import Parts, build_parts
from remixhub.config import Environment, Settings
from remixhub.domain.access import VISITOR, session_actor
from remixhub.domain.states import IngestState, WorkKind
from remixhub.models import Original, SourceLink, Work, now
from remixhub.models.migrate import upgrade
from remixhub.models.works import UNCOUNTED
from remixhub.services.licences import verdicts
from remixhub.services.lineage import reading, settling
from remixhub.services.remixes.publishing import publish_work
from tests.services import running_postgres

SIZES = (10_000, 1_000_000)
EXPORTED_BEFORE = 100_000
SAMPLES = 600
PUBLICATIONS_A_SECOND = 50
PUBLISHING_SECONDS = 8
ALONE = 320
PAGE = 50
ARTIST = session_actor(work_id(0), "artist-0", is_operator=False)
ANCESTORS = 200


def figures() -> Iterator[Figure]:
    graphs = [grow(size) for size in SIZES]
    for name, server in (("sqlite", sqlite_urls), ("postgresql", postgresql_urls)):
        with server(SIZES) as urls:
            before: dict[str, float] = {}
            for graph, url in zip(graphs, urls, strict=True):
                with _loaded(graph, url) as parts:
                    after = {question: _p99_ms(ask, _asked(graph, question)) for question, ask in _questions(parts)}
                    if graph is graphs[-1]:
                        yield from _compared(name, before, after)
                        yield _licence_check(name, parts, graph)
                        if name == "sqlite":
                            yield _export(url)
                        yield from _publishing(name, parts, graph)
                    before = after


def _questions(parts: Parts) -> list[tuple[str, Callable[[str], object]]]:
    def counts(id: str) -> object:
        with parts.database.reading() as session:
            return session.execute(sa.select(Work.remix_count, Work.descendant_count).where(Work.id == id)).one()

    def descendants(id: str, *, newest_first: bool) -> object:
        return reading.list_descendants(VISITOR, parts, id, after=None, limit=PAGE, newest_first=newest_first)

    return [
        ("ancestors", lambda id: reading.list_ancestors(VISITOR, parts, id, after=None, limit=ANCESTORS)),
        ("descendants", lambda id: descendants(id, newest_first=False)),
        ("descendants_newest", lambda id: descendants(id, newest_first=True)),
        ("counts", counts),
        ("direct", lambda id: reading.list_remixes(VISITOR, parts, id, limit=PAGE)),
    ]


def _asked(graph: Graph, question: str) -> list[str]:
    """Half of the works from anywhere, a quarter from the hundred with the most descendants, and a quarter from the
    hundredth part that is hardest: by ancestors or by descendants.
    """
    hubs = np.argsort(-graph.descendant_counts, kind="stable") + 1
    hardness = graph.ancestor_counts if question == "ancestors" else graph.descendant_counts
    hardest = np.argsort(-hardness, kind="stable") + 1
    chance = random.Random(question)  # noqa: S311  no secret
    numbers = [
        *(chance.randint(1, len(hardness)) for _ in range(SAMPLES // 2)),
        *(int(chance.choice(hubs[:100])) for _ in range(SAMPLES // 4)),
        *(int(chance.choice(hardest[: len(hardest) // 100])) for _ in range(SAMPLES // 4)),
    ]
    chance.shuffle(numbers)
    return [work_id(number) for number in numbers]


def _p99_ms(ask: Callable[[str], object], ids: list[str]) -> float:
    for id in ids[:100]:
        ask(id)
    taken = []
    for id in ids:
        began = time.perf_counter()
        ask(id)
        taken.append(time.perf_counter() - began)
    return float(np.percentile(taken, 99) * 1000)


def _compared(name: str, before: dict[str, float], after: dict[str, float]) -> Iterator[Figure]:
    for question, ms in after.items():
        baseline = f"{before[question]:.2f} ms at {SIZES[0]:,} works; here {SIZES[1]:,}"
        yield Figure(f"lineage_{question}_p99_ms_{name}", ms, "ms", baseline, ms / before[question])


def _licence_check(name: str, parts: Parts, graph: Graph) -> Figure:
    """Of the works that have about 600 ancestors."""
    near = np.argsort(np.abs(graph.ancestor_counts - 600), kind="stable")[:100] + 1
    ids = [work_id(int(number)) for number in near]
    ms = _p99_ms(lambda id: verdicts.check(VISITOR, parts, [id], None), ids)
    return Figure(f"licence_check_600_ms_{name}", ms, "ms", "p99 over a hundred works with about 600 ancestors")


def _export(url: str) -> Figure:
    """What the process holds of its own, without the database file that SQLite maps: the same for any size."""
    with TemporaryDirectory(prefix="remixhub-bench-") as folder:
        smaller = f"sqlite:///{Path(folder, 'smaller.db')}"
        with _loaded(grow(EXPORTED_BEFORE), smaller):
            before_mb = _exported_mb(smaller)
    began = time.perf_counter()
    mb = _exported_mb(url)
    seconds = time.perf_counter() - began
    baseline = f"{before_mb:.1f} MB at {EXPORTED_BEFORE:,} works; here {SIZES[-1]:,}, in {seconds:.0f} s"
    return Figure("export_jsonld_rss_anon_mb", round(mb, 1), "MB", baseline, mb / before_mb)


def _exported_mb(url: str) -> float:
    """By the command, into nothing."""
    with patch.dict(os.environ, settings_of(url).to_env()):
        return peak_anonymous_mb([sys.executable, "-m", "remixhub", "export-graph", "jsonld"])


def _publishing(name: str, parts: Parts, graph: Graph) -> Iterator[Figure]:
    """Remixes of two sources: first alone, then at a steady rate while another process counts, as a worker does."""
    count = PUBLICATIONS_A_SECOND * PUBLISHING_SECONDS
    drafts = _drafts(parts, graph, count + ALONE)
    with _sql_clock(parts) as (in_statements, in_commits, asked):
        for draft in drafts[:ALONE]:
            publish_work(ARTIST, parts, draft)
            for taken in (in_statements, in_commits, asked):
                taken.append(0.0)
    most = int(max(asked[20:-1]))
    statements, commits = np.array(in_statements[20:-1]) * 1000, np.array(in_commits[20:-1]) * 1000
    alone = f"by itself, in SQL, {SIZES[-1]:,} works; {np.percentile(statements, 99):.2f} ms before the commit, "
    alone += (
        f"where fsync of 64 KiB takes {_fsync_p99_ms():.2f} ms"
        if name == "sqlite"
        else f"which is without fsync; {most} statements, as many as it has, that ask for nothing take "
        f"{_round_trips_p99_ms(parts, most):.2f} ms"
    )
    yield Figure(f"publish_p99_ms_{name}", float(np.percentile(statements + commits, 99)), "ms", alone)
    processes = multiprocessing.get_context("spawn")
    counted, done = processes.SimpleQueue(), processes.Event()
    counting = processes.Process(target=_count, args=(parts.settings, counted, done))
    counting.start()
    assert counted.get() == []  # it has begun
    committed = {}
    began = time.perf_counter()
    for number, draft in enumerate(drafts[ALONE:]):
        time.sleep(max(began + number / PUBLICATIONS_A_SECOND - time.perf_counter(), 0))
        work = publish_work(ARTIST, parts, draft)
        committed[work.seq] = time.perf_counter()
    rate = count / (time.perf_counter() - began)
    done.set()
    lateness = []
    while finished := counted.get():
        lateness += [at - committed[seq] for seq, at in finished if seq in committed]
    counting.join()
    yield Figure(f"counts_settled_s_{name}", max(lateness), "s", f"the latest, at {rate:.0f} works a second")


def _round_trips_p99_ms(parts: Parts, statements: int) -> float:
    """One after the other, by the same driver."""
    taken = []
    with parts.database.reading() as session:
        for _ in range(ALONE):
            began = time.perf_counter()
            for _ in range(statements):
                session.connection().exec_driver_sql("SELECT 1")
            taken.append(time.perf_counter() - began)
    return float(np.percentile(taken, 99) * 1000)


def _fsync_p99_ms() -> float:
    """Of the disk, which no commit can be faster than."""
    taken = []
    with TemporaryFile(prefix="remixhub-bench-") as file:
        for _ in range(ALONE):
            file.write(os.urandom(64 * 1024))
            file.flush()
            began = time.perf_counter()
            os.fsync(file.fileno())
            taken.append(time.perf_counter() - began)
    return float(np.percentile(taken, 99) * 1000)


@contextmanager
def _sql_clock(parts: Parts) -> Iterator[tuple[list[float], list[float], list[float]]]:
    """The seconds spent in statements and in commits, and how many statements there were, added to the last numbers of
    the three lists.
    """
    in_statements, in_commits, asked, began = [0.0], [0.0], [0.0], [0.0]

    def start(*_: object) -> None:
        began[0] = time.perf_counter()

    def stop(*_: object) -> None:
        in_statements[-1] += time.perf_counter() - began[0]
        asked[-1] += 1

    engine = parts.database.engine
    dialect_commit = engine.dialect.do_commit

    def commit(connection: Any) -> None:
        committing = time.perf_counter()
        dialect_commit(connection)
        in_commits[-1] += time.perf_counter() - committing

    sa.event.listen(engine, "before_cursor_execute", start)
    sa.event.listen(engine, "after_cursor_execute", stop)
    engine.dialect.do_commit = commit  # type: ignore[assignment, method-assign]
    yield in_statements, in_commits, asked
    engine.dialect.do_commit = dialect_commit  # type: ignore[method-assign]
    sa.event.remove(engine, "before_cursor_execute", start)
    sa.event.remove(engine, "after_cursor_execute", stop)


def _count(settings: Settings, counted: Any, done: Any) -> None:
    """Sends, batch by batch, which works were counted and when; nothing at first, when it begins, and at the end."""
    parts = build_parts(settings)
    uncounted = sa.select(Work.seq).where(UNCOUNTED).order_by(Work.seq)
    backlog = 1
    while backlog:
        with parts.database.writing() as session:
            backlog = settling.settle(session, limit=20)
    counted.put([])
    is_last = False
    while True:
        with parts.database.reading() as session:
            waiting = session.scalars(uncounted.limit(20)).all()
        if waiting:
            with parts.database.writing() as session:
                settling.settle(session, limit=len(waiting))
            counted.put([(seq, time.perf_counter()) for seq in waiting])
        elif is_last:
            counted.put([])
            return
        else:
            is_last = done.is_set()
            time.sleep(0.05)


def _drafts(parts: Parts, graph: Graph, count: int) -> list[str]:
    chance = random.Random(2)  # noqa: S311  no secret
    cited = [source for sources in graph.sources for source in sources]
    sha256 = "a" * 64
    ids = [f"{number:032x}" for number in range(2**64, 2**64 + count)]
    with parts.database.writing() as session:
        session.add(
            Original(
                sha256=sha256, key="originals/aa", size_bytes=1, container="wav", codec="pcm_s16le",
                media_type="audio/wav", sample_rate_hz=44_100, channels=2, bit_depth=16, duration_frames=44_100,
                ingest_state=IngestState.READY,
            )
        )  # fmt: skip
        session.flush()
        for id in ids:
            sources = sorted({chance.choice(cited), chance.randint(1, len(graph.sources))})
            links = [
                SourceLink(source_id=work_id(one), source_seq=one, position=n, licence="cc-by-4.0", declared_at=now())
                for n, one in enumerate(sources)
            ]
            session.add(
                Work(
                    id=id, kind=WorkKind.REMIX, account_id=work_id(0), title="Fresh", licence="cc-by-4.0",
                    mix_sha256=sha256, sources=links,
                )
            )  # fmt: skip
    return ids


def settings_of(url: str, **more: Any) -> Settings:
    """Of a hub that has only its database."""
    return Settings(
        environment=Environment.DEVELOPMENT, database_url=url, redis_url="redis://127.0.0.1:1",
        s3_endpoint_url="http://127.0.0.1:1", s3_access_key_id="none", s3_secret_access_key="none",  # noqa: S106
        secret_key="only for the bench" * 3, public_url="http://127.0.0.1:1",
        **more,
    )  # fmt: skip


@contextmanager
def _loaded(graph: Graph, url: str) -> Iterator[Parts]:
    with opened(url) as parts:
        assert len(graph.sources) > ACCOUNTS
        load(graph, parts.database)
        yield parts


@contextmanager
def opened(url: str) -> Iterator[Parts]:
    """Of a hub that has only its database, with nothing in it yet."""
    upgrade(url)
    parts = build_parts(settings_of(url))
    yield parts
    parts.close()


@contextmanager
def sqlite_urls(sizes: Sequence[int]) -> Iterator[list[str]]:
    with TemporaryDirectory(prefix="remixhub-bench-") as folder:
        yield [f"sqlite:///{Path(folder, f'{size}.db')}" for size in sizes]


@contextmanager
def postgresql_urls(sizes: Sequence[int]) -> Iterator[list[str]]:
    with running_postgres() as admin_url:
        engine = sa.create_engine(admin_url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for size in sizes:
                connection.execute(sa.text(f"CREATE DATABASE works_{size}"))
        engine.dispose()
        yield [admin_url.rsplit("/", 1)[0] + f"/works_{size}" for size in sizes]
