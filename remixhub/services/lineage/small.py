"""What became of a work, and what it was made from, in one statement and one small picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.domain.lineage.generations import Link
from remixhub.domain.lineage.pictures import Labelled, Picture, picture
from remixhub.domain.states import LinkState
from remixhub.models import Account, ElsewhereSource, SourceLink, Work
from remixhub.services.lineage.nodes import NODE_COLUMNS, Node

_SOURCES, _REMIXES, _WORKS = 3, 6, 12
"""So many are drawn: direct sources, direct remixes where there are works beyond them, and works in all."""
_BEYOND_LIMIT = 24


@dataclass(frozen=True)
class SmallDrawing:
    picture: Picture
    works: int
    """That are drawn, the work itself among them, and sources from elsewhere."""
    more_sources: int
    """Direct sources that are not drawn."""
    more_descendants: int


@dataclass(frozen=True)
class Surroundings:
    remixes: Sequence[Node]
    """Direct ones, tombstones included, the oldest first."""
    drawing: SmallDrawing | None
    """None where nothing stands above or below the work."""


def surroundings_of(
    session: Session, work: Work, *, limit: int, elsewhere: Sequence[ElsewhereSource] = ()
) -> Surroundings:
    """At most `limit` direct remixes. The work's sources, those from `elsewhere` too, are read with it; all else is one
    statement.
    """
    sources = list(work.sources)
    nodes: dict[str, Node] = {}
    links = {Link(work.id, one.source_id): one.state for one in sources}
    links |= {Link(work.id, one.node_id): one.state for one in elsewhere}
    near = [work.id, *(one.source_id for one in sources)]
    for source_id, state, *columns in session.execute(_BELOW, {"work_id": work.id, "near": near, "limit": limit}):
        node = Node(*columns)
        nodes[node.id] = node
        links[Link(node.id, source_id)] = state
    remixes = [node for id, node in nodes.items() if Link(id, work.id) in links]
    if not links:
        return Surroundings(remixes, None)
    return Surroundings(remixes, _drawing(work, sources, elsewhere, list(nodes.values()), remixes, links))


def _drawing(
    work: Work,
    sources: Sequence[SourceLink],
    elsewhere: Sequence[ElsewhereSource],
    below: Sequence[Node],
    remixes: Sequence[Node],
    links: dict[Link, LinkState],
) -> SmallDrawing:
    above = [link.source for link in sources[:_SOURCES]]
    outside = elsewhere[:_SOURCES]
    room = _WORKS - 1 - len(above) - len(outside)
    direct = {one.id for one in remixes}
    beyond = [one for one in below if one.id not in direct]
    first = remixes[: max(min(_REMIXES, room), room - len(beyond))]
    shown = {one.id for one in first}
    further = [one for one in beyond if any(Link(one.id, id) in links for id in shown)][: room - len(first)]
    drawn = [
        *(_outside(one) for one in outside),
        *(_labelled(one.id, one.title, one.account.display_name, one) for one in [*above, work]),
        *(_labelled(one.id, one.title, one.artist, one) for one in [*first, *further]),
    ]  # fmt: skip
    left_out = max(work.descendant_count, len(below)) - len(first) - len(further)
    return SmallDrawing(
        _picture(tuple(drawn), tuple(links), work.id, _disputed(links)),
        len(drawn), len(sources) - len(above) + len(elsewhere) - len(outside), left_out,
    )  # fmt: skip


def _outside(one: ElsewhereSource) -> Labelled:
    return Labelled(one.node_id, one.title, one.artist, one.licence, address=one.address, site=one.site)


def _labelled(id: str, title: str, artist: str, work: Work | Node) -> Labelled:
    return Labelled(id, title, artist, work.licence, work.state.is_tombstone)


def _disputed(links: dict[Link, LinkState]) -> frozenset[Link]:
    return frozenset(link for link, state in links.items() if state is LinkState.DISPUTED)


@lru_cache(maxsize=256)
def _picture(works: tuple[Labelled, ...], links: tuple[Link, ...], focus_id: str, disputed: frozenset[Link]) -> Picture:
    """Kept by all that it is drawn from, since drawing takes as long as reading it."""
    return picture(works, links, focus_id=focus_id, disputed=disputed)


def _below() -> sa.Select[*tuple[Any, ...]]:
    """Columns: the source's id, the link's state, those of the derivative's node; the oldest derivative first.

    All links from the work, its sources and its first remixes to those remixes and to works made from them. To be
    built once; `near` are the work and its sources.
    """
    is_published = SourceLink.derivative_seq.is_not(None)
    id, seq = SourceLink.derivative_id.label("id"), SourceLink.derivative_seq.label("seq")
    of_work, limit = SourceLink.source_id == sa.bindparam("work_id"), sa.bindparam("limit", type_=sa.Integer())
    direct = sa.select(id, seq).where(of_work, is_published).order_by(seq).limit(limit)
    first = direct.cte("direct")
    second = sa.select(id, seq).where(SourceLink.source_id.in_(sa.select(first.c.id)), is_published).distinct()
    beyond = second.order_by(seq).limit(_BEYOND_LIMIT).cte("beyond")
    found = sa.union_all(sa.select(first.c.id), sa.select(beyond.c.id)).subquery()
    near: sa.BindParameter[Any] = sa.bindparam("near", expanding=True)
    is_near = sa.or_(SourceLink.source_id.in_(near), SourceLink.source_id.in_(sa.select(found.c.id)))
    return (
        sa.select(SourceLink.source_id, SourceLink.state, *NODE_COLUMNS)
        .join(Work, Work.id == SourceLink.derivative_id)
        .join(Account, Account.id == Work.account_id)
        .where(SourceLink.derivative_id.in_(sa.select(found.c.id)), is_near)
        .order_by(Work.seq)
    )


_BELOW = _below()
