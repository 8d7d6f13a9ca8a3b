"""The remix graph for export: the whole of it, or the lineage of one work, read page by page in constant memory."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.lineage.graph_formats import Graph, GraphElsewhere, GraphSource, GraphWork
from remixhub.domain.states import LinkState
from remixhub.domain.times import rfc3339
from remixhub.models import Account, ElsewhereSource, SourceLink, Work
from remixhub.services.access import find_visible_work
from remixhub.services.lineage import ancestry
from remixhub.services.lineage.elsewhere import cited_among
from remixhub.services.lineage.nodes import GRANT_COLUMNS, held_by_in

_PAGE = 1000
SOURCES_MOST = 50
"""That a work cites, of all kinds."""


def whole_graph(actor: Actor, parts: Parts) -> Graph:
    """All that is published up to now, tombstones included, oldest first.

    Reads by `seq`, each page in a transaction of its own: an export that takes minutes holds up nobody. What is
    published in the meantime stays out, so every pass is over the same works.
    """
    del actor  # what is published is everybody's
    with parts.database.reading() as session:
        newest = session.scalar(sa.select(sa.func.max(Work.seq))) or 0

    def works() -> Iterator[GraphWork]:
        seq, met = 0, set[str]()
        while seq < newest:
            page = _works().where(Work.seq > seq, Work.seq <= newest).order_by(Work.seq).limit(_PAGE)
            with parts.database.reading() as session:
                rows = session.execute(page).all()
                read = _with_sources(session, rows, lambda _: True, met)
            yield from read
            seq = rows[-1].seq if rows else newest

    return Graph("The remix graph", parts.addresses, works)


def lineage_graph(actor: Actor, parts: Parts, work_id: str) -> Graph:
    """The work, all its ancestors and all its descendants, oldest first, and the links among them.

    Of each work that belongs to it, only the `seq` is held in memory: eight bytes; of each source from elsewhere its
    id, so that it is told once. One's own draft stands last.
    """
    with parts.database.reading() as session:
        focus = find_visible_work(session, actor, work_id)
        seqs = array("q", session.scalars(_lineage_seqs(work_id)))

    def is_in(seq: int) -> bool:
        place = bisect_left(seqs, seq)
        return place < len(seqs) and seqs[place] == seq

    def works() -> Iterator[GraphWork]:
        remaining, met = iter(seqs), set[str]()
        while page := list(islice(remaining, _PAGE)):
            yield from _read(parts, _works().where(Work.seq.in_(page)).order_by(Work.seq), is_in, met)
        if focus.seq is None:
            yield from _read(parts, _works().where(Work.id == work_id, Work.seq.is_(None)), is_in, met)

    return Graph(f"Lineage of {focus.title}", parts.addresses, works)


def _lineage_seqs(work_id: str) -> sa.Select[Any]:
    above = ancestry.ancestors([work_id])
    below = (
        sa.select(SourceLink.derivative_id.label("id"), SourceLink.derivative_seq.label("seq"))
        .where(SourceLink.source_id == work_id, SourceLink.derivative_seq.is_not(None))
        .cte("descendants", recursive=True)
    )
    below = below.union(
        sa.select(SourceLink.derivative_id, SourceLink.derivative_seq)
        .join(below, SourceLink.source_id == below.c.id)
        .where(SourceLink.derivative_seq.is_not(None))
    )
    focus = sa.select(Work.seq).where(Work.id == work_id, Work.seq.is_not(None))
    every = sa.union_all(sa.select(above.c.seq), focus, sa.select(below.c.seq)).subquery()
    return sa.select(every.c.seq).order_by(every.c.seq)


def _works() -> sa.Select[Any]:
    columns: tuple[Any, ...] = (
        Work.seq, Work.id, Work.kind, Work.state, Work.title, Account.handle, Account.display_name, Work.licence,
        Work.published_at,
    )  # fmt: skip
    return sa.select(*columns).join(Account, Account.id == Work.account_id)


def _read(parts: Parts, page: sa.Select[Any], is_in: Callable[[int], bool], met: set[str]) -> Sequence[GraphWork]:
    with parts.database.reading() as session:
        return _with_sources(session, session.execute(page).all(), is_in, met)


def _with_sources(
    session: Session, rows: Sequence[Any], is_in: Callable[[int], bool], met: set[str]
) -> Sequence[GraphWork]:
    """With the links to those sources whose `seq` is in the graph, and to those from elsewhere, of which `met` are told
    already.
    """
    sources: dict[str, list[GraphSource]] = {}
    columns: tuple[Any, ...] = (
        SourceLink.derivative_id, SourceLink.source_seq, SourceLink.source_id, SourceLink.kind, SourceLink.licence,
        SourceLink.state, *GRANT_COLUMNS,
    )  # fmt: skip
    links: Sequence[Any] = session.execute(
        sa.select(*columns)
        .where(SourceLink.derivative_id.in_([row.id for row in rows]))
        .order_by(SourceLink.derivative_id, SourceLink.position)
    ).all()
    for derivative_id, source_seq, id, kind, licence, state, *grant in links:
        if is_in(source_seq):
            sources.setdefault(derivative_id, []).append(
                GraphSource(id, kind, licence, held_by_in(grant), state is LinkState.DISPUTED)
            )
    elsewhere: dict[str, list[GraphElsewhere]] = {}
    for one in sorted(cited_among(session, [row.id for row in rows], limit=_PAGE * SOURCES_MOST), key=_oldest_first):
        elsewhere.setdefault(one.derivative_id, []).append(_from_elsewhere(one, is_first=one.node_id not in met))
        met.add(one.node_id)
    return [
        GraphWork(
            row.id, row.kind, row.state, row.title, row.handle, row.display_name, row.licence,
            None if row.published_at is None else rfc3339(row.published_at),
            tuple(sources.get(row.id, ())), tuple(elsewhere.get(row.id, ())),
        )
        for row in rows
    ]  # fmt: skip


def _oldest_first(one: ElsewhereSource) -> tuple[int, int, str]:
    return one.derivative_seq or ancestry.BEYOND_ALL, one.position, one.node_id


def _from_elsewhere(one: ElsewhereSource, *, is_first: bool) -> GraphElsewhere:
    return GraphElsewhere(
        one.node_id, one.address, one.site, one.title, one.artist, one.kind, one.licence, one.seen_on.isoformat(),
        one.leave_licence, is_first, one.state is LinkState.DISPUTED,
    )  # fmt: skip


def gathered(text: Iterable[str], size: int = 64 * 1024) -> Iterator[str]:
    """The same text in pieces of at least `size` characters, so that few calls carry much."""
    pieces: list[str] = []
    length = 0
    for piece in text:
        pieces.append(piece)
        length += len(piece)
        if length >= size:
            yield "".join(pieces)
            pieces, length = [], 0
    yield "".join(pieces)
