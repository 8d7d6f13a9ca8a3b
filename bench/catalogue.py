"""Public questions to a catalogue of a million works, on both databases: what they cost, and how that grows with it."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa

from bench.graph import grow, load, work_id
from bench.lineage import opened, postgresql_urls, sqlite_urls
from bench.runs import Figure
from remixhub.compose import Parts
from remixhub.domain.access import VISITOR
from remixhub.models import Account, AccountReach, SourceLink, Work, WorkTag, now
from remixhub.services.lineage import charts, influence, settling
from remixhub.services.lineage.charts import Window
from remixhub.services.works import works

LARGEST = int(os.environ.get("BENCH_WORKS", "1000000"))
SIZES = (LARGEST // 10, LARGEST)
LARGE = "artist-1"
"""Every tenth work is theirs."""
_YEAR_MS = 365 * 86_400_000
ROUNDS, ASKED_A_ROUND = 7, 10
PAGE = 50


def figures() -> Iterator[Figure]:
    for name, server in (("sqlite", sqlite_urls), ("postgresql", postgresql_urls)):
        with server(SIZES) as urls:
            smaller, larger = (_measured(size, url) for size, url in zip(SIZES, urls, strict=True))
            for question, ms in larger.items():
                baseline = f"{smaller[question]:.2f} ms at {SIZES[0]:,} works; here {SIZES[1]:,}"
                yield Figure(f"{question}_ms_{name}", round(ms, 2), "ms", baseline, ms / smaller[question])


def _measured(size: int, url: str) -> dict[str, float]:
    with opened(url) as parts:
        load(grow(size), parts.database)
        _dress(parts, size)
        return {question: _median_ms(ask) for question, ask in _questions(parts).items()}


def _questions(parts: Parts) -> dict[str, Callable[[], object]]:
    def listed(**asked: Any) -> Callable[[], object]:
        return lambda: works.list_published(VISITOR, parts, **{"limit": PAGE, "after": None, **asked})

    def charted(window: Window) -> Callable[[], object]:
        return lambda: charts.list_most_remixed(VISITOR, parts, window, after=None, limit=PAGE)

    return {
        "influence": lambda: influence.get_influence(VISITOR, parts, LARGE),
        "charts": charted(Window.ALL),
        "charts_30d": charted(Window.MONTH),
        "rare_tag": listed(tag="rare"),
        "common_tag": listed(tag="common"),
        "large_profile": lambda: works.view_profile(VISITOR, parts, LARGE, after=None, limit=PAGE),
    }


def _median_ms(ask: Callable[[], object]) -> float:
    """Of rounds, from asking to the answer."""
    ask()
    rounds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for _ in range(ASKED_A_ROUND):
            ask()
        rounds.append((time.perf_counter() - began) * 1000 / ASKED_A_ROUND)
    return statistics.median(rounds)


def _dress(parts: Parts, size: int) -> None:
    """A year of publications up to now, an artist with very many works, a common tag and a rare one."""
    rare = {n * size // 20 for n in range(1, 21)}
    with parts.database.writing() as session:
        moment = session.execute(sa.select(sa.type_coerce(now(), sa.BigInteger()))).scalar_one()
        published_at = sa.cast(moment - (size - Work.seq) * (_YEAR_MS // size), sa.BigInteger)
        session.execute(sa.update(Work).values(published_at=published_at))
        large = session.execute(sa.select(Account.id).where(Account.handle == LARGE)).scalar_one()
        session.execute(sa.update(Work).where(Work.seq % 10 == 0).values(account_id=large))
        session.execute(sa.update(Work).where(Work.seq % 3 == 0).values(tags=["common"]))
        session.execute(sa.update(Work).where(Work.id.in_(map(work_id, rare))).values(tags=["rare"]))
        # what the models' own writes and the lineage's jobs would have done
        for tag, tagged in (("common", Work.seq % 3 == 0), ("rare", Work.id.in_(map(work_id, rare)))):
            rows = sa.select(sa.literal(tag), Work.seq, Work.kind).where(tagged)
            session.execute(sa.insert(WorkTag).from_select(["tag", "work_seq", "kind"], rows))
        session.execute(sa.insert(AccountReach).values(account_id=large))
        recent = sa.select(sa.func.count()).where(SourceLink.source_seq == Work.seq).scalar_subquery()
        session.execute(sa.update(Work).where(Work.remix_count > 0).values(recent_remix_count=recent))
    _settle(parts)
    with parts.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM (ANALYZE)" if connection.dialect.name == "postgresql" else "ANALYZE"))


def _settle(parts: Parts) -> None:
    """Until nothing is left to count, as the lineage's job does."""
    while settling.settle_rest(parts):
        pass
