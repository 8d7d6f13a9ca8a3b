"""The feed of who follows a thousand artists, works, tags and labels among a million works, on both databases."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import sqlalchemy as sa

from bench.graph import ACCOUNTS, Graph, load, work_id
from bench.lineage import opened, postgresql_urls, sqlite_urls
from bench.runs import Figure
from remixhub.compose import Parts
from remixhub.domain.access import Actor, session_actor
from remixhub.models import Account, Follow, Label, LabelRelease, TagFollow, Work, WorkFollow, WorkTag, new_id
from remixhub.services.discovery.feed import list_feed

LARGEST = int(os.environ.get("BENCH_WORKS", "1000000"))
SIZES = (LARGEST // 100, LARGEST)
ARTISTS, WORKS, TAGS, LABELS = 400, 400, 190, 10
"""What each fan follows."""
_TAGS_IN_USE, _LABELS_IN_USE, _RELEASES = 500, 20, 60
_FANS, _PAGES, _PAGE = 40, 3, 50


def figures() -> Iterator[Figure]:
    for name, server in (("sqlite", sqlite_urls), ("postgresql", postgresql_urls)):
        with server(SIZES) as urls:
            smaller, larger = (_p99_ms(size, url) for size, url in zip(SIZES, urls, strict=True))
            baseline = f"{smaller:.2f} ms at {SIZES[0]:,} works; here {SIZES[1]:,}, 1,000 follows, pages of {_PAGE}"
            yield Figure(f"feed_p99_ms_{name}", round(larger, 2), "ms", baseline, larger / smaller)


def _p99_ms(size: int, url: str) -> float:
    with opened(url) as parts:
        load(_remixes(size), parts.database)
        fans = _follow(parts, size)
        _tidy(parts)
        for fan in fans:
            _leaf_through(parts, fan)
        return float(np.percentile([ms for fan in fans for ms in _leaf_through(parts, fan)], 99))


def _leaf_through(parts: Parts, fan: Actor) -> list[float]:
    taken, after = [], None
    for _ in range(_PAGES):
        began = time.perf_counter()
        page = list_feed(fan, parts, after=after, limit=_PAGE)
        taken.append((time.perf_counter() - began) * 1000)
        assert len(page.rows) == _PAGE
        after = page.next_position
    return taken


def _remixes(size: int) -> Graph:
    """Two of three works are remixes of something near; what the feed does not read is left out."""
    chance = random.Random(1)  # noqa: S311  no secret
    sources = [
        (chance.randrange(max(1, number - 5_000), number),) if number > 1 and number % 3 else ()
        for number in range(1, size + 1)
    ]
    nothing = np.zeros(size, np.int64)
    return Graph(sources, nothing, nothing, nothing, nothing, [])


def _follow(parts: Parts, size: int) -> list[Actor]:
    chance = random.Random(2)  # noqa: S311  no secret
    fans = [f"{number:032x}" for number in range(2**64, 2**64 + _FANS)]
    labels = [new_id() for _ in range(_LABELS_IN_USE)]
    with parts.database.writing() as session:
        tag = "tag-" + sa.cast(Work.seq % _TAGS_IN_USE, sa.String)
        rows = sa.select(tag, Work.seq, Work.kind)
        session.execute(sa.insert(WorkTag).from_select(["tag", "work_seq", "kind"], rows))
        _add(session, Account, [{"id": id, "handle": f"fan-{n}", "display_name": "Fan"} for n, id in enumerate(fans)])
        _add(session, Label, [{"id": id, "handle": f"label-{n}", "name": f"Label {n}"} for n, id in enumerate(labels)])
        released = chance.sample(range(1, size + 1), _LABELS_IN_USE * min(_RELEASES, size // 100))
        shared = [
            {"work_id": work_id(one), "work_seq": one, "label_id": labels[n % len(labels)]}
            for n, one in enumerate(released)
        ]
        _add(session, LabelRelease, shared)
        for id in fans:
            artists = [{"account_id": id, "artist_id": work_id(one)} for one in chance.sample(range(ACCOUNTS), ARTISTS)]
            _add(session, Follow, artists)
            _add(session, Follow, [{"account_id": id, "label_id": one} for one in chance.sample(labels, LABELS)])
            works = chance.sample(range(1, size + 1), WORKS)
            _add(session, WorkFollow, [{"account_id": id, "work_id": work_id(one)} for one in works])
            tags = chance.sample(range(_TAGS_IN_USE), TAGS)
            _add(session, TagFollow, [{"account_id": id, "tag": f"tag-{one}"} for one in tags])
    return [session_actor(id, f"fan-{n}", is_operator=False) for n, id in enumerate(fans)]


def _add(session: sa.orm.Session, table: type[Any], rows: Sequence[dict[str, Any]]) -> None:
    session.execute(sa.insert(table), list(rows))


def _tidy(parts: Parts) -> None:
    with parts.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM (ANALYZE)" if connection.dialect.name == "postgresql" else "ANALYZE"))
